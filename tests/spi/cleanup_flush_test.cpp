// What the last WSPCleanup does with data the provider has accepted and not sent: all of it reaches a peer
// that reads, however slowly, in order and followed by FIN, whether the socket is open or was closed before;
// and peers that never read cost no more than their limit and delay nobody else (decisions D-1, D-3, D-4,
// D-7).
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <memory>
#include <vector>

using namespace spindle::test;
using peer::ending;

namespace {

constexpr auto amount = beyond_system_buffers;
constexpr peer::pace slowly{std::size_t{128} * 1024, std::chrono::microseconds{500}};

void check_all_arrives(const peer::read_report& report, std::uint64_t bytes = amount)
{
    INFO(peer::to_string(report));
    CHECK(report.is(ending::finished, bytes));
}

/// A stall limit for providers started while it lives.
struct short_stall {
    environment_setting setting{"SPINDLE_FLUSH_STALL_MS", "300"};
};

/// Peers that never read, each with more on its way than it has room for.
std::vector<spi_fixture::half> connect_dead_peers(const spi_fixture& spi, int count)
{
    std::vector<spi_fixture::half> dead;
    for (int i = 0; i < count; ++i) {
        dead.push_back(spi.connect_to_peer(small_receive_buffer));
        REQUIRE(spi.spi.queue_pattern(dead.back().socket, 1, amount / 4) == 0);
    }
    return dead;
}

}  // namespace

TEST_CASE("CLEAN-9, CLEAN-14 bytes queued on open sockets all arrive after the cleanup, followed by FIN",
          "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.queue_pattern(half.socket, 11, amount) == 0);
    background_call reader([&] { return half.remote.read_to_end(11, slowly); });
    CHECK(spi.spi.cleanup() == 0);
    check_all_arrives(reader.result());
}

TEST_CASE("CLEAN-9 bytes of a socket that was closed and still sends in the background all arrive",
          "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.queue_pattern(half.socket, 12, amount) == 0);
    REQUIRE(spi.spi.close(half.socket) == 0);
    background_call cleaner([&] { return spi.spi.cleanup(); });
    // Nobody reads yet: the cleanup has to wait for this peer.
    CHECK(cleaner.blocks());
    check_all_arrives(half.remote.read_to_end(12, slowly));
    CHECK(cleaner.result() == 0);
}

TEST_CASE("CLEAN-9 a socket with linger {1,N} is flushed within its N seconds", "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.set_linger(half.socket, 1, 60) == 0);
    REQUIRE(spi.spi.queue_pattern(half.socket, 13, amount) == 0);
    background_call reader([&] { return half.remote.read_to_end(13, slowly); });
    CHECK(spi.spi.cleanup() == 0);
    check_all_arrives(reader.result());
}

TEST_CASE("CLEAN-9 many sockets are flushed at the same time, each to its own peer", "[spi][cleanup][flush]")
{
    spi_fixture spi;
    std::vector<spi_fixture::half> halves;
    for (int i = 0; i < 8; ++i) {
        halves.push_back(spi.connect_to_peer());
        REQUIRE(spi.spi.queue_pattern(halves.back().socket, static_cast<std::uint64_t>(i), amount / 4) == 0);
    }
    std::vector<std::unique_ptr<background_call<peer::read_report>>> readers;
    for (std::size_t i = 0; i < halves.size(); ++i) {
        readers.push_back(std::make_unique<background_call<peer::read_report>>(
            [&half = halves[i], i] { return half.remote.read_to_end(i, slowly); }));
    }
    CHECK(spi.spi.cleanup() == 0);
    for (auto& reader : readers) {
        check_all_arrives(reader->result(), amount / 4);
    }
}

TEST_CASE("CLEAN-9 IPv6 is flushed like IPv4", "[spi][cleanup][flush]")
{
    spi_fixture spi;
    peer::listener listener({peer::family::ipv6, 0, 8});
    const SOCKET s = spi.open(tcp6());
    REQUIRE(spi.spi.connect(s, loopback6(listener.port())) == 0);
    auto remote = listener.accept();
    REQUIRE(remote);
    REQUIRE(spi.spi.queue_pattern(s, 14, amount) == 0);
    background_call reader([&] { return remote.read_to_end(14, slowly); });
    CHECK(spi.spi.cleanup() == 0);
    check_all_arrives(reader.result());
}

