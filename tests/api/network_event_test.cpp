// The single network events through WSAEventSelect: FD_READ with pending requests, FD_WRITE, FD_CONNECT, FD_CLOSE, FD_OOB,
// on TCP, UDP and AF_UNIX. Registration and record are in event_select_test.cpp. Answers to "WSAEventSelect" as observed.
#include <array>
#include <string>

#include "network_events.hpp"
#include "overlapped_fixture.hpp"

using namespace spindle::test;

namespace {

/// Reads that many bytes, from a socket that may be non-blocking.
void drain(SOCKET handle, std::size_t count)
{
    std::array<char, 64 * 1024> buffer{};
    std::size_t got = 0;
    REQUIRE(eventually([&] {
        const int taken = recv(handle, buffer.data(), static_cast<int>(buffer.size()), 0);
        got += taken > 0 ? static_cast<std::size_t>(taken) : 0;
        return got == count;
    }));
}

bool wait_ended(SOCKET handle, int code)
{
    char byte = 0;
    return eventually([&] { return error_of(recv(handle, &byte, 1, MSG_PEEK)) == code; });
}

}  // namespace

TEST_CASE("EVT-22, EVT-23, T-FD/FD_WRITE-0x2-1 FD_WRITE comes once, and again only when there is room after "
          "WSAEWOULDBLOCK",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    const bool with_queue = GENERATE(true, false);
    if (!with_queue) {
        set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 0);
    }
    selection client(pair.client, FD_WRITE);
    CHECK(client.is_set());
    send_text(pair.client, "x");
    CHECK(client.take() == FD_WRITE);
    send_text(pair.client, "x");
    others.pass();
    CHECK(client.take() == 0);

    std::size_t sent = 2;
    do {  // until the peer's system takes no more, either
        sent += fill(pair.client);
        others.pass();
    } while (client.take() == FD_WRITE);
    drain(pair.server, sent);
    CHECK(client.next() == FD_WRITE);
    send_text(pair.client, "x");
    others.pass();
    CHECK(client.take() == 0);
}

TEST_CASE("EVT-22, LNX-21 a registration made while a send would have to wait hears of the room",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    set_nonblocking(pair.client);
    const auto sent = fill(pair.client);
    selection client(pair.client, FD_WRITE);
    CHECK_FALSE(client.is_set());
    drain(pair.server, sent);
    CHECK(client.next() == FD_WRITE);
}

TEST_CASE("LING-9 a socket with a registration counts as non-blocking when it is closed", "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection client(pair.client, FD_WRITE);
    fill(pair.client);
    const linger lasting{1, 30};
    REQUIRE(setsockopt(pair.client, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&lasting),
                       sizeof lasting) == 0);
    CHECK(error_of(closesocket(pair.client)) == WSAEWOULDBLOCK);
    reset_connection(pair.client);
}

TEST_CASE("EVT-24, EVT-27, CONN-9 a connect that succeeds gives FD_CONNECT and FD_WRITE, once",
          "[api][events]")
{
    const winsock started;
    fence others;
    unique_socket listening = listener();
    unique_socket client = tcp();
    selection events(client, every_event);
    others.pass();
    CHECK_FALSE(events.is_set());
    REQUIRE(bind_to(client, loopback(AF_INET)) == 0);
    others.pass();
    CHECK_FALSE(events.is_set());
    const int code = connect_to(client, local_of(listening));
    CHECK((code == 0 || code == WSAEWOULDBLOCK));
    CHECK(events.comes(FD_CONNECT | FD_WRITE));
    CHECK(events.code(FD_CONNECT_BIT) == 0);
    others.pass();
    CHECK(events.take() == 0);
    CHECK(events.select(every_event) == 0);
    CHECK(events.take() == 0);
}

TEST_CASE("EVT-25, CONN-9 a registration after the connect hears of it", "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection client(pair.client, every_event);
    CHECK(client.is_set());
    CHECK(client.take() == (FD_CONNECT | FD_WRITE));
}

TEST_CASE("EVT-24, EVT-29, CONN-9, T-FD/FD_CONNECT-0x10-4 a connect that fails gives FD_CONNECT with its "
          "error, once per attempt",
          "[api][events]")
{
    const winsock started;
    const closed_port nobody;
    const bool before = GENERATE(true, false);
    unique_socket client = tcp();
    selection events(client);
    if (before) {
        REQUIRE(events.select(every_event) == 0);
    } else {
        set_nonblocking(client);
    }
    for (int attempt = 0; attempt < 2; ++attempt) {
        const int code = connect_to(client, nobody.where);
        CHECK((code == WSAEWOULDBLOCK || code == WSAECONNREFUSED));
        if (!before) {
            REQUIRE(events.select(every_event) == 0);
        }
        CHECK(events.next() == FD_CONNECT);
        CHECK(events.code(FD_CONNECT_BIT) == WSAECONNREFUSED);
        CHECK(events.select(every_event) == 0);
        CHECK_FALSE(events.is_set());
    }
    unique_socket listening = listener();
    connect_to(client, local_of(listening));
    CHECK(events.comes(FD_CONNECT | FD_WRITE));
}

