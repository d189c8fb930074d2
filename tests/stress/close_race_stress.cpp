// closesocket racing every other call on the same sockets, with handles that come again at once. Answers to
// CLOSE-16, CLOSE-6 and HAND-11 (Winsock SPI: WSPCloseSocket).
#include "streams.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "random_calls.hpp"
#include "scale.hpp"
#include "support/byte_pattern.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/process_probe.hpp"
#include "watchdog.hpp"

namespace {

using namespace spindle::stress;

constexpr unsigned random_seed = 777;

/// One connection that nobody else touches: if a call on a closed handle reached another socket, foreign
/// bytes or an end would show here.
class canary {
public:
    explicit canary(const listening& through) : pair_(connect_pair(through)), thread_([this] { run(); }) {}
    canary(const canary&) = delete;
    canary& operator=(const canary&) = delete;
    ~canary() { (void)stop(); }

    /// True when every byte was right all the time.
    bool stop()
    {
        stopping_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
        return intact_;
    }

private:
    void run()
    {
        spindle::test::pattern_check check(random_seed);
        std::array<char, 512> bytes{};
        while (!stopping_ && intact_) {
            for (std::size_t i = 0; i < bytes.size(); ++i) {
                bytes[i] = static_cast<char>(spindle::test::pattern_byte(random_seed, check.bytes() + i));
            }
            const int size = static_cast<int>(bytes.size());
            bool good = send(pair_.near_end, bytes.data(), size, 0) == size;
            for (int got = 0; good && got < size;) {
                const int part = recv(pair_.far_end, bytes.data(), size - got, 0);
                good = part > 0;
                if (good) {
                    check.feed(bytes.data(), static_cast<std::size_t>(part));
                    got += part;
                }
            }
            intact_ = good && check.intact();
        }
    }

    socket_pair pair_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> intact_{true};
    std::thread thread_;
};

/// A blocking call on one thread, closesocket on another: the call must come back. The code of the call.
template <class Call>
int close_under(SOCKET socket, unsigned long spin, Call call)
{
    std::atomic<bool> started{false};
    int code = 0;
    std::thread caller([&] {
        started = true;
        code = call(socket) ? 0 : WSAGetLastError();
    });
    while (!started) {
        std::this_thread::yield();
    }
    for (std::atomic<unsigned long> turns{0}; turns < spin; ++turns) {
    }
    const int closed = closesocket(socket);
    caller.join();
    return closed == 0 ? code : -1;
}

}  // namespace

TEST_CASE("CLOSE-16, HAND-11 sockets closed under every call neither crash nor touch other sockets")
{
    INFO("seed " << random_seed);
    const watchdog guard("closesocket racing other calls", std::chrono::seconds(scaled(60, 120)));
    start_winsock();
    const listening target = listen_on_loopback(200);
    canary untouched(target);
    std::array<std::atomic<SOCKET>, 8> slots;
    for (auto& slot : slots) {
        slot = INVALID_SOCKET;
    }
    constexpr int callers = 6;
    constexpr int closers = 2;
    constexpr int turns = scaled(60'000, 20'000);
    std::array<code_collection, callers + closers> codes;
    std::vector<std::thread> threads;
    for (int number = 0; number < callers + closers; ++number) {
        threads.emplace_back([&, number] {
            std::mt19937 random(random_seed + static_cast<unsigned>(number));
            code_collection& mine = codes[static_cast<std::size_t>(number)];
            for (int turn = 0; turn < turns; ++turn) {
                auto& slot = slots[random() % slots.size()];
                if (number < callers) {
                    mine.add(random_call(random, slot, target.port));
                } else {
                    const SOCKET old = slot.exchange(random_socket(random));
                    mine.add(old == INVALID_SOCKET || closesocket(old) == 0 ? 0 : WSAGetLastError());
                }
            }
        });
    }
    code_collection all;
    for (std::size_t i = 0; i < threads.size(); ++i) {
        threads[i].join();
        all.merge(codes[i]);
    }
    CHECK(untouched.stop());
    CHECK(all.unexpected() == "");
    CHECK_FALSE(all.contains(WSANOTINITIALISED));
    CHECK(WSACleanup() == 0);
}

TEST_CASE("CLOSE-6, CLOSE-16 a blocking call comes back whenever its socket is closed")
{
    INFO("seed " << random_seed);
    const watchdog guard("closesocket under blocking calls", std::chrono::seconds(scaled(60, 120)));
    start_winsock();
    const listening through = listen_on_loopback(50);
    std::mt19937 random(random_seed);
    code_collection codes;
    for (int turn = 0; turn < scaled(600, 200); ++turn) {
        const unsigned long spin = random() % 20'000;
        const auto accepts = [](SOCKET socket) { return accept(socket, nullptr, nullptr) != INVALID_SOCKET; };
        codes.add(close_under(listen_on_loopback(1).socket, spin, accepts));

        const auto receives = [](SOCKET socket) {
            char byte = 0;
            return recv(socket, &byte, 1, 0) != SOCKET_ERROR;
        };
        const socket_pair pair = connect_pair(through);
        codes.add(close_under(pair.near_end, spin, receives));
        CHECK(closesocket(pair.far_end) == 0);

        const auto sends = [](SOCKET socket) {
            const std::vector<char> bytes(8 * 1024 * 1024);
            return send(socket, bytes.data(), static_cast<int>(bytes.size()), 0) != SOCKET_ERROR;
        };
        if (turn % 10 == 0) {
            const socket_pair full = connect_pair(through);
            codes.add(close_under(full.near_end, spin, sends));
            set_linger(full.far_end, 1, 0);
            CHECK(closesocket(full.far_end) == 0);
        }

        sockaddr_in address{};
        codes.add(close_under(bound_udp(address), spin, receives));
    }
    CHECK(codes.unexpected() == "");
    CHECK(WSACleanup() == 0);
}

TEST_CASE("CLOSE-1, CLOSE-16 of many closers of one socket exactly one succeeds")
{
    const watchdog guard("many closers", std::chrono::seconds(scaled(60, 120)));
    start_winsock();
    for (int turn = 0; turn < scaled(500, 60); ++turn) {
        const SOCKET victim = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        REQUIRE(victim != INVALID_SOCKET);
        std::atomic<int> successes{0};
        std::atomic<int> not_sockets{0};
        std::vector<std::thread> closers;
        for (int i = 0; i < 4; ++i) {
            closers.emplace_back([&] {
                if (closesocket(victim) == 0) {
                    ++successes;
                } else if (WSAGetLastError() == WSAENOTSOCK) {
                    ++not_sockets;
                }
            });
        }
        for (std::thread& closer : closers) {
            closer.join();
        }
        REQUIRE(successes == 1);
        REQUIRE(not_sockets == 3);
    }
    CHECK(WSACleanup() == 0);
}
