// A mutex that is constant-initialised and needs no destructor on every platform (std::mutex is neither with
// winpthreads), for state that lives in a static of an unloadable library. For rare, short sections.
#pragma once

#include <atomic>

namespace spindle {

class constant_mutex {
public:
    constexpr constant_mutex() noexcept = default;
    constant_mutex(const constant_mutex&) = delete;
    constant_mutex& operator=(const constant_mutex&) = delete;

    void lock() noexcept
    {
        while (locked_.exchange(true, std::memory_order_acquire)) {
            locked_.wait(true, std::memory_order_relaxed);
        }
    }

    void unlock() noexcept
    {
        locked_.store(false, std::memory_order_release);
        locked_.notify_one();
    }

    /// Only for the child of a fork, where the holder may not exist any more.
    void reset_after_fork() noexcept { locked_.store(false, std::memory_order_relaxed); }

private:
    std::atomic<bool> locked_{false};
};

}  // namespace spindle