TEST_CASE("CLEAN-4 while the cleanup flushes, new calls are refused and a new start waits for its end",
          "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    const SOCKET other = spi.open_tcp();
    REQUIRE(spi.spi.queue_pattern(half.socket, 15, amount) == 0);
    background_call cleaner([&] { return spi.spi.cleanup(); });
    REQUIRE(cleaner.blocks());
    CHECK(spi.spi.listen(other) == WSANOTINITIALISED);
    CHECK(spi.spi.send(half.socket, "x").code == WSANOTINITIALISED);
    CHECK(spi.spi.socket(tcp4()) == INVALID_SOCKET);
    CHECK(spi.spi.cleanup() == WSANOTINITIALISED);

    background_call starter([&] { return spi.library.start(spi.host); });
    CHECK(starter.blocks());
    check_all_arrives(half.remote.read_to_end(15));
    CHECK(cleaner.result() == 0);
    spi.spi = starter.result();
    CHECK(spi.spi.listen(other) == WSAENOTSOCK);
    CHECK(spi.spi.socket(tcp4()) != INVALID_SOCKET);
}

TEST_CASE("CLEAN-11 a graceful socket whose peer never reads is reset at the stall limit",
          "[spi][cleanup][flush]")
{
    const short_stall limit;
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    REQUIRE(spi.spi.queue_pattern(half.socket, 16, amount) == 0);
    const stopwatch watch;
    CHECK(spi.spi.cleanup() == 0);
    CHECK(watch.elapsed() >= 290ms);
    CHECK(watch.elapsed() < 10s);
    CHECK(half.remote.wait_reset());
    const auto report = half.remote.read_to_end(16);
    INFO(peer::to_string(report));
    CHECK(report.end == ending::reset);
    CHECK(report.intact);
    CHECK(report.bytes < amount);
}

TEST_CASE("CLEAN-11 linger {1,1} with a peer that never reads ends after one second with a reset",
          "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 1) == 0);
    REQUIRE(spi.spi.queue_pattern(half.socket, 17, amount) == 0);
    const stopwatch watch;
    CHECK(spi.spi.cleanup() == 0);
    CHECK(watch.elapsed() >= 950ms);
    CHECK(watch.elapsed() < 8s);
    CHECK(half.remote.wait_reset());
}

TEST_CASE(
    "CLEAN-11, LING-2 a slow peer is not given up while it makes progress, however long the whole takes",
    "[spi][cleanup][flush]")
{
    const environment_setting limit("SPINDLE_FLUSH_STALL_MS", "600");
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    constexpr auto bytes = amount * 3 / 4;
    REQUIRE(spi.spi.queue_pattern(half.socket, 18, bytes) == 0);
    // A piece every 10 ms, so never a stall; but the system asks for more only when a third of its own
    // buffer, up to 4 MiB, is free, and that takes longer than the limit.
    constexpr peer::pace pace{std::size_t{16} * 1024, std::chrono::milliseconds{10}};
    background_call reader([&] { return half.remote.read_to_end(18, pace, 60s); });
    CHECK(spi.spi.cleanup() == 0);
    check_all_arrives(reader.result(60s), bytes);
}

TEST_CASE("CLEAN-11 peers that never read do not delay the others", "[spi][cleanup][flush]")
{
    // Longer than the reader can need; the dead ones end below.
    const environment_setting limit("SPINDLE_FLUSH_STALL_MS", "120000");
    spi_fixture spi;
    auto dead = connect_dead_peers(spi, 4);
    auto good = spi.connect_to_peer();
    REQUIRE(spi.spi.queue_pattern(good.socket, 19, amount) == 0);
    background_call cleaner([&] { return spi.spi.cleanup(); });
    check_all_arrives(good.remote.read_to_end(19));
    // The reader was served while the dead ones still had their time.
    CHECK_FALSE(cleaner.done());
    for (auto& half : dead) {
        half.remote.reset();
    }
    CHECK(cleaner.result() == 0);
}

TEST_CASE("CLEAN-11 peers that never read are given up together, not one after the other",
          "[spi][cleanup][flush]")
{
    const environment_setting limit("SPINDLE_FLUSH_STALL_MS", "2000");
    spi_fixture spi;
    auto dead = connect_dead_peers(spi, 8);
    const stopwatch watch;
    CHECK(spi.spi.cleanup() == 0);
    CHECK(watch.elapsed() < 2000ms * dead.size());
    for (auto& half : dead) {
        CHECK(half.remote.wait_reset());
    }
}

TEST_CASE("CLEAN-12 what fits the system's buffers does not keep the cleanup waiting, and arrives afterwards",
          "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    constexpr std::size_t little = 20'000;
    REQUIRE(spi.spi.queue_pattern(half.socket, 20, little) == 0);
    const stopwatch watch;
    CHECK(spi.spi.cleanup() == 0);
    CHECK(watch.elapsed() < 5s);
    check_all_arrives(half.remote.read_to_end(20), little);
}

