// Datagrams through the API: sizes, destinations, truncation, unreachable ports. Default peers are in
// default_peer_test.cpp. Answers to "sendto function", "recvfrom function" and "SIO_UDP_CONNRESET".
#include <array>
#include <string>
#include <vector>

#include <mswsock.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

int send_to(SOCKET handle, const std::string& text, const endpoint& where)
{
    return error_of(sendto(handle, text.data(), static_cast<int>(text.size()), 0, where.get(), where.length));
}

struct datagram {
    int code = 0;
    std::string text;
    endpoint from;
};

datagram receive_from(SOCKET handle, std::size_t room = 2048)
{
    set_option(handle, SOL_SOCKET, SO_RCVTIMEO, 10'000);
    datagram got;
    got.from.length = sizeof got.from.storage;
    std::vector<char> buffer(room);
    const int count =
        recvfrom(handle, buffer.data(), static_cast<int>(room), 0, got.from.get(), &got.from.length);
    got.code = error_of(count);
    if (count > 0) {
        got.text.assign(buffer.data(), static_cast<std::size_t>(count));
    }
    return got;
}

void report_resets(SOCKET handle, BOOL on)
{
    DWORD bytes = 0;
    REQUIRE(error_of(WSAIoctl(handle, SIO_UDP_CONNRESET, &on, sizeof on, nullptr, 0, &bytes, nullptr,
                              nullptr)) == 0);
}

}  // namespace

TEST_CASE("XFR-22 an empty datagram arrives with its sender's address", "[api][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto target = bound_udp(family);
        const auto sender = bound_udp(family);
        REQUIRE(send_to(sender, "", local_of(target)) == 0);
        endpoint from;
        from.length = sizeof from.storage;
        std::array<char, 8> room{};
        set_option(target, SOL_SOCKET, SO_RCVTIMEO, 10'000);
        CHECK(recvfrom(target, room.data(), 8, 0, from.get(), &from.length) == 0);
        CHECK(from == local_of(sender));
        // The same with a default peer and without a buffer.
        REQUIRE(connect_to(sender, local_of(target)) == 0);
        CHECK(send(sender, nullptr, 0, 0) == 0);
        CHECK(receive_from(target).code == 0);
    }
}

TEST_CASE("XFR-23 a datagram above the limit gives WSAEMSGSIZE and is not sent", "[api][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto target = bound_udp(family);
        const auto sender = bound_udp(family);
        const int limit = get_option(sender, SOL_SOCKET, SO_MAX_MSG_SIZE);
        CHECK(limit == (family == AF_INET ? 65'507 : 65'527));
        set_option(sender, SOL_SOCKET, SO_SNDBUF, 1'000'000);
        set_option(target, SOL_SOCKET, SO_RCVBUF, 1'000'000);
        const std::string longest(static_cast<std::size_t>(limit), 'm');
        CHECK(send_to(sender, longest + 'x', local_of(target)) == WSAEMSGSIZE);
        CHECK(send_to(sender, std::string(100'000, 'x'), local_of(target)) == WSAEMSGSIZE);
        CHECK(send_to(sender, longest, local_of(target)) == 0);
        const auto got = receive_from(target, 70'000);
        CHECK(got.code == 0);
        CHECK(got.text == longest);
    }
}

TEST_CASE("XFR-34 the destination is checked", "[api][datagram]")
{
    const winsock started;
    const auto target = bound_udp();
    const auto where = local_of(target);
    const auto sender = udp();
    for (const int length : {0, 2, 15, -1}) {
        INFO("length " << length);
        CHECK(error_of(sendto(sender, "x", 1, 0, where.get(), length)) == WSAEFAULT);
    }
    CHECK(send_to(sender, "x", loopback(AF_INET6, where.port())) == WSAEAFNOSUPPORT);
    CHECK(send_to(sender, "x", wildcard(AF_INET, where.port())) == WSAEADDRNOTAVAIL);
    CHECK(send_to(sender, "x", loopback(AF_INET, 0)) == WSAEADDRNOTAVAIL);
    const auto six = udp(AF_INET6);
    auto long_enough = where;
    long_enough.length = sizeof(sockaddr_in6);
    CHECK(send_to(six, "x", long_enough) == WSAEAFNOSUPPORT);
    CHECK(send_to(six, "x", wildcard(AF_INET6, where.port())) == WSAEADDRNOTAVAIL);
    CHECK(send_to(sender, "good", where) == 0);
    CHECK(receive_from(target).text == "good");
}

TEST_CASE("XFR-43 an unbound datagram socket cannot receive", "[api][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto made = udp(family);
        char one = 0;
        CHECK(error_of(recv(made, &one, 1, 0)) == WSAEINVAL);
        CHECK(error_of(recvfrom(made, &one, 1, 0, nullptr, nullptr)) == WSAEINVAL);
        set_nonblocking(made);
        CHECK(error_of(recv(made, &one, 1, 0)) == WSAEINVAL);
    }
}

TEST_CASE("XFR-48, LNX-27 a datagram that does not fit is cut and reported, the next one is whole",
          "[api][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto target = bound_udp(family);
        const auto sender = bound_udp(family);
        REQUIRE(send_to(sender, "0123456789", local_of(target)) == 0);
        REQUIRE(send_to(sender, "next", local_of(target)) == 0);
        std::array<char, 4> room{};
        endpoint from;
        from.length = sizeof from.storage;
        CHECK(error_of(recvfrom(target, room.data(), 4, 0, from.get(), &from.length)) == WSAEMSGSIZE);
        CHECK(std::string(room.data(), 4) == "0123");
        CHECK(from == local_of(sender));
        const auto next = receive_from(target);
        CHECK(next.code == 0);
        CHECK(next.text == "next");
    }
}

TEST_CASE("XFR-49, LNX-28, T-ENO/ECONNREFUSED-on-UDP an unreachable port fails one receive",
          "[api][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        for (const bool connected : {false, true}) {
            INFO("family " << family << ", connected " << connected);
            const closed_port nobody(family, SOCK_DGRAM);
            const auto made = bound_udp(family);
            const auto friendly = bound_udp(family);
            if (connected) {
                REQUIRE(connect_to(made, nobody.where) == 0);
                REQUIRE(error_of(send(made, "x", 1, 0)) == 0);
                // The pending error is the receive's: it does not fail a send.
                CHECK(error_of(send(made, "y", 1, 0)) == 0);
                CHECK(receive_from(made).code == WSAECONNRESET);
                CHECK(receive_from(made).code == WSAECONNRESET);
                set_nonblocking(made);
                CHECK(receive_from(made).code == WSAEWOULDBLOCK);
                continue;
            }
            REQUIRE(send_to(made, "x", nobody.where) == 0);
            CHECK(send_to(made, "aside", local_of(friendly)) == 0);
            CHECK(receive_from(made).code == WSAECONNRESET);
            // The socket works on.
            REQUIRE(send_to(friendly, "hello", local_of(made)) == 0);
            const auto got = receive_from(made);
            CHECK(got.code == 0);
            CHECK(got.text == "hello");
            CHECK(receive_from(friendly).text == "aside");
        }
    }
}

