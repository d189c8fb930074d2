// The address blocks behind the data in AcceptEx's output buffer: the provider writes them, GetAcceptExSockaddrs, which
// gets no socket and so reaches no provider, reads them. Answers to the pages "AcceptEx" and "GetAcceptExSockaddrs"
// (clauses ACX-5 to 7, 18).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace spindle::accept_buffer {

/// What a block needs beyond the sockaddr it holds, by the page.
inline constexpr std::size_t overhead = 16;

/// A block is the length of the address (4 bytes, the machine's order), 4 bytes unused, the sockaddr.
/// False: the block is too small for this address (ACX-7), nothing was written.
inline bool store(std::span<std::byte> block, std::span<const std::byte> address) noexcept
{
    if (block.size() < address.size() + overhead) {
        return false;
    }
    const auto length = static_cast<std::uint32_t>(address.size());
    std::memcpy(block.data(), &length, sizeof length);
    std::memcpy(block.data() + 8, address.data(), address.size());
    return true;
}

/// The sockaddr in a block; empty when there cannot be one.
inline std::span<std::byte> address_in(std::span<std::byte> block) noexcept
{
    std::uint32_t length = 0;
    if (block.size() < overhead) {
        return {};
    }
    std::memcpy(&length, block.data(), sizeof length);
    return length <= block.size() - overhead ? block.subspan(8, length) : std::span<std::byte>{};
}

}  // namespace spindle::accept_buffer
