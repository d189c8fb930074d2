// The linger matrix (contract, 3.3) on real connections: what WSPCloseSocket returns and when, and what the
// other end sees. "Unsent" data is made by queueing more than the two systems hold while nobody reads there.
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <vector>

using namespace spindle::test;
using peer::ending;

namespace {

constexpr auto amount = beyond_system_buffers;

/// A connection with `amount` bytes of pattern `seed` that cannot leave until somebody reads; non-blocking.
spi_fixture::half with_unsent_data(const spi_fixture& spi, std::uint64_t seed)
{
    auto half = spi.connect_to_peer(small_receive_buffer);
    REQUIRE(spi.spi.queue_pattern(half.socket, seed, amount) == 0);
    return half;
}

void check_all_arrives(const peer::read_report& report)
{
    INFO(peer::to_string(report));
    CHECK(report.is(ending::finished, amount));
}

}  // namespace

TEST_CASE("LING-1 row 1: linger off and nothing unsent gives 0 at once, then FIN", "[spi][linger]")
{
    const spi_fixture spi;
    for (const bool nonblocking : {false, true}) {
        for (const u_short time : {u_short{0}, u_short{30}}) {
            auto half = spi.connect_to_peer();
            REQUIRE(spi.spi.set_linger(half.socket, 0, time) == 0);
            REQUIRE(spi.spi.set_nonblocking(half.socket, nonblocking) == 0);
            const stopwatch watch;
            CHECK(spi.spi.close(half.socket) == 0);
            CHECK(watch.elapsed() < 5s);
            CHECK(half.remote.wait_end() == ending::finished);
        }
    }
}

TEST_CASE(
    "LING-1 row 2: linger off with unsent data gives 0 at once; data, then FIN, follow in the background",
    "[spi][linger]")
{
    const spi_fixture spi;
    for (const bool nonblocking : {false, true}) {
        auto half = with_unsent_data(spi, 31);
        REQUIRE(spi.spi.set_nonblocking(half.socket, nonblocking) == 0);
        const stopwatch watch;
        CHECK(spi.spi.close(half.socket) == 0);
        CHECK(watch.elapsed() < 5s);
        CHECK(spi.spi.close(half.socket) == WSAENOTSOCK);
        check_all_arrives(half.remote.read_to_end(31));
    }
}

TEST_CASE("LING-2 the background flush of a peer that never reads ends with a reset at the stall limit",
          "[spi][linger]")
{
    const environment_setting limit("SPINDLE_FLUSH_STALL_MS", "300");
    const spi_fixture spi;
    std::vector<std::size_t> descriptors;
    for (int round = 0; round < 2; ++round) {
        auto half = with_unsent_data(spi, 32);
        const stopwatch watch;
        REQUIRE(spi.spi.close(half.socket) == 0);
        CHECK(half.remote.wait_reset());
        CHECK(watch.elapsed() >= 290ms);
        half.remote.close();
        // What the flush took is given back: the second round needs no more than the first.
        CHECK(eventually([&] { return descriptors.empty() || descriptor_count() <= descriptors.front(); }));
        descriptors.push_back(descriptor_count());
    }
}

TEST_CASE("LING-3 row 3: {1,0} gives 0 at once, then RST, and unsent data is dropped", "[spi][linger]")
{
    const spi_fixture spi;
    for (const bool nonblocking : {false, true}) {
        auto idle = spi.connect_to_peer();
        auto busy = with_unsent_data(spi, 33);
        for (auto* half : {&idle, &busy}) {
            REQUIRE(spi.spi.set_linger(half->socket, 1, 0) == 0);
            REQUIRE(spi.spi.set_nonblocking(half->socket, nonblocking) == 0);
            const stopwatch watch;
            CHECK(spi.spi.close(half->socket) == 0);
            CHECK(watch.elapsed() < 5s);
        }
        CHECK(idle.remote.wait_end() == ending::reset);
        CHECK(busy.remote.wait_reset());
        const auto report = busy.remote.read_to_end(33);
        CHECK(report.end == ending::reset);
        CHECK(report.bytes < amount);
    }
}

TEST_CASE("LING-3 after {1,0} the local port is free at once", "[spi][linger]")
{
    const spi_fixture spi;
    peer::listener listener;
    const SOCKET first = spi.open_tcp();
    REQUIRE(spi.spi.bind(first, loopback4()) == 0);
    endpoint local;
    REQUIRE(spi.spi.local_name(first, &local) == 0);
    REQUIRE(spi.spi.connect(first, loopback4(listener.port())) == 0);
    auto remote = listener.accept();
    REQUIRE(spi.spi.set_linger(first, 1, 0) == 0);
    REQUIRE(spi.spi.close(first) == 0);
    const SOCKET second = spi.open_tcp();
    CHECK(spi.spi.bind(second, local) == 0);
    // The very same connection can be made again: no TIME_WAIT.
    CHECK(spi.spi.connect(second, loopback4(listener.port())) == 0);
}

