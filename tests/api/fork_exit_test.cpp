// Programs that end without WSACleanup, orderly or not, and programs that fork. Answers to "WSACleanup
// function" (a process may end at any time) and fork(2).
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/libc_peer.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

constexpr const char* port_variable = "SPINDLE_TEST_PORT";

unsigned short given_port()
{
    const char* text = std::getenv(port_variable);
    return text == nullptr ? static_cast<unsigned short>(0) : static_cast<unsigned short>(std::atoi(text));
}

/// What a program with much under way looks like: a listener, connections with unread data, a blocked thread.
struct busy_program {
    busy_program()
    {
        WSADATA data{};
        REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
        listening = tcp().release();
        REQUIRE(bind_to(listening, loopback(AF_INET, given_port())) == 0);
        REQUIRE(error_of(listen(listening, 4)) == 0);
        client = connect_to_listener(listening).release();
        server = accept_from(listening).release();
        send_text(client, "never read");
        datagram = bound_udp().release();
        std::thread([blocked = datagram] {
            char one = 0;
            recv(blocked, &one, 1, 0);
        }).detach();
    }
    SOCKET listening = INVALID_SOCKET;
    SOCKET client = INVALID_SOCKET;
    SOCKET server = INVALID_SOCKET;
    SOCKET datagram = INVALID_SOCKET;
};

/// Runs the hidden test named by the tag in a process of its own, giving it a port; then takes that port.
int run_and_take_port(const char* tag)
{
    const auto port = peer::unused_port();
    const environment_setting passed(port_variable, std::to_string(port).c_str());
    const int code = run_self({tag});
    const winsock started;
    const auto next = tcp();
    CHECK(bind_to(next, loopback(AF_INET, port)) == 0);
    CHECK(error_of(listen(next, 1)) == 0);
    const auto client = connect_to_listener(next);
    CHECK(peer_of(accept_from(next)) == local_of(client));
    return code;
}

/// Runs the function in a forked child; its value is the child's exit code.
int in_child(const std::function<int()>& function)
{
    const pid_t child = fork();
    if (child == 0) {
        _exit(function());
    }
    REQUIRE(child > 0);
    int status = 0;
    bool ended = false;
    CHECK(eventually([&] { return ended = waitpid(child, &status, WNOHANG) == child; }));
    if (!ended) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

#if defined(__SANITIZE_THREAD__)
constexpr bool children_may_start_threads = false;
#else
constexpr bool children_may_start_threads = true;
#endif

}  // namespace

TEST_CASE("CLEAN-22 as a child: a program that returns from main", "[.][end-by-exit]")
{
    const busy_program program;
    CHECK(program.server != INVALID_SOCKET);
}

TEST_CASE("CLEAN-22 as a child: a program that leaves by _exit", "[.][end-by-underscore-exit]")
{
    const busy_program program;
    CHECK(program.server != INVALID_SOCKET);
    _exit(7);
}

TEST_CASE("CLEAN-22 as a child: a program that is killed", "[.][end-by-kill]")
{
    const busy_program program;
    CHECK(program.server != INVALID_SOCKET);
    raise(SIGKILL);
}

TEST_CASE("CLEAN-22 a program may return from main without WSACleanup and its port is free at once",
          "[api][exit]")
{
    CHECK(run_and_take_port("[end-by-exit]") == 0);
}

TEST_CASE("CLEAN-22 a program may leave by _exit without WSACleanup and its port is free at once",
          "[api][exit]")
{
    CHECK(run_and_take_port("[end-by-underscore-exit]") == 7);
}

TEST_CASE("CLEAN-22 a program may be killed and its port is free at once", "[api][exit]")
{
    CHECK(run_and_take_port("[end-by-kill]") == 1000 + SIGKILL);
}

