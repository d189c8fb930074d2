// Waiting for changes of addresses and routes, in a network of the test's own (private_network.hpp). Answers to "WSPIoctl".
#include "support/catch.hpp"

#include "control_fixture.hpp"
#include "support/private_network.hpp"

using namespace spindle::test;

namespace {

// What the children do answers with the line of the first thing that was not so, modulo what an exit status can hold.
#define NEED(condition)                     \
    do {                                    \
        if (!(condition)) {                 \
            return 1 + __LINE__ % 250;      \
        }                                   \
    } while (false)

struct child_sockets {
    child_sockets()
    {
        WSADATA data;
        WSAStartup(MAKEWORD(2, 2), &data);
        s = socket(AF_INET, SOCK_DGRAM, 0);
    }
    child_sockets(const child_sockets&) = delete;
    child_sockets& operator=(const child_sockets&) = delete;
    ~child_sockets()
    {
        closesocket(s);
        WSACleanup();
    }
    int change(DWORD code, const endpoint* to, LPWSAOVERLAPPED overlapped) const
    {
        const void* in = to == nullptr ? nullptr : to->get();
        return control(s, code, in, to == nullptr ? 0 : 16, nullptr, 0, overlapped).error;
    }
    SOCKET s;
};

int addresses_change()
{
    const child_sockets sockets;
    const event ended[3];
    WSAOVERLAPPED overlapped[3]{};
    for (int at = 0; at < 3; ++at) {
        overlapped[at].hEvent = ended[at].handle;
    }
    // The blocking mode is nothing to a request.
    u_long nonblocking = 1;
    NEED(ioctlsocket(sockets.s, static_cast<long>(FIONBIO), &nonblocking) == 0);
    NEED(sockets.change(SIO_ADDRESS_LIST_CHANGE, nullptr, nullptr) == WSAEWOULDBLOCK);
    NEED(sockets.change(SIO_ADDRESS_LIST_CHANGE, nullptr, &overlapped[0]) == WSA_IO_PENDING);
    NEED(sockets.change(SIO_ADDRESS_LIST_CHANGE, nullptr, &overlapped[1]) == WSA_IO_PENDING);
    NEED(!ended[0].wait(0));
    NEED(add_loopback_address("10.77.0.1"));
    NEED(ended[0].wait() && ended[1].wait());
    NEED(overlapped[0].Internal == 0 && overlapped[0].InternalHigh == 0);
    // One request, one change.
    NEED(sockets.change(SIO_ADDRESS_LIST_CHANGE, nullptr, &overlapped[2]) == WSA_IO_PENDING);
    NEED(!ended[2].wait(0));
    NEED(remove_loopback_address());
    NEED(ended[2].wait());
    // Without a request the change is an event: one since the call that would have waited, told of at once.
    const event told;
    WSANETWORKEVENTS found{};
    const auto change_is_told = [&] {
        return told.wait() && WSAEnumNetworkEvents(sockets.s, told.handle, &found) == 0 &&
               found.lNetworkEvents == FD_ADDRESS_LIST_CHANGE && found.iErrorCode[FD_ADDRESS_LIST_CHANGE_BIT] == 0;
    };
    NEED(WSAEventSelect(sockets.s, told.handle, FD_ADDRESS_LIST_CHANGE) == 0);
    NEED(change_is_told());
    NEED(!told.wait(0));
    NEED(sockets.change(SIO_ADDRESS_LIST_CHANGE, nullptr, nullptr) == WSAEWOULDBLOCK);
    NEED(add_loopback_address("10.77.0.3"));
    NEED(change_is_told());
    NEED(WSAEventSelect(sockets.s, nullptr, 0) == 0);
    NEED(remove_loopback_address());
    // A blocking call waits.
    nonblocking = 0;
    NEED(ioctlsocket(sockets.s, static_cast<long>(FIONBIO), &nonblocking) == 0);
    background_call<int> waiting([&] { return sockets.change(SIO_ADDRESS_LIST_CHANGE, nullptr, nullptr); });
    NEED(waiting.blocks());
    NEED(add_loopback_address("10.77.0.2"));
    NEED(waiting.result() == 0);
    return 0;
}

int routes_change()
{
    const child_sockets sockets;
    const auto there = at(AF_INET, "10.99.0.1", 80);
    endpoint out;
    NEED(route(sockets.s, there, &out.storage, sizeof out.storage).error == WSAENETUNREACH);
    const event ended;
    const event of_other;
    WSAOVERLAPPED overlapped{};
    overlapped.hEvent = ended.handle;
    WSAOVERLAPPED other{};
    other.hEvent = of_other.handle;
    const auto own = loopback(AF_INET, 80);
    NEED(sockets.change(SIO_ROUTING_INTERFACE_CHANGE, &there, &overlapped) == WSA_IO_PENDING);
    NEED(sockets.change(SIO_ROUTING_INTERFACE_CHANGE, &own, &other) == WSA_IO_PENDING);
    NEED(add_loopback_address("10.99.0.2"));
    NEED(ended.wait());
    NEED(route(sockets.s, there, &out.storage, sizeof out.storage).error == 0);
    NEED(out.address() == "10.99.0.2");
    NEED(!of_other.wait(0));  // the way to loopback is as it was
    NEED(CancelIoEx(reinterpret_cast<HANDLE>(sockets.s), &other) != 0);
    NEED(of_other.wait());
    NEED(other.Internal == 0xC0000120);
    u_long nonblocking = 1;
    NEED(ioctlsocket(sockets.s, static_cast<long>(FIONBIO), &nonblocking) == 0);
    const event told;
    NEED(WSAEventSelect(sockets.s, told.handle, FD_ROUTING_INTERFACE_CHANGE) == 0);
    NEED(sockets.change(SIO_ROUTING_INTERFACE_CHANGE, &there, nullptr) == WSAEWOULDBLOCK);
    NEED(remove_loopback_address());
    NEED(told.wait());
    WSANETWORKEVENTS found{};
    NEED(WSAEnumNetworkEvents(sockets.s, told.handle, &found) == 0);
    NEED(found.lNetworkEvents == FD_ROUTING_INTERFACE_CHANGE);
    return 0;
}

void in_private_network(int (*body)())
{
    const int answer = private_network(body);
    if (answer == no_private_network) {
        WARN("this process may not have a network of its own");
        return;
    }
    CHECK(answer == 0);
}

}  // namespace

TEST_CASE("CTL-9, CTL-31, T-IOC/SIO_ADDRESS_LIST_CHANGE waiting for another list of addresses", "[api][ioctl]")
{
    in_private_network(addresses_change);
}

TEST_CASE("CTL-27, T-IOC/SIO_ROUTING_INTERFACE_CHANGE waiting for another way to a destination", "[api][ioctl]")
{
    in_private_network(routes_change);
}
