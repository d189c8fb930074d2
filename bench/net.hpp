// The few socket calls the benchmarks make, once over Winsock and once over the system's own sockets, so that
// one source file measures both. BENCH_WINSOCK chooses; nothing is added to the calls themselves.
#pragma once

#include <cstddef>

#if defined(BENCH_WINSOCK)
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace net {

#if defined(BENCH_WINSOCK)

using handle = SOCKET;
using length = int;
inline constexpr const char* kind = "winsock";
inline constexpr int send_side = SD_SEND;

inline bool start()
{
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data) == 0;
}
inline bool stop()
{
    return WSACleanup() == 0;
}
inline bool is_valid(handle socket)
{
    return socket != INVALID_SOCKET;
}
inline void close(handle socket)
{
    closesocket(socket);
}
inline long send(handle socket, const char* data, std::size_t size)
{
    return ::send(socket, data, static_cast<int>(size), 0);
}
inline long receive(handle socket, char* data, std::size_t size)
{
    return ::recv(socket, data, static_cast<int>(size), 0);
}

#else

using handle = int;
using length = socklen_t;
inline constexpr const char* kind = "raw";
inline constexpr int send_side = SHUT_WR;

inline bool start()
{
    return true;
}
inline bool stop()
{
    return true;
}
inline bool is_valid(handle socket)
{
    return socket >= 0;
}
inline void close(handle socket)
{
    ::close(socket);
}
inline long send(handle socket, const char* data, std::size_t size)
{
    return ::send(socket, data, size, MSG_NOSIGNAL);
}
inline long receive(handle socket, char* data, std::size_t size)
{
    return ::recv(socket, data, size, 0);
}

#endif

inline sockaddr_in loopback(unsigned short port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline void set_no_delay(handle socket)
{
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, reinterpret_cast<const char*>(&on), sizeof on);
}

/// A listening socket on loopback and its port; port 0 when that failed.
inline handle listen_on_loopback(int backlog, unsigned short& port)
{
    const handle listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    sockaddr_in address = loopback(0);
    length size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    const bool good = is_valid(listener) && bind(listener, name, size) == 0 && listen(listener, backlog) == 0
                      && getsockname(listener, name, &size) == 0;
    port = good ? ntohs(address.sin_port) : static_cast<unsigned short>(0);
    return listener;
}

/// A connected socket; whether it is connected is left in `good`.
inline handle connect_to_loopback(unsigned short port, bool& good)
{
    const handle socket = ::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    const sockaddr_in address = loopback(port);
    good =
        is_valid(socket) && connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    return socket;
}

}  // namespace net
