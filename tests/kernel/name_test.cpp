// Names of kernel objects, within the process. Answers to the page "Object Names".
#include "kernel_fixture.hpp"

using namespace spindle::test;

TEST_CASE("creating an object under a name that is taken opens the one that has it", "[kernel][name]")
{
    SetLastError(ERROR_GEN_FAILURE);
    const object_handle first(CreateEventW(nullptr, TRUE, FALSE, SPINDLE_WS_WIDE("spindle shared")));
    CHECK(GetLastError() == ERROR_SUCCESS);
    const object_handle second(CreateEventA(nullptr, FALSE, TRUE, "spindle shared"));
    CHECK(GetLastError() == ERROR_ALREADY_EXISTS);
    CHECK(HANDLE{first} != HANDLE{second});
    CHECK(poll(second) == WAIT_TIMEOUT);
    SetEvent(second);
    CHECK(poll(first) == WAIT_OBJECT_0);
    CHECK(poll(first) == WAIT_OBJECT_0);
    const object_handle third(OpenEventA(EVENT_ALL_ACCESS, FALSE, "Local\\spindle shared"));
    CHECK(poll(third) == WAIT_OBJECT_0);
}

TEST_CASE("a name ends with the last handle", "[kernel][name]")
{
    object_handle first(CreateSemaphoreA(nullptr, 1, 1, "spindle gone"));
    object_handle second(OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "spindle gone"));
    first.close();
    CHECK(error_of_handle(OpenSemaphoreW(SEMAPHORE_ALL_ACCESS, FALSE, SPINDLE_WS_WIDE("spindle gone"))) == 0);
    second.close();
    CHECK(error_of_handle(OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "spindle gone")) ==
          ERROR_FILE_NOT_FOUND);
}

TEST_CASE("the name of an owned mutex ends with the last handle, too", "[kernel][name]")
{
    object_handle owned(CreateMutexA(nullptr, TRUE, "spindle owned"));
    owned.close();
    CHECK(error_of_handle(OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "spindle owned")) == ERROR_FILE_NOT_FOUND);
}

TEST_CASE("all kinds share one name space", "[kernel][name]")
{
    const object_handle event(CreateEventA(nullptr, FALSE, FALSE, "spindle kind"));
    CHECK(error_of_handle(CreateMutexA(nullptr, FALSE, "spindle kind")) == ERROR_INVALID_HANDLE);
    CHECK(error_of_handle(CreateMutexA(nullptr, TRUE, "spindle kind")) == ERROR_INVALID_HANDLE);
    CHECK(error_of_handle(CreateSemaphoreA(nullptr, 0, 1, "spindle kind")) == ERROR_INVALID_HANDLE);
    CHECK(error_of_handle(CreateWaitableTimerA(nullptr, FALSE, "spindle kind")) == ERROR_INVALID_HANDLE);
    CHECK(error_of_handle(OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "spindle kind")) == ERROR_INVALID_HANDLE);
    CHECK(error_of_handle(OpenWaitableTimerA(TIMER_ALL_ACCESS, FALSE, "spindle kind")) ==
          ERROR_INVALID_HANDLE);
    CHECK(error_of_handle(OpenEventA(EVENT_ALL_ACCESS, FALSE, "spindle kind")) == 0);
}

TEST_CASE("names differ by case and have a length limit and no path", "[kernel][name]")
{
    const object_handle event(CreateEventA(nullptr, FALSE, FALSE, "spindle case"));
    CHECK(error_of_handle(OpenEventA(EVENT_ALL_ACCESS, FALSE, "Spindle case")) == ERROR_FILE_NOT_FOUND);
    CHECK(error_of_handle(OpenEventA(EVENT_ALL_ACCESS, FALSE, nullptr)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of_handle(CreateEventA(nullptr, FALSE, FALSE, "spindle\\path")) == ERROR_PATH_NOT_FOUND);
    CHECK(error_of_handle(CreateEventA(nullptr, FALSE, FALSE, "Global\\spindle")) == 0);
    const std::string longest(MAX_PATH, 'n');
    CHECK(error_of_handle(CreateEventA(nullptr, FALSE, FALSE, longest.c_str())) == 0);
    CHECK(error_of_handle(CreateEventA(nullptr, FALSE, FALSE, (longest + "n").c_str())) ==
          ERROR_FILENAME_EXCED_RANGE);
}

TEST_CASE("a mutex that exists is not owned by who creates it again", "[kernel][name]")
{
    const object_handle mutex(CreateMutexA(nullptr, FALSE, "spindle again"));
    const object_handle again(CreateMutexA(nullptr, TRUE, "spindle again"));
    CHECK(GetLastError() == ERROR_ALREADY_EXISTS);
    CHECK(error_of(ReleaseMutex(again)) == ERROR_NOT_OWNER);
}

TEST_CASE("opening and closing names from many threads leaves none behind", "[kernel][name]")
{
    const auto work = [] {
        for (int turn = 0; turn < 500; ++turn) {
            if (HANDLE made = CreateEventA(nullptr, FALSE, FALSE, "spindle busy")) {
                CloseHandle(made);
            }
            if (HANDLE opened = OpenEventA(EVENT_ALL_ACCESS, FALSE, "spindle busy")) {
                CloseHandle(opened);
            }
        }
        return DWORD{0};
    };
    {
        const program_thread first(work);
        const program_thread second(work);
        const program_thread third(work);
    }
    CHECK(error_of_handle(OpenEventA(EVENT_ALL_ACCESS, FALSE, "spindle busy")) == ERROR_FILE_NOT_FOUND);
}
