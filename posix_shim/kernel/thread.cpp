// Threads and their APC queues, see thread.hpp.
#include "kernel/thread.hpp"

#include "kernel/message_queue.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <unistd.h>

namespace spindle::kernel {

thread::~thread()
{
    if (message_queue* queue = messages(); queue != nullptr) {
        queue->release();
    }
}

bool thread::queue(const apc& call) noexcept
{
    std::lock_guard lock(mutex_);
    if (end_time_ != no_deadline) {
        return false;
    }
    try {
        calls_.push(call);
    } catch (const std::bad_alloc&) {
        return false;
    }
    if (alertable_ != nullptr) {
        alertable_->poke();
    }
    return true;
}

bool thread::run_queued()
{
    for (bool ran = false;; ran = true) {
        apc call;
        {
            std::lock_guard lock(mutex_);
            if (!calls_.pop(call)) {
                return ran;
            }
        }
        call.invoke(call);
    }
}

void thread::discard(decltype(apc::invoke) invoke) noexcept
{
    std::lock_guard lock(mutex_);
    calls_.erase(invoke);
}

waiter* thread::listen(waiter* alertable, bool& pending) noexcept
{
    std::lock_guard lock(mutex_);
    pending = !calls_.empty();
    return std::exchange(alertable_, alertable);
}

bool thread::arm(const timed_apc& call) noexcept
{
    std::lock_guard lock(mutex_);
    if (end_time_ != no_deadline) {
        return false;
    }
    try {
        calls_.arm(call);
    } catch (const std::bad_alloc&) {
        return false;
    }
    return true;
}

void thread::disarm(const void* timer) noexcept
{
    std::lock_guard lock(mutex_);
    calls_.disarm(timer);
}

clock::time_point thread::next_timed_call() noexcept
{
    std::lock_guard lock(mutex_);
    return calls_.next_due();
}

void thread::enter(blocked_call& call) noexcept
{
    std::lock_guard lock(mutex_);
    call.outer = std::exchange(innermost_, &call);
}

void thread::leave(blocked_call& call) noexcept
{
    std::lock_guard lock(mutex_);
    if (innermost_ == &call) {
        innermost_ = call.outer;
    }
}

bool thread::cancel_calls() noexcept
{
    std::lock_guard lock(mutex_);
    for (auto* call = innermost_; call != nullptr; call = call->outer) {
        call->cancel(call->context);
    }
    return innermost_ != nullptr;
}

void thread::begin(std::uint32_t id) noexcept
{
    std::unique_lock lock(mutex_);
    id_ = id;
    begun_.notify_all();
    while (suspend_count_ > 0) {
        begun_.wait(lock);
    }
}

std::uint32_t thread::id() noexcept
{
    std::unique_lock lock(mutex_);
    while (id_ == 0) {
        begun_.wait(lock);
    }
    return id_;
}

std::uint32_t thread::resume() noexcept
{
    std::lock_guard lock(mutex_);
    const std::uint32_t before = suspend_count_;
    if (before > 0) {
        --suspend_count_;
        begun_.notify_all();
    }
    return before;
}

void thread::set_exit_code(std::uint32_t code) noexcept
{
    std::lock_guard lock(mutex_);
    exit_code_ = code;
}

std::uint32_t thread::exit_code() noexcept
{
    std::lock_guard lock(mutex_);
    return end_time_ == no_deadline ? still_active : exit_code_;
}

void thread::end() noexcept
{
    std::lock_guard lock(mutex_);
    end_time_ = clock::now();
    calls_.clear();
    innermost_ = nullptr;  // left behind by ExitThread inside a call
    poke_waiters_locked();
}

clock::time_point thread::end_time() noexcept
{
    std::lock_guard lock(mutex_);
    return end_time_;
}

bool thread::set_name(const char* name) noexcept
{
    const std::uint32_t number = id();
    std::lock_guard lock(mutex_);  // the thread cannot end, nor its number be used again, meanwhile
    if (end_time_ != no_deadline) {
        return false;
    }
    char path[64];
    std::snprintf(path, sizeof path, "/proc/self/task/%u/comm", static_cast<unsigned>(number));
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    const bool written = write(file, name, std::strlen(name)) >= 0;
    close(file);
    return written;
}

}  // namespace spindle::kernel