TEST_CASE("EVT-28, EVT-36 a datagram socket tells of room when it has a name, of a peer, and never of an end",
          "[api][events]")
{
    const winsock started;
    fence others;
    unique_socket receiver = bound_udp();
    unique_socket sender = udp();
    selection events(sender, every_event);
    CHECK_FALSE(events.is_set());
    SECTION("bound")
    {
        REQUIRE(bind_to(sender, loopback(AF_INET)) == 0);
        CHECK(events.take() == FD_WRITE);
    }
    SECTION("named by the first send")
    {
        const auto to = local_of(receiver);
        REQUIRE(sendto(sender, "x", 1, 0, to.get(), to.length) == 1);
        CHECK(events.take() == FD_WRITE);
    }
    REQUIRE(connect_to(sender, local_of(receiver)) == 0);
    CHECK(events.take() == (FD_CONNECT | FD_WRITE));
    REQUIRE(connect_to(receiver, local_of(sender)) == 0);
    send_text(receiver, "one");
    CHECK(events.next() == FD_READ);
    send_text(receiver, "two");
    CHECK(events.next() == FD_READ);
    CHECK(receive_text(sender, 3) == "one");
    CHECK(events.next() == FD_READ);
    CHECK(receive_text(sender, 3) == "two");
    receiver.reset();
    others.pass();
    CHECK(events.take() == 0);
}

TEST_CASE("EVT-20 data and connections that pending requests take are not told of, the next ones are",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection server(pair.server, FD_READ | FD_CLOSE);
    request pending;
    REQUIRE(pending.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "data");
    REQUIRE(pending.finishes());
    others.pass();
    CHECK_FALSE(server.is_set());
    send_text(pair.client, "more");
    CHECK(server.next() == FD_READ);

    request short_one(2);
    CHECK(short_one.receive(pair.server) == 0);
    CHECK(server.next() == FD_READ);
    request rest;
    CHECK(rest.receive(pair.server) == 0);
    others.pass();
    CHECK(server.take() == 0);
}

TEST_CASE("EVT-30, EVT-33, FDC-1, FDC-2, FDC-4, FDC-6 the peer's end is told once, and is no FD_READ",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection server(pair.server, FD_READ | FD_CLOSE);
    REQUIRE(error_of(shutdown(pair.client, GENERATE(SD_SEND, SD_BOTH))) == 0);
    CHECK(server.next() == FD_CLOSE);
    CHECK(server.code(FD_CLOSE_BIT) == 0);
    CHECK(receive_text(pair.server, 1).empty());
    CHECK(receive_text(pair.server, 1).empty());
    pair.client.reset();
    others.pass();
    CHECK(server.take() == 0);
}

TEST_CASE("FDC-1 a reply after the other side's end arrives whole, then its own end", "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection client(pair.client, FD_READ | FD_CLOSE);
    selection server(pair.server, FD_READ | FD_CLOSE);
    REQUIRE(error_of(shutdown(pair.client, SD_SEND)) == 0);
    CHECK(server.next() == FD_CLOSE);
    CHECK(receive_text(pair.server, 1).empty());
    const std::string reply = std::string(4000, 'r');
    send_text(pair.server, reply);
    REQUIRE(error_of(shutdown(pair.server, SD_SEND)) == 0);
    pair.server.reset();
    std::string got;
    long seen = 0;
    REQUIRE(eventually([&] {
        seen |= client.take();
        std::array<char, 1024> part{};
        const int taken = recv(pair.client, part.data(), static_cast<int>(part.size()), 0);
        got.append(part.data(), taken > 0 ? static_cast<std::size_t>(taken) : 0);
        return taken == 0 && (seen & FD_CLOSE) != 0;
    }));
    CHECK(got == reply);
    CHECK((seen & ~(FD_READ | FD_CLOSE)) == 0);
    CHECK(client.code(FD_CLOSE_BIT) == 0);
}

TEST_CASE("EVT-32, FDC-5, LNX-32 FD_CLOSE comes while data are unread, FD_READ goes on until they are read",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection server(pair.server, FD_READ | FD_CLOSE);
    send_text(pair.client, "data");
    CHECK(server.next() == FD_READ);
    pair.client.reset();
    CHECK(server.next() == FD_CLOSE);
    CHECK(receive_text(pair.server, 2) == "da");
    CHECK(server.next() == FD_READ);
    CHECK(receive_text(pair.server, 2) == "ta");
    CHECK(receive_text(pair.server, 1).empty());
    others.pass();
    CHECK(server.take() == 0);
}

TEST_CASE(
    "EVT-31, FDC-9 neither the local shutdown nor the peer's SD_RECEIVE is an end; the peer's later end is",
    "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection server(pair.server, FD_READ | FD_CLOSE);
    REQUIRE(error_of(shutdown(pair.client, SD_RECEIVE)) == 0);
    REQUIRE(error_of(shutdown(pair.server, GENERATE(SD_RECEIVE, SD_SEND, SD_BOTH))) == 0);
    others.pass();
    CHECK(server.take() == 0);
    REQUIRE(error_of(shutdown(pair.client, SD_SEND)) == 0);
    CHECK(server.next() == FD_CLOSE);
    CHECK(server.code(FD_CLOSE_BIT) == 0);
}

