// Signals, of which Winsock knows nothing: none is raised by a call, and none ends a blocking one. Answers to signal(7).
#include <atomic>
#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

/// Sends the thread a signal whose handler does nothing and after which system calls are not restarted.
void interrupt_thread(long thread_number)
{
    struct sigaction quiet {};
    quiet.sa_handler = [](int) {};
    REQUIRE(sigaction(SIGUSR1, &quiet, nullptr) == 0);
    REQUIRE(syscall(SYS_tgkill, getpid(), static_cast<pid_t>(thread_number), SIGUSR1) == 0);
}

}  // namespace

TEST_CASE("LNX-20, XFR-27 sending after the peer's reset raises no signal", "[api][send]")
{
    const winsock started;
    tcp_pair pair;
    std::signal(SIGPIPE, SIG_DFL);
    reset_connection(pair.client);
    for (int turn = 0; turn < 3; ++turn) {
        CHECK(error_of(send(pair.server, "x", 1, 0)) == WSAECONNRESET);
    }
}

TEST_CASE("LNX-20 sending to a peer that closed raises no signal", "[api][send]")
{
    const winsock started;
    tcp_pair pair;
    std::signal(SIGPIPE, SIG_DFL);
    pair.client.reset();
    int code = 0;
    // The first send provokes the reset, a later one reports it.
    REQUIRE(eventually([&] {
        code = error_of(send(pair.server, "x", 1, 0));
        return code != 0;
    }));
    CHECK((code == WSAECONNRESET || code == WSAECONNABORTED));
}

TEST_CASE("T-ENO/EINTR, BLK-3 a signal does not end a blocking call", "[api][receive]")
{
    const winsock started;
    const tcp_pair pair;
    char one = 0;
    std::atomic<long> thread{0};
    background_call waiting([&] {
        thread = this_thread_number();
        return recv(pair.server, &one, 1, 0);
    });
    REQUIRE(waiting.blocks());
    for (int turn = 0; turn < 5; ++turn) {
        interrupt_thread(thread);
        CHECK(waiting.blocks());
    }
    send_text(pair.client, "x");
    CHECK(waiting.result() == 1);
}
