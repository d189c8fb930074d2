// What WSASend, WSARecv and their datagram forms have in common: which argument is checked first, what is
// written when, how several buffers are used. Nothing here has an OVERLAPPED. Answers to "WSASend function"
// and "WSARecv function".
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

constexpr DWORD untouched = 0xA5A5A5A5;

template <std::size_t Size>
WSABUF buffer(std::array<char, Size>& bytes)
{
    return {static_cast<u_long>(Size), bytes.data()};
}

int send_all(SOCKET handle, WSABUF* buffers, DWORD count, DWORD* sent)
{
    return error_of(WSASend(handle, buffers, count, sent, 0, nullptr, nullptr));
}

int receive_into(SOCKET handle, WSABUF* buffers, DWORD count, DWORD* got, DWORD flags = 0)
{
    return error_of(WSARecv(handle, buffers, count, got, &flags, nullptr, nullptr));
}

}  // namespace

TEST_CASE("XFR-4 an immediate success returns 0 and the count", "[api][transfer]")
{
    const winsock started;
    const tcp_pair pair;
    std::array<char, 5> text{'h', 'e', 'l', 'l', 'o'};
    WSABUF out = buffer(text);
    DWORD moved = untouched;
    CHECK(WSASend(pair.client, &out, 1, &moved, 0, nullptr, nullptr) == 0);
    CHECK(moved == 5);
    std::array<char, 16> room{};
    WSABUF in = buffer(room);
    DWORD flags = 0;
    moved = untouched;
    CHECK(WSARecv(pair.server, &in, 1, &moved, &flags, nullptr, nullptr) == 0);
    CHECK(moved == 5);
    CHECK(flags == 0);
    CHECK(std::string(room.data(), 5) == "hello");
}

TEST_CASE("XFR-2, MAP-15, SOCK-24 the handle is checked before every other argument", "[api][transfer]")
{
    const winsock started;
    auto closed = tcp();
    const SOCKET stale = closed.get();
    closed.reset();
    for (const SOCKET bad :
         {stale, INVALID_SOCKET, static_cast<SOCKET>(0), static_cast<SOCKET>(0x7f7f7f7c)}) {
        CHECK(error_of(WSASend(bad, nullptr, 0, nullptr, 0, nullptr, nullptr)) == WSAENOTSOCK);
        CHECK(error_of(WSASendTo(bad, nullptr, 0, nullptr, 0, nullptr, 0, nullptr, nullptr)) == WSAENOTSOCK);
        CHECK(error_of(WSARecv(bad, nullptr, 0, nullptr, nullptr, nullptr, nullptr)) == WSAENOTSOCK);
        CHECK(error_of(WSARecvFrom(bad, nullptr, 0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr)) ==
              WSAENOTSOCK);
        CHECK(error_of(send(bad, nullptr, 7, 0)) == WSAENOTSOCK);
        CHECK(error_of(sendto(bad, nullptr, 7, 0, nullptr, 0)) == WSAENOTSOCK);
        CHECK(error_of(recv(bad, nullptr, 7, 0)) == WSAENOTSOCK);
        CHECK(error_of(recvfrom(bad, nullptr, 7, 0, nullptr, nullptr)) == WSAENOTSOCK);
    }
}

TEST_CASE("XFR-3 without a place for the count nothing is moved", "[api][transfer]")
{
    const winsock started;
    const tcp_pair pair;
    std::array<char, 4> text{'d', 'a', 't', 'a'};
    WSABUF out = buffer(text);
    DWORD flags = 0;
    CHECK(error_of(WSASend(pair.client, &out, 1, nullptr, 0, nullptr, nullptr)) == WSAEFAULT);
    send_text(pair.client, "real");
    std::array<char, 16> room{};
    WSABUF in = buffer(room);
    CHECK(error_of(WSARecv(pair.server, &in, 1, nullptr, &flags, nullptr, nullptr)) == WSAEFAULT);
    CHECK(receive_text(pair.server, 4) == "real");

    const auto target = bound_udp();
    const auto where = local_of(target);
    const auto sender = bound_udp();
    CHECK(error_of(WSASendTo(sender, &out, 1, nullptr, 0, where.get(), where.length, nullptr, nullptr)) ==
          WSAEFAULT);
    REQUIRE(error_of(sendto(sender, "once", 4, 0, where.get(), where.length)) == 0);
    CHECK(error_of(WSARecvFrom(target, &in, 1, nullptr, &flags, nullptr, nullptr, nullptr, nullptr)) ==
          WSAEFAULT);
    CHECK(recv(target, room.data(), static_cast<int>(room.size()), 0) == 4);
}

