// Thousands of connections with unsent data when the last WSACleanup begins, towards peers of every speed.
// The peers are another process over the system's sockets. Answers to CLEAN-9, CLEAN-11, CLEAN-13 and
// CLEAN-14 and to decisions D-3 and D-7.
#include "streams.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "peer_process.hpp"
#include "process_facts.hpp"
#include "scale.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/process_probe.hpp"

namespace {

using namespace spindle::stress;

constexpr unsigned random_seed = 20'240'607;
constexpr int small_send_buffer = 4096;

/// As many connections as descriptors allow.
int connection_count()
{
    const int wanted = scaled(2000, 800);
    const auto available = static_cast<int>(raise_descriptor_limit()) - 100;
    if (available < wanted) {
        WARN("only " << available << " descriptors: fewer connections than " << wanted);
    }
    return std::min(wanted, available);
}

/// The lengths differ from connection to connection, always the same way.
std::vector<std::uint32_t> stream_lengths(int count)
{
    INFO("seed " << random_seed);
    std::mt19937 random(random_seed);
    std::vector<std::uint32_t> lengths(static_cast<std::size_t>(count));
    std::generate(lengths.begin(), lengths.end(), [&] { return 32'768 + random() % 32'768; });
    return lengths;
}

std::vector<SOCKET> start_streams(const peer_process& peer, int count,
                                  const std::function<reader_kind(int)>& kind_of)
{
    const auto lengths = stream_lengths(count);
    std::vector<SOCKET> sockets;
    for (int i = 0; i < count; ++i) {
        const auto length = lengths[static_cast<std::size_t>(i)];
        sockets.push_back(start_stream(
            peer.data_port(), {kind_of(i), static_cast<std::uint32_t>(i), length, small_send_buffer}));
    }
    return sockets;
}

struct cleanup_outcome {
    int result = -1;
    std::chrono::milliseconds taken{0};
    std::string log;

    [[nodiscard]] long long field(const char* name) const { return field_of(log, name); }
};

/// The last WSACleanup, timed, with the provider's line about it.
cleanup_outcome clean_up()
{
    captured_stderr captured;
    const spindle::test::stopwatch watch;
    cleanup_outcome outcome;
    outcome.result = WSACleanup();
    outcome.taken = watch.elapsed();
    outcome.log = captured.text();
    return outcome;
}

}  // namespace

