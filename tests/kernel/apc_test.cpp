// User APCs and alertable waits. Answers to the pages "QueueUserAPC" and "Alertable I/O".
#include <vector>

#include "kernel_fixture.hpp"

using namespace spindle::test;

namespace {

thread_local std::vector<int> ran;

VOID CALLBACK note(ULONG_PTR number)
{
    ran.push_back(static_cast<int>(number));
}

DWORD queue_here(ULONG_PTR number)
{
    return QueueUserAPC(&note, GetCurrentThread(), number);
}

VOID CALLBACK note_and_wait(ULONG_PTR number)
{
    note(number);
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    note(number + 100);
}

VOID CALLBACK note_and_queue(ULONG_PTR number)
{
    note(number);
    if (number < 5) {
        QueueUserAPC(&note_and_queue, GetCurrentThread(), number + 1);
    }
}

}  // namespace

TEST_CASE("APC-11 every call queued before an alertable wait runs in it, in order", "[kernel][apc]")
{
    ran.clear();
    for (ULONG_PTR number = 1; number <= 5; ++number) {
        CHECK(queue_here(number) != 0);
    }
    CHECK(SleepEx(0, FALSE) == 0);
    CHECK(ran.empty());
    CHECK(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    CHECK(ran == std::vector<int>{1, 2, 3, 4, 5});
    CHECK(SleepEx(0, TRUE) == 0);
}

TEST_CASE("APC-13 every alertable form of the waits runs calls", "[kernel][apc]")
{
    const auto never = make_event();
    const auto other = make_event();
    const HANDLE both[] = {never, never};
    const auto alertable = [&](auto wait) {
        ran.clear();
        queue_here(7);
        const DWORD result = wait();
        return result == WAIT_IO_COMPLETION && ran == std::vector<int>{7};
    };
    CHECK(alertable([] { return SleepEx(INFINITE, TRUE); }));
    CHECK(alertable([&] { return WaitForSingleObjectEx(never, INFINITE, TRUE); }));
    CHECK(alertable([&] { return WaitForMultipleObjectsEx(2, both, FALSE, INFINITE, TRUE); }));
    CHECK(alertable([&] { return WSAWaitForMultipleEvents(1, both, FALSE, WSA_INFINITE, TRUE); }));
    CHECK(alertable([&] { return SignalObjectAndWait(other, never, INFINITE, TRUE); }));

    ran.clear();
    queue_here(8);
    CHECK(WaitForSingleObject(never, 0) == WAIT_TIMEOUT);
    CHECK(WaitForSingleObjectEx(never, 0, FALSE) == WAIT_TIMEOUT);
    CHECK(ran.empty());
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
}

TEST_CASE("a signalled object is taken before calls are looked at", "[kernel][apc]")
{
    ran.clear();
    const auto event = make_event(false, true);
    queue_here(1);
    CHECK(WaitForSingleObjectEx(event, INFINITE, TRUE) == WAIT_OBJECT_0);
    CHECK(ran.empty());
    CHECK(WaitForSingleObjectEx(event, INFINITE, TRUE) == WAIT_IO_COMPLETION);
}

TEST_CASE("a call that waits alertably runs the ones behind it", "[kernel][apc]")
{
    ran.clear();
    QueueUserAPC(&note_and_wait, GetCurrentThread(), 1);
    queue_here(2);
    queue_here(3);
    CHECK(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    CHECK(ran == std::vector<int>{1, 2, 3, 101});
}

TEST_CASE("calls queued by calls run in the same wait", "[kernel][apc]")
{
    ran.clear();
    QueueUserAPC(&note_and_queue, GetCurrentThread(), 1);
    CHECK(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    CHECK(ran == std::vector<int>{1, 2, 3, 4, 5});
}

TEST_CASE("a call queued to a thread that sleeps alertably wakes it", "[kernel][apc]")
{
    const auto ready = make_event();
    const program_thread sleeping([&] {
        SetEvent(ready);
        return SleepEx(INFINITE, TRUE);
    });
    REQUIRE(WaitForSingleObject(ready, INFINITE) == WAIT_OBJECT_0);
    CHECK(QueueUserAPC(&note, sleeping, 1) != 0);
    REQUIRE(sleeping.ended());
    CHECK(sleeping.exit_code() == WAIT_IO_COMPLETION);
}

TEST_CASE("calls queued before a thread begins run before its routine", "[kernel][apc]")
{
    program_thread suspended(
        [] {
            const bool as_told = ran == std::vector<int>{1, 2};
            return DWORD{as_told};
        },
        CREATE_SUSPENDED);
    CHECK(QueueUserAPC(&note, suspended, 1) != 0);
    CHECK(QueueUserAPC(&note, suspended, 2) != 0);
    CHECK(ResumeThread(suspended) == 1);
    REQUIRE(suspended.ended());
    CHECK(suspended.exit_code() == 1);
}

TEST_CASE("a call in a wait for a mutex does not disturb who owns it", "[kernel][apc]")
{
    ran.clear();
    const object_handle mutex(CreateMutex(nullptr, TRUE, nullptr));
    queue_here(1);
    CHECK(WaitForSingleObjectEx(mutex, INFINITE, TRUE) == WAIT_OBJECT_0);
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    CHECK(ReleaseMutex(mutex) == TRUE);
    CHECK(ReleaseMutex(mutex) == TRUE);
    CHECK(error_of(ReleaseMutex(mutex)) == ERROR_NOT_OWNER);
}

TEST_CASE("no call can be queued to a thread that has ended or to what is no thread", "[kernel][apc]")
{
    const program_thread ended([] { return DWORD{0}; });
    REQUIRE(ended.ended());
    CHECK(QueueUserAPC(&note, ended, 1) == 0);
    CHECK(GetLastError() == ERROR_GEN_FAILURE);
    const auto event = make_event();
    CHECK(QueueUserAPC(&note, event, 1) == 0);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(QueueUserAPC(nullptr, GetCurrentThread(), 1) == 0);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
}

TEST_CASE("APC-11 many calls from many threads all run, each thread's in its order", "[kernel][apc]")
{
    constexpr ULONG_PTR calls = 3000;
    ran.clear();
    HANDLE here = nullptr;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &here, 0, FALSE,
                            DUPLICATE_SAME_ACCESS) == TRUE);
    const object_handle target(here);
    const auto queue_many = [&](ULONG_PTR first) {
        for (ULONG_PTR number = 0; number < calls; ++number) {
            QueueUserAPC(&note, target, first + number);
        }
        return DWORD{0};
    };
    const program_thread low([&] { return queue_many(0); });
    const program_thread high([&] { return queue_many(100000); });
    const stopwatch time;
    while (ran.size() < 2 * calls && time.elapsed() < patience) {
        SleepEx(1000, TRUE);
    }
    REQUIRE(ran.size() == 2 * calls);
    int next_low = 0;
    int next_high = 100000;
    for (const int each : ran) {
        int& next = each < 100000 ? next_low : next_high;
        REQUIRE(each == next);
        ++next;
    }
}
