// accept and WSAAccept through the API: errors, order, addresses, inheritance, dead connections. The
// condition function is in condition_test.cpp. Answers to "accept function" and "WSAAccept function".
#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <vector>

#include <mswsock.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

void set_milliseconds(SOCKET handle, int name, DWORD value)
{
    REQUIRE(error_of(setsockopt(handle, SOL_SOCKET, name, reinterpret_cast<const char*>(&value),
                                sizeof value)) == 0);
}

}  // namespace

TEST_CASE("ACC-1 accept refuses what does not listen", "[api][accept]")
{
    const winsock started;
    const auto unbound = tcp();
    CHECK(error_of(accept(unbound, nullptr, nullptr)) == WSAEINVAL);
    const auto bound = tcp();
    REQUIRE(bind_to(bound, loopback(AF_INET)) == 0);
    CHECK(error_of(accept(bound, nullptr, nullptr)) == WSAEINVAL);
    const tcp_pair pair;
    CHECK(error_of(accept(pair.client, nullptr, nullptr)) == WSAEINVAL);
    const auto datagram = bound_udp();
    CHECK(error_of(accept(datagram, nullptr, nullptr)) == WSAEOPNOTSUPP);
    auto closed = listener();
    const SOCKET stale = closed.get();
    closed.reset();
    CHECK(error_of(accept(stale, nullptr, nullptr)) == WSAENOTSOCK);
    CHECK(error_of(WSAAccept(stale, nullptr, nullptr, nullptr, 0)) == WSAENOTSOCK);
    CHECK(error_of(WSAAccept(datagram, nullptr, nullptr, nullptr, 0)) == WSAEOPNOTSUPP);
}

TEST_CASE("ACC-2 a nonblocking listener without request gives WSAEWOULDBLOCK", "[api][accept]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = listener(family);
        set_nonblocking(listening);
        CHECK(error_of(accept(listening, nullptr, nullptr)) == WSAEWOULDBLOCK);
        CHECK(error_of(WSAAccept(listening, nullptr, nullptr, nullptr, 0)) == WSAEWOULDBLOCK);
    }
}

TEST_CASE("ACC-2 a blocking accept waits for a request", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    background_call waiting([&] { return accept(listening, nullptr, nullptr); });
    REQUIRE(waiting.blocks());
    const auto client = connect_to_listener(listening);
    const unique_socket server{waiting.result()};
    REQUIRE(server.get() != INVALID_SOCKET);
    CHECK(peer_of(server) == local_of(client));
}

TEST_CASE("ACC-2 requests are accepted oldest first", "[api][accept]")
{
    const winsock started;
    const auto listening = listener(AF_INET, 16);
    std::vector<unique_socket> clients;
    for (int turn = 0; turn < 10; ++turn) {
        clients.push_back(connect_to_listener(listening));
    }
    for (const auto& client : clients) {
        CHECK(peer_of(accept_from(listening)) == local_of(client));
    }
}

