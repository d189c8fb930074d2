// Event objects. Answers to the pages "CreateEventExW", "SetEvent", "PulseEvent".
#include "kernel_fixture.hpp"

#include <atomic>

using namespace spindle::test;

TEST_CASE("an auto-reset event lets one wait through, a manual-reset event all", "[kernel][event]")
{
    const auto one = make_event(false, true);
    CHECK(poll(one) == WAIT_OBJECT_0);
    CHECK(poll(one) == WAIT_TIMEOUT);
    const auto all = make_event(true, true);
    CHECK(poll(all) == WAIT_OBJECT_0);
    CHECK(poll(all) == WAIT_OBJECT_0);
    CHECK(ResetEvent(all) == TRUE);
    CHECK(poll(all) == WAIT_TIMEOUT);
}

TEST_CASE("setting an auto-reset event wakes exactly one of several waiters", "[kernel][event]")
{
    const auto one = make_event();
    const auto wait = [&] { return WaitForSingleObject(one, INFINITE); };
    background_call first(wait);
    background_call second(wait);
    REQUIRE(first.blocks());
    REQUIRE(second.blocks());
    CHECK(SetEvent(one) == TRUE);
    CHECK(eventually([&] { return first.done() != second.done(); }));
    CHECK((first.done() ? second : first).blocks());
    CHECK(SetEvent(one) == TRUE);
    CHECK(first.result() == WAIT_OBJECT_0);
    CHECK(second.result() == WAIT_OBJECT_0);
}

TEST_CASE("a signal is not lost between two threads, though the event is set while it is signalled or being reset",
          "[kernel][event]")
{
    constexpr int last = 100'000;
    for (const bool manual : {true, false}) {
        const auto news = make_event(manual);
        std::atomic<int> written{0};
        const program_thread writer([&] {
            for (int value = 1; value <= last; ++value) {
                written.store(value, std::memory_order_relaxed);
                SetEvent(news);
            }
            return DWORD{0};
        });
        int read = 0;
        while (read < last) {
            REQUIRE(WaitForSingleObject(news, 20'000) == WAIT_OBJECT_0);
            ResetEvent(news);
            read = written.load(std::memory_order_relaxed);
        }
        CHECK(writer.ended());
    }
}

TEST_CASE("a pulse releases the waiters of the moment and leaves the event nonsignalled", "[kernel][event]")
{
    for (const bool manual : {true, false}) {
        const auto pulsed = make_event(manual);
        const auto wait = [&] { return WaitForSingleObject(pulsed, INFINITE); };
        background_call first(wait);
        REQUIRE(first.blocks());
        background_call second(wait);
        REQUIRE(second.blocks());
        CHECK(PulseEvent(pulsed) == TRUE);
        CHECK(first.result() == WAIT_OBJECT_0);
        if (!manual) {
            CHECK(second.blocks());
            CHECK(PulseEvent(pulsed) == TRUE);
        }
        CHECK(second.result() == WAIT_OBJECT_0);
        CHECK(poll(pulsed) == WAIT_TIMEOUT);
        CHECK(SetEvent(pulsed) == TRUE);
        CHECK(PulseEvent(pulsed) == TRUE);
        CHECK(poll(pulsed) == WAIT_TIMEOUT);
    }
}

TEST_CASE("a pulse satisfies a wait for all only together with the other objects", "[kernel][event]")
{
    const auto pulsed = make_event(true);
    const auto other = make_event(true);
    const HANDLE both[] = {pulsed, other};
    background_call waiting([&] { return WaitForMultipleObjects(2, both, TRUE, INFINITE); });
    REQUIRE(waiting.blocks());
    PulseEvent(pulsed);
    CHECK(waiting.blocks());
    SetEvent(other);
    CHECK(waiting.blocks());
    PulseEvent(pulsed);
    CHECK(waiting.result() == WAIT_OBJECT_0);
}

TEST_CASE("CreateEventEx takes flags and refuses unknown ones", "[kernel][event]")
{
    const object_handle manual(CreateEventEx(
        nullptr, nullptr, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS));
    CHECK(poll(manual) == WAIT_OBJECT_0);
    CHECK(poll(manual) == WAIT_OBJECT_0);
    const object_handle automatic(CreateEventExW(nullptr, nullptr, 0, EVENT_ALL_ACCESS));
    CHECK(poll(automatic) == WAIT_TIMEOUT);
    CHECK(error_of_handle(CreateEventExA(nullptr, nullptr, 4, EVENT_ALL_ACCESS)) == ERROR_INVALID_PARAMETER);
}

TEST_CASE("event functions refuse what is no event", "[kernel][event]")
{
    const object_handle mutex(CreateMutex(nullptr, FALSE, nullptr));
    for (const HANDLE bad : {HANDLE{nullptr}, no_such_handle(), HANDLE{mutex}, GetCurrentThread()}) {
        CHECK(error_of(SetEvent(bad)) == ERROR_INVALID_HANDLE);
        CHECK(error_of(ResetEvent(bad)) == ERROR_INVALID_HANDLE);
        CHECK(error_of(PulseEvent(bad)) == ERROR_INVALID_HANDLE);
    }
}