TEST_CASE("XFR-4 a failure leaves the count untouched", "[api][transfer]")
{
    const winsock started;
    std::array<char, 8> room{};
    WSABUF one = buffer(room);
    DWORD moved = untouched;
    {
        const tcp_pair pair;
        set_nonblocking(pair.server);
        CHECK(receive_into(pair.server, &one, 1, &moved) == WSAEWOULDBLOCK);
        CHECK(moved == untouched);
        set_nonblocking(pair.server, false);
        set_option(pair.server, SOL_SOCKET, SO_RCVTIMEO, 20);
        CHECK(receive_into(pair.server, &one, 1, &moved) == WSAETIMEDOUT);
        CHECK(moved == untouched);
    }
    {
        const auto alone = tcp();
        CHECK(send_all(alone, &one, 1, &moved) == WSAENOTCONN);
        CHECK(receive_into(alone, &one, 1, &moved) == WSAENOTCONN);
        CHECK(moved == untouched);
    }
    {
        tcp_pair pair;
        reset_connection(pair.client);
        CHECK(receive_into(pair.server, &one, 1, &moved) == WSAECONNRESET);
        CHECK(moved == untouched);
    }
}

TEST_CASE("XFR-5, XFR-48, LNX-27 a truncated datagram writes the number of bytes copied",
          "[api][transfer][datagram]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto target = bound_udp(family);
        const auto where = local_of(target);
        const auto sender = bound_udp(family);
        REQUIRE(error_of(sendto(sender, "0123456789", 10, 0, where.get(), where.length)) == 0);
        REQUIRE(error_of(sendto(sender, "next", 4, 0, where.get(), where.length)) == 0);
        std::array<char, 3> first{};
        std::array<char, 4> second{};
        std::array<WSABUF, 2> in{buffer(first), buffer(second)};
        DWORD moved = untouched;
        CHECK(receive_into(target, in.data(), 2, &moved) == WSAEMSGSIZE);
        CHECK(moved == 7);
        CHECK(std::string(first.data(), 3) == "012");
        CHECK(std::string(second.data(), 4) == "3456");
        // The rest of it is gone.
        CHECK(recv(target, second.data(), 4, 0) == 4);
        CHECK(std::string(second.data(), 4) == "next");
    }
}

TEST_CASE("XFR-7 buffers are used in order, each one fully before the next", "[api][transfer]")
{
    const winsock started;
    const tcp_pair pair;
    std::array<char, 1> one{'1'};
    std::array<char, 3> three{'2', '3', '4'};
    std::array<char, 1> last{'5'};
    std::array<WSABUF, 4> out{buffer(one), WSABUF{0, nullptr}, buffer(three), buffer(last)};
    DWORD moved = 0;
    REQUIRE(send_all(pair.client, out.data(), 4, &moved) == 0);
    CHECK(moved == 5);
    out.fill(WSABUF{0xFFFF, nullptr});
    REQUIRE(wait_readable(pair.server, 5));
    std::array<char, 2> first{};
    std::array<char, 4> second{'-', '-', '-', '-'};
    std::array<WSABUF, 2> in{buffer(first), buffer(second)};
    REQUIRE(receive_into(pair.server, in.data(), 2, &moved) == 0);
    CHECK(moved == 5);
    CHECK(std::string(first.data(), 2) == "12");
    CHECK(std::string(second.data(), 4) == "345-");
}

TEST_CASE("XFR-7 very many buffers work in one call", "[api][transfer]")
{
    const winsock started;
    const tcp_pair pair;
    auto bytes = make_pattern(7, 3000);
    std::vector<WSABUF> out;
    for (auto& one : bytes) {
        out.push_back({1, &one});
    }
    DWORD moved = 0;
    REQUIRE(send_all(pair.client, out.data(), static_cast<DWORD>(out.size()), &moved) == 0);
    CHECK(moved == bytes.size());
    std::vector<char> back(bytes.size());
    std::vector<WSABUF> in;
    for (auto& one : back) {
        in.push_back({1, &one});
    }
    REQUIRE(wait_readable(pair.server, 3000));
    // A stream receive may give less than there is, but never leaves a hole.
    for (std::size_t have = 0; have < back.size(); have += moved) {
        REQUIRE(receive_into(pair.server, in.data() + have, static_cast<DWORD>(in.size() - have), &moved) ==
                0);
        REQUIRE(moved > 0);
        CHECK(std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(have + moved),
                         back.begin()));
    }
}

