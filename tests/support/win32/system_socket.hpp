// What libc_peer.cpp takes of the system: Windows' half, on the system's own Winsock provider. The calls that both systems
// have under one name are used as they are.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace spindle::test::system_socket {

using native = SOCKET;
using address_size = int;
using transfer_size = int;

inline constexpr int no_signal = 0;
inline constexpr int end_of_sending = SD_SEND;
inline constexpr int would_block = WSAEWOULDBLOCK;
inline constexpr int in_progress = WSAEWOULDBLOCK;
inline constexpr int connection_reset = WSAECONNRESET;
inline constexpr int timed_out = WSAETIMEDOUT;

[[nodiscard]] inline int last_error()
{
    return ::WSAGetLastError();
}

/// The program's one start of the system's Winsock, which ends with the process.
inline void start()
{
    static const int started = [] {
        WSADATA data{};
        return ::WSAStartup(MAKEWORD(2, 2), &data);
    }();
    if (started != 0) {
        throw std::runtime_error("the system has no Winsock");
    }
}

[[nodiscard]] inline native prepare(native socket)
{
    u_long on = 1;
    if (socket != INVALID_SOCKET) {
        ::ioctlsocket(socket, static_cast<long>(FIONBIO), &on);
        ::SetHandleInformation(reinterpret_cast<HANDLE>(socket), HANDLE_FLAG_INHERIT, 0);
    }
    return socket;
}

/// Non-blocking, not inherited; INVALID_SOCKET on failure.
[[nodiscard]] inline native open(int family, int type)
{
    start();
    return prepare(::socket(family, type, 0));
}

[[nodiscard]] inline native accept(native listener)
{
    return prepare(::accept(listener, nullptr, nullptr));
}

inline void close(native socket)
{
    ::closesocket(socket);
}

/// What WSAPoll reports of the wanted events; 0 when nothing.
[[nodiscard]] inline short poll(native socket, int events, int milliseconds)
{
    WSAPOLLFD entry{socket, static_cast<SHORT>(events), 0};
    return ::WSAPoll(&entry, 1, milliseconds) > 0 ? entry.revents : short{0};
}

/// A receive that returned 0 was told of a reset after all: Wine 8.0 reads one that came before the call as the end, and
/// says the truth to WSAPoll.
[[nodiscard]] inline bool was_reset(native socket)
{
    return (poll(socket, 0, 0) & POLLERR) != 0;
}

[[nodiscard]] inline std::size_t unread(native socket)
{
    u_long bytes = 0;
    return ::ioctlsocket(socket, static_cast<long>(FIONREAD), &bytes) == 0 ? std::size_t{bytes} : 0;
}

}  // namespace spindle::test::system_socket
