// Completion ports as a Win32 program sees them, with packets that the program posts itself. Answers to the pages
// "CreateIoCompletionPort", "GetQueuedCompletionStatus", "GetQueuedCompletionStatusEx", "PostQueuedCompletionStatus".
#include <array>
#include <vector>

#include <winsock2.h>
#include <ws2spi.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

#include "port_handle.hpp"

using namespace spindle::test;

namespace {

OVERLAPPED* any_number(ULONG_PTR value)
{
    return reinterpret_cast<OVERLAPPED*>(value);
}

}  // namespace

TEST_CASE("CP-1, CP-2 a port is made with or without a number of threads, and not from another port",
          "[kernel][port]")
{
    for (const DWORD threads : {0u, 1u, 100u}) {
        const port_handle port(threads);
        CHECK(port.get() != nullptr);
        SetLastError(0);
        CHECK(CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 0, threads) == nullptr);
        CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    }
}

TEST_CASE("CP-3 what is no socket cannot be associated", "[kernel][port]")
{
    const winsock started;
    const port_handle port;
    const auto made = tcp();
    const HANDLE socket = reinterpret_cast<HANDLE>(made.get());
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    for (const HANDLE bad : {HANDLE{nullptr}, event, port.get(), reinterpret_cast<HANDLE>(0x7f7f7f7cull)}) {
        SetLastError(0);
        CHECK(CreateIoCompletionPort(bad, port, 1, 0) == nullptr);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
        SetLastError(0);
        CHECK(CreateIoCompletionPort(bad, nullptr, 1, 0) == nullptr);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    }
    for (const HANDLE bad : {event, socket}) {
        SetLastError(0);
        CHECK(CreateIoCompletionPort(socket, bad, 1, 0) == nullptr);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    }
    CHECK(CloseHandle(event) != FALSE);
}

TEST_CASE("CP-13, CP-20, CP-21 a posted packet comes out as it went in", "[kernel][port]")
{
    const port_handle port;
    struct values {
        DWORD bytes;
        ULONG_PTR key;
        ULONG_PTR overlapped;
    };
    for (const values& posted :
         {values{7, 8, 0x1234}, values{0, 0, 0}, values{0xFFFFFFFF, ~ULONG_PTR{0}, 3}}) {
        CHECK(PostQueuedCompletionStatus(port, posted.bytes, posted.key, any_number(posted.overlapped)) !=
              FALSE);
        DWORD bytes = 99;
        ULONG_PTR key = 99;
        OVERLAPPED* overlapped = any_number(99);
        SetLastError(0xDEADBEEF);
        CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0) != FALSE);
        CHECK(GetLastError() == 0xDEADBEEF);
        CHECK(bytes == posted.bytes);
        CHECK(key == posted.key);
        CHECK(overlapped == any_number(posted.overlapped));
    }
}

TEST_CASE("CP-15 a time-out leaves bytes and key as they were", "[kernel][port]")
{
    const port_handle port;
    for (const DWORD limit : {0u, 20u}) {
        DWORD bytes = 99;
        ULONG_PTR key = 98;
        OVERLAPPED* overlapped = any_number(97);
        SetLastError(0);
        const stopwatch since;
        CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, limit) == FALSE);
        CHECK(since.elapsed() >= std::chrono::milliseconds(limit));
        CHECK(GetLastError() == WAIT_TIMEOUT);
        CHECK(overlapped == nullptr);
        CHECK(bytes == 99);
        CHECK(key == 98);
    }
}

