// Where AcceptEx puts the two addresses of a connection in the client's buffer, behind the data (ACX-5): two blocks, each
// [address length, 4 bytes][4 bytes unused][address]. The one form that GetAcceptExSockaddrs reads; plain bytes, no
// alignment asked for. Answers to the pages "AcceptEx" and "GetAcceptExSockaddrs".
#pragma once

#include <cstdint>
#include <cstring>

namespace spindle::accept_buffer {

/// What a block needs beyond the address itself; the page grants 16.
inline constexpr std::size_t header_size = 8;

/// `size` bytes of address into the block; `block` has at least header_size + size bytes.
inline void write(void* block, const void* address, std::uint32_t size) noexcept
{
    std::memset(block, 0, header_size);
    std::memcpy(block, &size, sizeof size);
    std::memcpy(static_cast<char*>(block) + header_size, address, size);
}

/// The address in the block, and its size, limited to what a block of `room` bytes can hold.
inline void* read(void* block, std::size_t room, std::int32_t& size) noexcept
{
    std::uint32_t stored = 0;
    std::memcpy(&stored, block, sizeof stored);
    size = stored + header_size <= room ? static_cast<std::int32_t>(stored) : 0;
    return static_cast<char*>(block) + header_size;
}

}  // namespace spindle::accept_buffer
