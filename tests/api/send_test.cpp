// Sending on streams through the API: blocking and nonblocking acceptance, order, what stops a send. Answers
// to "send function", "WSASend function" and the time-out options of "SOL_SOCKET socket options".
#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

constexpr int mebibyte = 1024 * 1024;

std::vector<char> receive_all(SOCKET handle)
{
    std::vector<char> all;
    std::vector<char> piece(64 * 1024);
    for (;;) {
        const int got = recv(handle, piece.data(), static_cast<int>(piece.size()), 0);
        if (got <= 0) {
            REQUIRE(error_of(got) == 0);
            return all;
        }
        all.insert(all.end(), piece.begin(), piece.begin() + got);
    }
}

/// Sends until the socket takes no more; the number of bytes it took.
std::size_t fill(SOCKET handle, std::size_t piece)
{
    const std::vector<char> bytes(piece, 'f');
    std::size_t taken = 0;
    for (;;) {
        const int sent = send(handle, bytes.data(), static_cast<int>(piece), 0);
        const int code = error_of(sent);
        if (code != 0) {
            REQUIRE(code == WSAEWOULDBLOCK);
            return taken;
        }
        REQUIRE(sent == static_cast<int>(piece));
        taken += piece;
        REQUIRE(taken < std::size_t{1} << 30);
    }
}

/// Sends until neither the provider nor the system takes more, and stays like that while the peer does not read;
/// the number of bytes taken. Only a send that waits finds out what is left: it offers the system the provider's queue
/// again and again, and the system may have room that it does not announce. A size that was asked for keeps the system's
/// buffer from growing (tcp(7)). A starved thread tries once in a time-out at least, hence several in a row.
std::size_t fill_to_the_brim(SOCKET handle)
{
    const std::vector<char> bytes(64 * 1024, 'b');
    set_option(handle, SOL_SOCKET, SO_SNDBUF, get_option(handle, SOL_SOCKET, SO_SNDBUF));
    set_option(handle, SOL_SOCKET, SO_SNDTIMEO, 200);
    std::size_t taken = 0;
    for (int refused = 0; refused < 3;) {
        const int sent = send(handle, bytes.data(), static_cast<int>(bytes.size()), 0);
        const int code = error_of(sent);
        REQUIRE((code == 0 || code == WSAETIMEDOUT));
        refused = code == 0 ? 0 : refused + 1;
        taken += code == 0 ? static_cast<std::size_t>(sent) : 0;
    }
    set_option(handle, SOL_SOCKET, SO_SNDTIMEO, 0);
    return taken;
}

std::size_t drain(SOCKET handle, std::size_t size)
{
    std::vector<char> piece(256 * 1024);
    std::size_t total = 0;
    while (total < size) {
        const int got = recv(handle, piece.data(), static_cast<int>(piece.size()), 0);
        REQUIRE(error_of(got) == 0);
        if (got == 0) {
            break;
        }
        total += static_cast<std::size_t>(got);
    }
    return total;
}

}  // namespace

TEST_CASE("XFR-16 a blocking send returns only after all bytes were accepted", "[api][send]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        tcp_pair pair(family);
        const auto bytes = make_pattern(16, mebibyte);
        background_call reading([&] { return receive_all(pair.server); });
        const int sent = send(pair.client, bytes.data(), mebibyte, 0);
        CHECK(error_of(sent) == 0);
        CHECK(sent == mebibyte);
        REQUIRE(error_of(shutdown(pair.client, SD_SEND)) == 0);
        CHECK(reading.result() == bytes);
    }
}

TEST_CASE("XFR-16 a blocking send waits while the peer does not read", "[api][send]")
{
    const winsock started;
    const tcp_pair pair;
    const std::vector<char> bytes(32 * mebibyte, 'w');
    // One call may be accepted whole (XFR-18); with the queue full the next one waits.
    background_call sending([&] {
        int calls = 0;
        while (calls < 4 && send(pair.client, bytes.data(), static_cast<int>(bytes.size()), 0) > 0) {
            ++calls;
        }
        return calls;
    });
    CHECK(sending.blocks());
    CHECK(drain(pair.server, 4 * bytes.size()) == 4 * bytes.size());
    CHECK(sending.result() == 4);
}

