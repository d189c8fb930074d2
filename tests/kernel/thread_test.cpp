// Threads of programs. Answers to the pages "CreateThread", "ExitThread", "_beginthread, _beginthreadex".
#include <atomic>
#include <cerrno>
#include <fstream>

#include "kernel_fixture.hpp"

using namespace spindle::test;

namespace {

struct guard {
    bool* destroyed;
    ~guard() { *destroyed = true; }
};

DWORD WINAPI do_nothing(LPVOID)
{
    return 1;
}

std::string system_name_of(DWORD thread)
{
    std::string name;
    std::getline(std::ifstream("/proc/self/task/" + std::to_string(thread) + "/comm"), name);
    return name;
}

}  // namespace

TEST_CASE("a thread's handle is signalled when it ends and then tells the exit code", "[kernel][thread]")
{
    const auto go = make_event();
    const program_thread thread([&] {
        WaitForSingleObject(go, INFINITE);
        return DWORD{42};
    });
    CHECK(poll(thread) == WAIT_TIMEOUT);
    CHECK(thread.exit_code() == STILL_ACTIVE);
    SetEvent(go);
    REQUIRE(thread.ended());
    CHECK(thread.exit_code() == 42);
    CHECK(poll(thread) == WAIT_OBJECT_0);
}

TEST_CASE("ExitThread ends the thread with a code and runs no destructor above", "[kernel][thread]")
{
    bool destroyed = false;
    const program_thread thread([&]() -> DWORD {
        const guard above{&destroyed};
        ExitThread(7);
    });
    REQUIRE(thread.ended());
    CHECK(thread.exit_code() == 7);
    CHECK_FALSE(destroyed);
}

TEST_CASE("ExitThread ends threads that others started", "[kernel][thread]")
{
    std::atomic<HANDLE> opened{nullptr};
    std::thread foreign([&] {
        opened = OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId());
        ExitThread(9);
    });
    foreign.join();
    const object_handle handle(opened.load());
    CHECK(WaitForSingleObject(handle, 20000) == WAIT_OBJECT_0);
    DWORD code = 0;
    CHECK(GetExitCodeThread(handle, &code) == TRUE);
    CHECK(code == 9);
}

TEST_CASE("a thread knows itself by one id", "[kernel][thread]")
{
    std::atomic<DWORD> inside{0};
    const program_thread thread([&] {
        inside = GetCurrentThreadId();
        return GetThreadId(GetCurrentThread());
    });
    CHECK(thread.id() != 0);
    CHECK(thread.id() != GetCurrentThreadId());
    CHECK(GetThreadId(thread) == thread.id());
    REQUIRE(thread.ended());
    CHECK(inside == thread.id());
    CHECK(thread.exit_code() == thread.id());
    CHECK(GetCurrentThreadId() == GetThreadId(GetCurrentThread()));
}

TEST_CASE("OpenThread finds a running thread by its id", "[kernel][thread]")
{
    const auto go = make_event();
    const program_thread thread([&] { return WaitForSingleObject(go, INFINITE); });
    const object_handle opened(OpenThread(SYNCHRONIZE, FALSE, thread.id()));
    CHECK(GetThreadId(opened) == thread.id());
    SetEvent(go);
    CHECK(WaitForSingleObject(opened, 20000) == WAIT_OBJECT_0);
    CHECK(error_of_handle(OpenThread(SYNCHRONIZE, FALSE, 0)) == ERROR_INVALID_PARAMETER);
}

