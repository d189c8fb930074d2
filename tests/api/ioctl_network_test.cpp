// Control codes about interfaces, addresses and routes. Their changes are network_change_test.cpp's. Answers to
// "SIO_ADDRESS_LIST_QUERY", "SIO_ADDRESS_LIST_SORT", "WSPIoctl".
#include "support/catch.hpp"

#include "control_fixture.hpp"

#include <array>
#include <cstring>

using namespace spindle::test;

TEST_CASE("CTL-33, T-IOC/SIO_GET_INTERFACE_LIST the interfaces, loopback among them", "[api][ioctl]")
{
    const winsock started;
    CHECK(sizeof(INTERFACE_INFO) == 76);
    std::array<INTERFACE_INFO, 64> list{};
    const auto s = udp();
    const auto said = control(s, SIO_GET_INTERFACE_LIST, nullptr, 0, list.data(), sizeof list);
    REQUIRE(said.error == 0);
    REQUIRE(said.count % sizeof(INTERFACE_INFO) == 0);
    bool found = false;
    for (std::size_t at = 0; at < said.count / sizeof(INTERFACE_INFO); ++at) {
        const auto& each = list[at];
        CHECK(each.iiAddress.AddressIn.sin_family == AF_INET);
        const bool broadcast = (each.iiFlags & IFF_BROADCAST) != 0;
        CHECK((broadcast || each.iiBroadcastAddress.AddressIn.sin_addr.s_addr == 0));
        if (each.iiAddress.AddressIn.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
            found = true;
            CHECK((each.iiFlags & (IFF_UP | IFF_LOOPBACK)) == (IFF_UP | IFF_LOOPBACK));
            CHECK(each.iiNetmask.AddressIn.sin_addr.s_addr == htonl(0xFF000000));
        }
    }
    CHECK(found);
    CHECK(control(unique_socket(socket(AF_UNIX, SOCK_STREAM, 0)), SIO_GET_INTERFACE_LIST, nullptr, 0, list.data(),
                  sizeof list).error == WSAEOPNOTSUPP);
}

TEST_CASE("CTL-5, CTL-34 the interface list pends as a request", "[api][ioctl]")
{
    const winsock started;
    const auto s = udp();
    std::array<INTERFACE_INFO, 64> list{};
    const auto small = control(s, SIO_GET_INTERFACE_LIST, nullptr, 0, list.data(), sizeof(INTERFACE_INFO) - 1);
    CHECK(small.error == WSAEFAULT);
    CHECK(small.count == 0);
    const auto whole = control(s, SIO_GET_INTERFACE_LIST, nullptr, 0, list.data(), sizeof list);
    const event ended;
    WSAOVERLAPPED overlapped{};
    overlapped.hEvent = ended.handle;
    auto said = control(s, SIO_GET_INTERFACE_LIST, nullptr, 0, list.data(), sizeof list, &overlapped);
    CHECK(said.error == WSA_IO_PENDING);
    CHECK(said.count == untouched);
    REQUIRE(ended.wait());
    CHECK(overlapped.Internal == 0);
    CHECK(overlapped.InternalHigh == whole.count);
    said = control(s, SIO_GET_INTERFACE_LIST, nullptr, 0, list.data(), sizeof(INTERFACE_INFO) - 1, &overlapped);
    CHECK(said.error == WSA_IO_PENDING);
    CHECK(overlapped.Internal == 0xC0000023);
    DWORD bytes = 0;
    DWORD flags = 0;
    CHECK_FALSE(WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags));
    CHECK(WSAGetLastError() == WSAEFAULT);
}

