// The system calls, see futex.hpp. FUTEX_WAIT_BITSET takes an absolute time of CLOCK_MONOTONIC, the clock of
// our deadlines.
#include "kernel/futex.hpp"

#include <cerrno>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace spindle::kernel {

bool futex_wait(const void* word, std::uint32_t value, clock::time_point deadline,
                std::uint32_t mask) noexcept
{
    std::timespec until{};
    if (deadline != no_deadline) {
        const auto since_epoch = deadline.time_since_epoch();
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
        until.tv_sec = static_cast<std::time_t>(seconds.count());
        until.tv_nsec = static_cast<long>(std::chrono::nanoseconds(since_epoch - seconds).count());
    }
    const long result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, value,
                                deadline == no_deadline ? nullptr : &until, nullptr, mask);
    return result == 0 || errno != ETIMEDOUT;
}

int futex_wake(const void* word, int count, std::uint32_t mask) noexcept
{
    return static_cast<int>(
        syscall(SYS_futex, word, FUTEX_WAKE_BITSET_PRIVATE, count, nullptr, nullptr, mask));
}

}  // namespace spindle::kernel
