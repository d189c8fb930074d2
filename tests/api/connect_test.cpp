// connect and WSAConnect of stream sockets through the API: errors, nonblocking attempts, a second try on the
// same socket. Datagram peers are in default_peer_test.cpp. Answers to "connect function" and "WSAConnect
// function".
#include <array>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

struct attempt {
    unique_socket socket;
    closed_port nobody;
};

/// A nonblocking connect that has been refused.
attempt refused_attempt(int family)
{
    attempt made{tcp(family), closed_port(family)};
    set_nonblocking(made.socket);
    REQUIRE(connect_to(made.socket, made.nobody.where) == WSAEWOULDBLOCK);
    REQUIRE(eventually([&] { return get_option(made.socket, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED; }));
    return made;
}

bool still_refused(SOCKET handle)
{
    return get_option(handle, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED;
}

}  // namespace

TEST_CASE("CONN-1 connect binds first and then shows a specific local address", "[api][connect]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = listener(family);
        const auto client = tcp(family);
        endpoint name;
        name.length = sizeof name.storage;
        REQUIRE(error_of(getsockname(client, name.get(), &name.length)) == WSAEINVAL);
        REQUIRE(connect_to(client, local_of(listening)) == 0);
        CHECK(local_of(client).address() == loopback(family).address());
        CHECK(local_of(client).port() != 0);
        CHECK(peer_of(client) == local_of(listening));
    }
}

TEST_CASE("CONN-1 a binding made before the connect is kept", "[api][connect]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = tcp();
    REQUIRE(bind_to(client, loopback(AF_INET)) == 0);
    const auto before = local_of(client);
    REQUIRE(connect_to(client, local_of(listening)) == 0);
    CHECK(local_of(client) == before);
    CHECK(peer_of(accept_from(listening)) == before);
}

TEST_CASE("CONN-2 a missing, short or foreign name is refused", "[api][connect]")
{
    const winsock started;
    const auto listening = listener();
    const auto where = local_of(listening);
    const auto client = tcp();
    CHECK(error_of(connect(client, nullptr, sizeof(sockaddr_in))) == WSAEFAULT);
    CHECK(error_of(WSAConnect(client, nullptr, 16, nullptr, nullptr, nullptr, nullptr)) == WSAEFAULT);
    for (const int length : {0, 2, 15, -1}) {
        INFO("length " << length);
        CHECK(error_of(connect(client, where.get(), length)) == WSAEFAULT);
    }
    CHECK(connect_to(client, loopback(AF_INET6, where.port())) == WSAEAFNOSUPPORT);
    const auto six = tcp(AF_INET6);
    auto long_enough = where;
    long_enough.length = sizeof(sockaddr_in6);
    CHECK(connect_to(six, long_enough) == WSAEAFNOSUPPORT);
    CHECK(connect_to(client, where) == 0);
}

TEST_CASE("CONN-3, LNX-10 the wildcard address and port 0 cannot be connected to", "[api][connect]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = tcp(family);
        REQUIRE(bind_to(listening, wildcard(family)) == 0);
        REQUIRE(error_of(listen(listening, 2)) == 0);
        const auto client = tcp(family);
        CHECK(connect_to(client, wildcard(family, local_of(listening).port())) == WSAEADDRNOTAVAIL);
        CHECK(connect_to(client, loopback(family, 0)) == WSAEADDRNOTAVAIL);
        CHECK(connect_to(client, loopback(family, local_of(listening).port())) == 0);
    }
}

TEST_CASE("CONN-4, SHUT-12 a listener cannot connect and a connected socket not again", "[api][connect]")
{
    const winsock started;
    const auto other = listener();
    const auto listening = listener();
    CHECK(connect_to(listening, local_of(other)) == WSAEINVAL);
    const tcp_pair pair;
    CHECK(connect_to(pair.client, local_of(other)) == WSAEISCONN);
    CHECK(connect_to(pair.server, local_of(other)) == WSAEISCONN);
    REQUIRE(error_of(shutdown(pair.client, SD_BOTH)) == 0);
    CHECK(connect_to(pair.client, local_of(other)) == WSAEISCONN);
}

TEST_CASE("T-ENO/EINPROGRESS-connect a nonblocking connect gives WSAEWOULDBLOCK and goes on",
          "[api][connect]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = listener(family);
        const auto where = local_of(listening);
        const auto client = tcp(family);
        set_nonblocking(client);
        CHECK(connect_to(client, where) == WSAEWOULDBLOCK);
        REQUIRE(wait_connected(client, where));
        const auto server = accept_from(listening);
        CHECK(peer_of(server) == local_of(client));
        CHECK(get_option(client, SOL_SOCKET, SO_ERROR) == 0);
        send_text(client, "ok");
        CHECK(receive_text(server, 2) == "ok");
    }
}

TEST_CASE("CONN-6, T-ENO/EALREADY-connect a second connect meanwhile gives WSAEALREADY", "[api][connect]")
{
    const winsock started;
    const stuck_connect stuck;
    CHECK(connect_to(stuck.client, stuck.where) == WSAEALREADY);
    CHECK(connect_to(stuck.client, stuck.where) == WSAEALREADY);
}

TEST_CASE("CONN-7, XFR-24, XFR-42, LNX-5 a connecting socket has names but moves no data", "[api][connect]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const stuck_connect stuck(family);
        CHECK(local_of(stuck.client).port() != 0);
        CHECK(peer_of(stuck.client) == stuck.where);
        char byte = 'x';
        CHECK(error_of(send(stuck.client, &byte, 1, 0)) == WSAENOTCONN);
        CHECK(error_of(recv(stuck.client, &byte, 1, 0)) == WSAENOTCONN);
        CHECK(error_of(send(stuck.client, &byte, 1, MSG_OOB)) == WSAENOTCONN);
    }
}