TEST_CASE("ACC-3, OPT-11, LNX-17 the new socket has the listener's options and mode",
          "[api][accept][options]")
{
    const winsock started;
    const auto listening = tcp();
    set_option(listening, SOL_SOCKET, SO_REUSEADDR, 1);
    REQUIRE(bind_to(listening, loopback(AF_INET)) == 0);
    REQUIRE(error_of(listen(listening, 4)) == 0);
    set_option(listening, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(listening, SOL_SOCKET, SO_OOBINLINE, 1);
    set_option(listening, SOL_SOCKET, SO_SNDBUF, 12'345);
    set_option(listening, SOL_SOCKET, SO_RCVBUF, 23'456);
    set_milliseconds(listening, SO_SNDTIMEO, 4321);
    set_milliseconds(listening, SO_RCVTIMEO, 8765);
    set_option(listening, IPPROTO_TCP, TCP_NODELAY, 1);
    const linger wanted{1, 555};
    REQUIRE(error_of(setsockopt(listening, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&wanted),
                                sizeof wanted)) == 0);
    const auto client = connect_to_listener(listening);
    const auto server = accept_from(listening);
    CHECK(get_option(server, SOL_SOCKET, SO_REUSEADDR) == 1);
    CHECK(get_option(server, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(get_option(server, SOL_SOCKET, SO_OOBINLINE) == 1);
    CHECK(get_option(server, SOL_SOCKET, SO_SNDBUF) == 12'345);
    CHECK(get_option(server, SOL_SOCKET, SO_RCVBUF) == 23'456);
    CHECK(get_option(server, SOL_SOCKET, SO_SNDTIMEO) == 4321);
    CHECK(get_option(server, SOL_SOCKET, SO_RCVTIMEO) == 8765);
    CHECK(get_option(server, IPPROTO_TCP, TCP_NODELAY) == 1);
    CHECK(get_option(server, SOL_SOCKET, SO_ACCEPTCONN) == 0);
    linger inherited{};
    int length = sizeof inherited;
    REQUIRE(error_of(getsockopt(server, SOL_SOCKET, SO_LINGER, reinterpret_cast<char*>(&inherited),
                                &length)) == 0);
    CHECK(inherited.l_onoff == 1);
    CHECK(inherited.l_linger == 555);
    // The client shares none of this.
    CHECK(get_option(client, SOL_SOCKET, SO_KEEPALIVE) == 0);
}

TEST_CASE("ACC-3, LNX-17 the new socket is nonblocking exactly if the listener is", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    set_nonblocking(listening);
    const auto first = connect_to_listener(listening);
    unique_socket server;
    REQUIRE(eventually([&] {
        server = unique_socket{accept(listening, nullptr, nullptr)};
        return server.get() != INVALID_SOCKET;
    }));
    char byte = 0;
    CHECK(error_of(recv(server, &byte, 1, 0)) == WSAEWOULDBLOCK);

    set_nonblocking(listening, false);
    const auto second = connect_to_listener(listening);
    const auto blocking = accept_from(listening);
    background_call waiting([&] { return recv(blocking, &byte, 1, 0); });
    CHECK(waiting.blocks());
    send_text(second, "b");
    CHECK(waiting.result() == 1);
    CHECK(byte == 'b');
}

TEST_CASE("ACC-5 the new socket's local address is specific and its connect time counts", "[api][accept]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = tcp(family);
        REQUIRE(bind_to(listening, wildcard(family)) == 0);
        REQUIRE(error_of(listen(listening, 2)) == 0);
        const auto port = local_of(listening).port();
        const auto client = tcp(family);
        CHECK(get_option(client, SOL_SOCKET, SO_CONNECT_TIME) == -1);
        REQUIRE(connect_to(client, loopback(family, port)) == 0);
        const auto server = accept_from(listening);
        CHECK(local_of(server) == loopback(family, port));
        CHECK(get_option(server, SOL_SOCKET, SO_CONNECT_TIME) >= 0);
        CHECK(get_option(server, SOL_SOCKET, SO_CONNECT_TIME) < 60);
        CHECK(get_option(listening, SOL_SOCKET, SO_CONNECT_TIME) == -1);
    }
}

TEST_CASE("ACC-6 without an address or without a length no address is stored", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto first = connect_to_listener(listening);
    int length = 77;
    CHECK(unique_socket{accept(listening, nullptr, &length)}.get() != INVALID_SOCKET);
    CHECK(length == 77);
    const auto second = connect_to_listener(listening);
    endpoint untouched;
    untouched.storage.ss_family = 99;
    CHECK(unique_socket{accept(listening, untouched.get(), nullptr)}.get() != INVALID_SOCKET);
    CHECK(untouched.storage.ss_family == 99);
}

TEST_CASE("ACC-7, ADR-4 a short address length fails and leaves the connection queued", "[api][accept]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = listener(family);
        const auto client = connect_to_listener(listening);
        endpoint peer;
        for (const int given : {0, 1, 15}) {
            peer.length = given;
            INFO("length " << given);
            CHECK(error_of(accept(listening, peer.get(), &peer.length)) == WSAEFAULT);
            CHECK(peer.length == given);
            CHECK(error_of(WSAAccept(listening, peer.get(), &peer.length, nullptr, 0)) == WSAEFAULT);
        }
        peer.length = sizeof peer.storage;
        const unique_socket server{accept(listening, peer.get(), &peer.length)};
        REQUIRE(error_of(server.get()) == 0);
        CHECK(peer.length == (family == AF_INET ? 16 : 28));
        CHECK(peer == local_of(client));
        CHECK(peer.storage.ss_family == family);
    }
}

TEST_CASE("ADR-4, ACC-7 the address of an IPv4 peer has its padding cleared", "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    sockaddr_in peer;
    std::memset(&peer, 0x5a, sizeof peer);
    int length = sizeof peer;
    const unique_socket server{accept(listening, reinterpret_cast<sockaddr*>(&peer), &length)};
    REQUIRE(error_of(server.get()) == 0);
    CHECK(
        std::all_of(std::begin(peer.sin_zero), std::end(peer.sin_zero), [](char byte) { return byte == 0; }));
}

TEST_CASE("ACC-17, LNX-17, LNX-25 a connection reset before acceptance is reported or retried",
          "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    auto doomed = connect_to_listener(listening);
    reset_connection(doomed);
    const auto alive = connect_to_listener(listening);
    // Whatever becomes of the dead one, the next request is served and the listener is unharmed.
    bool served = false;
    for (int turn = 0; turn < 2 && !served; ++turn) {
        const unique_socket server{accept(listening, nullptr, nullptr)};
        if (server.get() == INVALID_SOCKET) {
            CHECK(error_of(server.get()) == WSAECONNRESET);
            continue;
        }
        send(alive, "x", 1, 0);
        char byte = 0;
        const int got = recv(server, &byte, 1, 0);
        served = got == 1;
        if (!served) {
            CHECK(error_of(got) == WSAECONNRESET);
        }
    }
    CHECK(served);
}

TEST_CASE("ACC-22, SOCK-22, T-ENO/ENFILE-EMFILE without descriptors the request stays queued",
          "[api][accept]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    {
        const no_more_descriptors shortage;
        CHECK(error_of(accept(listening, nullptr, nullptr)) == WSAEMFILE);
        CHECK(error_of(accept(listening, nullptr, nullptr)) == WSAEMFILE);
        CHECK(error_of(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)) == WSAEMFILE);
    }
    const auto server = accept_from(listening);
    CHECK(peer_of(server) == local_of(client));
    CHECK(tcp().get() != INVALID_SOCKET);
}
