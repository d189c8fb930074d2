// select: what it does with its sets and its time, how it waits and what ends it. When a socket is in which set is in
// select_levels_test.cpp. Answers to the page "select", and to WSPSelect behind it.
#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "api/select_sets.hpp"

using namespace spindle::test;

namespace {

const std::string not_a_socket = "!" + std::to_string(WSAENOTSOCK);
const std::string interrupted = "!" + std::to_string(WSAEINTR);

std::atomic<int> routine_runs{0};
void CALLBACK count_routine(ULONG_PTR)
{
    ++routine_runs;
}

int hook_runs = 0;
int hook_cancels_at = 0;
BOOL WSAAPI on_block()
{
    if (++hook_runs == hook_cancels_at) {
        WSACancelBlockingCall();
    }
    return FALSE;
}

}  // namespace

TEST_CASE("SEL-1, SEL-5 the result counts a socket in each set, whatever nfds is", "[api][select]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "x");
    REQUIRE(wait_readable(pair.server));
    for (const int nfds : {0, -7, 1, 1 << 20}) {
        socket_set readable{pair.client, pair.server};
        socket_set writable{pair.client, pair.server};
        CHECK(select(nfds, readable.get(), writable.get(), nullptr, &at_once) == 3);
        CHECK(readable.members() == std::vector<SOCKET>{pair.server});
        CHECK(writable.members() == std::vector<SOCKET>{pair.client, pair.server});
    }
}

TEST_CASE("SEL-2, SEL-3, SEL-4, CLOSE-8 what cannot be waited for is refused and changes nothing", "[api][select]")
{
    const winsock started;
    socket_set empty;
    CHECK(error_of(select(0, nullptr, nullptr, nullptr, &soon)) == WSAEINVAL);
    CHECK(error_of(select(0, empty.get(), nullptr, empty.get(), &soon)) == WSAEINVAL);

    const auto good = bound_udp();
    auto gone = tcp();
    const SOCKET closed = gone.get();
    gone.reset();
    for (const SOCKET bad : {closed, INVALID_SOCKET, SOCKET{0x7f7f7f7c}}) {
        socket_set readable{good, bad};
        socket_set writable{good};
        CHECK(error_of(select(0, readable.get(), writable.get(), nullptr, nullptr)) == WSAENOTSOCK);
        CHECK(error_of(select(0, writable.get(), nullptr, readable.get(), &at_once)) == WSAENOTSOCK);
        CHECK(readable.members() == std::vector<SOCKET>{good, bad});
        CHECK(writable.members() == std::vector<SOCKET>{good});
    }
    for (timeval bad : {timeval{-1, 0}, timeval{0, -1}, timeval{5, -1}}) {
        CHECK(sets_of(good, "w", &bad) == "!" + std::to_string(WSAEINVAL));
    }
}

