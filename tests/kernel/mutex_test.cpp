// Mutex objects. Answers to the pages "Mutex Objects", "CreateMutexExW", "ReleaseMutex".
#include "kernel_fixture.hpp"

using namespace spindle::test;

TEST_CASE("a mutex is taken again by its owner and by nobody else", "[kernel][mutex]")
{
    const object_handle mutex(CreateMutex(nullptr, TRUE, nullptr));
    CHECK(poll(mutex) == WAIT_OBJECT_0);
    const auto poll_elsewhere = [&] {
        DWORD result = 0;
        const program_thread other([&] { return poll(mutex); });
        CHECK(other.ended());
        result = other.exit_code();
        return result;
    };
    CHECK(poll_elsewhere() == WAIT_TIMEOUT);
    CHECK(ReleaseMutex(mutex) == TRUE);
    CHECK(poll_elsewhere() == WAIT_TIMEOUT);
    CHECK(ReleaseMutex(mutex) == TRUE);
    CHECK(error_of(ReleaseMutex(mutex)) == ERROR_NOT_OWNER);
    CHECK(poll_elsewhere() == WAIT_OBJECT_0);
    CHECK(poll(mutex) == WAIT_ABANDONED);
    CHECK(ReleaseMutex(mutex) == TRUE);
}

TEST_CASE("only the owner releases a mutex", "[kernel][mutex]")
{
    const object_handle mutex(CreateMutexEx(nullptr, nullptr, CREATE_MUTEX_INITIAL_OWNER, MUTEX_ALL_ACCESS));
    const program_thread other([&] { return error_of(ReleaseMutex(mutex)); });
    REQUIRE(other.ended());
    CHECK(other.exit_code() == ERROR_NOT_OWNER);
    CHECK(ReleaseMutex(mutex) == TRUE);
}

TEST_CASE("releasing a mutex hands it to a waiting thread", "[kernel][mutex]")
{
    const object_handle mutex(CreateMutex(nullptr, TRUE, nullptr));
    background_call waiting([&] {
        const DWORD result = WaitForSingleObject(mutex, INFINITE);
        ReleaseMutex(mutex);
        return result;
    });
    REQUIRE(waiting.blocks());
    CHECK(ReleaseMutex(mutex) == TRUE);
    CHECK(waiting.result() == WAIT_OBJECT_0);
}

TEST_CASE("a mutex whose owner ends is abandoned to the next one, once", "[kernel][mutex]")
{
    const object_handle mutex(CreateMutex(nullptr, FALSE, nullptr));
    const auto event = make_event(true, true);
    const auto abandon = [&] {
        const program_thread owner([&] { return poll(mutex) + poll(mutex); });
        REQUIRE(owner.ended());
        REQUIRE(owner.exit_code() == WAIT_OBJECT_0);
    };
    abandon();
    CHECK(poll(mutex) == WAIT_ABANDONED);
    CHECK(ReleaseMutex(mutex) == TRUE);
    CHECK(poll(mutex) == WAIT_OBJECT_0);
    CHECK(ReleaseMutex(mutex) == TRUE);

    abandon();
    const auto idle = make_event();
    const HANDLE any[] = {idle, mutex};
    CHECK(WaitForMultipleObjects(2, any, FALSE, 0) == WAIT_ABANDONED_0 + 1);
    CHECK(ReleaseMutex(mutex) == TRUE);

    abandon();
    const HANDLE all[] = {event, mutex};
    CHECK(WaitForMultipleObjects(2, all, TRUE, 0) == WAIT_ABANDONED_0);
    CHECK(ReleaseMutex(mutex) == TRUE);
}

TEST_CASE("a thread of the C++ library abandons its mutex as well", "[kernel][mutex]")
{
    const object_handle mutex(CreateMutex(nullptr, FALSE, nullptr));
    std::thread([&] { CHECK(poll(mutex) == WAIT_OBJECT_0); }).join();
    CHECK(poll(mutex) == WAIT_ABANDONED);
    CHECK(ReleaseMutex(mutex) == TRUE);
}

TEST_CASE("a blocked wait for a mutex ends when its owner does", "[kernel][mutex]")
{
    const object_handle mutex(CreateMutex(nullptr, FALSE, nullptr));
    const auto go = make_event();
    const auto taken = make_event();
    const program_thread owner([&] {
        poll(mutex);
        SetEvent(taken);
        return WaitForSingleObject(go, INFINITE);
    });
    REQUIRE(WaitForSingleObject(taken, INFINITE) == WAIT_OBJECT_0);
    background_call waiting([&] { return WaitForSingleObject(mutex, INFINITE); });
    REQUIRE(waiting.blocks());
    SetEvent(go);
    CHECK(waiting.result() == WAIT_ABANDONED);
}

TEST_CASE("a mutex keeps threads apart", "[kernel][mutex]")
{
    const object_handle mutex(CreateMutex(nullptr, FALSE, nullptr));
    int counter = 0;
    const auto count = [&] {
        for (int turn = 0; turn < 2000; ++turn) {
            WaitForSingleObject(mutex, INFINITE);
            ++counter;
            ReleaseMutex(mutex);
        }
        return DWORD{0};
    };
    {
        const program_thread first(count);
        const program_thread second(count);
        const program_thread third(count);
    }
    CHECK(counter == 6000);
}

TEST_CASE("mutex functions refuse bad handles and flags", "[kernel][mutex]")
{
    const auto event = make_event();
    CHECK(error_of(ReleaseMutex(event)) == ERROR_INVALID_HANDLE);
    CHECK(error_of(ReleaseMutex(no_such_handle())) == ERROR_INVALID_HANDLE);
    CHECK(error_of_handle(CreateMutexExW(nullptr, nullptr, 2, MUTEX_ALL_ACCESS)) == ERROR_INVALID_PARAMETER);
}
