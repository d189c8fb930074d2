// connect on datagram sockets: the default peer, changing and dissolving it, and what it lets through.
// Answers to "connect function" and the SPI guide's "Reconnecting and disconnecting", "Using sendto while
// connected".
#include <array>
#include <string>

#include <mswsock.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

int peer_error(SOCKET handle)
{
    endpoint peer;
    peer.length = sizeof peer.storage;
    return error_of(getpeername(handle, peer.get(), &peer.length));
}

int send_to(SOCKET handle, const std::string& text, const endpoint& where)
{
    return error_of(sendto(handle, text.data(), static_cast<int>(text.size()), 0, where.get(), where.length));
}

/// One datagram, waiting a bounded time for it.
std::string next_datagram(SOCKET handle)
{
    set_option(handle, SOL_SOCKET, SO_RCVTIMEO, 10'000);
    std::array<char, 64> buffer{};
    const int got = recv(handle, buffer.data(), static_cast<int>(buffer.size()), 0);
    REQUIRE(error_of(got) == 0);
    return {buffer.data(), static_cast<std::size_t>(got)};
}

}  // namespace

TEST_CASE("CONN-13, NAME-6, NAME-7 a datagram connect sets the default peer at once",
          "[api][connect][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        for (const bool nonblocking : {false, true}) {
            const auto target = bound_udp(family);
            const auto made = udp(family);
            set_nonblocking(made, nonblocking);
            CHECK(peer_error(made) == WSAENOTCONN);
            CHECK(connect_to(made, local_of(target)) == 0);
            CHECK(peer_of(made) == local_of(target));
            CHECK(local_of(made).port() != 0);
            send_text(made, "to the peer");
            CHECK(next_datagram(target) == "to the peer");
        }
    }
}

TEST_CASE("CONN-2 a datagram connect checks the name as a stream's does", "[api][connect][datagram]")
{
    const winsock started;
    const auto made = udp();
    const auto where = loopback(AF_INET, 9);
    CHECK(error_of(connect(made, nullptr, 16)) == WSAEFAULT);
    CHECK(error_of(connect(made, where.get(), 15)) == WSAEFAULT);
    CHECK(connect_to(made, loopback(AF_INET6, 9)) == WSAEAFNOSUPPORT);
    CHECK(peer_error(made) == WSAENOTCONN);
}

TEST_CASE("CONN-14 changing the peer discards what the old one sent", "[api][connect][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto old_peer = bound_udp(family);
        const auto new_peer = bound_udp(family);
        const auto made = bound_udp(family);
        const auto where = local_of(made);
        REQUIRE(connect_to(made, local_of(old_peer)) == 0);
        REQUIRE(send_to(old_peer, "old", where) == 0);
        REQUIRE(wait_readable(made));
        REQUIRE(connect_to(made, local_of(new_peer)) == 0);
        CHECK(peer_of(made) == local_of(new_peer));
        REQUIRE(send_to(new_peer, "new", where) == 0);
        CHECK(next_datagram(made) == "new");
    }
}

TEST_CASE("CONN-15, CONN-17, XFR-25 the wildcard or AF_UNSPEC dissolves the association",
          "[api][connect][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto target = bound_udp(family);
        endpoint unspecified = wildcard(family, 0);
        unspecified.storage.ss_family = AF_UNSPEC;
        for (const auto& dissolving : {wildcard(family, 0), unspecified}) {
            const auto made = udp(family);
            REQUIRE(connect_to(made, local_of(target)) == 0);
            const auto port = local_of(made).port();
            CHECK(connect_to(made, dissolving) == 0);
            CHECK(peer_error(made) == WSAENOTCONN);
            CHECK(error_of(send(made, "x", 1, 0)) == WSAENOTCONN);
            CHECK(local_of(made).port() == port);
        }
    }
}

