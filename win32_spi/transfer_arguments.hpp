// Arguments that all transfers share, those of the procedure table and the extension functions.
#pragma once

#include "spindle/socket.hpp"
#include "thunk.hpp"
#include "winsock.hpp"

namespace spindle::spi {

/// Whether an OVERLAPPED makes the call a request. On a socket without the attribute it is ignored (SOCK-16).
[[nodiscard]] inline bool is_request(const socket& it, const WSAOVERLAPPED* lpOverlapped) noexcept
{
    return lpOverlapped != nullptr && (it.creation_flags() & WSA_FLAG_OVERLAPPED) != 0;
}

/// The client's flags for core. A call that named an OVERLAPPED its socket cannot use waits although the
/// socket is non-blocking (XFR-13); the bit that says so to core is nobody's MSG_ number, so a client's own
/// is an unknown flag.
[[nodiscard]] inline unsigned transfer_flags_of(DWORD flags, const WSAOVERLAPPED* lpOverlapped) noexcept
{
    constexpr unsigned unknown = 0x4000'0000;
    if ((flags & message_flag::always_wait) != 0) {
        flags = (flags & ~message_flag::always_wait) | unknown;
    }
    return lpOverlapped != nullptr ? flags | message_flag::always_wait : flags;
}

inline void store_count(LPDWORD target, std::size_t bytes) noexcept
{
    if (target != nullptr) {
        store(target, static_cast<DWORD>(bytes));
    }
}

}  // namespace spindle::spi