TEST_CASE("CTL-25, CTL-26, T-IOC/SIO_ROUTING_INTERFACE_QUERY the address that would be used", "[api][ioctl]")
{
    const winsock started;
    const int family = GENERATE(AF_INET, AF_INET6);
    const auto s = udp(family);
    endpoint out;
    const auto there = loopback(family, 80);
    auto said = route(s, there, &out.storage, sizeof out.storage);
    CHECK(said.error == 0);
    CHECK(said.count == static_cast<DWORD>(there.length));
    out.length = static_cast<int>(said.count);
    CHECK(out == loopback(family, 0));
    said = route(s, there, &out.storage, static_cast<DWORD>(there.length) - 1);
    CHECK(said.error == WSAEFAULT);
    CHECK(said.count == static_cast<DWORD>(there.length));
    said = route(s, there, nullptr, 0);
    CHECK(said.error == WSAEFAULT);
    CHECK(said.count == untouched);
    CHECK(control(s, SIO_ROUTING_INTERFACE_QUERY, there.get(), 5, &out.storage, sizeof out.storage).error == WSAEINVAL);
    CHECK(control(s, SIO_ROUTING_INTERFACE_QUERY, nullptr, 16, &out.storage, sizeof out.storage).error == WSAEINVAL);
    CHECK(route(s, wildcard(family), &out.storage, sizeof out.storage).error == WSAEINVAL);
    auto strange = loopback(AF_INET6);
    strange.storage.ss_family = 255;
    CHECK(route(s, strange, &out.storage, sizeof out.storage).error == WSAEAFNOSUPPORT);
    CHECK(route(s, loopback(family == AF_INET ? AF_INET6 : AF_INET), &out.storage, sizeof out.storage).error ==
          WSAEAFNOSUPPORT);
}

TEST_CASE("CTL-4 a routing query as a request is told at once", "[api][ioctl]")
{
    const winsock started;
    const auto s = udp();
    endpoint out;
    const event ended;
    WSAOVERLAPPED overlapped{};
    overlapped.hEvent = ended.handle;
    const auto said = route(s, loopback(AF_INET, 80), &out.storage, sizeof out.storage, &overlapped);
    CHECK(said.error == 0);
    CHECK(said.count == 16);
    CHECK(ended.wait(0));
    CHECK(overlapped.InternalHigh == 0);
}

