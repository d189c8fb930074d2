// Completion ports of the host on Windows (posix_shim/win32), whose queue of its own lies in front of the system's port. Pages:
// "GetQueuedCompletionStatus", "GetQueuedCompletionStatusEx", "PostQueuedCompletionStatus", "CloseHandle", "DuplicateHandle".
#include <winsock2.h>

#include <windows.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "kernel/port_handle.hpp"
#include "support/background_call.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

constexpr DWORD patience_ms = 20'000;

HANDLE make_port()
{
    const HANDLE made = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0);
    REQUIRE(made != nullptr);
    return made;
}

bool post(HANDLE port, DWORD bytes)
{
    return PostQueuedCompletionStatus(port, bytes, bytes * ULONG_PTR{2}, nullptr) != FALSE;
}

using waiting_thread = background_call<dequeued>;

auto waiting_at(HANDLE port)
{
    return std::make_unique<waiting_thread>([port] { return next_packet(port, INFINITE); });
}

}  // namespace

TEST_CASE("CP-13, CP-20, CP-21, CP-22 packets come out in order and leave the last error alone", "[win32][port]")
{
    const HANDLE port = make_port();
    for (DWORD count = 0; count < 300; ++count) {
        REQUIRE(post(port, count));
    }
    SetLastError(4711);
    for (DWORD count = 0; count < 300; ++count) {
        const auto got = next_packet(port, patience_ms);
        REQUIRE(got.success);
        REQUIRE(got.bytes == count);
        REQUIRE(got.key == count * ULONG_PTR{2});
        REQUIRE(got.overlapped == nullptr);
    }
    CHECK(GetLastError() == 4711);
    const auto none = next_packet(port, 0);
    CHECK_FALSE(none.success);
    CHECK(none.error == WAIT_TIMEOUT);
    CHECK(CloseHandle(port) != FALSE);
}

TEST_CASE("CP-18 GetQueuedCompletionStatusEx takes as many as there is room for", "[win32][port]")
{
    const HANDLE port = make_port();
    for (DWORD count = 0; count < 10; ++count) {
        REQUIRE(post(port, count));
    }
    std::array<OVERLAPPED_ENTRY, 8> entries{};
    ULONG taken = 0;
    CHECK(GetQueuedCompletionStatusEx(port, entries.data(), 8, &taken, 0, FALSE) != FALSE);
    CHECK(taken == 8);
    CHECK(GetQueuedCompletionStatusEx(port, entries.data(), 8, &taken, 0, FALSE) != FALSE);
    CHECK(taken == 2);
    CHECK(entries[1].dwNumberOfBytesTransferred == 9);
    CHECK(GetQueuedCompletionStatusEx(port, entries.data(), 8, &taken, 0, FALSE) == FALSE);
    CHECK(GetLastError() == WAIT_TIMEOUT);
    CHECK(CloseHandle(port) != FALSE);
}

TEST_CASE("CP-16 closing a port's last handle wakes all who wait there with ERROR_ABANDONED_WAIT_0", "[win32][port]")
{
    const HANDLE port = make_port();
    HANDLE second = nullptr;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), port, GetCurrentProcess(), &second, 0, FALSE, DUPLICATE_SAME_ACCESS) != FALSE);
    std::vector<std::unique_ptr<waiting_thread>> threads;
    for (int count = 0; count < 3; ++count) {
        threads.push_back(waiting_at(port));
        REQUIRE(threads.back()->blocks());
    }
    CHECK(CloseHandle(second) != FALSE);
    CHECK(threads.front()->blocks());
    CHECK(CloseHandle(port) != FALSE);
    for (auto& each : threads) {
        const auto got = each->result();
        CHECK_FALSE(got.success);
        CHECK(got.error == ERROR_ABANDONED_WAIT_0);
        CHECK(got.overlapped == nullptr);
    }
}

TEST_CASE("CP-20 a packet through one handle of a port is taken through another", "[win32][port]")
{
    const HANDLE port = make_port();
    HANDLE moved = nullptr;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), port, GetCurrentProcess(), &moved, 0, FALSE,
                            DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE) != FALSE);
    const auto waiting = waiting_at(moved);
    REQUIRE(waiting->blocks());
    HANDLE second = nullptr;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), moved, GetCurrentProcess(), &second, 0, FALSE, DUPLICATE_SAME_ACCESS) != FALSE);
    REQUIRE(post(second, 5));
    CHECK(waiting->result().bytes == 5);
    CHECK(CloseHandle(second) != FALSE);
    CHECK(CloseHandle(moved) != FALSE);
}

TEST_CASE("CP-22 of packets that several threads post and take each is taken once, and nobody is left asleep", "[win32][port]")
{
    constexpr int threads = 4;
    constexpr DWORD each = 5'000;
    const HANDLE port = make_port();
    std::atomic<DWORD> taken{0};
    std::vector<std::thread> takers;
    for (int count = 0; count < threads; ++count) {
        takers.emplace_back([&] {
            while (next_packet(port, patience_ms).bytes != 0) {
                taken.fetch_add(1);
            }
        });
    }
    std::vector<std::thread> posters;
    for (int count = 0; count < threads; ++count) {
        posters.emplace_back([&] {
            for (DWORD number = 0; number < each; ++number) {
                post(port, 1);
            }
        });
    }
    for (auto& thread : posters) {
        thread.join();
    }
    for (int count = 0; count < threads; ++count) {
        post(port, 0);  // behind all others
    }
    for (auto& thread : takers) {
        thread.join();
    }
    CHECK(taken == threads * each);
    CHECK(CloseHandle(port) != FALSE);
}

TEST_CASE("CP-3 what is no port cannot be one of a socket", "[win32][port]")
{
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    const SOCKET made = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(made != INVALID_SOCKET);
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    CHECK(CreateIoCompletionPort(reinterpret_cast<HANDLE>(made), event, 1, 0) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(CloseHandle(event) != FALSE);
    CHECK(WSACleanup() == 0);
}