TEST_CASE("XFR-17, XFR-18, LNX-21 a nonblocking send takes all bytes or none", "[api][send]")
{
    const winsock started;
    for (const int buffer : {8 * 1024, 64 * 1024, 1'000'000}) {
        INFO("SO_SNDBUF " << buffer);
        const tcp_pair pair;
        set_option(pair.client, SOL_SOCKET, SO_SNDBUF, buffer);
        set_nonblocking(pair.client);
        const auto bytes = make_pattern(17, 3 * mebibyte);
        // The queue is empty: a send of any length is accepted in full.
        const int sent = send(pair.client, bytes.data(), 3 * mebibyte, 0);
        REQUIRE(error_of(sent) == 0);
        CHECK(sent == 3 * mebibyte);
        const auto more = fill(pair.client, 10'000);
        const auto expected = static_cast<std::size_t>(sent) + more;
        set_nonblocking(pair.client, false);
        background_call ending([&] { return shutdown(pair.client, SD_SEND); });
        const auto all = receive_all(pair.server);
        CHECK(all.size() == expected);
        CHECK(std::equal(bytes.begin(), bytes.end(), all.begin()));
        CHECK(ending.result() == 0);
    }
}

TEST_CASE("XFR-17, T-ENO/EAGAIN-EWOULDBLOCK a full queue gives WSAEWOULDBLOCK until the peer reads",
          "[api][send]")
{
    const winsock started;
    const tcp_pair pair;
    const auto taken = fill_to_the_brim(pair.client);
    CHECK(taken > 0);
    set_nonblocking(pair.client);
    char one = 'x';
    CHECK(error_of(send(pair.client, &one, 1, 0)) == WSAEWOULDBLOCK);
    CHECK(drain(pair.server, taken) == taken);
    REQUIRE(eventually([&] { return send(pair.client, &one, 1, 0) == 1; }));
    CHECK(receive_text(pair.server, 1) == "x");
}

TEST_CASE("XFR-20, BLK-19 concurrent sends never interleave within a call", "[api][send]")
{
    const winsock started;
    constexpr std::size_t block = 48 * 1024;
    constexpr int rounds = 40;
    tcp_pair pair;
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 16 * 1024);
    std::vector<std::thread> senders;
    std::atomic<int> failures{0};
    for (const char letter : {'a', 'b', 'c'}) {
        senders.emplace_back([&pair, &failures, letter] {
            const std::vector<char> bytes(block, letter);
            for (int turn = 0; turn < rounds; ++turn) {
                failures +=
                    send(pair.client, bytes.data(), static_cast<int>(block), 0) == static_cast<int>(block)
                        ? 0
                        : 1;
            }
        });
    }
    int mixed = 0;
    for (int turn = 0; turn < 3 * rounds; ++turn) {
        const auto bytes = receive_text(pair.server, block);
        mixed += bytes == std::string(block, bytes.empty() ? '?' : bytes.front()) ? 0 : 1;
    }
    for (auto& sender : senders) {
        sender.join();
    }
    CHECK(failures == 0);
    CHECK(mixed == 0);
}

TEST_CASE("XFR-21 zero bytes on a stream put nothing on the wire", "[api][send]")
{
    const winsock started;
    const tcp_pair pair;
    CHECK(send(pair.client, "", 0, 0) == 0);
    CHECK(send(pair.client, nullptr, 0, 0) == 0);
    WSABUF none{0, nullptr};
    DWORD moved = 99;
    CHECK(WSASend(pair.client, &none, 1, &moved, 0, nullptr, nullptr) == 0);
    CHECK(moved == 0);
    set_nonblocking(pair.server);
    char one = 0;
    CHECK(error_of(recv(pair.server, &one, 1, 0)) == WSAEWOULDBLOCK);
    send_text(pair.client, "x");
    set_nonblocking(pair.server, false);
    CHECK(receive_text(pair.server, 1) == "x");
}

TEST_CASE("XFR-24 a stream that is not connected gives WSAENOTCONN", "[api][send]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto unbound = tcp(family);
        CHECK(error_of(send(unbound, "x", 1, 0)) == WSAENOTCONN);
        const auto where = loopback(family, 9);
        CHECK(error_of(sendto(unbound, "x", 1, 0, where.get(), where.length)) == WSAENOTCONN);
        const auto bound = tcp(family);
        REQUIRE(bind_to(bound, loopback(family)) == 0);
        CHECK(error_of(send(bound, "x", 1, 0)) == WSAENOTCONN);
    }
}

