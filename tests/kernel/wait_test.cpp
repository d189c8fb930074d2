// Waits for any kind of object. Answers to the pages "WaitForMultipleObjectsEx", "SignalObjectAndWait",
// "SleepEx".
#include "kernel_fixture.hpp"

#include <vector>

using namespace spindle::test;

TEST_CASE("a wait for all takes no signal before it can take every one", "[kernel][wait]")
{
    const auto event = make_event(false, true);
    const object_handle semaphore(CreateSemaphore(nullptr, 1, 1, nullptr));
    const object_handle mutex(CreateMutex(nullptr, FALSE, nullptr));
    const auto missing = make_event();
    const HANDLE all[] = {event, semaphore, mutex, missing};
    CHECK(WaitForMultipleObjects(4, all, TRUE, 0) == WAIT_TIMEOUT);
    CHECK(error_of(ReleaseMutex(mutex)) == ERROR_NOT_OWNER);
    background_call waiting([&] { return WaitForMultipleObjects(4, all, TRUE, INFINITE); });
    REQUIRE(waiting.blocks());
    SetEvent(missing);
    CHECK(waiting.result() == WAIT_OBJECT_0);
    CHECK(poll(event) == WAIT_TIMEOUT);
    CHECK(poll(semaphore) == WAIT_TIMEOUT);
    CHECK(poll(missing) == WAIT_TIMEOUT);
}

TEST_CASE("a wait for any takes the signal of the lowest index alone", "[kernel][wait]")
{
    const auto first = make_event();
    const auto second = make_event(false, true);
    const object_handle third(CreateSemaphore(nullptr, 1, 1, nullptr));
    const HANDLE any[] = {first, second, third};
    CHECK(WaitForMultipleObjects(3, any, FALSE, INFINITE) == WAIT_OBJECT_0 + 1);
    CHECK(WaitForMultipleObjects(3, any, FALSE, INFINITE) == WAIT_OBJECT_0 + 2);
    CHECK(WaitForMultipleObjects(3, any, FALSE, 0) == WAIT_TIMEOUT);
}

TEST_CASE("a wait takes 64 handles from anywhere in the table", "[kernel][wait]")
{
    std::vector<object_handle> made;
    for (int count = 0; count < 300; ++count) {
        made.push_back(make_event(true));
    }
    std::vector<HANDLE> chosen{GetCurrentProcess(), GetCurrentThread()};
    for (std::size_t at = 0; chosen.size() < MAXIMUM_WAIT_OBJECTS; at += 37) {
        chosen.push_back(made[at % made.size()]);
    }
    const auto count = static_cast<DWORD>(chosen.size());
    CHECK(WaitForMultipleObjects(count, chosen.data(), FALSE, 0) == WAIT_TIMEOUT);
    SetEvent(chosen[40]);
    CHECK(WaitForMultipleObjects(count, chosen.data(), FALSE, INFINITE) == WAIT_OBJECT_0 + 40);
    SetEvent(chosen[2]);
    CHECK(WaitForMultipleObjects(count, chosen.data(), FALSE, INFINITE) == WAIT_OBJECT_0 + 2);
    chosen[20] = no_such_handle();
    CHECK(WaitForMultipleObjects(count, chosen.data(), FALSE, INFINITE) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

TEST_CASE("waits refuse bad handles, counts and, for all, repetitions", "[kernel][wait]")
{
    const auto event = make_event(true, true);
    const HANDLE twice[] = {event, event};
    CHECK(WaitForMultipleObjects(2, twice, FALSE, 0) == WAIT_OBJECT_0);
    CHECK(WaitForMultipleObjects(2, twice, TRUE, 0) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(WaitForMultipleObjects(0, twice, FALSE, 0) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(WaitForSingleObject(no_such_handle(), 0) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

TEST_CASE("SignalObjectAndWait signals every kind that can be signalled and waits", "[kernel][wait]")
{
    const auto event = make_event();
    const object_handle semaphore(CreateSemaphore(nullptr, 0, 1, nullptr));
    const object_handle mutex(CreateMutex(nullptr, TRUE, nullptr));
    const auto awaited = make_event(true, true);
    for (const HANDLE each : {HANDLE{event}, HANDLE{semaphore}, HANDLE{mutex}}) {
        CHECK(SignalObjectAndWait(each, awaited, INFINITE, FALSE) == WAIT_OBJECT_0);
        CHECK(poll(each) == WAIT_OBJECT_0);
    }
    ReleaseMutex(mutex);
    CHECK(SignalObjectAndWait(mutex, awaited, 0, FALSE) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_NOT_OWNER);
    CHECK(SignalObjectAndWait(semaphore, awaited, 0, FALSE) == WAIT_OBJECT_0);
    CHECK(SignalObjectAndWait(semaphore, awaited, 0, FALSE) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_TOO_MANY_POSTS);
    CHECK(SignalObjectAndWait(GetCurrentThread(), awaited, 0, FALSE) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(SignalObjectAndWait(event, no_such_handle(), 0, FALSE) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(poll(event) == WAIT_TIMEOUT);
}

TEST_CASE("two threads hand a turn to each other", "[kernel][wait]")
{
    const auto ping = make_event();
    const auto pong = make_event();
    constexpr int turns = 2000;
    const program_thread other([&] {
        WaitForSingleObject(ping, INFINITE);
        for (int turn = 1; turn < turns; ++turn) {
            SignalObjectAndWait(pong, ping, INFINITE, FALSE);
        }
        SetEvent(pong);
        return DWORD{0};
    });
    for (int turn = 0; turn < turns; ++turn) {
        REQUIRE(SignalObjectAndWait(ping, pong, INFINITE, FALSE) == WAIT_OBJECT_0);
    }
}

TEST_CASE("the calling thread and the process are never signalled", "[kernel][wait]")
{
    CHECK(poll(GetCurrentThread()) == WAIT_TIMEOUT);
    CHECK(poll(GetCurrentProcess()) == WAIT_TIMEOUT);
}