TEST_CASE("CONN-16 a dissolved socket is merely bound", "[api][connect][datagram]")
{
    const winsock started;
    const auto target = bound_udp();
    const auto stranger = bound_udp();
    const auto made = bound_udp();
    set_nonblocking(made);
    char byte = 0;
    CHECK(error_of(recv(made, &byte, 1, 0)) == WSAEWOULDBLOCK);
    REQUIRE(connect_to(made, local_of(target)) == 0);
    REQUIRE(connect_to(made, wildcard(AF_INET)) == 0);
    CHECK(error_of(recv(made, &byte, 1, 0)) == WSAEWOULDBLOCK);
    CHECK(send_to(made, "out", local_of(target)) == 0);
    CHECK(next_datagram(target) == "out");
    REQUIRE(send_to(stranger, "in", loopback(AF_INET, local_of(made).port())) == 0);
    set_nonblocking(made, false);
    CHECK(next_datagram(made) == "in");
}

TEST_CASE("CONN-17, XFR-25, XFR-33 send without default peer gives WSAENOTCONN, bound or not",
          "[api][connect][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto unbound = udp(family);
        CHECK(error_of(send(unbound, "x", 1, 0)) == WSAENOTCONN);
        CHECK(error_of(sendto(unbound, "x", 1, 0, nullptr, 0)) == WSAENOTCONN);
        const auto bound = bound_udp(family);
        CHECK(error_of(send(bound, "x", 1, 0)) == WSAENOTCONN);
        CHECK(error_of(sendto(bound, "x", 1, 0, nullptr, 0)) == WSAENOTCONN);
        // A refused send binds nothing.
        endpoint name;
        name.length = sizeof name.storage;
        CHECK(error_of(getsockname(unbound, name.get(), &name.length)) == WSAEINVAL);
    }
}

TEST_CASE("CONN-18, XFR-31, XFR-50 strangers are not heard, sendto leaves the peer unchanged",
          "[api][connect][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto peer = bound_udp(family);
        const auto stranger = bound_udp(family);
        const auto third = bound_udp(family);
        const auto made = bound_udp(family);
        const auto where = local_of(made);
        REQUIRE(connect_to(made, local_of(peer)) == 0);
        REQUIRE(send_to(stranger, "stranger", where) == 0);
        REQUIRE(send_to(peer, "peer", where) == 0);
        CHECK(next_datagram(made) == "peer");

        REQUIRE(send_to(made, "aside", local_of(third)) == 0);
        CHECK(next_datagram(third) == "aside");
        CHECK(peer_of(made) == local_of(peer));
        send_text(made, "default");
        CHECK(next_datagram(peer) == "default");
    }
}

TEST_CASE("CONN-18 datagrams queued before the connect from others than the peer are dropped",
          "[api][connect][datagram]")
{
    const winsock started;
    const auto peer = bound_udp();
    const auto stranger = bound_udp();
    const auto made = bound_udp();
    const auto where = local_of(made);
    REQUIRE(send_to(stranger, "early stranger", where) == 0);
    REQUIRE(wait_readable(made));
    REQUIRE(connect_to(made, local_of(peer)) == 0);
    REQUIRE(send_to(peer, "peer", where) == 0);
    CHECK(next_datagram(made) == "peer");
}

TEST_CASE("CONN-19, XFR-35, T-ENO/EPERM-EACCES broadcast addresses need SO_BROADCAST",
          "[api][connect][datagram]")
{
    const winsock started;
    const auto where = at(AF_INET, "127.255.255.255", 40'009);
    const auto everybody = at(AF_INET, "255.255.255.255", 40'009);
    const auto made = udp();
    CHECK(connect_to(made, where) == WSAEACCES);
    CHECK(connect_to(made, everybody) == WSAEACCES);
    CHECK(send_to(made, "x", where) == WSAEACCES);
    CHECK(send_to(made, "x", everybody) == WSAEACCES);
    set_option(made, SOL_SOCKET, SO_BROADCAST, 1);
    CHECK(connect_to(made, where) == 0);
    CHECK(send_to(made, "x", where) == 0);
}
