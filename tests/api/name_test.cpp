// getsockname and getpeername through the API. Answers to "getsockname function" and "getpeername function".
#include <algorithm>
#include <cstring>
#include <iterator>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

int length_of(int family)
{
    return family == AF_INET ? 16 : 28;
}

}  // namespace

TEST_CASE("NAME-1, LNX-4 getsockname on an unbound socket fails and touches nothing", "[api][name]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto stream = tcp(family);
        const auto datagram = udp(family);
        for (const SOCKET made : {stream.get(), datagram.get()}) {
            endpoint name;
            name.storage.ss_family = 99;
            name.length = sizeof name.storage;
            CHECK(error_of(getsockname(made, name.get(), &name.length)) == WSAEINVAL);
            CHECK(name.storage.ss_family == 99);
            CHECK(name.length == sizeof name.storage);
        }
    }
}

TEST_CASE("NAME-3, ADR-4 the length becomes the family's size and the padding is cleared", "[api][name]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const tcp_pair pair(family);
        CHECK(local_of(pair.client).length == length_of(family));
        CHECK(peer_of(pair.client).length == length_of(family));
        CHECK(local_of(pair.client) == peer_of(pair.server));
        CHECK(local_of(pair.server) == peer_of(pair.client));
    }
    const tcp_pair pair;
    for (const bool peer : {false, true}) {
        sockaddr_in name;
        std::memset(&name, 0x5a, sizeof name);
        int length = sizeof name;
        auto* generic = reinterpret_cast<sockaddr*>(&name);
        CHECK(error_of(peer ? getpeername(pair.client, generic, &length)
                            : getsockname(pair.client, generic, &length)) == 0);
        CHECK(name.sin_family == AF_INET);
        CHECK(std::all_of(std::begin(name.sin_zero), std::end(name.sin_zero),
                          [](char one) { return one == 0; }));
    }
}

TEST_CASE("NAME-4, ADR-4 a buffer that is too small gives WSAEFAULT and keeps the length", "[api][name]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const tcp_pair pair(family);
        endpoint name;
        for (const int given : {0, 1, 2, 15, length_of(family) - 1, -1}) {
            INFO("length " << given);
            name.length = given;
            CHECK(error_of(getsockname(pair.client, name.get(), &name.length)) == WSAEFAULT);
            CHECK(name.length == given);
            CHECK(error_of(getpeername(pair.client, name.get(), &name.length)) == WSAEFAULT);
            CHECK(name.length == given);
        }
        name.length = length_of(family);
        CHECK(error_of(getsockname(pair.client, nullptr, &name.length)) == WSAEFAULT);
        CHECK(error_of(getsockname(pair.client, name.get(), nullptr)) == WSAEFAULT);
        CHECK(error_of(getpeername(pair.client, nullptr, &name.length)) == WSAEFAULT);
        CHECK(error_of(getpeername(pair.client, name.get(), nullptr)) == WSAEFAULT);
        CHECK(error_of(getsockname(pair.client, name.get(), &name.length)) == 0);
    }
}

TEST_CASE("NAME-5, LNX-5 getpeername checks handle, connection and buffers in this order", "[api][name]")
{
    const winsock started;
    auto closed = tcp();
    const SOCKET stale = closed.get();
    closed.reset();
    CHECK(error_of(getpeername(stale, nullptr, nullptr)) == WSAENOTSOCK);
    CHECK(error_of(getsockname(stale, nullptr, nullptr)) == WSAENOTSOCK);
    const auto unbound = tcp();
    const auto listening = listener();
    const auto datagram = bound_udp();
    for (const SOCKET made : {unbound.get(), listening.get(), datagram.get()}) {
        CHECK(error_of(getpeername(made, nullptr, nullptr)) == WSAENOTCONN);
        endpoint name;
        name.length = 3;
        CHECK(error_of(getpeername(made, name.get(), &name.length)) == WSAENOTCONN);
    }
    const tcp_pair pair;
    CHECK(error_of(getpeername(pair.client, nullptr, nullptr)) == WSAEFAULT);
}

TEST_CASE("NAME-6 sendto sets no peer", "[api][name][datagram]")
{
    const winsock started;
    const auto target = bound_udp();
    const auto where = local_of(target);
    const auto sender = udp();
    REQUIRE(error_of(sendto(sender, "x", 1, 0, where.get(), where.length)) == 0);
    endpoint name;
    name.length = sizeof name.storage;
    CHECK(error_of(getpeername(sender, name.get(), &name.length)) == WSAENOTCONN);
    REQUIRE(connect_to(sender, where) == 0);
    CHECK(peer_of(sender) == where);
}

TEST_CASE("LNX-5, SHUT-13 both names outlive shutdown, the peer's close and a reset", "[api][name]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        tcp_pair pair(family);
        const auto local = local_of(pair.client);
        const auto peer = peer_of(pair.client);
        REQUIRE(error_of(shutdown(pair.client, SD_BOTH)) == 0);
        CHECK(local_of(pair.client) == local);
        CHECK(peer_of(pair.client) == peer);
        pair.server.reset();
        CHECK(local_of(pair.client) == local);
        CHECK(peer_of(pair.client) == peer);

        tcp_pair broken(family);
        const auto broken_peer = peer_of(broken.client);
        reset_connection(broken.server);
        char byte = 0;
        CHECK(error_of(recv(broken.client, &byte, 1, 0)) == WSAECONNRESET);
        CHECK(peer_of(broken.client) == broken_peer);
    }
}

TEST_CASE("ADR-5, NAME-3 a dual-stack socket shows IPv4 peers in mapped form", "[api][name]")
{
    const winsock started;
    const auto listening = tcp(AF_INET6);
    set_option(listening, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    REQUIRE(bind_to(listening, wildcard(AF_INET6)) == 0);
    REQUIRE(error_of(listen(listening, 2)) == 0);
    const auto port = local_of(listening).port();
    const auto client = tcp();
    REQUIRE(connect_to(client, loopback(AF_INET, port)) == 0);
    const auto server = accept_from(listening);
    CHECK(local_of(server) == at(AF_INET6, "::ffff:127.0.0.1", port));
    CHECK(peer_of(server) == at(AF_INET6, "::ffff:127.0.0.1", local_of(client).port()));

    const auto outgoing = tcp(AF_INET6);
    set_option(outgoing, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    const auto four = listener();
    CHECK(connect_to(outgoing, at(AF_INET6, "::ffff:127.0.0.1", local_of(four).port())) == 0);
}