TEST_CASE("CONN-8, LNX-14 after a refusal the same socket connects, keeping its binding", "[api][connect]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const closed_port nobody(family);
        const auto listening = listener(family);
        const auto client = tcp(family);
        REQUIRE(bind_to(client, loopback(family)) == 0);
        set_option(client, IPPROTO_TCP, TCP_NODELAY, 1);
        const auto before = local_of(client);
        for (int turn = 0; turn < 3; ++turn) {
            CHECK(connect_to(client, nobody.where) == WSAECONNREFUSED);
            CHECK(local_of(client) == before);
        }
        REQUIRE(connect_to(client, local_of(listening)) == 0);
        CHECK(local_of(client) == before);
        CHECK(get_option(client, IPPROTO_TCP, TCP_NODELAY) == 1);
        const auto server = accept_from(listening);
        send_text(client, "second try");
        CHECK(receive_text(server, 10) == "second try");
    }
}

TEST_CASE("CONN-8, LNX-14 an unbound socket connects after a refusal, nonblocking as well", "[api][connect]")
{
    const winsock started;
    const auto made = refused_attempt(AF_INET);
    const auto listening = listener();
    const auto where = local_of(listening);
    CHECK(connect_to(made.socket, where) == WSAEWOULDBLOCK);
    REQUIRE(wait_connected(made.socket, where));
    const auto server = accept_from(listening);
    send_text(made.socket, "second try");
    CHECK(receive_text(server, 10) == "second try");
}

TEST_CASE("CONN-10, LNX-13 SO_ERROR keeps a nonblocking connect's error until success", "[api][connect]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto made = refused_attempt(family);
        CHECK(still_refused(made.socket));
        CHECK(still_refused(made.socket));
        // A new attempt does not clear it, its success does.
        const stuck_connect full(family);
        CHECK(connect_to(made.socket, full.where) == WSAEWOULDBLOCK);
        CHECK(still_refused(made.socket));

        const auto again = refused_attempt(family);
        const auto listening = listener(family);
        const auto where = local_of(listening);
        CHECK(connect_to(again.socket, where) == WSAEWOULDBLOCK);
        REQUIRE(wait_connected(again.socket, where));
        CHECK(get_option(again.socket, SOL_SOCKET, SO_ERROR) == 0);
    }
}

TEST_CASE("CONN-8 after a refused blocking connect SO_ERROR is 0", "[api][connect]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const closed_port nobody(family);
        const auto client = tcp(family);
        CHECK(connect_to(client, nobody.where) == WSAECONNREFUSED);
        CHECK(get_option(client, SOL_SOCKET, SO_ERROR) == 0);
        char byte = 'x';
        CHECK(error_of(send(client, &byte, 1, 0)) == WSAENOTCONN);
        CHECK(error_of(recv(client, &byte, 1, 0)) == WSAENOTCONN);
    }
}

TEST_CASE("CONN-20 connect data is refused by a protocol without it", "[api][connect]")
{
    const winsock started;
    const auto listening = listener();
    const auto where = local_of(listening);
    const auto client = tcp();
    std::array<char, 4> data{'d', 'a', 't', 'a'};
    WSABUF outgoing{static_cast<u_long>(data.size()), data.data()};
    CHECK(error_of(WSAConnect(client, where.get(), where.length, &outgoing, nullptr, nullptr, nullptr)) ==
          WSAEPROTONOSUPPORT);
    // Nothing was connected.
    endpoint peer;
    peer.length = sizeof peer.storage;
    CHECK(error_of(getpeername(client, peer.get(), &peer.length)) == WSAENOTCONN);
    // A datagram socket ignores it.
    const auto target = bound_udp();
    const auto to = local_of(target);
    const auto datagram = udp();
    CHECK(error_of(WSAConnect(datagram, to.get(), to.length, &outgoing, nullptr, nullptr, nullptr)) == 0);
    CHECK(peer_of(datagram) == to);
}

TEST_CASE("CONN-21 the callee's data have length 0 on completion", "[api][connect]")
{
    const winsock started;
    const auto listening = listener();
    const auto where = local_of(listening);
    const auto client = tcp();
    std::array<char, 32> room{};
    WSABUF incoming{static_cast<u_long>(room.size()), room.data()};
    CHECK(error_of(WSAConnect(client, where.get(), where.length, nullptr, &incoming, nullptr, nullptr)) == 0);
    CHECK(incoming.len == 0);
}

TEST_CASE("CONN-22 a quality of service that cannot be met makes no connection", "[api][connect]")
{
    const winsock started;
    const auto listening = listener();
    const auto where = local_of(listening);
    const auto client = tcp();
    QOS wanted{};
    wanted.SendingFlowspec.ServiceType = SERVICETYPE_GUARANTEED;
    wanted.SendingFlowspec.TokenRate = 1'000'000;
    wanted.ReceivingFlowspec = wanted.SendingFlowspec;
    CHECK(error_of(WSAConnect(client, where.get(), where.length, nullptr, nullptr, &wanted, nullptr)) ==
          WSAEOPNOTSUPP);
    endpoint peer;
    peer.length = sizeof peer.storage;
    CHECK(error_of(getpeername(client, peer.get(), &peer.length)) == WSAENOTCONN);
    CHECK(error_of(WSAConnect(client, where.get(), where.length, nullptr, nullptr, nullptr, nullptr)) == 0);
}