TEST_CASE("XFR-26, T-ENO/EPIPE after shutdown sends fail with WSAESHUTDOWN, repeatedly", "[api][send]")
{
    const winsock started;
    for (const int how : {SD_SEND, SD_BOTH}) {
        const tcp_pair pair;
        REQUIRE(error_of(shutdown(pair.client, how)) == 0);
        for (int turn = 0; turn < 3; ++turn) {
            CHECK(error_of(send(pair.client, "x", 1, 0)) == WSAESHUTDOWN);
            CHECK(error_of(send(pair.client, "x", 1, MSG_OOB)) == WSAESHUTDOWN);
        }
        const auto target = bound_udp();
        const auto where = local_of(target);
        const auto datagram = bound_udp();
        REQUIRE(connect_to(datagram, where) == 0);
        REQUIRE(error_of(shutdown(datagram, how)) == 0);
        for (int turn = 0; turn < 3; ++turn) {
            CHECK(error_of(send(datagram, "x", 1, 0)) == WSAESHUTDOWN);
            CHECK(error_of(sendto(datagram, "x", 1, 0, where.get(), where.length)) == WSAESHUTDOWN);
        }
    }
}

TEST_CASE("XFR-27, T-ENO/EPIPE after the peer's reset a send fails at once and again",
          "[api][send]")
{
    const winsock started;
    tcp_pair pair;
    reset_connection(pair.client);
    const DWORD untouched = 0x5A5A;
    DWORD moved = untouched;
    char one = 'x';
    WSABUF out{1, &one};
    for (int turn = 0; turn < 3; ++turn) {
        CHECK(error_of(WSASend(pair.server, &out, 1, &moved, 0, nullptr, nullptr)) == WSAECONNRESET);
        CHECK(moved == untouched);
    }
    CHECK(error_of(send(pair.server, &one, 1, 0)) == WSAECONNRESET);
}

TEST_CASE("XFR-29, T-ENO/EAGAIN-EWOULDBLOCK SO_SNDTIMEO ends a blocking send with WSAETIMEDOUT",
          "[api][send]")
{
    const winsock started;
    const tcp_pair pair;
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 8192);
    fill_to_the_brim(pair.client);
    set_option(pair.client, SOL_SOCKET, SO_SNDTIMEO, 120);
    const stopwatch time;
    const std::vector<char> bytes(64 * 1024, 't');
    CHECK(error_of(send(pair.client, bytes.data(), static_cast<int>(bytes.size()), 0)) == WSAETIMEDOUT);
    CHECK(time.elapsed() >= std::chrono::milliseconds(100));
    CHECK(time.elapsed() < patience);
}

TEST_CASE("XFR-30 sendto on a stream ignores the address", "[api][send]")
{
    const winsock started;
    const tcp_pair pair;
    const auto elsewhere = loopback(AF_INET6, 1);
    CHECK(sendto(pair.client, "ab", 2, 0, elsewhere.get(), elsewhere.length) == 2);
    CHECK(sendto(pair.client, "cd", 2, 0, elsewhere.get(), 1) == 2);
    CHECK(sendto(pair.client, "ef", 2, 0, nullptr, 0) == 2);
    CHECK(receive_text(pair.server, 6) == "abcdef");
}

TEST_CASE("BLK-14, XFR-37 a blocked send and a blocked receive on one socket do not disturb one another",
          "[api][send]")
{
    const winsock started;
    const tcp_pair pair;
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 8192);
    fill_to_the_brim(pair.client);
    char got = 0;
    background_call receiving([&] { return recv(pair.client, &got, 1, 0); });
    const std::vector<char> bytes(mebibyte, 's');
    background_call sending([&] { return send(pair.client, bytes.data(), mebibyte, 0); });
    CHECK(receiving.blocks());
    CHECK(sending.blocks());
    send_text(pair.server, "r");
    CHECK(receiving.result() == 1);
    CHECK_FALSE(sending.done());
    set_nonblocking(pair.server);
    std::vector<char> piece(256 * 1024);
    CHECK(eventually([&] {
        recv(pair.server, piece.data(), static_cast<int>(piece.size()), 0);
        return sending.done();
    }));
    CHECK(sending.result() == mebibyte);
}
