// Processes that end without WSACleanup: with threads in blocking calls, with a cleanup in progress, in
// several ways. They must end at once and with their own exit code. Answers to CLEAN-22 (Winsock SPI:
// WSPCleanup).
#include "streams.hpp"

#include <chrono>
#include <cstdlib>
#include <thread>

#include "blocked_calls.hpp"
#include "peer_process.hpp"
#include "scale.hpp"
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/process_probe.hpp"

// LeakSanitizer looks for leaks at exit by stopping the threads. Here they sit in system calls on purpose,
// and what they hold is not to be freed.
extern "C" int __lsan_is_turned_off();

extern "C" int __lsan_is_turned_off()
{
    return 1;
}

namespace {

using namespace spindle::stress;

constexpr int own_exit_code = 47;
constexpr int blocked_of_each_kind = 2;

void expect_prompt_end(const char* child)
{
    for (int turn = 0; turn < scaled(5, 2); ++turn) {
        INFO(child << ", turn " << turn);
        const spindle::test::stopwatch watch;
        CHECK(spindle::test::run_self({child}) == own_exit_code);
        CHECK(watch.elapsed() < std::chrono::seconds(scaled(5, 20)));
    }
}

// Never destroyed: the process ends with everything as it is.
peer_process* peer = nullptr;
blocked_calls* calls = nullptr;

void start_with_peer()
{
    peer = new peer_process;
    REQUIRE(peer->full_port() != 0);
    start_winsock();
}

void block_threads()
{
    start_with_peer();
    calls = new blocked_calls(start_blocked_calls(*peer, blocked_of_each_kind));
    for (const auto& call : *calls) {
        call->abandon();
    }
}

}  // namespace

TEST_CASE("child: exit with blocked threads", "[.]")
{
    block_threads();
    std::exit(own_exit_code);
}

TEST_CASE("child: _Exit with blocked threads", "[.]")
{
    block_threads();
    std::_Exit(own_exit_code);
}

TEST_CASE("child: exit while the last cleanup flushes", "[.]")
{
    start_with_peer();
    (void)start_stream(peer->data_port(), {reader_kind::deaf, 1, 1'000'000, 4096});
    std::thread([] { WSACleanup(); }).detach();
    REQUIRE(spindle::test::eventually([] {
        return socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) == INVALID_SOCKET
               && WSAGetLastError() == WSANOTINITIALISED;
    }));
    std::exit(own_exit_code);
}

TEST_CASE("child: exit with unsent data and sockets of all kinds", "[.]")
{
    start_with_peer();
    (void)start_stream(peer->data_port(), {reader_kind::deaf, 1, 1'000'000, 4096});
    const SOCKET closed = start_stream(peer->data_port(), {reader_kind::deaf, 2, 1'000'000, 4096});
    REQUIRE(closesocket(closed) == 0);
    (void)connect_pair(listen_on_loopback(1));
    sockaddr_in address{};
    (void)bound_udp(address);
    std::exit(own_exit_code);
}

TEST_CASE("CLEAN-22 a process with blocked threads ends at once without WSACleanup")
{
    expect_prompt_end("child: exit with blocked threads");
    expect_prompt_end("child: _Exit with blocked threads");
}

TEST_CASE("CLEAN-22 a process ends at once while its last cleanup still flushes")
{
    expect_prompt_end("child: exit while the last cleanup flushes");
}

TEST_CASE("CLEAN-22 a process ends at once with unsent data and open sockets")
{
    expect_prompt_end("child: exit with unsent data and sockets of all kinds");
}