TEST_CASE("CP-15 handles and pointers that cannot serve are refused", "[kernel][port]")
{
    const port_handle port;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    ULONG removed = 0;
    OVERLAPPED* overlapped = nullptr;
    OVERLAPPED_ENTRY entry{};
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    for (const HANDLE bad : {HANDLE{nullptr}, INVALID_HANDLE_VALUE, event}) {
        SetLastError(0);
        CHECK(GetQueuedCompletionStatus(bad, &bytes, &key, &overlapped, 0) == FALSE);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
        SetLastError(0);
        CHECK(GetQueuedCompletionStatusEx(bad, &entry, 1, &removed, 0, FALSE) == FALSE);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
        SetLastError(0);
        CHECK(PostQueuedCompletionStatus(bad, 0, 0, nullptr) == FALSE);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    }
    CHECK(CloseHandle(event) != FALSE);
    CHECK(GetQueuedCompletionStatus(port, nullptr, &key, &overlapped, 0) == FALSE);
    CHECK(GetQueuedCompletionStatusEx(port, &entry, 0, &removed, 0, FALSE) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(WaitForSingleObject(port, 0) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

TEST_CASE("CP-16 closing the port ends every wait, and its handle is gone", "[kernel][port]")
{
    auto closed = std::make_unique<port_handle>();
    const HANDLE port = closed->get();
    background_call first([port] { return next_packet(port); });
    background_call second([port] { return next_packet(port); });
    CHECK(first.blocks());
    CHECK(second.blocks());
    closed.reset();
    for (auto* each : {&first, &second}) {
        const dequeued got = each->result();
        CHECK_FALSE(got.success);
        CHECK(got.error == ERROR_ABANDONED_WAIT_0);
        CHECK(got.overlapped == nullptr);
    }
    CHECK(next_packet(port, 0).error == ERROR_INVALID_HANDLE);
}

TEST_CASE("CP-16 a duplicate of the handle keeps the port", "[kernel][port]")
{
    auto original = std::make_unique<port_handle>();
    HANDLE other = nullptr;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), *original, GetCurrentProcess(), &other, 0, FALSE,
                            DUPLICATE_SAME_ACCESS) != FALSE);
    background_call waiting([other] { return next_packet(other); });
    CHECK(waiting.blocks());
    CHECK(PostQueuedCompletionStatus(*original, 1, 2, nullptr) != FALSE);
    CHECK(waiting.result().key == 2);
    original.reset();
    CHECK(PostQueuedCompletionStatus(other, 1, 3, nullptr) != FALSE);
    CHECK(next_packet(other, 0).key == 3);
    CHECK(CloseHandle(other) != FALSE);
}

TEST_CASE("CP-18 several packets come at once, in order, up to the number asked for", "[kernel][port]")
{
    const port_handle port;
    for (ULONG_PTR key = 0; key < 200; ++key) {
        CHECK(PostQueuedCompletionStatus(port, static_cast<DWORD>(key) + 1, key, any_number(key + 2)) !=
              FALSE);
    }
    std::vector<OVERLAPPED_ENTRY> entries(300);
    ULONG_PTR expected = 0;
    for (const ULONG most : {1u, 3u, 300u, 300u}) {
        ULONG removed = 0;
        REQUIRE(GetQueuedCompletionStatusEx(port, entries.data(), most, &removed, 0, FALSE) != FALSE);
        CHECK(removed > 0);
        CHECK(removed <= most);
        for (ULONG index = 0; index < removed; ++index, ++expected) {
            CHECK(entries[index].lpCompletionKey == expected);
            CHECK(entries[index].dwNumberOfBytesTransferred == expected + 1);
            CHECK(entries[index].lpOverlapped == any_number(expected + 2));
            CHECK(entries[index].Internal == 0);
        }
    }
    CHECK(expected == 200);
    ULONG removed = 7;
    CHECK(GetQueuedCompletionStatusEx(port, entries.data(), 1, &removed, 0, FALSE) == FALSE);
    CHECK(GetLastError() == WAIT_TIMEOUT);
}

namespace {

std::atomic<int> routines_run;

void CALLBACK count_routine(DWORD_PTR)
{
    ++routines_run;
}

void queue_routine(WSATHREADID id)
{
    int error = 0;
    CHECK(WPUQueueApc(&id, &count_routine, 0, &error) == 0);
}

}  // namespace

TEST_CASE("CP-19, APC-13, APC-14 routines run in an alertable wait at a port and in no other",
          "[kernel][port][apc]")
{
    const winsock started;
    const port_handle port;
    WSATHREADID mine{};
    int error = 0;
    REQUIRE(WPUOpenCurrentThread(&mine, &error) == 0);
    routines_run = 0;
    queue_routine(mine);
    CHECK(next_packet(port, 20).error == WAIT_TIMEOUT);
    OVERLAPPED_ENTRY entry{};
    ULONG removed = 0;
    CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 20, FALSE) == FALSE);
    CHECK(GetLastError() == WAIT_TIMEOUT);
    CHECK(routines_run == 0);
    CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, INFINITE, TRUE) == FALSE);
    CHECK(GetLastError() == WAIT_IO_COMPLETION);
    CHECK(routines_run == 1);
    // A packet that is there comes first, and the routine stays queued.
    queue_routine(mine);
    CHECK(PostQueuedCompletionStatus(port, 0, 5, nullptr) != FALSE);
    CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, INFINITE, TRUE) != FALSE);
    CHECK(entry.lpCompletionKey == 5);
    CHECK(routines_run == 1);
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    CHECK(routines_run == 2);
    CHECK(WPUCloseThread(&mine, &error) == 0);
}

