// Sockets and completion ports: association, what a provider is asked, where packets go, and how it ends. Answers to the
// pages "CreateIoCompletionPort", "SetFileCompletionNotificationModes", "DuplicateHandle", "CancelIoEx".
#include <memory>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

#include "exchange_fixture.hpp"

using namespace spindle::test;
using spindle::exchange::notify;

TEST_CASE("CP-3, CP-4 a socket is associated once, until it is closed", "[kernel][port]")
{
    const winsock started;
    const port_handle port;
    const port_handle other;
    auto made = tcp();
    CHECK(associate(made, port, 1));
    for (const HANDLE second : {port.get(), other.get(), HANDLE{nullptr}}) {
        SetLastError(0);
        CHECK(CreateIoCompletionPort(as_handle(made), second, 2, 0) == nullptr);
        CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    }
    made = tcp();
    const HANDLE created = CreateIoCompletionPort(as_handle(made), nullptr, 3, 0);
    REQUIRE(created != nullptr);
    CHECK(PostQueuedCompletionStatus(created, 0, 9, nullptr) != FALSE);
    CHECK(next_packet(created, 0).key == 9);
    CHECK(CloseHandle(created) != FALSE);
}

TEST_CASE("CAN-4 closing a socket without requests queues nothing", "[kernel][port]")
{
    const winsock started;
    const port_handle port;
    auto made = tcp();
    CHECK(associate(made, port, 1));
    made.reset();
    CHECK(next_packet(port, 0).error == WAIT_TIMEOUT);
}

TEST_CASE("CP-7, CP-13, CP-14, CP-17 packets of finished requests carry key, bytes, request and outcome",
          "[kernel][port]")
{
    exchange_entry provider;
    const winsock started;
    const port_handle port;
    const auto made = recorded_socket();
    REQUIRE(associate(made, port, 77));
    CHECK(provider->socket == made.get());
    struct row {
        DWORD status;
        DWORD error;
        DWORD bytes;
    };
    for (const row& each :
         {row{0, 0, 5}, row{0xC000020D, ERROR_NETNAME_DELETED, 0}, row{0x80000005, ERROR_MORE_DATA, 16},
          row{0xC0000120, ERROR_OPERATION_ABORTED, 0}}) {
        OVERLAPPED request{};
        provider->finish_in_loop(&request, each.status, each.bytes);
        const dequeued got = next_packet(port);
        CHECK(got.success == (each.error == 0));
        CHECK(got.error == each.error);
        CHECK(got.bytes == each.bytes);
        CHECK(got.key == 77);
        CHECK(got.overlapped == &request);
        CHECK(request.Internal == each.status);
        CHECK(request.InternalHigh == each.bytes);
    }
    OVERLAPPED request{};
    provider->finish_in_loop(&request, 0xC000020D, 0);
    OVERLAPPED_ENTRY entry{};
    ULONG removed = 0;
    CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, INFINITE, FALSE) != FALSE);
    CHECK(entry.Internal == 0xC000020D);
    provider->release();
}