TEST_CASE("XFR-49, LNX-28 SIO_UDP_CONNRESET FALSE keeps unreachable ports quiet", "[api][datagram]")
{
    const winsock started;
    const closed_port nobody(AF_INET, SOCK_DGRAM);
    const auto made = bound_udp();
    report_resets(made, FALSE);
    REQUIRE(send_to(made, "x", nobody.where) == 0);
    const auto friendly = bound_udp();
    REQUIRE(send_to(friendly, "hello", local_of(made)) == 0);
    CHECK(receive_from(made).text == "hello");
    set_nonblocking(made);
    CHECK(receive_from(made).code == WSAEWOULDBLOCK);
    report_resets(made, TRUE);
    REQUIRE(send_to(made, "x", nobody.where) == 0);
    CHECK(receive_from(made).code == WSAECONNRESET);
}

TEST_CASE("XFR-51, ADR-4 the sender's address is optional and its room is checked", "[api][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const int size = family == AF_INET ? 16 : 28;
        const auto target = bound_udp(family);
        const auto sender = bound_udp(family);
        const auto where = local_of(target);
        char one = 0;
        REQUIRE(send_to(sender, "1", where) == 0);
        CHECK(recvfrom(target, &one, 1, 0, nullptr, nullptr) == 1);
        REQUIRE(send_to(sender, "2", where) == 0);
        REQUIRE(wait_readable(target));
        endpoint from;
        for (const int given : {0, size - 1, -1}) {
            INFO("length " << given);
            from.length = given;
            CHECK(error_of(recvfrom(target, &one, 1, 0, from.get(), &from.length)) == WSAEFAULT);
            CHECK(from.length == given);
            // Whether the failed call used the datagram up is not promised; put another one behind it.
            REQUIRE(send_to(sender, "3", where) == 0);
            REQUIRE(wait_readable(target));
        }
        from.length = size;
        CHECK(recvfrom(target, &one, 1, 0, from.get(), &from.length) == 1);
        CHECK(from.length == size);
        CHECK(from == local_of(sender));
    }
}

TEST_CASE("XFR-36 an unreachable network fails the send and leaves the socket usable", "[api][datagram]")
{
    const winsock started;
    const auto made = udp(AF_INET6);
    // A site without IPv6 routes has no way to the documentation prefix; one with routes takes the datagram.
    const int code = send_to(made, "x", at(AF_INET6, "2001:db8:71::1", 9));
    CHECK((code == WSAENETUNREACH || code == WSAEHOSTUNREACH || code == 0));
    const auto target = bound_udp(AF_INET6);
    CHECK(send_to(made, "usable", local_of(target)) == 0);
    CHECK(receive_from(target).text == "usable");
}

TEST_CASE("ADR-5, XFR-34 a dual-stack socket takes IPv4 destinations in mapped form only", "[api][datagram]")
{
    const winsock started;
    const auto target = bound_udp();
    const auto made = udp(AF_INET6);
    set_option(made, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    CHECK(send_to(made, "mapped", at(AF_INET6, "::ffff:127.0.0.1", local_of(target).port())) == 0);
    const auto got = receive_from(target);
    CHECK(got.text == "mapped");
    REQUIRE(send_to(target, "back", got.from) == 0);
    const auto answer = receive_from(made);
    CHECK(answer.text == "back");
    CHECK(answer.from == at(AF_INET6, "::ffff:127.0.0.1", local_of(target).port()));
}