TEST_CASE("SEL-4, SEL-5 after the time all sets are empty; the time itself is left alone", "[api][select]")
{
    const winsock started;
    const auto quiet = bound_udp();
    const auto listening = listener();
    timeval limit{0, 60'000};
    socket_set readable{quiet, listening};
    socket_set exceptional{quiet};
    const stopwatch time;
    CHECK(select(0, readable.get(), nullptr, exceptional.get(), &limit) == 0);
    CHECK(time.elapsed() >= 55ms);
    CHECK(readable.members().empty());
    CHECK(exceptional.members().empty());
    CHECK((limit.tv_sec == 0 && limit.tv_usec == 60'000));
    // Without a limit it waits for what comes.
    background_call waiting([&] { return sets_of(quiet, "r", nullptr); });
    REQUIRE(waiting.blocks());
    const auto sender = udp();
    const auto where = local_of(quiet);
    REQUIRE(sendto(sender, "x", 1, 0, where.get(), where.length) == 1);
    CHECK(waiting.result() == "r");
}

TEST_CASE("SEL-6, SEL-7, SEL-8 sets of any size keep their order, each socket once, and what lies behind", "[api][select]")
{
    const winsock started;
    std::vector<unique_socket> sockets;
    std::vector<SOCKET> handles;
    std::vector<SOCKET> loud;
    const auto sender = udp();
    for (int number = 0; number < 200; ++number) {
        sockets.push_back(bound_udp());
        handles.push_back(sockets.back());
        if (number % 7 == 3) {
            const auto where = local_of(sockets.back());
            REQUIRE(sendto(sender, "x", 1, 0, where.get(), where.length) == 1);
            loud.push_back(handles.back());
        }
    }
    for (const auto each : loud) {
        REQUIRE(wait_readable(each));
    }
    handles.push_back(loud.front());  // again
    handles.push_back(handles.front());
    socket_set readable(handles);
    CHECK(select(0, readable.get(), nullptr, nullptr, nullptr) == static_cast<int>(loud.size()));
    CHECK(readable.members() == loud);
    auto expected = handles;
    std::copy(loud.begin(), loud.end(), expected.begin());
    CHECK(readable.array() == expected);
}

TEST_CASE("SEL-9 one set for several roles gets the union, each socket counted once", "[api][select]")
{
    const winsock started;
    const tcp_pair pair;
    const auto fresh = tcp();
    send_text(pair.client, "x");
    REQUIRE(wait_readable(pair.server));
    socket_set all{fresh, pair.server, pair.client};
    CHECK(select(0, all.get(), all.get(), all.get(), nullptr) == 2);
    CHECK(all.members() == std::vector<SOCKET>{pair.server, pair.client});
    socket_set others{pair.client, pair.server};
    CHECK(select(0, others.get(), nullptr, others.get(), nullptr) == 1);
    CHECK(others.members() == std::vector<SOCKET>{pair.server});
}

TEST_CASE("SEL-11 it waits alertably and goes on, but runs nothing when something is ready at once", "[api][select]")
{
    const winsock started;
    const tcp_pair pair;
    routine_runs = 0;
    REQUIRE(QueueUserAPC(count_routine, GetCurrentThread(), 0) != 0);
    CHECK(sets_of(pair.server, "w", &soon) == "w");
    CHECK(routine_runs == 0);
    send_text(pair.client, "x");
    REQUIRE(wait_readable(pair.server));
    CHECK(sets_of(pair.server, "r", &soon) == "r");
    CHECK(routine_runs == 0);
    CHECK(receive_text(pair.server, 1) == "x");
    timeval brief{0, 50'000};
    CHECK(sets_of(pair.server, "r", &brief).empty());  // what was queued runs now, and the wait lasts on
    CHECK(routine_runs == 1);

    HANDLE self = nullptr;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE,
                            DUPLICATE_SAME_ACCESS) != FALSE);
    background_call other([&] {
        QueueUserAPC(count_routine, self, 0);
        const bool ran = eventually([] { return routine_runs == 2; });
        send(pair.client, "y", 1, 0);
        return ran;
    });
    CHECK(sets_of(pair.server, "r", nullptr) == "r");
    CHECK(other.result());
    CloseHandle(self);
}

TEST_CASE("CLOSE-7, CAN-13 a socket closed meanwhile is readable, or no socket any more", "[api][select]")
{
    const winsock started;
    const auto other = bound_udp();
    for (const bool stream : {true, false}) {
        for (const std::string asked : {"r", "re", "e"}) {
            tcp_pair pair;
            auto victim = stream ? std::move(pair.server) : bound_udp();
            const SOCKET handle = victim.get();
            background_call waiting([&] { return sets_of(handle, asked, nullptr); });
            REQUIRE(waiting.blocks());
            victim.reset();
            CHECK(waiting.result() == (asked == "e" ? not_a_socket : "r"));
        }
    }
    CHECK(sets_of(other) == "w");
}

TEST_CASE("CLEAN-8, SEL-4 the last cleanup ends a select with WSAEINTR", "[api][select]")
{
    auto started = std::make_unique<winsock>();
    auto quiet = bound_udp();
    background_call waiting([&] { return sets_of(quiet, "re", nullptr); });
    REQUIRE(waiting.blocks());
    started.reset();
    CHECK(waiting.result() == interrupted);
    (void)quiet.release();
}

TEST_CASE("BLK-8, BLK-9, BLK-12 the blocking hook runs while a select waits, never when it polls", "[api][select]")
{
    const winsock started;
    const auto quiet = bound_udp();
    hook_runs = 0;
    hook_cancels_at = 0;
    REQUIRE(WSASetBlockingHook(reinterpret_cast<FARPROC>(reinterpret_cast<void (*)()>(&on_block))) != nullptr);
    CHECK(sets_of(quiet, "r").empty());
    CHECK(hook_runs == 0);
    timeval brief{0, 20'000};
    CHECK(sets_of(quiet, "r", &brief).empty());
    CHECK(hook_runs > 0);
    hook_cancels_at = hook_runs + 3;
    CHECK(sets_of(quiet, "r", nullptr) == interrupted);
    WSAUnhookBlockingHook();
    CHECK(sets_of(quiet, "rw", nullptr) == "w");
}

TEST_CASE("SEL-6, CAN-13 threads select over sockets that others use and close", "[api][select]")
{
    const winsock started;
    const auto stop = bound_udp();
    const auto sender = udp();
    std::array<std::atomic<SOCKET>, 8> shared;
    for (auto& each : shared) {
        each = bound_udp().release();
    }
    const auto watch = [&] {
        for (;;) {
            std::vector<SOCKET> members{stop};
            for (const auto& each : shared) {
                members.push_back(each);
            }
            socket_set readable(members);
            const int count = select(0, readable.get(), nullptr, nullptr, &soon);
            if (count == 0 || (count == SOCKET_ERROR && WSAGetLastError() != WSAENOTSOCK)) {
                return false;
            }
            if (count > 0 && readable.members().front() == stop) {
                return true;
            }
        }
    };
    background_call first(watch);
    background_call second(watch);
    for (int turn = 0; turn < 200; ++turn) {
        auto& place = shared[static_cast<std::size_t>(turn) % shared.size()];
        const auto fresh = bound_udp();
        const auto where = local_of(fresh);
        sendto(sender, "x", 1, 0, where.get(), where.length);
        closesocket(place.exchange(bound_udp().release()));
    }
    const auto where = local_of(stop);
    REQUIRE(sendto(sender, "x", 1, 0, where.get(), where.length) == 1);
    CHECK(first.result());
    CHECK(second.result());
    for (auto& each : shared) {
        closesocket(each);
    }
}
