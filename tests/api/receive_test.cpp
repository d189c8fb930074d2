// Receiving on streams through the API: what a receive returns, the end of the stream, resets, shutdown,
// time-outs. Answers to "recv function", "WSARecv function" and "shutdown function".
#include <array>
#include <atomic>
#include <string>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

int receive_error(SOCKET handle)
{
    char one = 0;
    return error_of(recv(handle, &one, 1, 0));
}

}  // namespace

TEST_CASE("XFR-37 a receive completes as soon as one byte is there", "[api][receive]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const tcp_pair pair(family);
        std::array<char, 1024> room{};
        background_call waiting(
            [&] { return recv(pair.server, room.data(), static_cast<int>(room.size()), 0); });
        REQUIRE(waiting.blocks());
        send_text(pair.client, "1");
        CHECK(waiting.result() == 1);
        send_text(pair.client, "2345");
        REQUIRE(wait_readable(pair.server, 4));
        CHECK(recv(pair.server, room.data(), 3, 0) == 3);
        CHECK(recv(pair.server, room.data(), static_cast<int>(room.size()), 0) == 1);
    }
}

TEST_CASE("XFR-38 after all data the end of the stream is 0 bytes, again and again", "[api][receive]")
{
    const winsock started;
    tcp_pair pair;
    send_text(pair.client, "last words");
    pair.client.reset();
    CHECK(receive_text(pair.server, 10) == "last words");
    char one = 0;
    for (int turn = 0; turn < 3; ++turn) {
        CHECK(recv(pair.server, &one, 1, 0) == 0);
    }
    set_nonblocking(pair.server);
    CHECK(recv(pair.server, &one, 1, 0) == 0);
    DWORD moved = 9;
    DWORD flags = 0;
    WSABUF in{1, &one};
    CHECK(WSARecv(pair.server, &in, 1, &moved, &flags, nullptr, nullptr) == 0);
    CHECK(moved == 0);
}

TEST_CASE("XFR-38 a blocked receive ends with 0 when the peer closes", "[api][receive]")
{
    const winsock started;
    tcp_pair pair;
    char one = 0;
    background_call waiting([&] { return recv(pair.server, &one, 1, 0); });
    REQUIRE(waiting.blocks());
    pair.client.reset();
    CHECK(waiting.result() == 0);
}

TEST_CASE("XFR-39, SHUT-4 each direction lives until its own end", "[api][receive][shutdown]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "question");
    REQUIRE(error_of(shutdown(pair.client, SD_SEND)) == 0);
    CHECK(receive_text(pair.server, 100) == "question");
    // The peer's end has been seen; this side still sends, the other still receives.
    send_text(pair.server, "answer");
    CHECK(receive_text(pair.client, 6) == "answer");
    send_text(pair.server, "more");
    REQUIRE(error_of(shutdown(pair.server, SD_SEND)) == 0);
    CHECK(receive_text(pair.client, 100) == "more");
    CHECK(error_of(send(pair.server, "x", 1, 0)) == WSAESHUTDOWN);
}

TEST_CASE("XFR-41, LNX-25, LING-3 the peer's reset fails the next receive at once", "[api][receive]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        tcp_pair pair(family);
        reset_connection(pair.client);
        CHECK(receive_error(pair.server) == WSAECONNRESET);
        CHECK(receive_error(pair.server) == WSAECONNRESET);
    }
}

TEST_CASE("XFR-41, LNX-25 data that arrived before a reset are delivered, then WSAECONNRESET",
          "[api][receive]")
{
    const winsock started;
    tcp_pair pair;
    send_text(pair.client, "lost");
    REQUIRE(wait_readable(pair.server, 4));
    reset_connection(pair.client);
    CHECK(receive_text(pair.server, 4) == "lost");
    CHECK(receive_error(pair.server) == WSAECONNRESET);
    CHECK(receive_error(pair.server) == WSAECONNRESET);
}

