// Console control events. Every case that is about the end of a process, or sends signals, runs in a process of
// its own: the hidden cases, named "child". Answers to the pages "SetConsoleCtrlHandler", "HandlerRoutine",
// "GenerateConsoleCtrlEvent".
#include <winsock2.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <pthread.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

constexpr int ended_by_signal = 1000;  // run_self adds the signal's number

std::atomic<int> order{0};
std::atomic<int> first_ran{0};
std::atomic<int> second_ran{0};
std::atomic<DWORD> last_event{99};
std::atomic<long> handler_thread{0};

BOOL WINAPI first(DWORD)
{
    first_ran = ++order;
    return TRUE;
}

BOOL WINAPI second_passes_on(DWORD event)
{
    last_event = event;
    handler_thread = this_thread_number();
    second_ran = ++order;
    return FALSE;
}

BOOL WINAPI takes(DWORD event)
{
    last_event = event;
    return TRUE;
}

BOOL WINAPI passes_on(DWORD event)
{
    last_event = event;
    return FALSE;
}

BOOL WINAPI exits(DWORD event)
{
    ExitProcess(40 + event);
}

// Catch2 handles these signals while a case runs; they are back to what a program finds while this lives.
class default_signals {
public:
    default_signals()
    {
        sigaction(SIGINT, nullptr, &interrupt_);
        sigaction(SIGTERM, nullptr, &terminate_);
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
    }
    default_signals(const default_signals&) = delete;
    default_signals& operator=(const default_signals&) = delete;
    ~default_signals()
    {
        sigaction(SIGINT, &interrupt_, nullptr);
        sigaction(SIGTERM, &terminate_, nullptr);
    }

private:
    struct sigaction interrupt_ {};
    struct sigaction terminate_ {};
};

// In the child of a fork.
bool registers_again()
{
#if defined(__SANITIZE_THREAD__)
    return true;  // ThreadSanitizer allows no new thread there
#else
    const bool added = SetConsoleCtrlHandler(&takes, TRUE) != FALSE;
    raise(SIGINT);
    const bool ran = eventually([] { return last_event == CTRL_C_EVENT; });
    return added && ran && SetConsoleCtrlHandler(&takes, FALSE) != FALSE;
#endif
}

void send_self(int signal)
{
    kill(getpid(), signal);
}

// The process is to be ended by somebody else now.
[[noreturn]] void wait_for_the_end()
{
    if (!eventually([] { return false; })) {
        _exit(99);
    }
    _exit(98);
}

}  // namespace

TEST_CASE("handlers run last registered first, on a thread of their own, until one takes the event",
          "[kernel][console]")
{
    const default_signals defaults;
    REQUIRE(SetConsoleCtrlHandler(&first, TRUE) == TRUE);
    REQUIRE(SetConsoleCtrlHandler(&second_passes_on, TRUE) == TRUE);
    REQUIRE(GenerateConsoleCtrlEvent(CTRL_C_EVENT, GetCurrentProcessId()) == TRUE);
    REQUIRE(eventually([] { return first_ran != 0; }));
    CHECK(second_ran == 1);
    CHECK(first_ran == 2);
    CHECK(last_event == CTRL_C_EVENT);
    CHECK(handler_thread != this_thread_number());

    REQUIRE(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, GetCurrentProcessId()) == TRUE);
    REQUIRE(eventually([] { return first_ran == 4; }));
    CHECK(last_event == CTRL_BREAK_EVENT);
    CHECK(SetConsoleCtrlHandler(&first, FALSE) == TRUE);
    CHECK(SetConsoleCtrlHandler(&second_passes_on, FALSE) == TRUE);
}

TEST_CASE("child: registering and removing", "[.][listener]")
{
    const default_signals defaults;
    std::thread([] {}).join();  // ThreadSanitizer adds a thread of its own when the first one starts
    const auto threads = thread_count();
    const auto descriptors = descriptor_count();
    for (int round = 0; round < 20; ++round) {
        REQUIRE(SetConsoleCtrlHandler(&takes, TRUE) == TRUE);
        REQUIRE(SetConsoleCtrlHandler(&takes, TRUE) == TRUE);
        CHECK(thread_count() == threads + 1);
        CHECK(SetConsoleCtrlHandler(&takes, FALSE) == TRUE);
        CHECK(thread_count() == threads + 1);
        CHECK(SetConsoleCtrlHandler(&takes, FALSE) == TRUE);
        REQUIRE(eventually([&] { return thread_count() == threads; }));
    }
    CHECK(descriptor_count() == descriptors);
    struct sigaction action {};
    sigaction(SIGINT, nullptr, &action);
    CHECK(action.sa_handler == SIG_DFL);
}

// In a process whose threads are known: events of other cases may still be on theirs.
TEST_CASE("the listening thread lives as long as a handler is registered", "[kernel][console]")
{
    CHECK(run_self({"[listener]"}) == 0);
}

TEST_CASE("bad arguments of the console functions get their errors", "[kernel][console]")
{
    CHECK(SetConsoleCtrlHandler(&takes, FALSE) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(GenerateConsoleCtrlEvent(CTRL_CLOSE_EVENT, 0) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0x7FFFFFFF) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0xFFFFFFFF) == FALSE);
}

