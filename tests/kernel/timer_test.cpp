// Waitable timers. Answers to the pages "Waitable Timer Objects" and "SetWaitableTimer".
#include <limits>
#include <vector>

#include "kernel_fixture.hpp"

using namespace spindle::test;

namespace {

constexpr LONGLONG units_per_millisecond = 10'000;

LARGE_INTEGER in_milliseconds(LONGLONG milliseconds)
{
    LARGE_INTEGER due{};
    due.QuadPart = -milliseconds * units_per_millisecond;
    return due;
}

object_handle make_timer(bool manual_reset = false)
{
    return object_handle(CreateWaitableTimerW(nullptr, manual_reset, nullptr));
}

BOOL set(HANDLE timer, LONGLONG milliseconds, LONG period = 0, PTIMERAPCROUTINE routine = nullptr,
         LPVOID context = nullptr)
{
    const LARGE_INTEGER due = in_milliseconds(milliseconds);
    return SetWaitableTimer(timer, &due, period, routine, context, FALSE);
}

struct call {
    LPVOID context;
    ULONGLONG when;
};
thread_local std::vector<call> calls;

VOID CALLBACK note(LPVOID context, DWORD low, DWORD high)
{
    calls.push_back({context, (ULONGLONG{high} << 32) | low});
}

VOID CALLBACK note_user_call(ULONG_PTR context)
{
    calls.push_back({reinterpret_cast<LPVOID>(context), 0});
}

ULONGLONG now()
{
    FILETIME time{};
    GetSystemTimeAsFileTime(&time);
    return (ULONGLONG{time.dwHighDateTime} << 32) | time.dwLowDateTime;
}

}  // namespace

TEST_CASE("a timer is signalled when it is due, for one wait or for all", "[kernel][timer]")
{
    for (const bool manual : {false, true}) {
        const auto timer = make_timer(manual);
        CHECK(poll(timer) == WAIT_TIMEOUT);
        const stopwatch time;
        REQUIRE(set(timer, 30) == TRUE);
        CHECK(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
        CHECK(time.elapsed() >= std::chrono::milliseconds(29));
        CHECK(poll(timer) == (manual ? WAIT_OBJECT_0 : DWORD{WAIT_TIMEOUT}));
    }
}

TEST_CASE("a timer can be due at a time of day", "[kernel][timer]")
{
    const auto timer = make_timer();
    LARGE_INTEGER due{};
    due.QuadPart = static_cast<LONGLONG>(now()) + 30 * units_per_millisecond;
    REQUIRE(SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE) == TRUE);
    CHECK(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
    CHECK(static_cast<LONGLONG>(now()) >= due.QuadPart);
    due.QuadPart = 1;  // long ago
    REQUIRE(SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE) == TRUE);
    CHECK(poll(timer) == WAIT_OBJECT_0);
    due.QuadPart = 0;
    REQUIRE(SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE) == TRUE);
    CHECK(poll(timer) == WAIT_OBJECT_0);
    due.QuadPart = std::numeric_limits<LONGLONG>::max();
    REQUIRE(SetWaitableTimer(timer, &due, 0, nullptr, nullptr, FALSE) == TRUE);
    CHECK(poll(timer) == WAIT_TIMEOUT);
}

TEST_CASE("a period signals a timer again and again", "[kernel][timer]")
{
    const auto timer = make_timer();
    const stopwatch time;
    REQUIRE(set(timer, 10, 10) == TRUE);
    for (int turn = 0; turn < 5; ++turn) {
        CHECK(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
    }
    CHECK(time.elapsed() >= std::chrono::milliseconds(49));
    CHECK(CancelWaitableTimer(timer) == TRUE);
}

TEST_CASE("setting a timer makes it nonsignalled, cancelling it does not", "[kernel][timer]")
{
    const auto timer = make_timer(true);
    REQUIRE(set(timer, 0) == TRUE);
    CHECK(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
    CHECK(CancelWaitableTimer(timer) == TRUE);
    CHECK(poll(timer) == WAIT_OBJECT_0);
    REQUIRE(set(timer, 3600000) == TRUE);
    CHECK(poll(timer) == WAIT_TIMEOUT);
    CHECK(CancelWaitableTimer(timer) == TRUE);
    CHECK(poll(timer) == WAIT_TIMEOUT);
}

TEST_CASE("a wait in progress follows a timer that is set anew", "[kernel][timer]")
{
    const auto timer = make_timer();
    REQUIRE(set(timer, 3600000) == TRUE);
    background_call waiting([&] { return WaitForSingleObject(timer, INFINITE); });
    REQUIRE(waiting.blocks());
    REQUIRE(set(timer, 1) == TRUE);
    CHECK(waiting.result() == WAIT_OBJECT_0);
}

TEST_CASE("timers cost no thread", "[kernel][timer]")
{
    const std::size_t before = thread_count();
    std::vector<object_handle> timers;
    for (int turn = 0; turn < 100; ++turn) {
        timers.push_back(make_timer());
        REQUIRE(set(timers.back(), 5, 5, &note) == TRUE);
    }
    CHECK(WaitForSingleObject(timers.back(), INFINITE) == WAIT_OBJECT_0);
    CHECK(eventually([&] { return thread_count() <= before; }));
}

TEST_CASE("a completion routine runs in an alertable wait of the thread that set the timer",
          "[kernel][timer]")
{
    calls.clear();
    int context = 0;
    const auto timer = make_timer();
    const ULONGLONG before = now();
    REQUIRE(set(timer, 200, 0, &note, &context) == TRUE);
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].context == &context);
    CHECK(calls[0].when >= before + 199 * units_per_millisecond);
    CHECK(calls[0].when <= now());
    CHECK(poll(timer) == WAIT_OBJECT_0);
    CHECK(SleepEx(30, TRUE) == 0);
}