TEST_CASE("CTL-28, CTL-29, CTL-30, T-IOC/SIO_ADDRESS_LIST_QUERY the addresses that can be bound", "[api][ioctl]")
{
    const winsock started;
    const int family = GENERATE(AF_INET, AF_INET6);
    const auto s = udp(family);
    auto said = control(s, SIO_ADDRESS_LIST_QUERY, nullptr, 0, nullptr, 0);
    CHECK(said.error == WSAEFAULT);
    const DWORD needed = said.count;
    REQUIRE(needed >= offsetof(SOCKET_ADDRESS_LIST, Address));
    REQUIRE(needed < 100'000);
    std::vector<char> bytes(needed + 64, 'x');
    WSAOVERLAPPED overlapped{};
    overlapped.Internal = untouched;
    said = control(s, SIO_ADDRESS_LIST_QUERY, nullptr, 0, bytes.data(), 4, &overlapped);
    CHECK(said.error == WSAEFAULT);
    CHECK(said.count == needed);
    CHECK(bytes[0] == 'x');
    CHECK(overlapped.Internal == untouched);
    said = control(s, SIO_ADDRESS_LIST_QUERY, nullptr, 0, bytes.data(), 1);
    CHECK(said.error == WSAEINVAL);
    CHECK(said.count == 0);
    said = control(s, SIO_ADDRESS_LIST_QUERY, nullptr, 0, bytes.data(), static_cast<DWORD>(bytes.size()));
    REQUIRE(said.error == 0);
    CHECK(said.count == needed);
    const auto* list = reinterpret_cast<const SOCKET_ADDRESS_LIST*>(bytes.data());
    const std::size_t size = family == AF_INET ? 16 : 28;
    CHECK(needed >= offsetof(SOCKET_ADDRESS_LIST, Address) +
                        static_cast<std::size_t>(list->iAddressCount) * (sizeof(SOCKET_ADDRESS) + size));
    for (int at = 0; at < list->iAddressCount; ++at) {
        const SOCKET_ADDRESS& each = list->Address[at];
        const char* where = reinterpret_cast<const char*>(each.lpSockaddr);
        REQUIRE(where >= bytes.data());
        REQUIRE(where + size <= bytes.data() + needed);
        endpoint address;
        address.length = each.iSockaddrLength;
        REQUIRE(each.iSockaddrLength == static_cast<int>(size));
        std::memcpy(&address.storage, where, size);
        CHECK(address.storage.ss_family == family);
        CHECK(address.port() == 0);
        CHECK_FALSE(address == loopback(family));
        CHECK(bind_to(udp(family), address) == 0);
    }
}

TEST_CASE("CTL-32, T-IOC/SIO_ADDRESS_LIST_SORT destinations, the best one first", "[api][ioctl]")
{
    const winsock started;
    const auto s = udp(AF_INET6);
    std::array<endpoint, 3> destinations{at(AF_INET6, "2001:db8::1", 1), at(AF_INET6, "::ffff:127.0.0.1", 2),
                                         at(AF_INET6, "::1", 3)};
    alignas(SOCKET_ADDRESS_LIST) std::array<char, 256> bytes{};
    auto* list = reinterpret_cast<SOCKET_ADDRESS_LIST*>(bytes.data());
    list->iAddressCount = 3;
    for (int at = 0; at < 3; ++at) {
        list->Address[at].lpSockaddr = destinations[static_cast<std::size_t>(at)].get();
        list->Address[at].iSockaddrLength = 28;
    }
    const DWORD size = offsetof(SOCKET_ADDRESS_LIST, Address) + 3 * sizeof(SOCKET_ADDRESS);
    // A list of its own.
    alignas(SOCKET_ADDRESS_LIST) std::array<char, 512> sorted_bytes{};
    auto said = control(s, SIO_ADDRESS_LIST_SORT, list, size, sorted_bytes.data(), sizeof sorted_bytes);
    REQUIRE(said.error == 0);
    const auto* sorted = reinterpret_cast<const SOCKET_ADDRESS_LIST*>(sorted_bytes.data());
    REQUIRE(sorted->iAddressCount == 3);
    const auto port_at = [](const SOCKET_ADDRESS_LIST* of, int position) {
        return ntohs(reinterpret_cast<const sockaddr_in6*>(of->Address[position].lpSockaddr)->sin6_port);
    };
    CHECK(port_at(sorted, 0) == 3);  // ::1 has the highest precedence
    CHECK(port_at(sorted, 1) + port_at(sorted, 2) == 3);
    CHECK(reinterpret_cast<const char*>(sorted->Address[0].lpSockaddr) > sorted_bytes.data());
    // In place.
    said = control(s, SIO_ADDRESS_LIST_SORT, list, size, list, size);
    REQUIRE(said.error == 0);
    CHECK(said.count == size);
    CHECK(port_at(list, 0) == 3);
    CHECK(list->Address[0].lpSockaddr == destinations[2].get());
    CHECK(control(s, SIO_ADDRESS_LIST_SORT, list, 3, list, size).error == WSAEFAULT);
    list->iAddressCount = 400;
    CHECK(control(s, SIO_ADDRESS_LIST_SORT, list, size, list, size).error == WSAEFAULT);
    list->iAddressCount = 1;
    const auto ipv4 = loopback(AF_INET);
    list->Address[0].lpSockaddr = const_cast<sockaddr*>(ipv4.get());
    list->Address[0].iSockaddrLength = 16;
    CHECK(control(s, SIO_ADDRESS_LIST_SORT, list, size, list, size).error == WSAEINVAL);
    CHECK(control(udp(), SIO_ADDRESS_LIST_SORT, list, size, list, size).error == WSAEOPNOTSUPP);
}

TEST_CASE("CTL-27, CTL-31 a request for a change ends with its socket", "[api][ioctl]")
{
    const winsock started;
    auto s = udp();
    const event ended;
    WSAOVERLAPPED overlapped{};
    overlapped.hEvent = ended.handle;
    CHECK(control(s, SIO_ADDRESS_LIST_CHANGE, nullptr, 0, nullptr, 0, &overlapped).error == WSA_IO_PENDING);
    s.reset();
    CHECK(ended.wait());
    CHECK(overlapped.Internal == 0xC0000120);
    const auto other = udp();
    CHECK(control(other, SIO_ROUTING_INTERFACE_CHANGE, nullptr, 0, nullptr, 0, &overlapped).error == WSAEINVAL);
    CHECK(control(unique_socket(socket(AF_UNIX, SOCK_STREAM, 0)), SIO_ADDRESS_LIST_CHANGE, nullptr, 0, nullptr, 0,
                  &overlapped).error == WSAEOPNOTSUPP);
}
