// Control information in Winsock's layout: a sequence of WSACMSGHDR {SIZE_T length; INT level; INT type}, each with its
// value behind it (page "WSAMSG"; contract MSG-11 to MSG-13). One place for the client's buffers and for those of the
// base provider on Windows. Plain bytes, no alignment of the buffer asked for.
#pragma once

#include <cstddef>
#include <span>

#include "spindle/message.hpp"
#include "spindle/result.hpp"

namespace spindle::control_buffer {

/// Enough for everything one datagram can bring.
inline constexpr std::size_t largest_size = 256;

inline constexpr std::size_t header_size = sizeof(std::size_t) + 2 * sizeof(int);
/// Where the value begins, and what one value takes with its header.
[[nodiscard]] constexpr std::size_t aligned(std::size_t size) noexcept
{
    return (size + sizeof(std::size_t) - 1) & ~(sizeof(std::size_t) - 1);
}
inline constexpr std::size_t value_offset = aligned(header_size);
[[nodiscard]] constexpr std::size_t space_for(std::size_t value_size) noexcept
{
    return aligned(header_size + aligned(value_size));
}

struct written {
    std::size_t bytes = 0;
    bool truncated = false;  ///< not everything had room; what is there is whole
};

/// Puts what the control information has, in a fixed order.
[[nodiscard]] written write(const message_control& control, std::span<std::byte> into) noexcept;

/// The control information to be sent with a datagram. Errors: invalid_argument (a header that does not fit, a level, type
/// or value that is unknown, information of both IP versions).
[[nodiscard]] result<message_control> read(std::span<const std::byte> from) noexcept;

}  // namespace spindle::control_buffer