TEST_CASE("APC-11 calls of timers keep their place among the others", "[kernel][timer]")
{
    calls.clear();
    int early = 0;
    int late = 0;
    const auto first = make_timer();
    const auto second = make_timer();
    REQUIRE(set(second, 200, 0, &note, &late) == TRUE);
    REQUIRE(set(first, 1, 0, &note, &early) == TRUE);
    CHECK(WaitForSingleObject(second, INFINITE) == WAIT_OBJECT_0);
    QueueUserAPC(&note_user_call, GetCurrentThread(), 3);
    CHECK(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(calls.size() == 3);
    CHECK(calls[0].context == &early);
    CHECK(calls[1].context == &late);
    CHECK(calls[2].context == reinterpret_cast<LPVOID>(3));
}

TEST_CASE("a periodic timer has at most one call waiting", "[kernel][timer]")
{
    calls.clear();
    const auto timer = make_timer();
    REQUIRE(set(timer, 1, 1, &note) == TRUE);
    Sleep(100);
    CHECK(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    CHECK(calls.size() < 50);  // a few more may have become due meanwhile
    calls.clear();
    while (calls.size() < 5) {
        REQUIRE(SleepEx(20000, TRUE) == WAIT_IO_COMPLETION);
    }
    CancelWaitableTimer(timer);
    calls.clear();
    CHECK(SleepEx(20, TRUE) == 0);
}

TEST_CASE("cancelling, setting anew and closing a timer take its call back", "[kernel][timer]")
{
    calls.clear();
    int wanted = 0;
    object_handle timer = make_timer(true);
    const auto let_it_expire = [&] {
        REQUIRE(set(timer, 0, 0, &note) == TRUE);
        REQUIRE(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
    };
    let_it_expire();
    CHECK(CancelWaitableTimer(timer) == TRUE);
    CHECK(SleepEx(0, TRUE) == 0);
    let_it_expire();
    REQUIRE(set(timer, 0, 0, &note, &wanted) == TRUE);
    CHECK(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].context == &wanted);
    let_it_expire();
    timer.close();
    CHECK(SleepEx(0, TRUE) == 0);
}

TEST_CASE("a timer with a routine ends with the thread that set it", "[kernel][timer]")
{
    const auto called = make_timer();
    const auto plain = make_timer();
    const program_thread setter([&] {
        set(called, 300, 0, &note);
        set(plain, 300, 0);
        return DWORD{0};
    });
    REQUIRE(setter.ended());
    CHECK(WaitForSingleObject(plain, 20000) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(called, 30) == WAIT_TIMEOUT);
}

TEST_CASE("timer functions refuse bad handles, periods and flags, and say that they wake no system",
          "[kernel][timer]")
{
    const auto timer = make_timer();
    const LARGE_INTEGER due = in_milliseconds(0);
    CHECK(error_of(SetWaitableTimer(timer, nullptr, 0, nullptr, nullptr, FALSE)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(SetWaitableTimer(timer, &due, -1, nullptr, nullptr, FALSE)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(SetWaitableTimer(no_such_handle(), &due, 0, nullptr, nullptr, FALSE)) ==
          ERROR_INVALID_HANDLE);
    CHECK(error_of(CancelWaitableTimer(no_such_handle())) == ERROR_INVALID_HANDLE);
    CHECK(error_of_handle(CreateWaitableTimerExA(nullptr, nullptr, 8, TIMER_ALL_ACCESS)) ==
          ERROR_INVALID_PARAMETER);
    CHECK(error_of_handle(CreateWaitableTimerExW(nullptr, nullptr, CREATE_WAITABLE_TIMER_HIGH_RESOLUTION,
                                                 TIMER_ALL_ACCESS)) == 0);
    CHECK(SetWaitableTimer(timer, &due, 0, nullptr, nullptr, TRUE) == TRUE);
    CHECK(GetLastError() == ERROR_NOT_SUPPORTED);
    CHECK(SetWaitableTimerEx(timer, &due, 0, nullptr, nullptr, nullptr, 0) == TRUE);
    CHECK(GetLastError() == ERROR_SUCCESS);
}
