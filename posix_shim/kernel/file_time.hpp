// The time of day in the units of FILETIME: 100 nanoseconds since 1601-01-01, UTC. Answers to the page
// "File Times".
#pragma once

#include <chrono>
#include <cstdint>

namespace spindle::kernel {

using file_time_units = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

/// From 1601-01-01 to the system clock's own beginning, 1970-01-01.
inline constexpr file_time_units file_time_of_epoch{116'444'736'000'000'000};

inline file_time_units file_time_of(std::chrono::system_clock::time_point when) noexcept
{
    return std::chrono::duration_cast<file_time_units>(when.time_since_epoch()) + file_time_of_epoch;
}

inline file_time_units file_time_now() noexcept
{
    return file_time_of(std::chrono::system_clock::now());
}

}  // namespace spindle::kernel