TEST_CASE("CP-19 a routine wakes a thread that waits at a port", "[kernel][port][apc]")
{
    const winsock started;
    const port_handle port;
    std::atomic<bool> known{false};
    WSATHREADID waiting_thread{};
    routines_run = 0;
    background_call waiting([&] {
        int error = 0;
        WPUOpenCurrentThread(&waiting_thread, &error);
        known = true;
        OVERLAPPED_ENTRY entry{};
        ULONG removed = 0;
        const BOOL result = GetQueuedCompletionStatusEx(port, &entry, 1, &removed, INFINITE, TRUE);
        return result != FALSE ? 0 : GetLastError();
    });
    CHECK(eventually([&] { return known.load(); }));
    CHECK(waiting.blocks());
    queue_routine(waiting_thread);
    CHECK(waiting.result() == WAIT_IO_COMPLETION);
    CHECK(routines_run == 1);
    int error = 0;
    CHECK(WPUCloseThread(&waiting_thread, &error) == 0);
}

TEST_CASE("CP-22 the thread that came in last gets the first packet", "[kernel][port]")
{
    const port_handle port(8);
    background_call first([&] { return next_packet(port); });
    CHECK(first.blocks());
    background_call second([&] { return next_packet(port); });
    CHECK(second.blocks());
    background_call third([&] { return next_packet(port); });
    CHECK(third.blocks());
    CHECK(PostQueuedCompletionStatus(port, 0, 1, nullptr) != FALSE);
    CHECK(third.result().key == 1);
    CHECK(PostQueuedCompletionStatus(port, 0, 2, nullptr) != FALSE);
    CHECK(second.result().key == 2);
    CHECK(PostQueuedCompletionStatus(port, 0, 3, nullptr) != FALSE);
    CHECK(first.result().key == 3);
}

TEST_CASE("CP-23 a thread is released only while fewer run than may", "[kernel][port]")
{
    const port_handle port(1);
    REQUIRE(PostQueuedCompletionStatus(port, 0, 1, nullptr) != FALSE);
    REQUIRE(next_packet(port, 0).key == 1);  // this thread runs now
    background_call other([&] { return next_packet(port); });
    CHECK(other.blocks());
    REQUIRE(PostQueuedCompletionStatus(port, 0, 2, nullptr) != FALSE);
    CHECK(other.blocks());
    SECTION("one that waits elsewhere does not count")
    {
        const HANDLE never = CreateEventW(nullptr, TRUE, FALSE, nullptr);
        CHECK(eventually([&] { return WaitForSingleObject(never, 20) == WAIT_TIMEOUT && other.done(); }));
        CHECK(other.result().key == 2);
        CHECK(CloseHandle(never) != FALSE);
    }
    SECTION("nor does one that waits at another port")
    {
        const port_handle elsewhere;
        CHECK(next_packet(elsewhere, 20).error == WAIT_TIMEOUT);
        CHECK(other.result().key == 2);
    }
    SECTION("the thread itself takes it when it comes back")
    {
        CHECK(next_packet(port, 0).key == 2);
        CHECK(other.blocks());
        // To let the other one go.
        CHECK(PostQueuedCompletionStatus(port, 0, 3, nullptr) != FALSE);
        Sleep(1);
        CHECK(other.result().key == 3);
    }
}

TEST_CASE("CP-23 a thread that ends does not count any more", "[kernel][port]")
{
    const port_handle port(1);
    REQUIRE(PostQueuedCompletionStatus(port, 0, 1, nullptr) != FALSE);
    {
        background_call ends([&] { return next_packet(port); });
        CHECK(ends.result().key == 1);
    }
    REQUIRE(PostQueuedCompletionStatus(port, 0, 2, nullptr) != FALSE);
    CHECK(next_packet(port).key == 2);
}
