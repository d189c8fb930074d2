// What a stress test's connection says first, so that the receiving process knows what to expect and how to
// read. The bytes that follow are those of support/byte_pattern.hpp. No sockets here.
#pragma once

#include <cstdint>

namespace spindle::stress {

/// How the receiving process treats a connection.
enum class reader_kind : std::uint32_t { fast = 1, paced = 2, late = 3, deaf = 4 };

/// In the byte order of the machine: both ends are on it.
struct stream_header {
    std::uint32_t magic;
    reader_kind kind;
    std::uint32_t seed;    ///< of the pattern
    std::uint32_t length;  ///< bytes that follow
};
inline constexpr std::uint32_t stream_magic = 0x57A7E001;

}  // namespace spindle::stress