TEST_CASE("CP-4 what the provider refuses is not associated", "[kernel][port]")
{
    exchange_entry provider;
    const winsock started;
    const port_handle port;
    const auto made = recorded_socket();
    struct row {
        int refusal;
        DWORD error;
    };
    for (const row& each : {row{WSAEINVAL, ERROR_INVALID_PARAMETER}, row{WSAENOTSOCK, ERROR_INVALID_HANDLE},
                            row{WSAENOBUFS, ERROR_NOT_ENOUGH_MEMORY}}) {
        provider->refuse_with = each.refusal;
        CHECK_FALSE(associate(made, port, 1));
        CHECK(GetLastError() == each.error);
    }
    provider->refuse_with = 0;
    provider->refuse_loop = true;
    const port_handle other;
    CHECK_FALSE(associate(made, other, 1));
    CHECK(GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
    provider->refuse_loop = false;
    CHECK(associate(made, other, 2));
    OVERLAPPED request{};
    provider->finish_in_loop(&request, 0, 0);
    CHECK(next_packet(other).key == 2);
    provider->release();
}

TEST_CASE("CP-10, CP-11 the notification modes keep back what they name", "[kernel][port]")
{
    exchange_entry provider;
    const winsock started;
    const port_handle port;
    const auto made = recorded_socket();
    REQUIRE(associate(made, port, 1));
    OVERLAPPED request{};
    const auto finish = [&](notify how) {
        provider->host.begin(provider->file, &request, false);
        provider->host.complete(provider->file, &request, 0, 3, how);
        return next_packet(port, 0).success;
    };
    CHECK(finish(notify::normal));
    CHECK(finish(notify::at_once));
    CHECK_FALSE(finish(notify::settle_only));
    CHECK(SetFileCompletionNotificationModes(as_handle(made), 4) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(SetFileCompletionNotificationModes(port, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(SetFileCompletionNotificationModes(as_handle(made), FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != FALSE);
    CHECK(finish(notify::normal));
    CHECK_FALSE(finish(notify::at_once));
    CHECK(WaitForSingleObject(as_handle(made), 0) == WAIT_OBJECT_0);
    CHECK(SetFileCompletionNotificationModes(as_handle(made), FILE_SKIP_SET_EVENT_ON_HANDLE) != FALSE);
    CHECK_FALSE(finish(notify::at_once));
    CHECK(WaitForSingleObject(as_handle(made), 0) == WAIT_TIMEOUT);
    request.hEvent = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    CHECK(finish(notify::normal));
    CHECK(WaitForSingleObject(request.hEvent, 0) == WAIT_OBJECT_0);
    CHECK(CloseHandle(request.hEvent) != FALSE);
    provider->release();
}

TEST_CASE("CAN-5, CAN-6, CAN-7 cancelling is the provider's, told which requests are meant",
          "[kernel][cancel]")
{
    exchange_entry provider;
    const winsock started;
    const auto made = recorded_socket();
    OVERLAPPED request{};
    SetLastError(0);
    CHECK(CancelIoEx(as_handle(made), &request) == FALSE);
    CHECK(GetLastError() == ERROR_NOT_FOUND);
    CHECK(provider->cancelled_on == made.get());
    CHECK(provider->cancelled == &request);
    CHECK_FALSE(provider->cancelled_own_only);
    CHECK(CancelIo(as_handle(made)) != FALSE);
    CHECK(provider->cancelled == nullptr);
    CHECK(provider->cancelled_own_only);
    provider->cancel_finds = 2;
    CHECK(CancelIoEx(as_handle(made), nullptr) != FALSE);
    CHECK_FALSE(provider->cancelled_own_only);
    provider->cancel_finds = 0;
    for (const HANDLE bad : {HANDLE{nullptr}, INVALID_HANDLE_VALUE}) {
        CHECK(CancelIoEx(bad, nullptr) == FALSE);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
        CHECK(CancelIo(bad) == FALSE);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    }
}

TEST_CASE("a port outlives the last cleanup, its loop does not", "[kernel][port][clean]")
{
    exchange_entry provider;
    const port_handle port;
    auto waiting = std::make_unique<background_call<dequeued>>([&] { return next_packet(port); });
    CHECK(waiting->blocks());
    for (int round = 0; round < 3; ++round) {
        {
            const winsock started;
            auto made = recorded_socket();
            REQUIRE(associate(made, port, 1));
            CHECK(provider->open_loops == 1);
            CHECK(eventually([&] { return provider->last_loop->inside == 1; }));
            OVERLAPPED request{};
            provider->finish_in_loop(&request, 0, 0);
            CHECK(waiting->result().overlapped == &request);
            waiting = std::make_unique<background_call<dequeued>>([&] { return next_packet(port); });
            CHECK(eventually([&] { return provider->last_loop->inside == 1; }));
            provider->release();
            (void)made.release();
        }
        CHECK(provider->open_loops == 0);
        CHECK(waiting->blocks());
        CHECK(PostQueuedCompletionStatus(port, 0, 5, nullptr) != FALSE);
        CHECK(waiting->result().key == 5);
        waiting = std::make_unique<background_call<dequeued>>([&] { return next_packet(port); });
        CHECK(waiting->blocks());
    }
    CHECK(PostQueuedCompletionStatus(port, 0, 6, nullptr) != FALSE);
    CHECK(waiting->result().key == 6);
}

TEST_CASE("CP-16 closing a port with a loop leaves its sockets without notification", "[kernel][port]")
{
    exchange_entry provider;
    const winsock started;
    const auto made = recorded_socket();
    {
        const port_handle port;
        REQUIRE(associate(made, port, 1));
        CHECK(provider->open_loops == 1);
    }
    CHECK(provider->open_loops == 0);
    OVERLAPPED request{};
    provider->host.begin(provider->file, &request, false);
    provider->host.complete(provider->file, &request, 0, 4, notify::normal);
    CHECK(request.InternalHigh == 4);
    CHECK(WaitForSingleObject(as_handle(made), 0) == WAIT_OBJECT_0);
    provider->release();
}

TEST_CASE("OVL-19, GOR-8 a socket ends with the last of its handles", "[kernel][duplicate]")
{
    exchange_entry provider;
    recorder& record =
        *reinterpret_cast<recorder_function>(shared_library(EXCHANGE_PROVIDER).symbol(recorder_symbol))();
    const winsock started;
    auto made = recorded_socket();
    const SOCKET original = made.get();
    HANDLE copy = nullptr;
    HANDLE second = nullptr;
    const auto duplicate = [](HANDLE source, HANDLE& target) {
        return DuplicateHandle(GetCurrentProcess(), source, GetCurrentProcess(), &target, 0, FALSE,
                               DUPLICATE_SAME_ACCESS) != FALSE;
    };
    REQUIRE(duplicate(as_handle(original), copy));
    REQUIRE(duplicate(copy, second));
    WSAOVERLAPPED none{};
    DWORD bytes = 0;
    DWORD flags = 0;
    CHECK(WSAGetOverlappedResult(reinterpret_cast<SOCKET>(copy), &none, &bytes, FALSE, &flags) == FALSE);
    CHECK(WSAGetLastError() == WSAENOTSOCK);

    // CP-5: one association for all of them.
    const port_handle port;
    REQUIRE(CreateIoCompletionPort(copy, port, 4, 0) == port.get());
    CHECK(provider->socket == original);
    CHECK_FALSE(associate(original, port, 5));

    record.calls = 0;
    made.reset();
    CHECK(record.calls == 0);
    CHECK(error_of(closesocket(original)) == WSAENOTSOCK);
    CHECK(CloseHandle(copy) != FALSE);
    CHECK(CloseHandle(copy) == FALSE);
    CHECK(record.calls == 0);
    OVERLAPPED request{};
    provider->finish_in_loop(&request, 0, 0);
    CHECK(next_packet(port).key == 4);
    provider->cancel_finds = 1;
    CHECK(CancelIoEx(second, nullptr) != FALSE);
    provider->cancel_finds = 0;
    CHECK(provider->cancelled_on == original);
    CHECK(CloseHandle(second) != FALSE);
    CHECK(record.calls == 1);
    CHECK(record.last == slot::close_socket);
    CHECK(record.arguments[0] == original);
    provider->release();
}

TEST_CASE("EVT-39 a thread that would have to wait has the provider look for news first", "[kernel][wait]")
{
    exchange_entry provider;
    const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
    REQUIRE(event != nullptr);
    {
        const winsock started;
        const auto made = recorded_socket();
        provider->looks = 0;
        provider->news = [](void* handle) { SetEvent(handle); };
        provider->news_context = event;
        CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
        CHECK(provider->looks == 0);
        CHECK(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
        CHECK(provider->looks == 1);
        SetEvent(event);
        CHECK(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
        CHECK(provider->looks == 1);
    }
    CHECK(WaitForSingleObject(event, 1) == WAIT_TIMEOUT);
    CHECK(provider->looks == 1);
    provider->news = nullptr;
    CHECK(CloseHandle(event) != FALSE);
}

TEST_CASE("DuplicateHandle refuses what it cannot duplicate, and can move a handle", "[kernel][duplicate]")
{
    const winsock started;
    HANDLE made = nullptr;
    CHECK(DuplicateHandle(GetCurrentProcess(), nullptr, GetCurrentProcess(), &made, 0, FALSE, 0) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    CHECK(DuplicateHandle(event, event, GetCurrentProcess(), &made, 0, FALSE, 0) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    REQUIRE(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &made, 0, FALSE,
                            DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE) != FALSE);
    CHECK(SetEvent(event) == FALSE);
    CHECK(SetEvent(made) != FALSE);
    CHECK(WaitForSingleObject(made, 0) == WAIT_OBJECT_0);
    CHECK(CloseHandle(made) != FALSE);
}
