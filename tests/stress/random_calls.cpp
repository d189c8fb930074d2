// A table of small functions, one per call; see random_calls.hpp.
#include "random_calls.hpp"

#include "streams.hpp"

namespace spindle::stress {

namespace {

struct call_input {
    std::mt19937& random;
    SOCKET socket;
    sockaddr_in address;
};

sockaddr* name_of(call_input& in)
{
    return reinterpret_cast<sockaddr*>(&in.address);
}

using call = bool (*)(call_input& in);

constexpr call calls[] = {
    [](call_input& in) {
        in.address.sin_port = 0;
        return bind(in.socket, name_of(in), sizeof in.address) == 0;
    },
    [](call_input& in) { return listen(in.socket, 5) == 0; },
    [](call_input& in) { return connect(in.socket, name_of(in), sizeof in.address) == 0; },
    [](call_input& in) {
        int size = sizeof in.address;
        const SOCKET accepted = accept(in.socket, name_of(in), &size);
        return accepted != INVALID_SOCKET && closesocket(accepted) == 0;
    },
    [](call_input& in) { return send(in.socket, "some bytes", 10, 0) != SOCKET_ERROR; },
    [](call_input& in) {
        char bytes[256];
        return recv(in.socket, bytes, sizeof bytes, in.random() % 2 == 0 ? 0 : MSG_PEEK) != SOCKET_ERROR;
    },
    [](call_input& in) {
        return sendto(in.socket, "a datagram", 10, 0, name_of(in), sizeof in.address) != SOCKET_ERROR;
    },
    [](call_input& in) {
        char bytes[256];
        int size = sizeof in.address;
        return recvfrom(in.socket, bytes, sizeof bytes, 0, name_of(in), &size) != SOCKET_ERROR;
    },
    [](call_input& in) { return shutdown(in.socket, static_cast<int>(in.random() % 3)) == 0; },
    [](call_input& in) {
        int size = sizeof in.address;
        return getsockname(in.socket, name_of(in), &size) == 0;
    },
    [](call_input& in) {
        int size = sizeof in.address;
        return getpeername(in.socket, name_of(in), &size) == 0;
    },
    [](call_input& in) {
        int value = 0;
        int size = sizeof value;
        return getsockopt(in.socket, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&value), &size) == 0;
    },
    [](call_input& in) {
        const int value = 16'384;
        const auto* const bytes = reinterpret_cast<const char*>(&value);
        return setsockopt(in.socket, SOL_SOCKET, SO_SNDBUF, bytes, sizeof value) == 0;
    },
    [](call_input& in) {
        u_long value = 0;
        return ioctlsocket(in.socket, static_cast<long>(FIONREAD), &value) == 0;
    },
    [](call_input& in) {
        u_long value = 1;
        return ioctlsocket(in.socket, static_cast<long>(FIONBIO), &value) == 0;
    },
};

// What these calls may answer when a socket is in any state, is closed meanwhile, or the library is cleaned
// up.
const std::set<int> documented{
    0,           WSAEINTR,        WSAEINVAL,     WSAEWOULDBLOCK,  WSAEALREADY,      WSAENOTSOCK,
    WSAEMSGSIZE, WSAEDESTADDRREQ, WSAEOPNOTSUPP, WSAEADDRINUSE,   WSAECONNABORTED,  WSAECONNRESET,
    WSAEISCONN,  WSAENOTCONN,     WSAESHUTDOWN,  WSAECONNREFUSED, WSANOTINITIALISED};

}  // namespace

SOCKET random_socket(std::mt19937& random)
{
    const bool stream = random() % 4 != 0;
    const SOCKET made =
        socket(AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM, stream ? IPPROTO_TCP : IPPROTO_UDP);
    u_long on = 1;
    if (made != INVALID_SOCKET && ioctlsocket(made, static_cast<long>(FIONBIO), &on) != 0) {
        closesocket(made);
        return INVALID_SOCKET;
    }
    return made;
}

int random_call(std::mt19937& random, SOCKET socket, unsigned short port)
{
    call_input in{random, socket, loopback_address(port)};
    return calls[random() % std::size(calls)](in) ? 0 : WSAGetLastError();
}

std::string code_collection::unexpected() const
{
    std::string text;
    for (const int code : seen_) {
        if (documented.count(code) == 0) {
            text += std::to_string(code) + " ";
        }
    }
    return text;
}

}  // namespace spindle::stress