TEST_CASE("a handler may remove itself", "[kernel][console]")
{
    const default_signals defaults;
    static std::atomic<int> removed{-1};
    static constexpr PHANDLER_ROUTINE removes_itself = [](DWORD) -> BOOL {
        removed = SetConsoleCtrlHandler(removes_itself, FALSE);
        return TRUE;
    };
    REQUIRE(SetConsoleCtrlHandler(removes_itself, TRUE) == TRUE);
    send_self(SIGINT);
    REQUIRE(eventually([] { return removed != -1; }));
    CHECK(removed == TRUE);
    CHECK(SetConsoleCtrlHandler(removes_itself, FALSE) == FALSE);
}

TEST_CASE("child: an event that no handler takes", "[.][passed_on]")
{
    const default_signals defaults;
    SetConsoleCtrlHandler(&passes_on, TRUE);
    send_self(SIGINT);
    wait_for_the_end();
}

TEST_CASE("an event that no handler takes ends the process by its signal", "[kernel][console]")
{
    CHECK(run_self({"[passed_on]"}) == ended_by_signal + SIGINT);
}

TEST_CASE("child: SIGTERM that is taken", "[.][close_taken]")
{
    const default_signals defaults;
    SetConsoleCtrlHandler(&takes, TRUE);
    send_self(SIGTERM);
    wait_for_the_end();
}

TEST_CASE("CTRL_CLOSE_EVENT ends the process even when a handler takes it", "[kernel][console]")
{
    CHECK(run_self({"[close_taken]"}) == ended_by_signal + SIGTERM);
}

TEST_CASE("child: SIGTERM to a handler that exits", "[.][close_exits]")
{
    const default_signals defaults;
    SetConsoleCtrlHandler(&exits, TRUE);
    send_self(SIGTERM);
    wait_for_the_end();
}

TEST_CASE("child: SIGHUP to a handler that exits", "[.][hang_up_exits]")
{
    const default_signals defaults;
    SetConsoleCtrlHandler(&exits, TRUE);
    send_self(SIGHUP);
    wait_for_the_end();
}

TEST_CASE("a handler may clean up and exit in its own way", "[kernel][console]")
{
    CHECK(run_self({"[close_exits]"}) == 40 + CTRL_CLOSE_EVENT);
    CHECK(run_self({"[hang_up_exits]"}) == 40 + CTRL_CLOSE_EVENT);
}

TEST_CASE("child: Ctrl-C ignored, then not", "[.][ignored]")
{
    const default_signals defaults;
    SetConsoleCtrlHandler(&exits, TRUE);
    SetConsoleCtrlHandler(nullptr, TRUE);
    send_self(SIGINT);
    SetConsoleCtrlHandler(nullptr, FALSE);
    send_self(SIGQUIT);
    wait_for_the_end();
}

TEST_CASE("NULL, TRUE ignores Ctrl-C alone", "[kernel][console]")
{
    CHECK(run_self({"[ignored]"}) == 40 + CTRL_BREAK_EVENT);
}

TEST_CASE("child: a signal with an owner", "[.][owned]")
{
    const default_signals defaults;
    std::signal(SIGTERM, [](int) { _exit(55); });
    SetConsoleCtrlHandler(&exits, TRUE);
    send_self(SIGTERM);
    wait_for_the_end();
}

TEST_CASE("a signal that the program handles itself stays the program's", "[kernel][console]")
{
    CHECK(run_self({"[owned]"}) == 55);
}

TEST_CASE("child: the whole process group", "[.][group]")
{
    const default_signals defaults;
    setpgid(0, 0);
    SetConsoleCtrlHandler(&exits, TRUE);
    GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    wait_for_the_end();
}

TEST_CASE("group 0 is the caller's own group", "[kernel][console]")
{
    CHECK(run_self({"[group]"}) == 40 + CTRL_C_EVENT);
}

TEST_CASE("a forked child starts without handlers", "[kernel][console]")
{
    const default_signals defaults;
    REQUIRE(SetConsoleCtrlHandler(&takes, TRUE) == TRUE);
    last_event = 99;
    const pid_t child = fork();
    if (child == 0) {
        const bool empty = SetConsoleCtrlHandler(&takes, FALSE) == FALSE;
        struct sigaction action {};
        sigaction(SIGINT, nullptr, &action);
        const bool reset = action.sa_handler == SIG_DFL;
        _exit(empty && reset && registers_again() ? 0 : 1);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(SetConsoleCtrlHandler(&takes, FALSE) == TRUE);
}

// In a session of its own whose terminal is a new one.
TEST_CASE("child: leaving the console", "[.][leaves]")
{
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(master >= 0);
    REQUIRE((grantpt(master) == 0 && unlockpt(master) == 0));
    const std::string name = ptsname(master);
    setsid();
    const int terminal = open(name.c_str(), O_RDWR);  // becomes the session's
    REQUIRE(terminal >= 0);
    CHECK(FreeConsole() == FALSE);
    CHECK(GetLastError() == ERROR_NOT_SUPPORTED);
    const pid_t member = fork();
    if (member == 0) {
        dup2(terminal, 0);
        const bool left = FreeConsole() == TRUE && isatty(0) == 0 && open("/dev/tty", O_RDWR) < 0;
        _exit(left && FreeConsole() == TRUE ? 0 : 1);
    }
    int status = -1;
    REQUIRE(waitpid(member, &status, 0) == member);
    CHECK(status == 0);
    CHECK(open("/dev/tty", O_RDWR) >= 0);
}

TEST_CASE("FreeConsole leaves the terminal and leaves it to the others", "[kernel][console]")
{
    CHECK(run_self({"[leaves]"}) == 0);
}
