// A mutex that guards static state and must be usable in the child of a fork, whose copy of it another thread
// may have held at that moment. For mutexes under which no other is taken; those that nest are in
// host/fork_safety.cpp.
#pragma once

#include <pthread.h>

#include <mutex>

namespace spindle::kernel {

/// Holds the mutex. The first time it also arranges that every later fork takes the mutex before and frees it
/// after, in the parent and in the child.
template <std::mutex& Mutex>
class fork_safe_lock {
public:
    fork_safe_lock() noexcept : lock_(Mutex)
    {
        static constinit bool registered = false;
        if (!registered) {
            registered =
                pthread_atfork([] { Mutex.lock(); }, [] { Mutex.unlock(); }, [] { Mutex.unlock(); }) == 0;
        }
    }

private:
    std::lock_guard<std::mutex> lock_;
};

}  // namespace spindle::kernel