TEST_CASE("a suspended thread starts when it is resumed", "[kernel][thread]")
{
    std::atomic<bool> ran{false};
    const program_thread thread(
        [&] {
            ran = true;
            return DWORD{3};
        },
        CREATE_SUSPENDED);
    CHECK(thread.id() != 0);
    CHECK(WaitForSingleObject(thread, 20) == WAIT_TIMEOUT);
    CHECK_FALSE(ran);
    CHECK(ResumeThread(thread) == 1);
    REQUIRE(thread.ended());
    CHECK(ran);
    CHECK(ResumeThread(thread) == 0);
    CHECK(ResumeThread(no_such_handle()) == ~DWORD{0});
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

TEST_CASE("CreateThread refuses what it cannot do", "[kernel][thread]")
{
    CHECK(error_of_handle(CreateThread(nullptr, 0, nullptr, nullptr, 0, nullptr)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of_handle(CreateThread(nullptr, 0, &do_nothing, nullptr, 0x8000, nullptr)) ==
          ERROR_INVALID_PARAMETER);
    CHECK(error_of_handle(CreateThread(nullptr, SIZE_T{1} << 60, &do_nothing, nullptr,
                                       STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr)) ==
          ERROR_NOT_ENOUGH_MEMORY);
}

TEST_CASE("a thread can have a stack size of its own", "[kernel][thread]")
{
    for (const SIZE_T size : {SIZE_T{1}, SIZE_T{65536}, SIZE_T{16} << 20}) {
        const object_handle thread(
            CreateThread(nullptr, size, &do_nothing, nullptr, STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr));
        CHECK(WaitForSingleObject(thread, 20000) == WAIT_OBJECT_0);
    }
}

TEST_CASE("priorities of the normal range are remembered, others refused", "[kernel][thread]")
{
    CHECK(GetThreadPriority(GetCurrentThread()) == THREAD_PRIORITY_NORMAL);
    for (const int priority : {THREAD_PRIORITY_LOWEST, THREAD_PRIORITY_HIGHEST, THREAD_PRIORITY_NORMAL}) {
        CHECK(SetThreadPriority(GetCurrentThread(), priority) == TRUE);
        CHECK(GetThreadPriority(GetCurrentThread()) == priority);
    }
    CHECK(error_of(SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL)) ==
          ERROR_NOT_SUPPORTED);
    CHECK(error_of(SetThreadPriority(GetCurrentThread(), 3)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(SetThreadPriority(no_such_handle(), 0)) == ERROR_INVALID_HANDLE);
    CHECK(GetThreadPriority(no_such_handle()) == THREAD_PRIORITY_ERROR_RETURN);
}

TEST_CASE("a description becomes the system's name of the thread", "[kernel][thread]")
{
    const auto go = make_event();
    const program_thread thread([&] { return WaitForSingleObject(go, INFINITE); });
    CHECK(SetThreadDescription(thread, SPINDLE_WS_WIDE("a rather long description")) == S_OK);
    CHECK(system_name_of(thread.id()) == "a rather long d");
    SetEvent(go);
    REQUIRE(thread.ended());
    CHECK(SetThreadDescription(thread, SPINDLE_WS_WIDE("late")) == E_HANDLE);
    CHECK(SetThreadDescription(no_such_handle(), SPINDLE_WS_WIDE("none")) == E_HANDLE);
}

TEST_CASE("SwitchToThread returns", "[kernel][thread]")
{
    const BOOL switched = SwitchToThread();
    CHECK((switched == TRUE || switched == FALSE));
}

namespace {

struct crt_work {
    std::atomic<int> step{0};
    HANDLE done = nullptr;
};

void __cdecl crt_routine(void* argument)
{
    auto& work = *static_cast<crt_work*>(argument);
    ++work.step;
    SetEvent(work.done);
}

void __cdecl crt_routine_that_ends_itself(void* argument)
{
    crt_routine(argument);
    _endthread();
}

unsigned __stdcall crt_routine_ex(void* argument)
{
    auto& work = *static_cast<crt_work*>(argument);
    ++work.step;
    if (work.step == 1) {
        return 5;
    }
    _endthreadex(6);
}

}  // namespace

TEST_CASE("_beginthread closes its handle when the thread ends", "[kernel][thread]")
{
    const auto done = make_event();
    crt_work work;
    work.done = done;
    for (auto* routine : {&crt_routine, &crt_routine_that_ends_itself}) {
        const auto handle = _beginthread(routine, 0, &work);
        REQUIRE(handle != std::uintptr_t(-1));
        REQUIRE(WaitForSingleObject(done, 20000) == WAIT_OBJECT_0);
        CHECK(eventually(
            [&] { return WaitForSingleObject(reinterpret_cast<HANDLE>(handle), 0) == WAIT_FAILED; }));
    }
    CHECK(work.step == 2);
    CHECK(_beginthread(nullptr, 0, nullptr) == std::uintptr_t(-1));
    CHECK(errno == EINVAL);
}

TEST_CASE("_beginthreadex leaves the handle to the caller", "[kernel][thread]")
{
    crt_work work;
    for (const DWORD expected : {DWORD{5}, DWORD{6}}) {
        unsigned id = 0;
        const object_handle thread(
            reinterpret_cast<HANDLE>(_beginthreadex(nullptr, 0, &crt_routine_ex, &work, 0, &id)));
        CHECK(GetThreadId(thread) == id);
        REQUIRE(WaitForSingleObject(thread, 20000) == WAIT_OBJECT_0);
        DWORD code = 0;
        CHECK(GetExitCodeThread(thread, &code) == TRUE);
        CHECK(code == expected);
    }
    CHECK(_beginthreadex(nullptr, 0, nullptr, nullptr, 0, nullptr) == 0);
    CHECK(errno == EINVAL);
}

TEST_CASE("many threads start and end without leaving handles behind", "[kernel][thread]")
{
    std::atomic<int> count{0};
    for (int turn = 0; turn < 50; ++turn) {
        const program_thread first([&] { return static_cast<DWORD>(++count); });
        const program_thread second([&] { return static_cast<DWORD>(++count); });
    }
    CHECK(count == 100);
}
