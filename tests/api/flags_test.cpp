// The flags of the transfer calls: which are taken, what MSG_PEEK and MSG_WAITALL do. Urgent data are in
// oob_test.cpp. Answers to the flag tables of "send function", "recv function" and "WSARecv function".
#include <array>
#include <string>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

int receive_error(SOCKET handle, int flags)
{
    std::array<char, 4> room{};
    return error_of(recv(handle, room.data(), static_cast<int>(room.size()), flags));
}

u_long waiting_bytes(SOCKET handle)
{
    u_long waiting = 0;
    REQUIRE(error_of(ioctlsocket(handle, static_cast<long>(FIONREAD), &waiting)) == 0);
    return waiting;
}

}  // namespace

TEST_CASE("XFR-55, XFR-60 the documented flags are accepted", "[api][flags]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "a", MSG_DONTROUTE);
    send_text(pair.client, "bc");
    CHECK(receive_text(pair.server, 1, MSG_PUSH_IMMEDIATE) == "a");
    CHECK(receive_text(pair.server, 2, MSG_WAITALL) == "bc");
    const auto target = bound_udp();
    const auto where = local_of(target);
    const auto sender = bound_udp();
    CHECK(sendto(sender, "d", 1, MSG_DONTROUTE, where.get(), where.length) == 1);
    CHECK(receive_text(target, 1, MSG_PUSH_IMMEDIATE) == "d");
    CHECK(sendto(sender, "e", 1, 0, where.get(), where.length) == 1);
    CHECK(receive_text(target, 1, MSG_PARTIAL) == "e");
}

