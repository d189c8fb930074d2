// The last cleanup while 64 threads sit in blocking calls and others keep calling: everybody comes back with
// the documented code, nobody crashes or hangs. Answers to CLEAN-8, CLEAN-19, START-22 and BLK-3.
#include "streams.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "blocked_calls.hpp"
#include "peer_process.hpp"
#include "random_calls.hpp"
#include "scale.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/process_probe.hpp"
#include "watchdog.hpp"

namespace {

using namespace spindle::stress;

constexpr unsigned random_seed = 31'337;
constexpr int blocked_of_each_kind = 8;
constexpr int rounds = scaled(4, 2);

/// Threads that make sockets, use and close them, whether the library is started or not, until told to stop.
class busy_callers {
public:
    busy_callers(int count, unsigned short port) : codes_(static_cast<std::size_t>(count))
    {
        for (int i = 0; i < count; ++i) {
            threads_.emplace_back([this, i, port] { run(static_cast<std::size_t>(i), port); });
        }
    }
    busy_callers(const busy_callers&) = delete;
    busy_callers& operator=(const busy_callers&) = delete;
    ~busy_callers() { (void)stop(); }

    code_collection stop()
    {
        stopping_ = true;
        code_collection all;
        for (std::size_t i = 0; i < threads_.size(); ++i) {
            threads_[i].join();
            all.merge(codes_[i]);
        }
        threads_.clear();
        return all;
    }
    [[nodiscard]] long calls() const noexcept { return calls_; }

private:
    void run(std::size_t number, unsigned short port)
    {
        std::mt19937 random(random_seed + static_cast<unsigned>(number));
        code_collection& codes = codes_[number];
        while (!stopping_) {
            const SOCKET socket = random_socket(random);
            if (socket == INVALID_SOCKET) {
                codes.add(WSAGetLastError());
                std::this_thread::yield();
            }
            for (int i = 0; i < 20; ++i) {
                codes.add(random_call(random, socket, port));
            }
            codes.add(closesocket(socket) == 0 ? 0 : WSAGetLastError());
            calls_ += 22;
        }
    }

    std::atomic<bool> stopping_{false};
    std::atomic<long> calls_{0};
    std::vector<code_collection> codes_;
    std::vector<std::thread> threads_;
};

int receive_error(SOCKET socket)
{
    char byte = 0;
    return recv(socket, &byte, 1, 0) == SOCKET_ERROR ? WSAGetLastError() : 0;
}

}  // namespace

TEST_CASE("CLEAN-8, START-22, CLEAN-19 the last cleanup wakes 64 threads in every kind of blocking call")
{
    const spindle::test::environment_setting stall("SPINDLE_FLUSH_STALL_MS", "300");
    peer_process peer;
    REQUIRE(peer.full_port() != 0);
    for (int round = 0; round < rounds; ++round) {
        INFO("round " << round);
        const watchdog guard("the last cleanup with blocked threads", std::chrono::seconds(scaled(20, 60)));
        start_winsock();
        const auto calls = start_blocked_calls(peer, blocked_of_each_kind);
        const spindle::test::stopwatch watch;
        CHECK(WSACleanup() == 0);
        CHECK(watch.elapsed() < std::chrono::seconds(scaled(5, 15)));
        for (const auto& call : calls) {
            INFO(call->kind());
            // A lingering close gives up by itself in time.
            const int code = call->join();
            CHECK((code == WSAEINTR || (sanitized && call->kind() == "closesocket" && code == 0)));
            CHECK(receive_error(call->socket()) == WSANOTINITIALISED);
        }
        start_winsock();
        for (const auto& call : calls) {
            INFO(call->kind());
            CHECK(receive_error(call->socket()) == WSAENOTSOCK);
        }
        CHECK(WSACleanup() == 0);
        (void)peer.ask("drop");
    }
}

TEST_CASE("CLEAN-8, START-22 the last cleanup while others keep calling everything")
{
    INFO("seed " << random_seed);
    const spindle::test::environment_setting stall("SPINDLE_FLUSH_STALL_MS", "300");
    peer_process peer;
    REQUIRE(peer.data_port() != 0);
    const watchdog guard("cleanups among busy callers", std::chrono::seconds(scaled(40, 120)));
    busy_callers callers(4, peer.data_port());
    for (int round = 0; round < scaled(60, 15); ++round) {
        start_winsock();
        const long before = callers.calls();
        REQUIRE(spindle::test::eventually([&] { return callers.calls() > before + 100; }));
        REQUIRE(WSACleanup() == 0);
        if (round % 8 == 0) {
            (void)peer.ask("drop");
        }
    }
    const auto codes = callers.stop();
    CHECK(codes.unexpected() == "");
    CHECK(codes.contains(WSANOTINITIALISED));
    CHECK(codes.contains(0));
}

TEST_CASE("CLEAN-8 blocked threads, busy callers and the last cleanup at once")
{
    INFO("seed " << random_seed);
    const spindle::test::environment_setting stall("SPINDLE_FLUSH_STALL_MS", "300");
    peer_process peer;
    REQUIRE(peer.data_port() != 0);
    for (int round = 0; round < rounds; ++round) {
        const watchdog guard("the last cleanup, blocked threads and busy callers", std::chrono::seconds(60));
        start_winsock();
        const auto calls = start_blocked_calls(peer, 2);
        busy_callers callers(4, peer.data_port());
        REQUIRE(spindle::test::eventually([&] { return callers.calls() > 200; }));
        CHECK(WSACleanup() == 0);
        for (const auto& call : calls) {
            INFO(call->kind());
            const int code = call->join();
            CHECK((code == WSAEINTR || (call->kind() == "closesocket" && code == 0)));
        }
        CHECK(callers.stop().unexpected() == "");
        (void)peer.ask("drop");
    }
}

TEST_CASE("START-17, CLEAN-20 startups and cleanups of many threads race and pair up")
{
    const watchdog guard("racing startups and cleanups", std::chrono::seconds(scaled(30, 90)));
    constexpr int threads = 8;
    std::atomic<int> failures{0};
    std::vector<std::thread> racers;
    for (int i = 0; i < threads; ++i) {
        racers.emplace_back([&failures, i] {
            std::mt19937 random(random_seed + static_cast<unsigned>(i));
            WSADATA data;
            for (int turn = 0; turn < scaled(300, 60); ++turn) {
                failures += WSAStartup(MAKEWORD(2, 2), &data) == 0 ? 0 : 1;
                const SOCKET made = random_socket(random);
                failures += made != INVALID_SOCKET ? 0 : 1;
                failures += closesocket(made) == 0 ? 0 : 1;
                failures += WSACleanup() == 0 ? 0 : 1;
            }
        });
    }
    for (std::thread& racer : racers) {
        racer.join();
    }
    CHECK(failures == 0);
    CHECK(WSACleanup() == SOCKET_ERROR);
    CHECK(WSAGetLastError() == WSANOTINITIALISED);
    CHECK_FALSE(spindle::test::is_mapped("libspindle_spi"));
}
