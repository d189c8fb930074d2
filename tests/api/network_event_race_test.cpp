// Network events while several threads use the socket: nothing is lost, nobody hangs, nothing is told after the close.
// Answers to "WSAEventSelect" and "WSAEnumNetworkEvents".
#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "network_events.hpp"

using namespace spindle::test;

namespace {

/// Repeats `step` on a thread of its own until it is stopped.
class repeater {
public:
    template <class Step>
    explicit repeater(Step step)
        : thread_([this, step] {
              while (!stop_) {
                  step();
              }
          })
    {}
    repeater(const repeater&) = delete;
    repeater& operator=(const repeater&) = delete;
    ~repeater() { stop(); }
    void stop()
    {
        stop_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
    }

private:
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

std::size_t receive_once(SOCKET handle, std::size_t at_most)
{
    std::array<char, 256> part{};
    const int got = recv(handle, part.data(), static_cast<int>(at_most), 0);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

}  // namespace

TEST_CASE("EVT-14, EVT-16, EVT-39 a reader that waits for every FD_READ gets all data of a sender that does not wait",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection server(pair.server, FD_READ | FD_CLOSE);
    constexpr int messages = 3000;
    std::thread sender([&] {
        for (int number = 0; number < messages; ++number) {
            send(pair.client, "0123456789", 1 + number % 10, 0);
            if (number % 7 == 0) {
                std::this_thread::yield();
            }
        }
        shutdown(pair.client, SD_SEND);
    });
    std::size_t wanted = 0;
    for (int number = 0; number < messages; ++number) {
        wanted += static_cast<std::size_t>(1 + number % 10);
    }
    std::size_t got = 0;
    long seen = 0;
    bool told = true;
    while (told && (got < wanted || (seen & FD_CLOSE) == 0)) {
        const long news = server.next();
        told = news != 0 || server.event().wait();
        seen |= news;
        if ((news & FD_READ) != 0) {
            got += receive_once(pair.server, 100);  // which re-enables what is left
        }
    }
    sender.join();
    CHECK(got == wanted);
    CHECK((seen & FD_CLOSE) != 0);
}

TEST_CASE("EVT-3, EVT-7, EVT-39 threads that select, take, receive and send at once leave nothing untold", "[api][events]")
{
    const winsock started;
    for (int round = 0; round < 15; ++round) {
        tcp_pair pair;
        selection server(pair.server, FD_READ);
        const event_object another;
        const SOCKET handle = pair.server;
        std::atomic<std::size_t> got{0};
        std::atomic<int> selections{0};
        repeater selects([&] {
            constexpr std::array masks{long{FD_READ | FD_CLOSE}, every_event, 0L, long{FD_WRITE}};
            const int turn = ++selections;
            WSAEventSelect(handle, turn % 3 == 0 ? another : server.event(), masks[static_cast<std::size_t>(turn) % 4]);
        });
        repeater takes([&] {
            WSANETWORKEVENTS found{};
            WSAEnumNetworkEvents(handle, server.event(), &found);
        });
        repeater receives([&] { got += receive_once(handle, 64); });
        constexpr std::size_t amount = 4000;
        for (std::size_t sent = 0; sent < amount; sent += 10) {
            send_text(pair.client, "0123456789");
        }
        REQUIRE(eventually([&] { return selections > 20; }));
        takes.stop();
        selects.stop();
        receives.stop();
        REQUIRE(server.select(FD_READ | FD_CLOSE) == 0);
        // A record that was taken may be the last word on what is there; a receive has the rest told.
        got += receive_once(handle, 64);
        while (got < amount && (server.next() & FD_READ) != 0) {
            got += receive_once(handle, 64);
        }
        CHECK(got == amount);

        repeater selects_to_the_end([&] { WSAEventSelect(handle, another, every_event); });
        repeater takes_to_the_end([&] {
            WSANETWORKEVENTS found{};
            WSAEnumNetworkEvents(handle, another, &found);
        });
        pair.server.reset();
        pair.client.reset();
    }
}