TEST_CASE("XFR-55 flags that are no send or receive flag are refused", "[api][flags]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "x");
    REQUIRE(wait_readable(pair.server));
    for (const int unknown : {0x40, 0x1000, 0x4000'0000}) {
        INFO("flag " << unknown);
        const int sent = error_of(send(pair.client, "y", 1, unknown));
        CHECK((sent == WSAEOPNOTSUPP || sent == WSAEINVAL));
        const int got = receive_error(pair.server, unknown);
        CHECK((got == WSAEOPNOTSUPP || got == WSAEINVAL));
    }
    for (const int receive_only : {MSG_PEEK, MSG_WAITALL}) {
        CHECK(error_of(send(pair.client, "y", 1, receive_only)) == WSAEOPNOTSUPP);
    }
    CHECK(receive_text(pair.server, 1) == "x");
    CHECK(waiting_bytes(pair.server) == 0);
}

TEST_CASE("XFR-56 a provider without partial messages refuses MSG_PARTIAL in a send", "[api][flags]")
{
    const winsock started;
    const tcp_pair pair;
    CHECK(error_of(send(pair.client, "x", 1, MSG_PARTIAL)) == WSAEOPNOTSUPP);
    const auto target = bound_udp();
    const auto where = local_of(target);
    const auto sender = bound_udp();
    CHECK(error_of(sendto(sender, "x", 1, MSG_PARTIAL, where.get(), where.length)) == WSAEOPNOTSUPP);
    send_text(pair.client, "stream");
    std::array<char, 3> room{};
    WSABUF in{3, room.data()};
    DWORD moved = 0;
    DWORD flags = 0;
    REQUIRE(error_of(WSARecv(pair.server, &in, 1, &moved, &flags, nullptr, nullptr)) == 0);
    CHECK(flags == 0);
}

TEST_CASE("XFR-57 MSG_PEEK copies without consuming", "[api][flags]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "peeked");
    REQUIRE(wait_readable(pair.server, 6));
    for (int turn = 0; turn < 2; ++turn) {
        std::array<char, 4> room{};
        CHECK(recv(pair.server, room.data(), 4, MSG_PEEK) == 4);
        CHECK(std::string(room.data(), 4) == "peek");
        CHECK(waiting_bytes(pair.server) == 6);
    }
    CHECK(receive_text(pair.server, 6) == "peeked");
    set_nonblocking(pair.server);
    CHECK(receive_error(pair.server, MSG_PEEK) == WSAEWOULDBLOCK);
}

TEST_CASE("XFR-57, XFR-48 MSG_PEEK leaves a datagram queued, a cut one too", "[api][flags][datagram]")
{
    const winsock started;
    const auto target = bound_udp();
    const auto where = local_of(target);
    const auto sender = bound_udp();
    REQUIRE(sendto(sender, "datagram", 8, 0, where.get(), where.length) == 8);
    std::array<char, 16> room{};
    endpoint from;
    from.length = sizeof from.storage;
    CHECK(recvfrom(target, room.data(), 16, MSG_PEEK, from.get(), &from.length) == 8);
    CHECK(from == local_of(sender));
    CHECK(error_of(recv(target, room.data(), 4, MSG_PEEK)) == WSAEMSGSIZE);
    CHECK(recv(target, room.data(), 16, 0) == 8);
    CHECK(std::string(room.data(), 8) == "datagram");
}

TEST_CASE("XFR-57 a blocking peek waits and sees the end of the stream", "[api][flags]")
{
    const winsock started;
    tcp_pair pair;
    char one = 0;
    background_call waiting([&] { return recv(pair.server, &one, 1, MSG_PEEK); });
    REQUIRE(waiting.blocks());
    send_text(pair.client, "p");
    CHECK(waiting.result() == 1);
    CHECK(receive_text(pair.server, 1) == "p");
    pair.client.reset();
    CHECK(recv(pair.server, &one, 1, MSG_PEEK) == 0);
}

TEST_CASE("XFR-58 MSG_WAITALL waits until the buffers are full", "[api][flags]")
{
    const winsock started;
    const tcp_pair pair;
    std::array<char, 6> room{};
    send_text(pair.client, "1234");
    background_call waiting([&] { return recv(pair.server, room.data(), 6, MSG_WAITALL); });
    REQUIRE(waiting.blocks());
    send_text(pair.client, "5");
    CHECK(waiting.blocks());
    send_text(pair.client, "67");
    CHECK(waiting.result() == 6);
    CHECK(std::string(room.data(), 6) == "123456");
    CHECK(receive_text(pair.server, 1) == "7");
}

TEST_CASE("XFR-58 MSG_WAITALL fills several buffers", "[api][flags]")
{
    const winsock started;
    const tcp_pair pair;
    std::array<char, 2> first{};
    std::array<char, 3> second{};
    std::array<WSABUF, 2> in{WSABUF{2, first.data()}, WSABUF{3, second.data()}};
    DWORD moved = 0;
    background_call waiting([&] {
        DWORD flags = MSG_WAITALL;
        return error_of(WSARecv(pair.server, in.data(), 2, &moved, &flags, nullptr, nullptr));
    });
    for (const char letter : {'a', 'b', 'c', 'd'}) {
        REQUIRE(waiting.blocks());
        send_text(pair.client, std::string(1, letter));
    }
    REQUIRE(waiting.blocks());
    send_text(pair.client, "e");
    CHECK(waiting.result() == 0);
    CHECK(moved == 5);
    CHECK(std::string(first.data(), 2) + std::string(second.data(), 3) == "abcde");
}

TEST_CASE("XFR-58 MSG_WAITALL ends early when the peer closes or the connection fails", "[api][flags]")
{
    const winsock started;
    {
        tcp_pair pair;
        std::array<char, 6> room{};
        background_call waiting([&] { return recv(pair.server, room.data(), 6, MSG_WAITALL); });
        send_text(pair.client, "1234");
        REQUIRE(waiting.blocks());
        pair.client.reset();
        CHECK(waiting.result() == 4);
        CHECK(recv(pair.server, room.data(), 6, MSG_WAITALL) == 0);
    }
    {
        tcp_pair pair;
        background_call waiting([&] { return receive_error(pair.server, MSG_WAITALL); });
        REQUIRE(waiting.blocks());
        reset_connection(pair.client);
        CHECK(waiting.result() == WSAECONNRESET);
    }
}

TEST_CASE("XFR-59 MSG_WAITALL is refused where it cannot wait", "[api][flags]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "data");
    REQUIRE(wait_readable(pair.server, 4));
    for (const int other : {MSG_OOB, MSG_PEEK, MSG_PARTIAL}) {
        INFO("with flag " << other);
        CHECK(receive_error(pair.server, MSG_WAITALL | other) == WSAEOPNOTSUPP);
    }
    set_nonblocking(pair.server);
    CHECK(receive_error(pair.server, MSG_WAITALL) == WSAEOPNOTSUPP);
    const auto datagram = bound_udp();
    CHECK(receive_error(datagram, MSG_WAITALL) == WSAEOPNOTSUPP);
    CHECK(receive_text(pair.server, 4) == "data");
}

TEST_CASE("XFR-61, T-ENO/EOPNOTSUPP-ENOTSUP MSG_OOB is for streams only", "[api][flags][datagram]")
{
    const winsock started;
    const auto target = bound_udp();
    const auto where = local_of(target);
    CHECK(error_of(sendto(target, "x", 1, MSG_OOB, where.get(), where.length)) == WSAEOPNOTSUPP);
    CHECK(receive_error(target, MSG_OOB) == WSAEOPNOTSUPP);
}
