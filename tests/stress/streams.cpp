// Plain Winsock; see streams.hpp.
#include "streams.hpp"

#include <cstring>
#include <string>
#include <vector>

#include "support/byte_pattern.hpp"

namespace spindle::stress {

void require_call(const char* call, bool succeeded)
{
    if (!succeeded) {
        throw std::runtime_error(std::string(call) + ": " + std::to_string(WSAGetLastError()));
    }
}

void start_winsock()
{
    WSADATA data;
    if (const int error = WSAStartup(MAKEWORD(2, 2), &data); error != 0) {
        throw std::runtime_error("WSAStartup: " + std::to_string(error));
    }
}

sockaddr_in loopback_address(unsigned short port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

SOCKET connect_tcp(unsigned short port)
{
    const SOCKET made = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    require_call("socket", made != INVALID_SOCKET);
    const sockaddr_in address = loopback_address(port);
    require_call("connect", connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return made;
}

void set_nonblocking(SOCKET socket, bool on)
{
    u_long value = on ? 1 : 0;
    require_call("ioctlsocket", ioctlsocket(socket, FIONBIO, &value) == 0);
}

void set_number(SOCKET socket, int option, int value)
{
    const auto* const bytes = reinterpret_cast<const char*>(&value);
    require_call("setsockopt", setsockopt(socket, SOL_SOCKET, option, bytes, sizeof value) == 0);
}

void set_linger(SOCKET socket, unsigned short on, unsigned short seconds)
{
    const linger value{on, seconds};
    const auto* const bytes = reinterpret_cast<const char*>(&value);
    require_call("setsockopt", setsockopt(socket, SOL_SOCKET, SO_LINGER, bytes, sizeof value) == 0);
}

SOCKET start_stream(unsigned short port, const stream_order& order)
{
    const SOCKET made = connect_tcp(port);
    if (order.send_buffer > 0) {
        set_number(made, SO_SNDBUF, order.send_buffer);
    }
    set_nonblocking(made, true);
    const stream_header header{stream_magic, order.kind, order.seed, order.length};
    std::vector<char> bytes(sizeof header + order.length);
    std::memcpy(bytes.data(), &header, sizeof header);
    for (std::uint32_t i = 0; i < order.length; ++i) {
        bytes[sizeof header + i] = static_cast<char>(spindle::test::pattern_byte(order.seed, i));
    }
    const int size = static_cast<int>(bytes.size());
    require_call("send", send(made, bytes.data(), size, 0) == size);
    return made;
}

listening listen_on_loopback(int backlog)
{
    listening made;
    made.socket = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    require_call("socket", made.socket != INVALID_SOCKET);
    sockaddr_in address = loopback_address(0);
    int size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    require_call("bind", bind(made.socket, name, size) == 0);
    require_call("listen", listen(made.socket, backlog) == 0);
    require_call("getsockname", getsockname(made.socket, name, &size) == 0);
    made.port = ntohs(address.sin_port);
    return made;
}

socket_pair connect_pair(const listening& through)
{
    socket_pair made;
    made.near_end = connect_tcp(through.port);
    made.far_end = accept(through.socket, nullptr, nullptr);
    require_call("accept", made.far_end != INVALID_SOCKET);
    return made;
}

SOCKET bound_udp(sockaddr_in& address)
{
    const SOCKET made = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    require_call("socket", made != INVALID_SOCKET);
    address = loopback_address(0);
    int size = sizeof address;
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    require_call("bind", bind(made, name, size) == 0);
    require_call("getsockname", getsockname(made, name, &size) == 0);
    return made;
}

}  // namespace spindle::stress
