// Sleeping on one word: the cheapest way to hand something to one thread that sleeps, without a lock that the woken
// thread has to take. Nothing of Winsock lives here. Answers to the manual page futex(2).
#pragma once

#include "kernel/sync.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

namespace spindle::kernel {

/// Sleeps while the word has the value; returns after a wake-up, spuriously, or at the deadline (then false).
inline bool futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t value,
                       clock::time_point deadline) noexcept
{
    std::timespec when{};
    if (deadline != no_deadline) {
        const auto since_epoch = deadline.time_since_epoch();
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
        when.tv_sec = static_cast<std::time_t>(seconds.count());
        when.tv_nsec = static_cast<long>(std::chrono::nanoseconds(since_epoch - seconds).count());
    }
    // FUTEX_WAIT_BITSET takes an absolute time on the monotonic clock, which is steady_clock's.
    const long result = syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, value,
                                deadline != no_deadline ? &when : nullptr, nullptr, FUTEX_BITSET_MATCH_ANY);
    return result == 0 || errno != ETIMEDOUT;
}

/// The word may be gone by now: the address names it to the system and is not read.
inline void futex_wake(const std::atomic<std::uint32_t>* word) noexcept
{
    syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
}

}  // namespace spindle::kernel