TEST_CASE("XFR-41 a blocked receive ends with WSAECONNRESET", "[api][receive]")
{
    const winsock started;
    tcp_pair pair;
    background_call waiting([&] { return receive_error(pair.server); });
    REQUIRE(waiting.blocks());
    reset_connection(pair.client);
    CHECK(waiting.result() == WSAECONNRESET);
}

TEST_CASE("XFR-42 a stream that is not connected gives WSAENOTCONN", "[api][receive]")
{
    const winsock started;
    const auto unbound = tcp();
    CHECK(receive_error(unbound) == WSAENOTCONN);
    const auto bound = tcp();
    REQUIRE(bind_to(bound, loopback(AF_INET)) == 0);
    CHECK(receive_error(bound) == WSAENOTCONN);
    char one = 0;
    CHECK(error_of(recvfrom(bound, &one, 1, 0, nullptr, nullptr)) == WSAENOTCONN);
    const auto listening = listener();
    CHECK(receive_error(listening) == WSAENOTCONN);
}

TEST_CASE("XFR-44 a nonblocking receive without data gives WSAEWOULDBLOCK", "[api][receive]")
{
    const winsock started;
    const tcp_pair pair;
    set_nonblocking(pair.server);
    CHECK(receive_error(pair.server) == WSAEWOULDBLOCK);
    const auto datagram = bound_udp();
    set_nonblocking(datagram);
    CHECK(receive_error(datagram) == WSAEWOULDBLOCK);
}

TEST_CASE("XFR-45, SHUT-6 after SD_RECEIVE receives fail with WSAESHUTDOWN, repeatedly",
          "[api][receive][shutdown]")
{
    const winsock started;
    for (const int how : {SD_RECEIVE, SD_BOTH}) {
        tcp_pair pair;
        REQUIRE(error_of(shutdown(pair.server, how)) == 0);
        CHECK(receive_error(pair.server) == WSAESHUTDOWN);
        CHECK(receive_error(pair.server) == WSAESHUTDOWN);
        pair.client.reset();
        CHECK(receive_error(pair.server) == WSAESHUTDOWN);

        const auto datagram = bound_udp();
        REQUIRE(error_of(shutdown(datagram, how)) == 0);
        CHECK(receive_error(datagram) == WSAESHUTDOWN);
        CHECK(receive_error(datagram) == WSAESHUTDOWN);
    }
}

TEST_CASE("XFR-46, LNX-24 a receive pending before SD_RECEIVE gets data that arrive later",
          "[api][receive][shutdown]")
{
    const winsock started;
    const tcp_pair pair;
    std::array<char, 8> room{};
    background_call waiting([&] { return recv(pair.server, room.data(), static_cast<int>(room.size()), 0); });
    REQUIRE(waiting.blocks());
    REQUIRE(error_of(shutdown(pair.server, SD_RECEIVE)) == 0);
    CHECK(waiting.blocks());
    send_text(pair.client, "late");
    CHECK(waiting.result() == 4);
    CHECK(std::string(room.data(), 4) == "late");
    CHECK(receive_error(pair.server) == WSAESHUTDOWN);
}

TEST_CASE("LNX-24, SHUT-8 data that nobody may receive any more reset the connection",
          "[api][receive][shutdown]")
{
    const winsock started;
    for (const bool queued_before : {true, false}) {
        INFO("queued before: " << queued_before);
        const tcp_pair pair;
        if (queued_before) {
            send_text(pair.client, "unread");
            REQUIRE(wait_readable(pair.server, 6));
        }
        REQUIRE(error_of(shutdown(pair.server, SD_RECEIVE)) == 0);
        if (!queued_before) {
            send_text(pair.client, "too late");
        }
        CHECK(receive_error(pair.client) == WSAECONNRESET);
    }
}