TEST_CASE("CLEAN-12 unread input does not make the system throw the unsent data away",
          "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(half.remote.send_text("nobody will read this"));
    std::array<char, 4> buffer{};
    REQUIRE(spi.spi.receive(half.socket, buffer.data(), 1, MSG_PEEK).bytes == 1);
    REQUIRE(spi.spi.queue_pattern(half.socket, 21, amount) == 0);
    background_call reader([&] { return half.remote.read_bytes(21, amount); });
    CHECK(spi.spi.cleanup() == 0);
    const auto report = reader.result();
    INFO(peer::to_string(report));
    CHECK(report.bytes == amount);
    CHECK(report.intact);
    // Only now may the peer learn that its own data was lost.
    const auto end = half.remote.wait_end();
    CHECK((end == ending::finished || end == ending::reset));
}

TEST_CASE("CLEAN-12, LNX-23 a peer that answers while it reads loses nothing of what it still has to read",
          "[spi][cleanup][flush]")
{
    // Its answers reach a socket that the program has left; a descriptor closed by then would be reset by the system.
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    constexpr std::size_t in_system = std::size_t{512} * 1024;
    REQUIRE(spi.spi.queue_pattern(half.socket, 23, in_system) == 0);
    background_call cleaner([&] { return spi.spi.cleanup(); });
    std::uint64_t total = 0;
    while (total < in_system) {
        const auto text = half.remote.read_text(16 * 1024);
        if (text.empty()) {
            break;
        }
        total += text.size();
        // The last answers may meet the end that tells that nobody reads them.
        (void)half.remote.send_text("+");
    }
    CHECK(total == in_system);
    CHECK(cleaner.result() == 0);
}

TEST_CASE("CLEAN-12, D-4 a peer that writes before it reads on gets everything", "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    REQUIRE(spi.spi.queue_pattern(half.socket, 25, amount) == 0);
    background_call cleaner([&] { return spi.spi.cleanup(); });
    // More than all buffers on the way hold: it fits only if somebody takes it at the other end.
    CHECK(half.remote.send_pattern(26, amount));
    const auto report = half.remote.read_bytes(25, amount);
    INFO(peer::to_string(report));
    CHECK(report.bytes == amount);
    CHECK(report.intact);
    CHECK(cleaner.result() == 0);
}

TEST_CASE("CLEAN-11, LING-5 a reset ends the wait for the acknowledgement at once", "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    REQUIRE(half.remote.send_text("nobody will read this"));
    REQUIRE(spi.spi.queue_pattern(half.socket, 24, std::size_t{512} * 1024) == 0);
    background_call cleaner([&] { return spi.spi.cleanup(); });
    CHECK(cleaner.blocks());
    const stopwatch watch;
    half.remote.reset();
    CHECK(cleaner.result() == 0);
    CHECK(watch.elapsed() < 5s);
}

TEST_CASE("CLEAN-13 a socket with linger {1,0} is reset at once and its data dropped",
          "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 0) == 0);
    REQUIRE(spi.spi.queue_pattern(half.socket, 22, amount) == 0);
    const stopwatch watch;
    CHECK(spi.spi.cleanup() == 0);
    CHECK(watch.elapsed() < 5s);
    CHECK(half.remote.wait_reset());
    const auto report = half.remote.read_to_end(22);
    CHECK(report.end == ending::reset);
    CHECK(report.bytes < amount);
}

TEST_CASE("CLEAN-14 open sockets without unsent data end gracefully, not with a reset",
          "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto quiet = spi.connect_to_peer();
    auto half_closed = spi.connect_to_peer();
    REQUIRE(spi.spi.shutdown(half_closed.socket, SD_SEND) == 0);
    auto lingering = spi.connect_to_peer();
    REQUIRE(spi.spi.set_linger(lingering.socket, 1, 30) == 0);
    const stopwatch watch;
    CHECK(spi.spi.cleanup() == 0);
    CHECK(watch.elapsed() < 5s);
    CHECK(quiet.remote.wait_end() == ending::finished);
    CHECK(half_closed.remote.wait_end() == ending::finished);
    CHECK(lingering.remote.wait_end() == ending::finished);
}

TEST_CASE("CLEAN-9, CLEAN-11 a peer that resets during the flush ends it at once", "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.queue_pattern(half.socket, 23, amount) == 0);
    background_call cleaner([&] { return spi.spi.cleanup(); });
    REQUIRE(cleaner.blocks());
    const stopwatch watch;
    half.remote.reset();
    CHECK(cleaner.result() == 0);
    CHECK(watch.elapsed() < 5s);
}

TEST_CASE("CLEAN-9, SHUT-4 data of a socket that was shut for sending is flushed as well",
          "[spi][cleanup][flush]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.queue_pattern(half.socket, 24, amount) == 0);
    REQUIRE(spi.spi.shutdown(half.socket, SD_SEND) == 0);
    background_call reader([&] { return half.remote.read_to_end(24, slowly); });
    CHECK(spi.spi.cleanup() == 0);
    check_all_arrives(reader.result());
}
