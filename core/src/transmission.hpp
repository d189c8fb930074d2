// The parts of a transmission (pages "TransmitFile", "TransmitPackets"): how long they are, where a byte of the whole lies,
// and the messages that datagram sockets make of them. No sockets here. Contract TXF-4, TXF-5, TXF-8, TXF-9.
#pragma once

#include <cstddef>
#include <vector>

#include "spindle/overlapped.hpp"

namespace spindle::transmission {

/// A place in the parts: behind the last byte when `part` is their number.
struct position {
    std::size_t part = 0;
    std::size_t within = 0;
};

/// Fixes offset and length of every part; from now on both are there and `length` counts for memory as well. Errors:
/// invalid_argument (more bytes than one call may send), those of the files.
result<void> settle(std::vector<transmit_part>& parts);

[[nodiscard]] std::size_t total(const std::vector<transmit_part>& parts) noexcept;
/// Of the byte `done` of the whole.
[[nodiscard]] position locate(const std::vector<transmit_part>& parts, std::size_t done) noexcept;

/// The message that begins at the place, which moves behind it; false when there is none. A file that has become shorter
/// shortens its part. Errors: message_size (longer than any datagram), those of the files. Throws bad_alloc.
result<bool> next_message(std::vector<transmit_part>& parts, position& at, std::size_t limit,
                          std::vector<std::byte>& message);

}  // namespace spindle::transmission
