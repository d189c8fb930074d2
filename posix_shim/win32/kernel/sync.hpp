// Windows' own locks, in place of the file of the same name.
#pragma once

#include <windows.h>

#include <algorithm>
#include <chrono>
#include <mutex>

namespace spindle::kernel {

using clock = std::chrono::steady_clock;

/// A point that is never reached: "wait for ever".
inline constexpr clock::time_point no_deadline = clock::time_point::max();

/// A mutex that may live in static storage; winpthreads' is not constant-initialised.
class static_mutex {
public:
    constexpr static_mutex() noexcept = default;
    static_mutex(const static_mutex&) = delete;
    static_mutex& operator=(const static_mutex&) = delete;

    void lock() noexcept { AcquireSRWLockExclusive(&native_); }
    [[nodiscard]] bool try_lock() noexcept { return TryAcquireSRWLockExclusive(&native_) != 0; }
    void unlock() noexcept { ReleaseSRWLockExclusive(&native_); }
    PSRWLOCK native_handle() noexcept { return &native_; }

private:
    SRWLOCK native_ = SRWLOCK_INIT;
};

class condition {
public:
    constexpr condition() noexcept = default;
    condition(const condition&) = delete;
    condition& operator=(const condition&) = delete;

    void notify_all() noexcept { WakeAllConditionVariable(&native_); }
    void wait(std::unique_lock<static_mutex>& lock) noexcept { wait_for(lock, INFINITE); }

    /// Returns after a notification, spuriously, or at the deadline; the caller looks at its own condition.
    void wait_until(std::unique_lock<static_mutex>& lock, clock::time_point deadline) noexcept
    {
        if (deadline == no_deadline) {
            wait(lock);
            return;
        }
        constexpr std::chrono::milliseconds longest = std::chrono::hours{24};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
        wait_for(lock, static_cast<DWORD>(std::clamp(left, std::chrono::milliseconds::zero(), longest).count()));
    }

    /// Windows knows no fork.
    void reset_after_fork() noexcept {}

private:
    void wait_for(std::unique_lock<static_mutex>& lock, DWORD milliseconds) noexcept
    {
        SleepConditionVariableSRW(&native_, lock.mutex()->native_handle(), milliseconds, 0);
    }

    CONDITION_VARIABLE native_ = CONDITION_VARIABLE_INIT;
};

}  // namespace spindle::kernel