TEST_CASE("LING-4 row 4: {1,N} on a blocking socket with nothing unsent gives 0 at once, then FIN",
          "[spi][linger]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.send(half.socket, "taken by the other system").code == 0);
    REQUIRE(half.remote.wait_unread(25));
    REQUIRE(spi.spi.set_linger(half.socket, 1, 30) == 0);
    const stopwatch watch;
    CHECK(spi.spi.close(half.socket) == 0);
    CHECK(watch.elapsed() < 5s);
    CHECK(half.remote.read_text(25) == "taken by the other system");
    CHECK(half.remote.wait_end() == ending::finished);
}

TEST_CASE("LING-4 row 5: {1,N} on a blocking socket with unsent data waits until it is sent, then FIN",
          "[spi][linger]")
{
    const spi_fixture spi;
    auto half = with_unsent_data(spi, 34);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 60) == 0);
    background_call closer([&] { return spi.spi.close(half.socket); });
    REQUIRE(closer.blocks());
    check_all_arrives(half.remote.read_to_end(34));
    CHECK(closer.result() == 0);
    CHECK(spi.spi.close(half.socket) == WSAENOTSOCK);
}

TEST_CASE("LING-4 row 5: when the N seconds pass the connection is reset before the call returns 0",
          "[spi][linger]")
{
    const spi_fixture spi;
    auto half = with_unsent_data(spi, 35);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 1) == 0);
    const stopwatch watch;
    CHECK(spi.spi.close(half.socket) == 0);
    const auto elapsed = watch.elapsed();
    CHECK(elapsed >= 950ms);
    CHECK(elapsed < 8s);
    // Not soon: now.
    CHECK(half.remote.wait_reset(0ms));
    CHECK(spi.spi.close(half.socket) == WSAENOTSOCK);
}

TEST_CASE("LING-5 {1,N} blocking: a reset by the peer ends the wait, and the call returns 0", "[spi][linger]")
{
    const spi_fixture spi;
    auto half = with_unsent_data(spi, 36);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 60) == 0);
    background_call closer([&] { return spi.spi.close(half.socket); });
    REQUIRE(closer.blocks());
    half.remote.reset();
    CHECK(closer.result() == 0);
}

TEST_CASE("LING-6 {1,N} blocking and cancelled: WSAEINTR, and the socket can be closed again",
          "[spi][linger]")
{
    spi_fixture spi;
    auto half = with_unsent_data(spi, 37);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 60) == 0);
    spi.host.set_blocking_hook([] { return false; });
    CHECK(spi.spi.close(half.socket) == WSAEINTR);
    CHECK(spi.host.closed().empty());
    spi.host.set_blocking_hook({});
    REQUIRE(spi.spi.set_linger(half.socket, 1, 0) == 0);
    CHECK(spi.spi.close(half.socket) == 0);
    CHECK(half.remote.wait_reset());
}

TEST_CASE("LING-7 row 6: {1,N} on a non-blocking socket with nothing unsent gives 0 at once, then FIN",
          "[spi][linger]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.set_nonblocking(half.socket) == 0);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 30) == 0);
    CHECK(spi.spi.close(half.socket) == 0);
    CHECK(half.remote.wait_end() == ending::finished);
}

TEST_CASE("LING-7 row 7: {1,N} on a non-blocking socket with unsent data gives WSAEWOULDBLOCK, the socket "
          "untouched",
          "[spi][linger]")
{
    const spi_fixture spi;
    auto half = with_unsent_data(spi, 38);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 30) == 0);
    for (int i = 0; i < 3; ++i) {
        CHECK(spi.spi.close(half.socket) == WSAEWOULDBLOCK);
    }
    // Both directions work as before, and no disconnect is on its way.
    REQUIRE(half.remote.send_text("hello"));
    std::array<char, 8> buffer{};
    CHECK(eventually(
        [&] { return spi.spi.receive(half.socket, buffer.data(), buffer.size(), MSG_PEEK).bytes == 5; }));
    auto report = half.remote.read_bytes(38, amount);
    INFO(peer::to_string(report));
    CHECK(report.bytes == amount);
    CHECK(report.intact);
    CHECK(half.remote.wait_end(0ms) == ending::silent);
    CHECK(spi.spi.send(half.socket, "more").code == 0);
    CHECK(half.remote.read_text(4) == "more");
    CHECK(spi.spi.receive(half.socket, buffer.data(), buffer.size()).bytes == 5);
    // The data is gone: the retry succeeds.
    CHECK(eventually([&] { return spi.spi.close(half.socket) == 0; }));
    CHECK(half.remote.wait_end() == ending::finished);
}

