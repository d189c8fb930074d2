// Urgent data through the API: the separate queue, SO_OOBINLINE, and what FIONREAD and SIOCATMARK say
// meanwhile. How urgent data make a socket ready is tested with select. Answers to "Protocol-independent out-
// of-band data".
#include <array>
#include <string>

#include "support/api_fixture.hpp"
#include "support/background_call.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

u_long asked(SOCKET handle, unsigned long code)
{
    u_long answer = 99;
    REQUIRE(error_of(ioctlsocket(handle, static_cast<long>(code), &answer)) == 0);
    return answer;
}

/// One urgent byte by MSG_OOB, '?' when there is none yet.
char urgent(SOCKET handle)
{
    char one = '?';
    const int code = error_of(recv(handle, &one, 1, MSG_OOB));
    CHECK((code == 0 || code == WSAEWOULDBLOCK || code == WSAEINVAL));
    return code == 0 ? one : '?';
}

char wait_urgent(SOCKET handle)
{
    char one = '?';
    REQUIRE(eventually([&] { return (one = urgent(handle)) != '?'; }));
    return one;
}

/// SIOCATMARK is FALSE while a separate urgent byte waits.
bool wait_announced(SOCKET handle)
{
    return eventually([&] { return asked(handle, SIOCATMARK) == 0; });
}

tcp_pair nonblocking_pair()
{
    tcp_pair pair;
    set_nonblocking(pair.server);
    return pair;
}

int plain_error(SOCKET handle)
{
    char one = 0;
    return error_of(recv(handle, &one, 1, 0));
}

}  // namespace

TEST_CASE("OOB-1, LNX-29 urgent bytes form a queue of their own", "[api][oob]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const tcp_pair pair(family);
        set_nonblocking(pair.server);
        send_text(pair.client, "before");
        send_text(pair.client, "!", MSG_OOB);
        send_text(pair.client, "after");
        REQUIRE(wait_announced(pair.server));
        std::array<char, 32> room{};
        // Over loopback everything is there once it is sent. Plain receives neither return the urgent byte
        // nor stop short because of it.
        CHECK(recv(pair.server, room.data(), 32, 0) == 11);
        CHECK(std::string(room.data(), 11) == "beforeafter");
        CHECK(plain_error(pair.server) == WSAEWOULDBLOCK);
        CHECK(urgent(pair.server) == '!');
        CHECK(plain_error(pair.server) == WSAEWOULDBLOCK);
    }
}

TEST_CASE("OOB-1 without an urgent byte MSG_OOB has nothing to give", "[api][oob]")
{
    const winsock started;
    const auto pair = nonblocking_pair();
    send_text(pair.client, "plain");
    REQUIRE(wait_readable(pair.server, 5));
    char one = 0;
    const int code = error_of(recv(pair.server, &one, 1, MSG_OOB));
    CHECK((code == WSAEWOULDBLOCK || code == WSAEINVAL));
    CHECK(receive_text(pair.server, 5) == "plain");
}

TEST_CASE("OOB-1, LNX-29 of a longer urgent send only the last byte is urgent", "[api][oob]")
{
    const winsock started;
    const auto pair = nonblocking_pair();
    send_text(pair.client, "abc", MSG_OOB);
    CHECK(wait_urgent(pair.server) == 'c');
    REQUIRE(wait_readable(pair.server, 2));
    CHECK(receive_text(pair.server, 2) == "ab");
}

TEST_CASE("OOB-2, LNX-29 two urgent bytes are both kept and read in order", "[api][oob]")
{
    const winsock started;
    const auto pair = nonblocking_pair();
    send_text(pair.client, "a", MSG_OOB);
    REQUIRE(wait_announced(pair.server));
    send_text(pair.client, "b", MSG_OOB);
    CHECK(wait_urgent(pair.server) == 'a');
    CHECK(wait_urgent(pair.server) == 'b');
    CHECK(plain_error(pair.server) == WSAEWOULDBLOCK);
}

