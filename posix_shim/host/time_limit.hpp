// The timeval that Winsock's newer functions take as a limit.
#pragma once

#include "host/winsock.hpp"
#include "kernel/sync.hpp"

namespace spindle::host {

/// From now on; null is no limit. False: no such time.
[[nodiscard]] inline bool read_limit(const timeval* given, kernel::clock::time_point& deadline) noexcept
{
    deadline = kernel::no_deadline;
    if (given == nullptr) {
        return true;
    }
    if (given->tv_sec < 0 || given->tv_usec < 0 || given->tv_usec >= 1'000'000) {
        return false;
    }
    deadline = kernel::clock::now() + std::chrono::seconds(given->tv_sec) +
               std::chrono::microseconds(given->tv_usec);
    return true;
}

}  // namespace spindle::host
