// Semaphore objects. Answers to the pages "CreateSemaphoreExW" and "ReleaseSemaphore".
#include "kernel_fixture.hpp"

using namespace spindle::test;

TEST_CASE("a semaphore lets as many waits through as its count", "[kernel][semaphore]")
{
    const object_handle semaphore(CreateSemaphore(nullptr, 2, 3, nullptr));
    CHECK(poll(semaphore) == WAIT_OBJECT_0);
    CHECK(poll(semaphore) == WAIT_OBJECT_0);
    CHECK(poll(semaphore) == WAIT_TIMEOUT);
    LONG previous = -1;
    CHECK(ReleaseSemaphore(semaphore, 2, &previous) == TRUE);
    CHECK(previous == 0);
    CHECK(ReleaseSemaphore(semaphore, 1, &previous) == TRUE);
    CHECK(previous == 2);
    CHECK(error_of(ReleaseSemaphore(semaphore, 1, &previous)) == ERROR_TOO_MANY_POSTS);
    CHECK(previous == 2);
    CHECK(poll(semaphore) == WAIT_OBJECT_0);
    CHECK(ReleaseSemaphore(semaphore, 1, nullptr) == TRUE);
}

TEST_CASE("a release wakes as many waiters as it adds", "[kernel][semaphore]")
{
    const object_handle semaphore(CreateSemaphoreEx(nullptr, 0, 10, nullptr, 0, SEMAPHORE_ALL_ACCESS));
    const auto wait = [&] { return WaitForSingleObject(semaphore, INFINITE); };
    background_call first(wait);
    background_call second(wait);
    background_call third(wait);
    REQUIRE((first.blocks() && second.blocks() && third.blocks()));
    CHECK(ReleaseSemaphore(semaphore, 2, nullptr) == TRUE);
    CHECK(eventually([&] { return first.done() + second.done() + third.done() == 2; }));
    CHECK(ReleaseSemaphore(semaphore, 1, nullptr) == TRUE);
    CHECK(first.result() + second.result() + third.result() == 3 * WAIT_OBJECT_0);
    CHECK(poll(semaphore) == WAIT_TIMEOUT);
}

TEST_CASE("semaphore functions refuse bad counts and handles", "[kernel][semaphore]")
{
    const auto refused = [](LONG count, LONG maximum, DWORD flags = 0) {
        return error_of_handle(
            CreateSemaphoreExW(nullptr, count, maximum, nullptr, flags, SEMAPHORE_ALL_ACCESS));
    };
    CHECK(refused(-1, 1) == ERROR_INVALID_PARAMETER);
    CHECK(refused(0, 0) == ERROR_INVALID_PARAMETER);
    CHECK(refused(2, 1) == ERROR_INVALID_PARAMETER);
    CHECK(refused(0, 1, 1) == ERROR_INVALID_PARAMETER);
    CHECK(refused(0, MAXLONG) == 0);
    const object_handle semaphore(CreateSemaphoreA(nullptr, 1, MAXLONG, nullptr));
    CHECK(error_of(ReleaseSemaphore(semaphore, 0, nullptr)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(ReleaseSemaphore(semaphore, -1, nullptr)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(ReleaseSemaphore(semaphore, MAXLONG, nullptr)) == ERROR_TOO_MANY_POSTS);
    CHECK(error_of(ReleaseSemaphore(no_such_handle(), 1, nullptr)) == ERROR_INVALID_HANDLE);
}
