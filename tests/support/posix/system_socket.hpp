// What libc_peer.cpp takes of the system: Linux' half. The calls that both systems have under one name are used as they are.
#pragma once

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace spindle::test::system_socket {

using native = int;
using address_size = socklen_t;
using transfer_size = std::size_t;

inline constexpr int no_signal = MSG_NOSIGNAL;
inline constexpr int end_of_sending = SHUT_WR;
inline constexpr int would_block = EAGAIN;
inline constexpr int in_progress = EINPROGRESS;
inline constexpr int connection_reset = ECONNRESET;
inline constexpr int timed_out = ETIMEDOUT;

[[nodiscard]] inline int last_error()
{
    return errno;
}

/// Non-blocking, not inherited; negative on failure.
[[nodiscard]] inline native open(int family, int type)
{
    return ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

[[nodiscard]] inline native accept(native listener)
{
    return ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

inline void close(native socket)
{
    ::close(socket);
}

/// What poll reports of the wanted events; 0 when nothing.
[[nodiscard]] inline short poll(native socket, int events, int milliseconds)
{
    pollfd entry{socket, static_cast<short>(events), 0};
    return ::poll(&entry, 1, milliseconds) > 0 ? entry.revents : short{0};
}

/// A receive that returned 0 was told of a reset after all. Never here.
[[nodiscard]] inline bool was_reset(native)
{
    return false;
}

[[nodiscard]] inline std::size_t unread(native socket)
{
    int bytes = 0;
    return ::ioctl(socket, SIOCINQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace spindle::test::system_socket