TEST_CASE("XFR-8 several buffers are one datagram, one datagram fills several buffers",
          "[api][transfer][datagram]")
{
    const winsock started;
    const auto target = bound_udp();
    const auto where = local_of(target);
    const auto sender = bound_udp();
    std::array<char, 2> left{'a', 'b'};
    std::array<char, 3> right{'c', 'd', 'e'};
    std::array<WSABUF, 2> out{buffer(left), buffer(right)};
    DWORD moved = 0;
    REQUIRE(error_of(WSASendTo(sender, out.data(), 2, &moved, 0, where.get(), where.length, nullptr,
                               nullptr)) == 0);
    CHECK(moved == 5);
    REQUIRE(error_of(sendto(sender, "f", 1, 0, where.get(), where.length)) == 0);
    std::array<char, 1> first{};
    std::array<char, 8> second{};
    std::array<WSABUF, 2> in{buffer(first), buffer(second)};
    DWORD flags = 0;
    endpoint from;
    from.length = sizeof from.storage;
    REQUIRE(error_of(WSARecvFrom(target, in.data(), 2, &moved, &flags, from.get(), &from.length, nullptr,
                                 nullptr)) == 0);
    CHECK(moved == 5);
    CHECK(first[0] == 'a');
    CHECK(std::string(second.data(), 4) == "bcde");
    CHECK(from == local_of(sender));
    REQUIRE(receive_into(target, in.data(), 2, &moved) == 0);
    CHECK(moved == 1);
}

TEST_CASE("XFR-9 WSARecv without buffers gives WSAEINVAL", "[api][transfer]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "x");
    REQUIRE(wait_readable(pair.server));
    std::array<char, 4> room{};
    WSABUF in = buffer(room);
    DWORD moved = untouched;
    CHECK(receive_into(pair.server, &in, 0, &moved) == WSAEINVAL);
    CHECK(receive_into(pair.server, nullptr, 0, &moved) == WSAEINVAL);
    CHECK(moved == untouched);
    CHECK(receive_text(pair.server, 1) == "x");
}

TEST_CASE("XFR-10 a buffer that cannot be written gives WSAEFAULT and consumes nothing", "[api][transfer]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "kept");
    REQUIRE(wait_readable(pair.server, 4));
    DWORD moved = untouched;
    WSABUF nowhere{4, nullptr};
    CHECK(receive_into(pair.server, &nowhere, 1, &moved) == WSAEFAULT);
    CHECK(error_of(recv(pair.server, nullptr, 4, 0)) == WSAEFAULT);
    CHECK(receive_into(pair.server, nullptr, 1, &moved) == WSAEFAULT);
    std::array<char, 4> room{};
    CHECK(error_of(recv(pair.server, room.data(), -1, 0)) == WSAEFAULT);
    CHECK(moved == untouched);
    CHECK(receive_text(pair.server, 4) == "kept");

    const auto target = bound_udp();
    const auto where = local_of(target);
    REQUIRE(error_of(sendto(target, "kept", 4, 0, where.get(), where.length)) == 0);
    REQUIRE(wait_readable(target));
    CHECK(error_of(recv(target, nullptr, 4, 0)) == WSAEFAULT);
    CHECK(error_of(recv(target, room.data(), -1, 0)) == WSAEFAULT);
    CHECK(recv(target, room.data(), 4, 0) == 4);
}

TEST_CASE("XFR-10 a buffer that cannot be read gives WSAEFAULT and sends nothing", "[api][transfer]")
{
    const winsock started;
    const tcp_pair pair;
    DWORD moved = untouched;
    WSABUF nowhere{4, nullptr};
    CHECK(send_all(pair.client, &nowhere, 1, &moved) == WSAEFAULT);
    CHECK(send_all(pair.client, nullptr, 1, &moved) == WSAEFAULT);
    CHECK(error_of(send(pair.client, nullptr, 4, 0)) == WSAEFAULT);
    CHECK(moved == untouched);
    send_text(pair.client, "real");
    CHECK(receive_text(pair.server, 4) == "real");
}

TEST_CASE("XFR-11 the receive flags must be there and come back cleared on success", "[api][transfer]")
{
    const winsock started;
    const tcp_pair pair;
    const auto target = bound_udp();
    std::array<char, 8> room{};
    WSABUF in = buffer(room);
    DWORD moved = 0;
    CHECK(error_of(WSARecv(pair.server, &in, 1, &moved, nullptr, nullptr, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSARecvFrom(target, &in, 1, &moved, nullptr, nullptr, nullptr, nullptr, nullptr)) ==
          WSAEFAULT);
    send_text(pair.client, "x");
    DWORD flags = MSG_PUSH_IMMEDIATE;
    REQUIRE(error_of(WSARecv(pair.server, &in, 1, &moved, &flags, nullptr, nullptr)) == 0);
    CHECK((flags & MSG_PARTIAL) == 0);
    set_nonblocking(pair.server);
    flags = MSG_PEEK;
    CHECK(error_of(WSARecv(pair.server, &in, 1, &moved, &flags, nullptr, nullptr)) == WSAEWOULDBLOCK);
    CHECK(flags == MSG_PEEK);
}
