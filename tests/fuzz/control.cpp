// Control data of WSASendMsg, any bytes, and of WSARecvMsg, any room, on datagram sockets that talk to themselves.
#include "fuzz_target.hpp"

#include <mswsock.h>

using namespace spindle::fuzz;

namespace {

LPFN_WSARECVMSG receive_function(SOCKET s)
{
    GUID id = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG found = nullptr;
    DWORD returned = 0;
    require(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &found, sizeof found, &returned,
                     nullptr, nullptr) == 0);
    return found;
}

sockaddr_in6 bind_to_loopback(SOCKET s, bool v6)
{
    sockaddr_in6 own{};
    own.sin6_family = v6 ? AF_INET6 : AF_INET;
    int length = v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    if (v6) {
        own.sin6_addr = in6addr_loopback;
    } else {
        reinterpret_cast<sockaddr_in*>(&own)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    if (bind(s, reinterpret_cast<sockaddr*>(&own), length) == 0) {
        length = sizeof own;
        getsockname(s, reinterpret_cast<sockaddr*>(&own), &length);
    }
    return own;
}

}  // namespace

SPINDLE_FUZZ_TARGET(control)
{
    const bool v6 = in.flag();
    const any_socket s(v6 ? 3 : 1);
    sockaddr_in6 own = bind_to_loopback(s, v6);
    const DWORD asked = in.byte();
    setsockopt(s, v6 ? int{IPPROTO_IPV6} : int{IPPROTO_IP}, v6 ? IPV6_PKTINFO : IP_PKTINFO,
               reinterpret_cast<const char*>(&asked), sizeof asked);
    std::vector<char> room(in.byte());
    std::vector<char> given = in.bytes(in.left() < 512 ? in.left() : 512);
    char payload[4] = {1, 2, 3, 4};
    WSABUF buffer{sizeof payload, payload};
    WSAMSG message{};
    message.name = reinterpret_cast<sockaddr*>(&own);
    message.namelen = v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    message.lpBuffers = &buffer;
    message.dwBufferCount = 1;
    message.Control = {static_cast<ULONG>(given.size()), given.data()};
    DWORD moved = 0;
    WSASendMsg(s, &message, 0, &moved, nullptr, nullptr);
    message.Control = {static_cast<ULONG>(room.size()), room.data()};
    if (receive_function(s)(s, &message, &moved, nullptr, nullptr) == 0) {
        require(message.Control.len <= room.size());
    }
}
