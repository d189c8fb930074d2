// Closing and duplicating handles. Answers to the pages "CloseHandle" and "DuplicateHandle".
#include "kernel_fixture.hpp"

using namespace spindle::test;

namespace {

BOOL duplicate(HANDLE source, HANDLE* made, DWORD options = DUPLICATE_SAME_ACCESS)
{
    return DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), made, 0, FALSE, options);
}

}  // namespace

TEST_CASE("a duplicate is another handle of the same object, which lives with either", "[kernel][handle]")
{
    object_handle event = make_event(true);
    HANDLE second = nullptr;
    REQUIRE(duplicate(event, &second) == TRUE);
    const object_handle duplicated(second);
    CHECK(second != HANDLE{event});
    SetEvent(event);
    event.close();
    CHECK(poll(duplicated) == WAIT_OBJECT_0);
}

TEST_CASE("every kind of object can be duplicated", "[kernel][handle]")
{
    const object_handle mutex(CreateMutex(nullptr, TRUE, nullptr));
    const object_handle semaphore(CreateSemaphore(nullptr, 0, 1, nullptr));
    const object_handle timer(CreateWaitableTimer(nullptr, TRUE, nullptr));
    for (const HANDLE each :
         {HANDLE{mutex}, HANDLE{semaphore}, HANDLE{timer}, GetCurrentThread(), GetCurrentProcess()}) {
        HANDLE made = nullptr;
        REQUIRE(duplicate(each, &made) == TRUE);
        const object_handle duplicated(made);
        CHECK(poll(duplicated) == (each == HANDLE{mutex} ? WAIT_OBJECT_0 : DWORD{WAIT_TIMEOUT}));
    }
    HANDLE here = nullptr;
    REQUIRE(duplicate(GetCurrentThread(), &here) == TRUE);
    const object_handle self(here);
    const program_thread other([&] { return GetThreadId(self); });
    REQUIRE(other.ended());
    CHECK(other.exit_code() == GetCurrentThreadId());
}

TEST_CASE("DUPLICATE_CLOSE_SOURCE closes the source whatever happens", "[kernel][handle]")
{
    const HANDLE source = CreateEventA(nullptr, TRUE, TRUE, nullptr);
    HANDLE made = nullptr;
    REQUIRE(duplicate(source, &made, DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS) == TRUE);
    CHECK(error_of(CloseHandle(source)) == ERROR_INVALID_HANDLE);
    CHECK(poll(made) == WAIT_OBJECT_0);
    CHECK(duplicate(made, nullptr, DUPLICATE_CLOSE_SOURCE) == TRUE);
    CHECK(error_of(CloseHandle(made)) == ERROR_INVALID_HANDLE);
}

TEST_CASE("DuplicateHandle refuses bad handles and other processes", "[kernel][handle]")
{
    const auto event = make_event();
    HANDLE made = nullptr;
    CHECK(error_of(duplicate(no_such_handle(), &made)) == ERROR_INVALID_HANDLE);
    CHECK(error_of(duplicate(nullptr, &made)) == ERROR_INVALID_HANDLE);
    CHECK(error_of(DuplicateHandle(event, event, GetCurrentProcess(), &made, 0, FALSE, 0)) ==
          ERROR_INVALID_HANDLE);
    CHECK(error_of(DuplicateHandle(GetCurrentProcess(), event, no_such_handle(), &made, 0, FALSE, 0)) ==
          ERROR_INVALID_HANDLE);
    HANDLE process = nullptr;
    REQUIRE(duplicate(GetCurrentProcess(), &process) == TRUE);
    const object_handle kept(process);
    CHECK(DuplicateHandle(process, event, process, &made, 0, FALSE, DUPLICATE_SAME_ACCESS) == TRUE);
    CHECK(CloseHandle(made) == TRUE);
}

TEST_CASE("CloseHandle closes a handle once and has no effect on pseudo handles", "[kernel][handle]")
{
    const HANDLE event = CreateEventA(nullptr, TRUE, TRUE, nullptr);
    CHECK(CloseHandle(event) == TRUE);
    CHECK(error_of(CloseHandle(event)) == ERROR_INVALID_HANDLE);
    CHECK(error_of(CloseHandle(nullptr)) == ERROR_INVALID_HANDLE);
    CHECK(error_of(CloseHandle(no_such_handle())) == ERROR_INVALID_HANDLE);
    CHECK(CloseHandle(GetCurrentThread()) == TRUE);
    CHECK(CloseHandle(GetCurrentProcess()) == TRUE);
    CHECK(GetThreadId(GetCurrentThread()) == GetCurrentThreadId());
}

TEST_CASE("an object in use by a wait survives the closing of its handle", "[kernel][handle]")
{
    const HANDLE event = CreateEventA(nullptr, TRUE, FALSE, nullptr);
    HANDLE second = nullptr;
    REQUIRE(duplicate(event, &second) == TRUE);
    const object_handle kept(second);
    background_call waiting([&] { return WaitForSingleObject(event, INFINITE); });
    REQUIRE(waiting.blocks());
    CHECK(CloseHandle(event) == TRUE);
    CHECK(waiting.blocks());
    SetEvent(kept);
    CHECK(waiting.result() == WAIT_OBJECT_0);
}
