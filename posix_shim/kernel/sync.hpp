// Synchronisation that is constant-initialised and needs no destructor, so that it may live in static storage
// of a library that does nothing at load and nothing at unload. std::mutex already is so with glibc;
// std::condition_variable is not, hence the small class here. No Winsock meaning lives in this file.
#pragma once

#include <pthread.h>

#include <chrono>
#include <ctime>
#include <mutex>

namespace spindle::kernel {

using clock = std::chrono::steady_clock;

/// A mutex that may live in static storage.
using static_mutex = std::mutex;

/// A point that is never reached: "wait for ever".
inline constexpr clock::time_point no_deadline = clock::time_point::max();

/// The deadline that lies `milliseconds` ahead; 0xFFFFFFFF (INFINITE) never comes.
inline clock::time_point deadline_after(unsigned milliseconds) noexcept
{
    return milliseconds == 0xFFFFFFFFu ? no_deadline : clock::now() + std::chrono::milliseconds(milliseconds);
}

class condition {
public:
    constexpr condition() noexcept = default;
    condition(const condition&) = delete;
    condition& operator=(const condition&) = delete;

    void notify_all() noexcept { pthread_cond_broadcast(&native_); }

    void wait(std::unique_lock<std::mutex>& lock) noexcept
    {
        pthread_cond_wait(&native_, lock.mutex()->native_handle());
    }

    /// Returns after a notification, spuriously, or at the deadline; the caller looks at its own condition.
    void wait_until(std::unique_lock<std::mutex>& lock, clock::time_point deadline) noexcept
    {
        if (deadline == no_deadline) {
            wait(lock);
            return;
        }
        const auto since_epoch = deadline.time_since_epoch();
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
        std::timespec when{};
        when.tv_sec = static_cast<std::time_t>(seconds.count());
        when.tv_nsec = static_cast<long>(std::chrono::nanoseconds(since_epoch - seconds).count());
        pthread_cond_clockwait(&native_, lock.mutex()->native_handle(), CLOCK_MONOTONIC, &when);
    }

    /// Forgets all waiters. Only for the child of a fork, whose other threads do not exist.
    void reset_after_fork() noexcept { native_ = PTHREAD_COND_INITIALIZER; }

private:
    pthread_cond_t native_ = PTHREAD_COND_INITIALIZER;
};

}  // namespace spindle::kernel
