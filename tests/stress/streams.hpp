// Winsock calls that several stress tests need: sockets that are connected to peer_process and have handed it
// a stream with its header, loopback pairs, and their settings. Failures throw, with the call and its code.
#pragma once

#include <winsock2.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "stream_header.hpp"

namespace spindle::stress {

/// Throws std::runtime_error "<call>: <last error>" unless the call succeeded.
void require_call(const char* call, bool succeeded);

/// WSAStartup for 2.2.
void start_winsock();

[[nodiscard]] sockaddr_in loopback_address(unsigned short port);
[[nodiscard]] SOCKET connect_tcp(unsigned short port);
void set_nonblocking(SOCKET socket, bool on);
void set_number(SOCKET socket, int option, int value);
void set_linger(SOCKET socket, unsigned short on, unsigned short seconds);

struct stream_order {
    reader_kind kind = reader_kind::fast;
    std::uint32_t seed = 0;
    std::uint32_t length = 0;
    int send_buffer = 0;  ///< SO_SNDBUF; 0 leaves the default
};
/// Connects, then sends header and pattern in one call on the socket, which is non-blocking from then on:
/// what the system does not take at once is unsent data of the provider.
[[nodiscard]] SOCKET start_stream(unsigned short port, const stream_order& order);

/// A listening socket and its port.
struct listening {
    SOCKET socket = INVALID_SOCKET;
    unsigned short port = 0;
};
[[nodiscard]] listening listen_on_loopback(int backlog);

/// Both ends of a connection of this process.
struct socket_pair {
    SOCKET near_end = INVALID_SOCKET;
    SOCKET far_end = INVALID_SOCKET;
};
[[nodiscard]] socket_pair connect_pair(const listening& through);
[[nodiscard]] SOCKET bound_udp(sockaddr_in& address);

}  // namespace spindle::stress
