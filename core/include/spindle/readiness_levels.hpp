// What holds of a socket, in Winsock's terms: the one snapshot that select, WSAPoll and network events read. It joins what the
// system says now with what core alone knows: deferred connections, the send queue's room, urgent bytes kept aside, how an
// attempt to connect came out. Answers to the pages WSPSelect, "WSAPoll", WSPEventSelect.
#pragma once

#include <cstdint>

#include "spindle/error.hpp"

namespace spindle {

/// A set of conditions. Each holds until what ends it happens; being looked at changes none.
enum class level : std::uint16_t {
    none = 0,
    connection = 1,       ///< a listener's: accept() has one
    data = 2,             ///< receive() has bytes, a datagram, or a datagram socket's error; with SO_OOBINLINE also urgent bytes
    urgent = 4,           ///< an urgent byte is kept beside the stream (no SO_OOBINLINE)
    end_of_stream = 8,    ///< the peer will send no more; unread bytes may be left, then `data` holds as well
    writable = 16,        ///< send() takes a message without waiting, or fails at once: the connection is broken
    connected = 32,       ///< a stream socket has, or had, a connection
    connect_failed = 64,  ///< the last attempt failed; until the next connect() or listen()
    broken = 128,         ///< the connection was reset or aborted
    requested = 256,      ///< something came in that belongs to pending requests; neither data nor connection
    not_socket = 512,     ///< the handle stands for no socket, or the socket was closed meanwhile
};

[[nodiscard]] constexpr level operator|(level left, level right) noexcept
{
    return static_cast<level>(static_cast<unsigned>(left) | static_cast<unsigned>(right));
}
[[nodiscard]] constexpr level operator&(level left, level right) noexcept
{
    return static_cast<level>(static_cast<unsigned>(left) & static_cast<unsigned>(right));
}
constexpr level& operator|=(level& set, level more) noexcept
{
    return set = set | more;
}
[[nodiscard]] constexpr bool has_any(level set, level wanted) noexcept
{
    return (set & wanted) != level::none;
}

struct socket_levels {
    level holds = level::none;
    /// With connect_failed and broken: why. A reset that core learns from readiness alone is connection_reset.
    errc code = errc::success;
};

}  // namespace spindle
