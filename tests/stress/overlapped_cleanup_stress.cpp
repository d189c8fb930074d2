// The last cleanup with thousands of requests pending, told of by ports, events and routines: it is silent, comes back
// within its bounds and settles every OVERLAPPED. Answers to CLEAN-5, CLEAN-6, CLEAN-16 and decision D-1 ("WSACleanup").
#include "streams.hpp"

#include <mswsock.h>

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "growth.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/process_probe.hpp"
#include "watchdog.hpp"

namespace {

using namespace spindle::stress;
using spindle::test::environment_setting;
using spindle::test::eventually;
using spindle::test::stopwatch;

constexpr std::uint64_t status_pending = 0x103;
constexpr std::uint64_t status_cancelled = 0xC0000120;
constexpr int connections = scaled(250, 60);
constexpr int receives_of_each_end = 4;
constexpr int accepts = 200;
constexpr std::size_t send_bytes = std::size_t{4} * 1024 * 1024;  // more than the system takes

int routines_run = 0;

void CALLBACK count_routine(DWORD, DWORD, LPWSAOVERLAPPED, DWORD)
{
    ++routines_run;
}

enum class channel { packet, event, routine };

struct pending_request {
    OVERLAPPED overlapped{};
    HANDLE event = nullptr;
    std::array<char, 64> bytes{};

    explicit pending_request(channel how)
    {
        if (how == channel::event) {
            event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
            overlapped.hEvent = event;
        }
    }
    pending_request(const pending_request&) = delete;
    pending_request& operator=(const pending_request&) = delete;
    ~pending_request()
    {
        if (event != nullptr) {
            CloseHandle(event);
        }
    }
};

class pending_crowd {
public:
    pending_crowd() : bulk_(send_bytes), port_(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0))
    {
        REQUIRE(port_ != nullptr);
        const listening through = listen_on_loopback(200);
        REQUIRE(CreateIoCompletionPort(reinterpret_cast<HANDLE>(through.socket), port_, 1, 0) == port_);
        for (int i = 0; i < connections; ++i) {
            const auto how = static_cast<channel>(i % 3);
            const socket_pair pair = connect_pair(through);
            for (const SOCKET end : {pair.near_end, pair.far_end}) {
                if (how == channel::packet) {
                    REQUIRE(CreateIoCompletionPort(reinterpret_cast<HANDLE>(end), port_, 2, 0) == port_);
                }
                // One end in ten connections receives nothing, so that the other's send stays pending.
                for (int turn = 0; turn < receives_of_each_end && (i % 10 != 0 || end == pair.near_end);
                     ++turn) {
                    receive(end, how);
                }
            }
            if (i % 10 == 0) {
                send(pair.near_end, how);
            }
        }
        queue_routines(connect_pair(through).near_end);
        for (int i = 0; i < accepts; ++i) {
            accept(through.socket);
        }
    }
    pending_crowd(const pending_crowd&) = delete;
    pending_crowd& operator=(const pending_crowd&) = delete;
    ~pending_crowd() { CloseHandle(port_); }

    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] std::size_t still_pending() const
    {
        std::size_t count = 0;
        for (const auto& each : all_) {
            count += each->overlapped.Internal == status_pending ? 1U : 0U;
        }
        return count;
    }
    /// Settled one way or the other and without an event.
    [[nodiscard]] std::size_t settled_silently() const
    {
        std::size_t count = 0;
        for (const auto& each : all_) {
            const auto status = each->overlapped.Internal;
            const bool told = each->event != nullptr && WaitForSingleObject(each->event, 0) != WAIT_TIMEOUT;
            count += !told && (status == status_cancelled || status == 0) ? 1U : 0U;
        }
        return count;
    }
    [[nodiscard]] bool port_is_empty() const
    {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* done = nullptr;
        return GetQueuedCompletionStatus(port_, &bytes, &key, &done, 0) == FALSE && done == nullptr &&
               GetLastError() == WAIT_TIMEOUT;
    }

private:
    static LPWSAOVERLAPPED_COMPLETION_ROUTINE routine_for(channel how)
    {
        return how == channel::routine ? &count_routine : nullptr;
    }
    pending_request& add(channel how) { return *all_.emplace_back(std::make_unique<pending_request>(how)); }
    static void require_pending(bool succeeded)
    {
        REQUIRE_FALSE(succeeded);
        REQUIRE(WSAGetLastError() == WSA_IO_PENDING);
    }

    void receive(SOCKET from, channel how)
    {
        pending_request& fresh = add(how);
        WSABUF buffer{static_cast<ULONG>(fresh.bytes.size()), fresh.bytes.data()};
        DWORD flags = 0;
        require_pending(WSARecv(from, &buffer, 1, nullptr, &flags, &fresh.overlapped, routine_for(how)) == 0);
    }
    void send(SOCKET to, channel how)
    {
        pending_request& fresh = add(how);
        WSABUF buffer{static_cast<ULONG>(bulk_.size()), bulk_.data()};
        set_number(to, SO_SNDBUF, 64 * 1024);
        require_pending(WSASend(to, &buffer, 1, nullptr, 0, &fresh.overlapped, routine_for(how)) == 0);
    }
    /// Sends that are done at once; their routines wait for the thread to wait alertably, which it does too late.
    void queue_routines(SOCKET to)
    {
        for (int i = 0; i < 100; ++i) {
            pending_request& fresh = *done_.emplace_back(std::make_unique<pending_request>(channel::routine));
            WSABUF buffer{1, fresh.bytes.data()};
            REQUIRE(WSASend(to, &buffer, 1, nullptr, 0, &fresh.overlapped, &count_routine) == 0);
        }
    }
    void accept(SOCKET listener)
    {
        constexpr DWORD room = sizeof(sockaddr_in) + 16;
        pending_request& fresh = add(channel::packet);
        static std::array<char, 2 * room> unread;
        const SOCKET target = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        DWORD received = 0;
        require_pending(
            AcceptEx(listener, target, unread.data(), 0, room, room, &received, &fresh.overlapped) != FALSE);
    }

    std::vector<char> bulk_;
    HANDLE port_;
    std::vector<std::unique_ptr<pending_request>> all_;
    std::vector<std::unique_ptr<pending_request>> done_;
};

void clean_up_with_a_crowd()
{
    routines_run = 0;
    start_winsock();
    pending_crowd crowd;
    REQUIRE(crowd.size() > std::size_t{connections} * std::size_t{7});
    REQUIRE(crowd.still_pending() == crowd.size());
    REQUIRE(crowd.port_is_empty());
    const stopwatch watch;
    CHECK(WSACleanup() == 0);
    CHECK(watch.elapsed() < std::chrono::seconds(scaled(10, 40)));
    CHECK(crowd.still_pending() == 0);
    CHECK(crowd.settled_silently() == crowd.size());
    CHECK(crowd.port_is_empty());
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(routines_run == 0);
}

}  // namespace

TEST_CASE("CLEAN-5, CLEAN-6, CLEAN-16 the last cleanup settles thousands of pending requests silently")
{
    const watchdog guard("cleanup with pending requests", std::chrono::seconds(scaled(90, 180)));
    (void)raise_descriptor_limit();
    const environment_setting stall("SPINDLE_FLUSH_STALL_MS", "300");
    growth_watch growth;
    for (int round = 0; round < 4; ++round) {
        INFO("round " << round);
        clean_up_with_a_crowd();
        growth.after(round);
        if (round == 1) {
            growth.remember_memory();
        }
    }
    growth.check_memory();
}