TEST_CASE("OOB-3 later normal data can be read first, the urgent byte stays", "[api][oob]")
{
    const winsock started;
    const auto pair = nonblocking_pair();
    send_text(pair.client, "u", MSG_OOB);
    send_text(pair.client, "normal");
    REQUIRE(wait_announced(pair.server));
    CHECK(receive_text(pair.server, 6) == "normal");
    CHECK(wait_urgent(pair.server) == 'u');
}

TEST_CASE("OOB-1, CTL-13 FIONREAD counts what one plain receive returns, on both sides of an urgent byte",
          "[api][oob]")
{
    const winsock started;
    const auto pair = nonblocking_pair();
    send_text(pair.client, "before");
    send_text(pair.client, "!", MSG_OOB);
    send_text(pair.client, "after");
    REQUIRE(wait_announced(pair.server));
    CHECK(asked(pair.server, FIONREAD) == 11);
    CHECK(receive_text(pair.server, 11) == "beforeafter");
    CHECK(asked(pair.server, FIONREAD) == 0);
}

TEST_CASE("OOB-4 with SO_OOBINLINE MSG_OOB gives WSAEINVAL and the byte comes with plain receives",
          "[api][oob]")
{
    const winsock started;
    const tcp_pair pair;
    set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, 10'000);
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    send_text(pair.client, "u", MSG_OOB);
    REQUIRE(wait_readable(pair.server, 1));
    char one = 0;
    CHECK(error_of(recv(pair.server, &one, 1, MSG_OOB)) == WSAEINVAL);
    CHECK(receive_text(pair.server, 1) == "u");
}

TEST_CASE("OOB-5 with SO_OOBINLINE no receive mixes urgent and normal bytes", "[api][oob]")
{
    const winsock started;
    const tcp_pair pair;
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    send_text(pair.client, "before");
    send_text(pair.client, "!", MSG_OOB);
    send_text(pair.client, "after");
    set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, 10'000);
    for (const std::string expected : {"before", "!", "after"}) {
        std::array<char, 32> room{};
        const int got = recv(pair.server, room.data(), 32, 0);
        REQUIRE(error_of(got) == 0);
        CHECK(std::string(room.data(), static_cast<std::size_t>(got)) == expected);
    }
}

TEST_CASE("OOB-6 setting SO_OOBINLINE moves a queued urgent byte into the stream", "[api][oob]")
{
    const winsock started;
    const auto pair = nonblocking_pair();
    send_text(pair.client, "u", MSG_OOB);
    REQUIRE(wait_announced(pair.server));
    CHECK(asked(pair.server, FIONREAD) == 0);
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    CHECK(asked(pair.server, FIONREAD) == 1);
    CHECK(receive_text(pair.server, 1) == "u");
}

TEST_CASE("OOB-7 the urgent pointer is BSD's unless TCP_EXPEDITED_1122 says otherwise", "[api][oob][options]")
{
    const winsock started;
    const auto pair = nonblocking_pair();
    CHECK(get_option(pair.server, IPPROTO_TCP, TCP_EXPEDITED_1122) == 0);
    // Both ends agree on which byte is meant.
    send_text(pair.client, "xyz", MSG_OOB);
    CHECK(wait_urgent(pair.server) == 'z');
}

TEST_CASE("OOB-1, XFR-57 MSG_PEEK with MSG_OOB leaves the urgent byte queued", "[api][oob]")
{
    const winsock started;
    const auto pair = nonblocking_pair();
    send_text(pair.client, "u", MSG_OOB);
    REQUIRE(wait_announced(pair.server));
    char one = 0;
    CHECK(recv(pair.server, &one, 1, MSG_OOB | MSG_PEEK) == 1);
    CHECK(one == 'u');
    CHECK(urgent(pair.server) == 'u');
}

TEST_CASE("OOB-1, XFR-41 a blocked urgent receive ends when the connection does", "[api][oob]")
{
    const winsock started;
    tcp_pair pair;
    background_call waiting([&] {
        char one = 0;
        return error_of(recv(pair.server, &one, 1, MSG_OOB));
    });
    REQUIRE(waiting.blocks());
    reset_connection(pair.client);
    CHECK(waiting.result() == WSAECONNRESET);
    CHECK(plain_error(pair.server) == WSAECONNRESET);
    CHECK(plain_error(pair.server) == WSAECONNRESET);
}
