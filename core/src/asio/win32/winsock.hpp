// Small helpers that every file of this folder uses: the handle as a SOCKET and Winsock's errors as errc,
// which are the same numbers.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include "asio/native.hpp"

namespace spindle::win32 {

[[nodiscard]] inline SOCKET to_socket(native::handle socket) noexcept
{
    return static_cast<SOCKET>(socket);
}

/// system_call_failure for a number that Winsock does not document.
[[nodiscard]] inline errc errc_from(int number) noexcept
{
    const auto code = static_cast<errc>(number);
    return error_name(code).empty() ? errc::system_call_failure : code;
}

[[nodiscard]] inline errc last_error() noexcept
{
    return errc_from(::WSAGetLastError());
}

[[nodiscard]] inline result<void> to_result(int outcome) noexcept
{
    return outcome == SOCKET_ERROR ? result<void>{last_error()} : result<void>{};
}

[[nodiscard]] inline const sockaddr* to_sockaddr(const socket_address& address) noexcept
{
    return reinterpret_cast<const sockaddr*>(address.data());
}

/// An address the system filled in, at full length: AF_UNIX names come as long as they are.
[[nodiscard]] socket_address to_address(const SOCKADDR_STORAGE& storage, int size) noexcept;

/// Does nothing; who calls it has the linker take the object in winsock_init.cpp out of the archive.
void keep_asio_from_winsock() noexcept;

/// What select() says of one socket: `timeout` null waits without end. `wake` may be INVALID_SOCKET.
readiness select_once(SOCKET socket, readiness wanted, SOCKET wake, const timeval* timeout) noexcept;

/// Conditions as WSAPoll() has them.
[[nodiscard]] SHORT to_events(readiness wanted) noexcept;
[[nodiscard]] readiness from_events(SHORT events) noexcept;

/// The socket behind an interrupter of this platform.
[[nodiscard]] SOCKET wake_socket(const interrupter& wake) noexcept;

}  // namespace spindle::win32
