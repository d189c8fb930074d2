// Threads and their APC queues, see thread.hpp.
#include "kernel/thread.hpp"

#include "kernel/handle_table.hpp"

#include <new>

namespace spindle::kernel {

namespace {

// Ends the thread object when the thread ends. The library that holds this is never unloaded by its own
// doing, so a thread-local with a destructor is harmless here (it would pin a provider).
struct thread_registration {
    thread* object = nullptr;
    std::uint32_t handle = 0;

    ~thread_registration()
    {
        if (object != nullptr) {
            object->end();
            handles.remove(handle, object_kind::thread);
            object->release();
            object = nullptr;
        }
        gone = true;
    }

    // Trivial, so it may still be read by thread-local destructors that run after this one.
    static thread_local bool gone;
};

thread_local bool thread_registration::gone = false;
thread_local thread_registration registration;

}  // namespace

bool thread::queue(const apc& call) noexcept
{
    std::lock_guard lock(mutex_);
    if (ended_) {
        return false;
    }
    try {
        queue_.push_back(call);
    } catch (const std::bad_alloc&) {
        return false;
    }
    if (alertable_ != nullptr) {
        alertable_->poke();
    }
    return true;
}

bool thread::run_queued() noexcept
{
    std::vector<apc> calls;
    {
        std::lock_guard lock(mutex_);
        calls.swap(queue_);
    }
    for (const apc& call : calls) {
        call.invoke(call.routine, call.context);
    }
    return !calls.empty();
}

void thread::discard(decltype(apc::invoke) invoke) noexcept
{
    std::lock_guard lock(mutex_);
    std::erase_if(queue_, [invoke](const apc& call) { return call.invoke == invoke; });
}

waiter* thread::listen(waiter* alertable, bool& pending) noexcept
{
    std::lock_guard lock(mutex_);
    pending = !queue_.empty();
    return std::exchange(alertable_, alertable);
}

void thread::end() noexcept
{
    std::lock_guard lock(mutex_);
    ended_ = true;
    queue_.clear();
    poke_waiters_locked();
}

current_thread_id current_thread() noexcept
{
    if (thread_registration::gone) {
        return {};
    }
    auto& mine = registration;
    if (mine.object == nullptr) {
        mine.object = new (std::nothrow) thread;
    }
    if (mine.object != nullptr && mine.handle == 0) {
        mine.handle = handles.add(*mine.object);
    }
    return {mine.object, mine.handle};
}

void forget_current_thread_after_fork() noexcept
{
    if (!thread_registration::gone) {
        registration.object = nullptr;
        registration.handle = 0;
    }
}

}  // namespace spindle::kernel