TEST_CASE("CLEAN-9, CLEAN-14 every byte of two thousand connections arrives after the last cleanup")
{
    const spindle::test::environment_setting log("SPINDLE_LOG", "info");
    const int count = connection_count();
    peer_process peer;
    start_winsock();
    (void)start_streams(peer, count, [](int i) {
        constexpr reader_kind kinds[] = {reader_kind::fast, reader_kind::paced, reader_kind::late};
        return kinds[i % 3];
    });
    const auto outcome = clean_up();
    INFO(outcome.log);
    CHECK(outcome.result == 0);
    CHECK(outcome.field("sockets_open") == count);
    CHECK(outcome.field("sockets_flushed") == count);
    CHECK(outcome.field("bytes_unsent") > 0);
    CHECK(outcome.field("bytes_flushed") == outcome.field("bytes_unsent"));
    CHECK(outcome.field("bytes_lost") == 0);

    const auto ends = peer.wait_until_ended(count, 20'000);
    CHECK(ends.complete == count);
    CHECK(ends.wrong == 0);
    CHECK(ends.short_end == 0);
    CHECK(ends.reset == 0);
}

TEST_CASE("CLEAN-9 sockets closed just before the last cleanup are flushed like those still open")
{
    const spindle::test::environment_setting log("SPINDLE_LOG", "info");
    const int count = connection_count() / 2;
    peer_process peer;
    start_winsock();
    const auto sockets =
        start_streams(peer, count, [](int i) { return i % 2 == 0 ? reader_kind::late : reader_kind::paced; });
    for (std::size_t i = 0; i < sockets.size(); i += 3) {
        REQUIRE(closesocket(sockets[i]) == 0);
    }
    const auto outcome = clean_up();
    INFO(outcome.log);
    CHECK(outcome.result == 0);
    CHECK(outcome.field("bytes_lost") == 0);
    const auto ends = peer.wait_until_ended(count, 20'000);
    CHECK(ends.complete == count);
    CHECK(ends.wrong + ends.short_end + ends.reset == 0);
}

TEST_CASE("CLEAN-13 with linger {1,0} the peers of the last cleanup see resets")
{
    const spindle::test::environment_setting log("SPINDLE_LOG", "info");
    const int count = connection_count();
    peer_process peer;
    start_winsock();
    const auto sockets = start_streams(peer, count, [](int) { return reader_kind::late; });
    for (const SOCKET socket : sockets) {
        set_linger(socket, 1, 0);
    }
    const auto outcome = clean_up();
    INFO(outcome.log);
    CHECK(outcome.result == 0);
    CHECK(outcome.field("sockets_reset") == count);
    CHECK(outcome.field("bytes_lost") == outcome.field("bytes_unsent"));
    CHECK(outcome.taken < std::chrono::seconds(scaled(2, 10)));
    const auto ends = peer.wait_until_ended(count, 20'000);
    CHECK(ends.reset == count);
}

TEST_CASE("CLEAN-11 peers that never read end at the bound of the flush and delay nobody else")
{
    constexpr int stall_ms = 2000;
    const spindle::test::environment_setting log("SPINDLE_LOG", "info");
    const spindle::test::environment_setting stall("SPINDLE_FLUSH_STALL_MS", "2000");
    const int count = connection_count();
    peer_process peer;
    start_winsock();
    const auto is_deaf = [](int i) { return i % 10 == 0; };
    (void)start_streams(peer, count,
                        [&](int i) { return is_deaf(i) ? reader_kind::deaf : reader_kind::fast; });
    const int deaf = (count + 9) / 10;
    (void)peer.ask("mark");
    const auto outcome = clean_up();
    INFO(outcome.log);
    CHECK(outcome.result == 0);
    CHECK(outcome.taken >= std::chrono::milliseconds(stall_ms / 2));
    CHECK(outcome.taken < std::chrono::milliseconds(stall_ms + scaled(2000, 15'000)));
    CHECK(outcome.field("sockets_timed_out") == deaf);
    CHECK(outcome.field("sockets_flushed") == count - deaf);
    CHECK(outcome.field("bytes_lost") > 0);

    const auto ends = peer.wait_until_ended(count, 20'000);
    CHECK(ends.complete == count - deaf);
    CHECK(ends.deaf_open == deaf);
    CHECK(ends.last_end_ms < outcome.taken.count());
    const auto probed = peer.ask("probe");
    CHECK(probed.deaf_open == 0);
    CHECK(probed.reset == deaf);
}

TEST_CASE("CLEAN-11 with linger {1,1} a peer that never reads holds the last cleanup for one second")
{
    const spindle::test::environment_setting log("SPINDLE_LOG", "info");
    peer_process peer;
    start_winsock();
    const auto sockets = start_streams(peer, 50, [](int) { return reader_kind::deaf; });
    for (const SOCKET socket : sockets) {
        set_linger(socket, 1, 1);
    }
    const auto outcome = clean_up();
    INFO(outcome.log);
    CHECK(outcome.result == 0);
    CHECK(outcome.taken >= std::chrono::milliseconds(900));
    CHECK(outcome.taken < std::chrono::milliseconds(scaled(3000, 10'000)));
    CHECK(outcome.field("sockets_timed_out") == 50);
}

namespace {

/// A last cleanup during which the peers of all its sockets reset their connections.
cleanup_outcome clean_up_while_peers_reset()
{
    peer_process peer;
    start_winsock();
    (void)start_streams(peer, 100, [](int) { return reader_kind::deaf; });
    REQUIRE(peer.wait_until_ended(100, 20'000).deaf_open == 100);
    cleanup_outcome outcome;
    std::thread cleaner([&] { outcome = clean_up(); });
    // Refused calls tell that the cleanup has begun; it cannot end while nobody reads.
    CHECK(spindle::test::eventually(
        [] { return socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) == INVALID_SOCKET; }));
    (void)peer.ask("drop");
    cleaner.join();
    return outcome;
}

}  // namespace

TEST_CASE("CLEAN-11 peers that reset during the flush end it for their connections")
{
    const spindle::test::environment_setting log("SPINDLE_LOG", "info");
    // On a busy machine all resets can be there before the cleanup comes to the first socket; then there was no flush to end.
    cleanup_outcome outcome = clean_up_while_peers_reset();
    for (int more = 4; more > 0 && outcome.field("bytes_unsent") == 0; --more) {
        outcome = clean_up_while_peers_reset();
    }
    INFO(outcome.log);
    CHECK(outcome.result == 0);
    CHECK(outcome.taken < std::chrono::seconds(5));
    // All but those whose reset arrived before the cleanup came to them.
    CHECK(outcome.field("sockets_failed") > 0);
    CHECK(outcome.field("sockets_flushed") == 0);
    CHECK(outcome.field("bytes_lost") > 0);
}