TEST_CASE("LING-8 ways out of WSAEWOULDBLOCK: SO_DONTLINGER, {1,0}, WSPShutdown, blocking mode",
          "[spi][linger]")
{
    const spi_fixture spi;
    const auto refused = [&](std::uint64_t seed) {
        auto half = with_unsent_data(spi, seed);
        REQUIRE(spi.spi.set_linger(half.socket, 1, 60) == 0);
        REQUIRE(spi.spi.close(half.socket) == WSAEWOULDBLOCK);
        return half;
    };
    SECTION("SO_DONTLINGER TRUE")
    {
        auto half = refused(41);
        REQUIRE(spi.spi.set_number(half.socket, static_cast<int>(SO_DONTLINGER), TRUE) == 0);
        const stopwatch watch;
        CHECK(spi.spi.close(half.socket) == 0);
        CHECK(watch.elapsed() < 5s);
        check_all_arrives(half.remote.read_to_end(41));
    }
    SECTION("SO_LINGER {1,0}")
    {
        auto half = refused(42);
        REQUIRE(spi.spi.set_linger(half.socket, 1, 0) == 0);
        CHECK(spi.spi.close(half.socket) == 0);
        CHECK(half.remote.wait_reset());
    }
    SECTION("WSPShutdown")
    {
        auto half = refused(43);
        REQUIRE(spi.spi.shutdown(half.socket, SD_SEND) == 0);
        const stopwatch watch;
        CHECK(spi.spi.close(half.socket) == 0);
        CHECK(watch.elapsed() < 5s);
        check_all_arrives(half.remote.read_to_end(43));
    }
    SECTION("FIONBIO 0")
    {
        auto half = refused(44);
        REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
        background_call closer([&] { return spi.spi.close(half.socket); });
        CHECK(closer.blocks());
        check_all_arrives(half.remote.read_to_end(44));
        CHECK(closer.result() == 0);
    }
}

TEST_CASE("LING-14 unread input at a graceful close: what was accepted goes out first", "[spi][linger]")
{
    const spi_fixture spi;
    for (const u_short linger_on : {u_short{0}, u_short{1}}) {
        auto half = with_unsent_data(spi, 45);
        REQUIRE(half.remote.send_text("unread"));
        std::array<char, 8> buffer{};
        REQUIRE(eventually(
            [&] { return spi.spi.receive(half.socket, buffer.data(), buffer.size(), MSG_PEEK).bytes == 6; }));
        REQUIRE(spi.spi.set_linger(half.socket, linger_on, 60) == 0);
        REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
        background_call closer([&] { return spi.spi.close(half.socket); });
        const auto report = half.remote.read_bytes(45, amount);
        INFO("l_onoff " << linger_on << ": " << peer::to_string(report));
        CHECK(report.bytes == amount);
        CHECK(report.intact);
        CHECK(closer.result() == 0);
        const auto end = half.remote.wait_end();
        CHECK((end == ending::finished || end == ending::reset));
    }
}

TEST_CASE("LING-14 unread input that arrives while the data is still on its way does not destroy it",
          "[spi][linger]")
{
    const spi_fixture spi;
    auto half = with_unsent_data(spi, 46);
    REQUIRE(spi.spi.close(half.socket) == 0);
    REQUIRE(half.remote.send_text("too late to be read"));
    const auto report = half.remote.read_bytes(46, amount);
    INFO(peer::to_string(report));
    CHECK(report.bytes == amount);
    CHECK(report.intact);
}

TEST_CASE("LING-14, LNX-23 nothing unsent but unread input: the peer learns by a reset", "[spi][linger]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(half.remote.send_text("unread"));
    std::array<char, 8> buffer{};
    REQUIRE(spi.spi.receive(half.socket, buffer.data(), buffer.size(), MSG_PEEK).bytes == 6);
    REQUIRE(spi.spi.close(half.socket) == 0);
    CHECK(half.remote.wait_end() == ending::reset);
}

TEST_CASE("LING-4, SHUT-8 a blocking close ends the connection although its input had been shut down",
          "[spi][close][linger]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.set_linger(half.socket, 1, 20) == 0);
    REQUIRE(spi.spi.shutdown(half.socket, SD_RECEIVE) == 0);
    constexpr std::size_t bytes = std::size_t{6} * 1024 * 1024;
    REQUIRE(spi.spi.queue_pattern(half.socket, 31, bytes) == 0);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    background_call reader([&] { return half.remote.read_to_end(31); });
    CHECK(spi.spi.close(half.socket) == 0);
    CHECK(reader.result().is(ending::finished, bytes));
}
