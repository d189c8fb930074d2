// Synchronisation that is constant-initialised and needs no destructor, so that it may live in static storage
// of a library that does nothing at load and nothing at unload. std::condition_variable is not so, hence the small class
// here. No Winsock meaning lives in this file.
#pragma once

#include <spindle/constant_mutex.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace spindle::kernel {

using clock = std::chrono::steady_clock;

/// A mutex that may live in static storage.
using static_mutex = constant_mutex;

/// A point that is never reached: "wait for ever".
inline constexpr clock::time_point no_deadline = clock::time_point::max();

/// The deadline that lies `milliseconds` ahead; 0xFFFFFFFF (INFINITE) never comes.
inline clock::time_point deadline_after(unsigned milliseconds) noexcept
{
    return milliseconds == 0xFFFFFFFFu ? no_deadline : clock::now() + std::chrono::milliseconds(milliseconds);
}

/// As std::condition_variable, with a word that counts the notifications instead of a list of sleepers.
class condition {
public:
    constexpr condition() noexcept = default;
    condition(const condition&) = delete;
    condition& operator=(const condition&) = delete;

    void notify_all() noexcept;
    void wait(std::unique_lock<static_mutex>& lock) noexcept { wait_until(lock, no_deadline); }
    /// Returns after a notification, spuriously, or at the deadline; the caller looks at its own condition.
    void wait_until(std::unique_lock<static_mutex>& lock, clock::time_point deadline) noexcept;

    /// The sleepers of a fork's child do not exist, and nothing else is kept of them.
    void reset_after_fork() noexcept { sleepers_.store(0, std::memory_order_relaxed); }

private:
    std::atomic<std::uint32_t> notified_{0};
    std::atomic<std::uint32_t> sleepers_{0};  // under the lock of the waits, but for a look
};

}  // namespace spindle::kernel
