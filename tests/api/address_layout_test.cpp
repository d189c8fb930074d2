// The layouts of addresses, what has no text form, and QoS templates. Answers to "sockaddr structure", "afunix.h",
// "WSAAddressToString function" and "WSAGetQOSByName function".
#include <array>
#include <cstddef>
#include <cstring>

#include <afunix.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/wide.hpp"

using namespace spindle::test;

TEST_CASE("ADR-1 the family is the first 16 bits and has Windows' number everywhere", "[api][address]")
{
    static_assert(offsetof(sockaddr, sa_family) == 0 && sizeof(sockaddr::sa_family) == 2);
    static_assert(AF_UNSPEC == 0 && AF_UNIX == 1 && AF_INET == 2 && AF_INET6 == 23);
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const tcp_pair pair(family);
        CHECK(local_of(pair.client).storage.ss_family == family);
        CHECK(peer_of(pair.client).storage.ss_family == family);
        const auto receiver = bound_udp(family);
        const auto sender = bound_udp(family);
        const auto where = local_of(receiver);
        REQUIRE(error_of(sendto(sender, "x", 1, 0, where.get(), where.length)) == 0);
        endpoint from;
        from.length = sizeof from.storage;
        char one = 0;
        REQUIRE(error_of(recvfrom(receiver, &one, 1, 0, from.get(), &from.length)) == 0);
        CHECK(from == local_of(sender));
        unsigned short first = 0;
        std::memcpy(&first, &from.storage, sizeof first);
        CHECK(first == family);
    }
}

TEST_CASE("ADR-2 addresses have Windows' sizes", "[api][address]")
{
    CHECK(sizeof(sockaddr) == 16);
    CHECK(sizeof(sockaddr_in) == 16);
    CHECK(sizeof(sockaddr_in6) == 28);
    CHECK(sizeof(sockaddr_un) == 110);
    CHECK(sizeof(SOCKADDR_STORAGE) == 128);
    CHECK(alignof(SOCKADDR_STORAGE) == 8);
    CHECK(sizeof(SOCKADDR_INET) == 28);
    const winsock started;
    CHECK(local_of(listener(AF_INET)).length == 16);
    CHECK(local_of(listener(AF_INET6)).length == 28);
}

TEST_CASE("ADR-3 the IPv6 address is laid out as on Windows and its old short form is refused",
          "[api][address]")
{
    CHECK(offsetof(sockaddr_in6, sin6_port) == 2);
    CHECK(offsetof(sockaddr_in6, sin6_flowinfo) == 4);
    CHECK(offsetof(sockaddr_in6, sin6_addr) == 8);
    CHECK(offsetof(sockaddr_in6, sin6_scope_id) == 24);
    const winsock started;
    const auto made = tcp(AF_INET6);
    auto where = loopback(AF_INET6);
    where.length = 24;
    CHECK(bind_to(made, where) == WSAEFAULT);
    where.length = 28;
    CHECK(bind_to(made, where) == 0);
}

TEST_CASE("ADR-8, ADR-18 AF_UNIX and unknown families have no text form", "[api][address]")
{
    const winsock started;
    sockaddr_un path{};
    path.sun_family = AF_UNIX;
    std::strcpy(path.sun_path, "/tmp/x");
    std::array<char, 128> text{};
    for (const int family : {AF_UNIX, AF_UNSPEC, AF_IPX}) {
        path.sun_family = static_cast<ADDRESS_FAMILY>(family);
        DWORD size = text.size();
        CHECK(error_of(WSAAddressToStringA(reinterpret_cast<sockaddr*>(&path), sizeof path, nullptr,
                                           text.data(), &size)) == WSAEINVAL);
        endpoint got;
        got.length = sizeof got.storage;
        CHECK(error_of(WSAStringToAddressA(path.sun_path, family, nullptr, got.get(), &got.length)) ==
              WSAEINVAL);
        CHECK(got.length == sizeof got.storage);
    }
}

TEST_CASE("ADR-9, ADR-10, ADR-11 the longest text needs exactly its length", "[api][address]")
{
    const winsock started;
    auto where = at(AF_INET6, "1111:2222:3333:4444:5555:6666:7777:8888", 65'535);
    reinterpret_cast<sockaddr_in6*>(where.get())->sin6_scope_id = 0xFFFFFFFF;
    const std::string expected = "[1111:2222:3333:4444:5555:6666:7777:8888%4294967295]:65535";
    std::array<char, 64> text{};
    text.fill('#');
    auto size = static_cast<DWORD>(expected.size());
    CHECK(error_of(WSAAddressToStringA(where.get(), 28, nullptr, text.data(), &size)) == WSAEFAULT);
    CHECK(size == expected.size() + 1);
    CHECK(error_of(WSAAddressToStringA(where.get(), 28, nullptr, text.data(), &size)) == 0);
    CHECK(text.data() == expected);
    CHECK(text[expected.size() + 1] == '#');
    // A single group of zeros stays, the first of two equally long runs goes.
    CHECK(at(AF_INET6, "1:0:2:3:4:5:6:7", 0).address() == "1:0:2:3:4:5:6:7");
    CHECK(at(AF_INET6, "1:0:0:2:3:0:0:4", 0).address() == "1::2:3:0:0:4");
}

TEST_CASE("ADR-17 scopes and ports of IPv6 text are read", "[api][address]")
{
    const winsock started;
    endpoint got;
    got.length = sizeof got.storage;
    std::string text = "[fe80::1%7]:0x50";
    REQUIRE(error_of(WSAStringToAddressA(text.data(), AF_INET6, nullptr, got.get(), &got.length)) == 0);
    CHECK(got.address() == "fe80::1");
    CHECK(got.port() == 80);
    CHECK(reinterpret_cast<const sockaddr_in6*>(got.get())->sin6_scope_id == 7);
}

TEST_CASE("QOS-1 an unknown template, no place for it and a bad handle are told apart", "[api][qos]")
{
    const winsock started;
    const auto made = tcp();
    auto name = wide("no such template");
    WSABUF named{static_cast<u_long>((name.size() + 1) * sizeof(WCHAR)),
                 reinterpret_cast<char*>(name.data())};
    QOS quality{};
    CHECK(error_of_bool(WSAGetQOSByName(made, &named, &quality)) == WSAEINVAL);
    CHECK(error_of_bool(WSAGetQOSByName(made, &named, nullptr)) == WSAEFAULT);
    CHECK(error_of_bool(WSAGetQOSByName(INVALID_SOCKET, &named, &quality)) == WSAENOTSOCK);
}

TEST_CASE("QOS-2 an empty name gives the list of templates, which is empty", "[api][qos]")
{
    const winsock started;
    const auto made = tcp();
    std::array<WCHAR, 8> list{};
    list[1] = 'x';
    WSABUF named{sizeof list, reinterpret_cast<char*>(list.data())};
    CHECK(error_of_bool(WSAGetQOSByName(made, &named, nullptr)) == 0);
    CHECK(list[0] == 0);
}
