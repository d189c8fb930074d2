// listen through the API: which sockets may listen, the backlog, what a listener refuses. Answers to "listen
// function".
#include <array>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

constexpr std::array<int, 5> backlogs{0, 1, 5, SOMAXCONN, -1};

}  // namespace

TEST_CASE("LIST-1, LNX-6 listen refuses what is no bound, unconnected stream socket", "[api][listen]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto unbound = tcp(family);
        const auto datagram = bound_udp(family);
        const auto unbound_datagram = udp(family);
        const tcp_pair connected(family);
        auto closed = tcp(family);
        const SOCKET stale = closed.get();
        closed.reset();
        for (const int backlog : backlogs) {
            INFO("backlog " << backlog);
            CHECK(error_of(listen(stale, backlog)) == WSAENOTSOCK);
            CHECK(error_of(listen(datagram, backlog)) == WSAEOPNOTSUPP);
            CHECK(error_of(listen(unbound_datagram, backlog)) == WSAEOPNOTSUPP);
            CHECK(error_of(listen(connected.client, backlog)) == WSAEISCONN);
            CHECK(error_of(listen(connected.server, backlog)) == WSAEISCONN);
            CHECK(error_of(listen(unbound, backlog)) == WSAEINVAL);
        }
        // A refused listen binds nothing.
        endpoint name;
        name.length = sizeof name.storage;
        CHECK(error_of(getsockname(unbound, name.get(), &name.length)) == WSAEINVAL);
    }
}

TEST_CASE("LIST-2, LIST-3, LNX-16 any backlog is adjusted silently and lets a connection in", "[api][listen]")
{
    const winsock started;
    const std::array<int, 10> asked{
        0,        1, -1, -5, 200, SOMAXCONN, -0x7fffffff - 1, SOMAXCONN_HINT(300), SOMAXCONN_HINT(70'000),
        1'000'000};
    for (const int backlog : asked) {
        INFO("backlog " << backlog);
        const auto listening = listener(AF_INET, backlog);
        const auto client = connect_to_listener(listening);
        const auto server = accept_from(listening);
        CHECK(peer_of(server) == local_of(client));
    }
}

TEST_CASE("LIST-4 a second listen succeeds and keeps the queued connections", "[api][listen]")
{
    const winsock started;
    const auto listening = listener(AF_INET, 8);
    std::vector<unique_socket> clients;
    for (int turn = 0; turn < 4; ++turn) {
        clients.push_back(connect_to_listener(listening));
    }
    CHECK(error_of(listen(listening, 1)) == 0);
    CHECK(error_of(listen(listening, SOMAXCONN)) == 0);
    CHECK(error_of(listen(listening, 0)) == 0);
    for (const auto& client : clients) {
        const auto server = accept_from(listening);
        CHECK(peer_of(server) == local_of(client));
        send_text(server, "hello");
        CHECK(receive_text(client, 5) == "hello");
    }
}

TEST_CASE("LIST-5, LNX-15 a full queue takes no further connection", "[api][listen]")
{
    const winsock started;
    const auto listening = listener(AF_INET, 1);
    const auto where = local_of(listening);
    std::vector<unique_socket> clients;
    for (int turn = 0; turn < 12; ++turn) {
        auto client = tcp();
        set_nonblocking(client);
        const int first = connect_to(client, where);
        CHECK((first == 0 || first == WSAEWOULDBLOCK || first == WSAECONNREFUSED));
        clients.push_back(std::move(client));
    }
    CHECK(eventually([&] { return connect_to(clients.front(), where) == WSAEISCONN; }));
    int established = 0;
    int refused = 0;
    for (const auto& client : clients) {
        const int second = connect_to(client, where);
        established += second == WSAEISCONN ? 1 : 0;
        refused += second != WSAEISCONN && second != WSAEALREADY ? 1 : 0;
    }
    CHECK(established >= 1);
    CHECK(established < 12);
    INFO("refused " << refused);
    // Those that got in are served in order.
    const auto server = accept_from(listening);
    CHECK(peer_of(server) == local_of(clients.front()));
}

TEST_CASE("LIST-6 SO_ACCEPTCONN tells whether the socket listens and cannot be set", "[api][listen][options]")
{
    const winsock started;
    const auto made = tcp();
    CHECK(get_option(made, SOL_SOCKET, SO_ACCEPTCONN) == 0);
    REQUIRE(bind_to(made, loopback(AF_INET)) == 0);
    CHECK(get_option(made, SOL_SOCKET, SO_ACCEPTCONN) == 0);
    REQUIRE(error_of(listen(made, 1)) == 0);
    CHECK(get_option(made, SOL_SOCKET, SO_ACCEPTCONN) == 1);
    const int one = 1;
    CHECK(error_of(setsockopt(made, SOL_SOCKET, SO_ACCEPTCONN, reinterpret_cast<const char*>(&one),
                              sizeof one)) == WSAENOPROTOOPT);
    const tcp_pair pair;
    CHECK(get_option(pair.server, SOL_SOCKET, SO_ACCEPTCONN) == 0);
    CHECK(get_option(pair.client, SOL_SOCKET, SO_ACCEPTCONN) == 0);
}

TEST_CASE("LIST-8, LNX-14 after a failed nonblocking connect the socket can listen", "[api][listen]")
{
    const winsock started;
    const closed_port nobody;
    const auto made = tcp();
    REQUIRE(bind_to(made, loopback(AF_INET)) == 0);
    const auto where = local_of(made);
    set_nonblocking(made);
    REQUIRE(connect_to(made, nobody.where) == WSAEWOULDBLOCK);
    REQUIRE(eventually([&] { return get_option(made, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED; }));
    CHECK(error_of(listen(made, 1)) == 0);
    CHECK(get_option(made, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED);
    CHECK(local_of(made) == where);
    const auto client = connect_to_listener(made);
    REQUIRE(eventually([&] {
        const unique_socket server{accept(made, nullptr, nullptr)};
        return error_of(server.get()) == 0;
    }));
}

TEST_CASE("LIST-9, XFR-42, LNX-18 a listener refuses connect, transfer and shutdown", "[api][listen]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = listener(family);
        const auto other = listener(family);
        char byte = 'x';
        CHECK(connect_to(listening, local_of(other)) == WSAEINVAL);
        CHECK(error_of(send(listening, &byte, 1, 0)) == WSAENOTCONN);
        CHECK(error_of(recv(listening, &byte, 1, 0)) == WSAENOTCONN);
        for (const int how : {SD_RECEIVE, SD_SEND, SD_BOTH}) {
            CHECK(error_of(shutdown(listening, how)) == WSAENOTCONN);
        }
        // Nothing of this ended the listener.
        const auto client = connect_to_listener(listening);
        const auto server = accept_from(listening);
        CHECK(peer_of(server) == local_of(client));
    }
}