TEST_CASE("START-22, MAP-15 in a forked child every call gives WSANOTINITIALISED", "[api][fork]")
{
    const winsock started;
    const tcp_pair pair;
    const auto datagram = bound_udp();
    const int failed = in_child([&] {
        int number = 0;
        char one = 'x';
        for (const int code : {
                 error_of(send(pair.client, &one, 1, 0)),
                 error_of(recv(pair.server, &one, 1, 0)),
                 error_of(closesocket(pair.client)),
                 error_of(listen(pair.listening, 1)),
                 error_of(accept(pair.listening, nullptr, nullptr)),
                 error_of(socket(AF_INET, SOCK_STREAM, 0)),
                 error_of(WSACleanup()),
                 error_of(shutdown(pair.server, SD_BOTH)),
                 error_of(recv(datagram, &one, 1, 0)),
             }) {
            ++number;
            if (code != WSANOTINITIALISED) {
                return number;
            }
        }
        return 0;
    });
    CHECK(failed == 0);
    // The child's attempts and its end did nothing to the parent's sockets.
    send_text(pair.client, "still");
    CHECK(receive_text(pair.server, 5) == "still");
    const auto more = connect_to_listener(pair.listening);
    CHECK(peer_of(accept_from(pair.listening)) == local_of(more));
}

TEST_CASE("START-22, CLEAN-18 a forked child that starts the library itself gets a fresh one", "[api][fork]")
{
    if (!children_may_start_threads) {
        return;
    }
    const winsock started;
    const tcp_pair pair;
    const int failed = in_child([&] {
        WSADATA data{};
        if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
            return 1;
        }
        char one = 'x';
        if (error_of(send(pair.client, &one, 1, 0)) != WSAENOTSOCK) {
            return 2;
        }
        const SOCKET listening = socket(AF_INET, SOCK_STREAM, 0);
        auto where = loopback(AF_INET);
        if (listening == INVALID_SOCKET || bind(listening, where.get(), 16) != 0 ||
            listen(listening, 1) != 0) {
            return 3;
        }
        where.length = sizeof where.storage;
        if (getsockname(listening, where.get(), &where.length) != 0) {
            return 4;
        }
        const SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(client, where.get(), where.length) != 0) {
            return 5;
        }
        const SOCKET server = accept(listening, nullptr, nullptr);
        if (server == INVALID_SOCKET || send(client, "c", 1, 0) != 1 || recv(server, &one, 1, 0) != 1 ||
            one != 'c') {
            return 6;
        }
        if (closesocket(client) != 0 || closesocket(server) != 0 || WSACleanup() != 0) {
            return 7;
        }
        return error_of(WSACleanup()) == WSANOTINITIALISED ? 0 : 8;
    });
    CHECK(failed == 0);
    send_text(pair.client, "parent");
    CHECK(receive_text(pair.server, 6) == "parent");
}

TEST_CASE("START-22 a fork while another thread is inside a blocking call harms neither process",
          "[api][fork]")
{
    const winsock started;
    const tcp_pair pair;
    char one = 0;
    background_call waiting([&] { return recv(pair.server, &one, 1, 0); });
    REQUIRE(waiting.blocks());
    const int failed = in_child([&] {
        if (error_of(socket(AF_INET, SOCK_STREAM, 0)) != WSANOTINITIALISED) {
            return 1;
        }
        if (!children_may_start_threads) {
            return 0;
        }
        WSADATA data{};
        if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
            return 2;
        }
        const SOCKET made = socket(AF_INET, SOCK_DGRAM, 0);
        if (made == INVALID_SOCKET || closesocket(made) != 0) {
            return 3;
        }
        // Nobody counts the parent's blocked call in this process: the cleanup does not wait for it.
        return WSACleanup() == 0 ? 0 : 4;
    });
    CHECK(failed == 0);
    CHECK_FALSE(waiting.done());
    send_text(pair.client, "x");
    CHECK(waiting.result() == 1);
}

TEST_CASE("CLEAN-22 the end of a forked child sends nothing to the parent's peers", "[api][fork]")
{
    peer::listener outside;
    const winsock started;
    auto client = tcp();
    REQUIRE(connect_to(client, loopback(AF_INET, outside.port())) == 0);
    auto other_end = outside.accept();
    REQUIRE(other_end);
    CHECK(in_child([] { return 0; }) == 0);
    send_text(client, "after the child");
    CHECK(other_end.read_text(15) == "after the child");
    client.reset();
    CHECK(other_end.wait_end() == peer::ending::finished);
}