TEST_CASE("LNX-19, SHUT-11, SHUT-14 shutdown twice and on datagram sockets without peer succeeds",
          "[api][receive][shutdown]")
{
    const winsock started;
    const tcp_pair pair;
    for (const int how : {SD_SEND, SD_SEND, SD_RECEIVE, SD_RECEIVE, SD_BOTH, SD_BOTH}) {
        CHECK(error_of(shutdown(pair.client, how)) == 0);
    }
    const auto datagram = bound_udp();
    const auto unbound = udp();
    for (const SOCKET made : {datagram.get(), unbound.get()}) {
        for (const int how : {SD_SEND, SD_SEND, SD_BOTH}) {
            CHECK(error_of(shutdown(made, how)) == 0);
        }
    }
}

TEST_CASE("LNX-18, SHUT-2 shutdown of an unconnected stream gives WSAENOTCONN and does nothing",
          "[api][receive][shutdown]")
{
    const winsock started;
    const auto listening = listener();
    const auto made = tcp();
    for (const int how : {SD_RECEIVE, SD_SEND, SD_BOTH}) {
        CHECK(error_of(shutdown(made, how)) == WSAENOTCONN);
        CHECK(error_of(shutdown(listening, how)) == WSAENOTCONN);
    }
    REQUIRE(connect_to(made, local_of(listening)) == 0);
    const auto server = accept_from(listening);
    send_text(made, "works");
    CHECK(receive_text(server, 5) == "works");
}

TEST_CASE("XFR-47 a zero-length receive consumes nothing", "[api][receive]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "data");
    REQUIRE(wait_readable(pair.server, 4));
    char one = 0;
    CHECK(recv(pair.server, nullptr, 0, 0) == 0);
    CHECK(recv(pair.server, &one, 0, 0) == 0);
    WSABUF in{0, nullptr};
    DWORD moved = 9;
    DWORD flags = 0;
    CHECK(WSARecv(pair.server, &in, 1, &moved, &flags, nullptr, nullptr) == 0);
    CHECK(moved == 0);
    CHECK(receive_text(pair.server, 4) == "data");
}

TEST_CASE("XFR-47, LNX-26 a blocking zero-length receive waits for data", "[api][receive]")
{
    const winsock started;
    const tcp_pair pair;
    background_call waiting([&] { return recv(pair.server, nullptr, 0, 0); });
    REQUIRE(waiting.blocks());
    send_text(pair.client, "data");
    CHECK(waiting.result() == 0);
    CHECK(receive_text(pair.server, 4) == "data");
}

TEST_CASE("XFR-53 recvfrom on a stream writes no address", "[api][receive]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "abcd");
    endpoint from;
    from.storage.ss_family = 99;
    from.length = 3;
    char one = 0;
    CHECK(recvfrom(pair.server, &one, 1, 0, from.get(), &from.length) == 1);
    CHECK(from.storage.ss_family == 99);
    CHECK(from.length == 3);
    CHECK(recvfrom(pair.server, &one, 1, 0, from.get(), nullptr) == 1);
    CHECK(recvfrom(pair.server, &one, 1, 0, nullptr, &from.length) == 1);
    CHECK(recvfrom(pair.server, &one, 1, 0, nullptr, nullptr) == 1);
    CHECK(one == 'd');
}

TEST_CASE("XFR-54, T-ENO/EAGAIN-EWOULDBLOCK SO_RCVTIMEO ends a blocking receive with WSAETIMEDOUT",
          "[api][receive]")
{
    const winsock started;
    const tcp_pair pair;
    const auto datagram = bound_udp();
    for (const SOCKET made : {pair.server.get(), datagram.get()}) {
        set_option(made, SOL_SOCKET, SO_RCVTIMEO, 120);
        const stopwatch time;
        CHECK(receive_error(made) == WSAETIMEDOUT);
        CHECK(time.elapsed() >= std::chrono::milliseconds(100));
        CHECK(time.elapsed() < patience);
    }
    // The socket is unharmed, and without the option the receive waits again.
    set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, 0);
    char one = 0;
    background_call waiting([&] { return recv(pair.server, &one, 1, 0); });
    CHECK(waiting.blocks());
    send_text(pair.client, "x");
    CHECK(waiting.result() == 1);
}