TEST_CASE("EVT-34, FDC-2, FDC-3, T-FD/FD_CLOSE-0x20-5 a reset gives FD_CLOSE with WSAECONNABORTED, the "
          "receive says WSAECONNRESET",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection server(pair.server);
    if (GENERATE(true, false)) {
        REQUIRE(server.select(FD_READ | FD_CLOSE) == 0);
        reset_connection(pair.client);
    } else {
        set_nonblocking(pair.server);
        reset_connection(pair.client);
        REQUIRE(wait_ended(pair.server, WSAECONNRESET));
        REQUIRE(server.select(FD_READ | FD_CLOSE) == 0);
    }
    CHECK(server.next() == FD_CLOSE);
    CHECK(server.code(FD_CLOSE_BIT) == WSAECONNABORTED);
    char byte = 0;
    CHECK(error_of(recv(pair.server, &byte, 1, 0)) == WSAECONNRESET);
    fence others;
    others.pass();
    CHECK(server.take() == 0);
}

TEST_CASE("FDC-10, FDC-11 a pending receive fails with the reset, the event tells of the end",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection server(pair.server, FD_READ | FD_CLOSE);
    request pending;
    REQUIRE(pending.receive(pair.server) == WSA_IO_PENDING);
    reset_connection(pair.client);
    REQUIRE(pending.finishes());
    CHECK(pending.status() == reset_status);
    CHECK(pending.overlapped.InternalHigh == 0);
    CHECK(server.next() == FD_CLOSE);
    char byte = 0;
    CHECK(error_of(recv(pair.server, &byte, 1, 0)) == WSAECONNRESET);
    CHECK(get_option(pair.server, SOL_SOCKET, SO_ERROR) == 0);
}

TEST_CASE("EVT-16, EVT-37, OOB-8, T-FD/FD_OOB-0x4-2 each urgent byte gives one FD_OOB, in line only FD_READ",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    const bool in_line = GENERATE(false, true);
    if (in_line) {
        set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    }
    selection server(pair.server, FD_READ | FD_OOB);
    send_text(pair.client, "1", MSG_OOB);
    CHECK(server.next() == (in_line ? FD_READ : FD_OOB));
    send_text(pair.client, "2", MSG_OOB);
    CHECK(server.next() == (in_line ? FD_READ : FD_OOB));
    others.pass();
    CHECK(server.take() == 0);
    const int flags = in_line ? 0 : MSG_OOB;
    CHECK(receive_text(pair.server, 1, flags) == "1");
    CHECK(server.next() == (in_line ? FD_READ : FD_OOB));
    CHECK(receive_text(pair.server, 1, flags) == "2");
    others.pass();
    CHECK(server.take() == 0);
    send_text(pair.client, "plain");
    CHECK(server.next() == FD_READ);
}

TEST_CASE("ACC-15, ACC-16, EVT-12 a deferred request silences the listener until the next accept",
          "[api][events]")
{
    const winsock started;
    fence others;
    unique_socket listening = listener();
    selection events(listening, FD_ACCEPT);
    const auto first = connect_to_listener(listening);
    CHECK(events.next() == FD_ACCEPT);
    const auto defer = [](LPWSABUF, LPWSABUF, LPQOS, LPQOS, LPWSABUF, LPWSABUF, GROUP*, DWORD_PTR) -> int {
        return CF_DEFER;
    };
    CHECK(error_of(WSAAccept(listening, nullptr, nullptr, defer, 0)) == WSATRY_AGAIN);
    const auto second = connect_to_listener(listening);
    others.pass();
    CHECK(events.take() == 0);
    const unique_socket oldest(accept(listening, nullptr, nullptr));
    CHECK(peer_of(oldest) == local_of(first));
    CHECK(error_of(WSAEventSelect(oldest, nullptr, 0)) == 0);
    CHECK(events.take() == FD_ACCEPT);
    const unique_socket other(accept(listening, nullptr, nullptr));
    CHECK(error_of(WSAEventSelect(other, nullptr, 0)) == 0);
    CHECK(events.take() == 0);
}

TEST_CASE("EVT-9, EVT-32 a socket of a completion port hears of its network events as well", "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    const bool port_first = GENERATE(true, false);
    selection server(pair.server);
    const port_handle port;
    if (!port_first) {
        REQUIRE(server.select(FD_READ | FD_CLOSE) == 0);
    }
    REQUIRE(associate(pair.server, port, 1) == port);
    if (port_first) {
        REQUIRE(server.select(FD_READ | FD_CLOSE) == 0);
    }
    send_text(pair.client, "data");
    CHECK(server.next() == FD_READ);
    CHECK(receive_text(pair.server, 4) == "data");
    request pending;
    REQUIRE(pending.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "more");
    REQUIRE(pending.finishes());
    pair.client.reset();
    CHECK(server.next() == FD_CLOSE);
}
