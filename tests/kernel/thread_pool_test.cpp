// Callbacks on the process's pool of threads. Answers to the pages "CreateThreadpoolWork", "CreateThreadpoolIo",
// "BindIoCompletionCallback", "QueueUserWorkItem".
#include <condition_variable>
#include <mutex>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

#include "exchange_fixture.hpp"

using namespace spindle::test;
using spindle::exchange::notify;

namespace {

// Callbacks stay in here until the gate is opened.
struct gate {
    void pass()
    {
        std::unique_lock lock(mutex);
        ++inside;
        changed.wait(lock, [this] { return open; });
    }
    void let_go()
    {
        std::lock_guard lock(mutex);
        open = true;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    std::atomic<int> inside{0};
};

VOID NTAPI pass_gate(PTP_CALLBACK_INSTANCE, PVOID context, PTP_WORK)
{
    static_cast<gate*>(context)->pass();
}

VOID NTAPI count_call(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
    if (instance != nullptr) {
        ++*static_cast<std::atomic<int>*>(context);
    }
}

DWORD WINAPI count_item(LPVOID context)
{
    ++*static_cast<std::atomic<int>*>(context);
    return 0;
}

}  // namespace

TEST_CASE("a work object runs once for every submission", "[kernel][pool]")
{
    gate passed;
    passed.open = true;
    const PTP_WORK work = CreateThreadpoolWork(&pass_gate, &passed, nullptr);
    REQUIRE(work != nullptr);
    for (int count = 0; count < 1000; ++count) {
        SubmitThreadpoolWork(work);
    }
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CHECK(passed.inside == 1000);
    CloseThreadpoolWork(work);
}

TEST_CASE("work goes on when callbacks block, however many", "[kernel][pool]")
{
    gate blocked;
    gate passed;
    passed.open = true;
    const PTP_WORK waits = CreateThreadpoolWork(&pass_gate, &blocked, nullptr);
    const PTP_WORK runs = CreateThreadpoolWork(&pass_gate, &passed, nullptr);
    for (int count = 0; count < 12; ++count) {
        SubmitThreadpoolWork(waits);
    }
    SubmitThreadpoolWork(runs);
    WaitForThreadpoolWorkCallbacks(runs, FALSE);
    CHECK(passed.inside == 1);
    CHECK(eventually([&] { return blocked.inside == 12; }));
    blocked.let_go();
    WaitForThreadpoolWorkCallbacks(waits, FALSE);
    CloseThreadpoolWork(waits);
    CloseThreadpoolWork(runs);
}

TEST_CASE("callbacks that have not begun can be cancelled, and a closed object's still run", "[kernel][pool]")
{
    gate blocked;
    const PTP_WORK work = CreateThreadpoolWork(&pass_gate, &blocked, nullptr);
    constexpr int more_than_there_are_threads = 2000;
    for (int count = 0; count < more_than_there_are_threads; ++count) {
        SubmitThreadpoolWork(work);
    }
    CHECK(eventually([&] { return blocked.inside > 0; }));
    background_call waiting([&] {
        WaitForThreadpoolWorkCallbacks(work, TRUE);
        return blocked.inside.load();
    });
    CHECK(waiting.blocks());
    blocked.let_go();
    const int ran = waiting.result();
    CHECK(ran < more_than_there_are_threads);
    SubmitThreadpoolWork(work);
    CloseThreadpoolWork(work);
    CHECK(eventually([&] { return blocked.inside == ran + 1; }));
    const std::lock_guard callback_has_left(blocked.mutex);
}

TEST_CASE("simple callbacks and work items run once", "[kernel][pool]")
{
    std::atomic<int> calls{0};
    TP_CALLBACK_ENVIRON environment;
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackRunsLong(&environment);
    CHECK(TrySubmitThreadpoolCallback(&count_call, &calls, &environment) != FALSE);
    CHECK(TrySubmitThreadpoolCallback(&count_call, &calls, nullptr) != FALSE);
    CHECK(QueueUserWorkItem(&count_item, &calls, WT_EXECUTEDEFAULT) != FALSE);
    CHECK(eventually([&] { return calls == 3; }));
    DestroyThreadpoolEnvironment(&environment);
    environment.Pool = reinterpret_cast<PTP_POOL>(&calls);
    CHECK(TrySubmitThreadpoolCallback(&count_call, &calls, &environment) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(CreateThreadpoolWork(nullptr, nullptr, nullptr) == nullptr);
    CHECK(TrySubmitThreadpoolCallback(nullptr, nullptr, nullptr) == FALSE);
    CHECK(QueueUserWorkItem(nullptr, nullptr, 0) == FALSE);
}

namespace {

struct finished {
    std::atomic<int> calls{0};
    ULONG error = 0;
    ULONG_PTR bytes = 0;
    PVOID overlapped = nullptr;
};

VOID WINAPI note_io(PTP_CALLBACK_INSTANCE, PVOID context, PVOID overlapped, ULONG error, ULONG_PTR bytes,
                    PTP_IO)
{
    auto& noted = *static_cast<finished*>(context);
    noted.error = error;
    noted.bytes = bytes;
    noted.overlapped = overlapped;
    ++noted.calls;
}

finished bound;

VOID WINAPI note_bound(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    note_io(nullptr, &bound, overlapped, error, bytes, nullptr);
}

}  // namespace

TEST_CASE("finished requests of a pool I/O object arrive as callbacks", "[kernel][pool]")
{
    exchange_entry provider;
    finished noted;
    {
        const winsock started;
        const auto made = recorded_socket();
        CHECK(CreateThreadpoolIo(nullptr, &note_io, &noted, nullptr) == nullptr);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
        const PTP_IO io = CreateThreadpoolIo(as_handle(made), &note_io, &noted, nullptr);
        REQUIRE(io != nullptr);
        CHECK(CreateThreadpoolIo(as_handle(made), &note_io, &noted, nullptr) == nullptr);
        CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
        StartThreadpoolIo(io);
        OVERLAPPED request{};
        provider->finish_in_loop(&request, 0xC000020D, 0);
        WaitForThreadpoolIoCallbacks(io, FALSE);
        CHECK(noted.calls == 1);
        CHECK(noted.error == ERROR_NETNAME_DELETED);
        CHECK(noted.overlapped == &request);
        StartThreadpoolIo(io);
        CancelThreadpoolIo(io);
        WaitForThreadpoolIoCallbacks(io, FALSE);
        // One that is told not to come. Which of two finished at once that is, the pool's threads decide.
        StartThreadpoolIo(io);
        WaitForThreadpoolIoCallbacks(io, TRUE);
        provider->finish_in_loop(&request, 0, 2);
        StartThreadpoolIo(io);
        provider->finish_in_loop(&request, 0, 2);
        WaitForThreadpoolIoCallbacks(io, FALSE);
        CHECK(noted.calls == 2);
        CHECK(noted.bytes == 2);
        CloseThreadpoolIo(io);
        provider->release();
    }
    CHECK(provider->open_loops == 0);
}

TEST_CASE("a bound function is called for every finished request", "[kernel][pool]")
{
    exchange_entry provider;
    const winsock started;
    const auto first = recorded_socket();
    CHECK(BindIoCompletionCallback(as_handle(first), nullptr, 0) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    bound.calls = 0;
    REQUIRE(BindIoCompletionCallback(as_handle(first), &note_bound, 0) != FALSE);
    OVERLAPPED request{};
    provider->finish_in_loop(&request, 0, 9);
    CHECK(eventually([&] { return bound.calls == 1; }));
    CHECK(bound.bytes == 9);
    CHECK(bound.overlapped == &request);
    provider->release();
}
