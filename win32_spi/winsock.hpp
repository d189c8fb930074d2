// The one place where the SPI layer takes in the Winsock headers: the system's own on Windows,
// posix_shim/include on Linux. Nothing but these includes and the constants whose macro forms are C casts.
#pragma once

#include <winsock2.h>
#include <ws2spi.h>
#include <ws2tcpip.h>

namespace spindle::spi {

inline constexpr SOCKET no_socket = ~SOCKET{0};  // INVALID_SOCKET
inline constexpr int call_failed = -1;           // SOCKET_ERROR

template <class Function>
struct timeout_of;
template <class Timeout>
struct timeout_of<int(WSPAPI*)(int, fd_set*, fd_set*, fd_set*, Timeout, LPINT)> {
    using type = Timeout;
};
/// Headers disagree where the const of WSPSelect's time-out stands: "const struct timeval*" or "const
/// PTIMEVAL".
using select_timeout = timeout_of<LPWSPSELECT>::type;

}  // namespace spindle::spi
