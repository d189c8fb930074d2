// What a request leaves behind and how its end is waited for. Answers to the pages "WSAOVERLAPPED", "GetOverlappedResult",
// "WPUCompleteOverlappedRequest".
#include "support/api_fixture.hpp"
#include "support/catch.hpp"

#include "exchange_fixture.hpp"

using namespace spindle::test;
using spindle::exchange::notify;

namespace {

HANDLE tagged(HANDLE event)
{
    return reinterpret_cast<HANDLE>(reinterpret_cast<ULONG_PTR>(event) | 1);
}

}  // namespace

TEST_CASE("OVL-7, OVL-8, OVL-12, OVL-13 the event is reset at the start and set once at the end",
          "[kernel][overlapped]")
{
    exchange_entry provider;
    const winsock started;
    const auto made = recorded_socket();
    const auto& host = provider->host;
    for (const BOOL manual : {TRUE, FALSE}) {
        OVERLAPPED request{};
        request.InternalHigh = 99;
        request.Offset = 1;
        request.OffsetHigh = 2;
        request.hEvent = CreateEventW(nullptr, manual, TRUE, nullptr);
        host.begin(nullptr, &request, false);
        CHECK(request.Internal == STATUS_PENDING);
        CHECK_FALSE(HasOverlappedIoCompleted(&request));
        CHECK(request.InternalHigh == 99);
        CHECK(WaitForSingleObject(request.hEvent, 0) == WAIT_TIMEOUT);
        host.complete(nullptr, &request, 0, 12, notify::normal);
        CHECK(HasOverlappedIoCompleted(&request));
        CHECK(request.InternalHigh == 12);
        CHECK(request.Offset == 1);
        CHECK(request.OffsetHigh == 2);
        CHECK(WaitForSingleObject(request.hEvent, 0) == WAIT_OBJECT_0);
        CHECK(WaitForSingleObject(request.hEvent, 0) == (manual != FALSE ? WAIT_OBJECT_0 : WAIT_TIMEOUT));
        CHECK(CloseHandle(request.hEvent) != FALSE);
    }
}

TEST_CASE("OVL-14 without event and routine the socket's handle tells", "[kernel][overlapped]")
{
    exchange_entry provider;
    const winsock started;
    const auto made = recorded_socket();
    const auto& host = provider->host;
    auto* const file = host.file_of(made);
    REQUIRE(file != nullptr);
    CHECK(host.file_of(0x7f7f7f7c) == nullptr);
    CHECK(WaitForSingleObject(as_handle(made), 0) == WAIT_TIMEOUT);
    OVERLAPPED request{};
    host.begin(file, &request, false);
    background_call waiting([&] { return WaitForSingleObject(as_handle(made), INFINITE); });
    CHECK(waiting.blocks());
    host.complete(file, &request, 0, 0, notify::normal);
    CHECK(waiting.result() == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(as_handle(made), 0) == WAIT_OBJECT_0);
    // A request with a routine leaves it alone.
    host.begin(file, &request, true);
    CHECK(WaitForSingleObject(as_handle(made), 0) == WAIT_OBJECT_0);
    host.begin(file, &request, false);
    CHECK(WaitForSingleObject(as_handle(made), 0) == WAIT_TIMEOUT);
    host.complete(file, &request, 0, 0, notify::settle_only);
    CHECK(WaitForSingleObject(as_handle(made), 0) == WAIT_TIMEOUT);
    host.release_file(file);
}

TEST_CASE("OVL-15 the low bit of the event keeps the packet back", "[kernel][overlapped]")
{
    exchange_entry provider;
    const winsock started;
    const port_handle port;
    const auto made = recorded_socket();
    REQUIRE(associate(made, port, 1));
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    OVERLAPPED request{};
    for (const HANDLE given : {event, tagged(event)}) {
        request.hEvent = given;
        provider->host.begin(provider->file, &request, false);
        provider->host.complete(provider->file, &request, 0, 0, notify::normal);
        CHECK(WaitForSingleObject(given, 0) == WAIT_OBJECT_0);
        CHECK(next_packet(port, 0).success == (given == event));
    }
    CHECK(CloseHandle(event) != FALSE);
    provider->release();
}

TEST_CASE("GOR-10, T-ERR the outcome of a request in Win32 codes", "[kernel][overlapped]")
{
    const winsock started;
    const auto made = tcp();
    struct row {
        DWORD status;
        DWORD error;
    };
    const row table[] = {
        {0, 0},
        {0x40000000, 0},
        {0x80000005, ERROR_MORE_DATA},
        {0xC0000206, ERROR_INVALID_USER_BUFFER},
        {0xC0000120, ERROR_OPERATION_ABORTED},
        {0xC000020D, ERROR_NETNAME_DELETED},
        {0xC000013C, ERROR_NETNAME_DELETED},
        {0xC000020C, ERROR_NETNAME_DELETED},
        {0xC000023F, ERROR_PORT_UNREACHABLE},
        {0xC0000241, ERROR_CONNECTION_ABORTED},
        {0xC000013B, ERROR_NETNAME_DELETED},
        {0xC0000236, ERROR_CONNECTION_REFUSED},
        {0xC00000B5, ERROR_SEM_TIMEOUT},
        {0xC000023C, ERROR_NETWORK_UNREACHABLE},
        {0xC000023D, ERROR_HOST_UNREACHABLE},
        {0xC0000140, ERROR_UNEXP_NET_ERR},
        {0xC00000B0, ERROR_PIPE_NOT_CONNECTED},
        {0xC0000237, ERROR_GRACEFUL_DISCONNECT},
        {0xC000023B, ERROR_CONNECTION_ACTIVE},
        {0xC00000A3, ERROR_NOT_READY},
        {0xC0000240, ERROR_REQUEST_ABORTED},
        {0xC0000008, ERROR_INVALID_HANDLE},
        {0xC0000024, ERROR_INVALID_HANDLE},
        {0xC0000005, ERROR_NOACCESS},
        {0xC0000023, ERROR_INSUFFICIENT_BUFFER},
        {0xC0000022, ERROR_ACCESS_DENIED},
        {0xC0000043, ERROR_SHARING_VIOLATION},
        {0xC000020A, ERROR_DUP_NAME},
        {0xC0000207, ERROR_INVALID_NETNAME},
        {0xC00000BB, ERROR_NOT_SUPPORTED},
        {0xC000009A, ERROR_NO_SYSTEM_RESOURCES},
        {0xC000000D, ERROR_INVALID_PARAMETER},
        {0xC0001234, ERROR_INVALID_PARAMETER},
    };
    for (const row& each : table) {
        INFO(std::hex << each.status);
        OVERLAPPED request{};
        request.Internal = each.status;
        request.InternalHigh = 16;
        DWORD bytes = 0;
        SetLastError(0);
        CHECK((GetOverlappedResult(as_handle(made), &request, &bytes, FALSE) != FALSE) == (each.error == 0));
        CHECK(GetLastError() == each.error);
        CHECK(bytes == 16);
    }
}

TEST_CASE("GOR-10 a pending request is waited for as long as asked", "[kernel][overlapped]")
{
    exchange_entry provider;
    const winsock started;
    const auto made = recorded_socket();
    const auto& host = provider->host;
    auto* const file = host.file_of(made);
    const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
    for (const HANDLE by : {HANDLE{nullptr}, event, tagged(event)}) {
        OVERLAPPED request{};
        OVERLAPPED other{};
        request.hEvent = by;
        host.begin(file, &request, false);
        DWORD bytes = 99;
        CHECK(GetOverlappedResult(as_handle(made), &request, &bytes, FALSE) == FALSE);
        CHECK(GetLastError() == ERROR_IO_INCOMPLETE);
        CHECK(GetOverlappedResultEx(as_handle(made), &request, &bytes, 0, FALSE) == FALSE);
        CHECK(GetLastError() == ERROR_IO_INCOMPLETE);
        CHECK(GetOverlappedResultEx(as_handle(made), &request, &bytes, 20, TRUE) == FALSE);
        CHECK(GetLastError() == WAIT_TIMEOUT);
        CHECK(bytes == 99);
        background_call waiting([&] { return GetOverlappedResult(as_handle(made), &request, &bytes, TRUE); });
        CHECK(waiting.blocks());
        // Another request of the socket ends first.
        host.begin(file, &other, false);
        host.complete(file, &other, 0, 1, notify::normal);
        CHECK(waiting.blocks());
        host.complete(file, &request, 0, 7, notify::normal);
        CHECK(waiting.result() != FALSE);
        CHECK(bytes == 7);
    }
    OVERLAPPED request{};
    DWORD bytes = 0;
    host.begin(file, &request, false);
    CHECK(GetOverlappedResult(nullptr, &request, &bytes, TRUE) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(GetOverlappedResult(as_handle(made), nullptr, &bytes, TRUE) == FALSE);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(CloseHandle(event) != FALSE);
    host.release_file(file);
}

TEST_CASE(
    "UP-8, UP-9, UP-12, CP-14, CP-24, OVL-9, OVL-10 a provider without kernel handles completes through the host",
    "[kernel][overlapped][upcall]")
{
    recorded_entry provider;
    const winsock started;
    const port_handle port;
    const auto made = recorded_socket();
    REQUIRE(associate(made, port, 6));
    WSAOVERLAPPED request{};
    request.Internal = STATUS_PENDING;
    request.Offset = 3;
    request.hEvent = WSACreateEvent();
    int error = 0;
    request.OffsetHigh = WSAECONNRESET;
    CHECK(WPUCompleteOverlappedRequest(made, &request, WSAECONNRESET, 0, &error) == 0);
    constexpr DWORD reset_status = 0xC000020D;  // T-ERR: in the form that file functions know
    CHECK(request.Internal == reset_status);
    CHECK(request.Offset == 3);
    CHECK(request.OffsetHigh == WSAECONNRESET);
    CHECK(WaitForSingleObject(request.hEvent, 0) == WAIT_OBJECT_0);
    dequeued got = next_packet(port, 0);
    CHECK_FALSE(got.success);
    CHECK(got.error == ERROR_NETNAME_DELETED);
    CHECK(got.key == 6);
    CHECK(got.overlapped == reinterpret_cast<OVERLAPPED*>(&request));
    CHECK(WSACloseEvent(request.hEvent) != FALSE);
    request.hEvent = nullptr;
    CHECK(WPUCompleteOverlappedRequest(made, &request, 0, 21, &error) == 0);
    got = next_packet(port, 0);
    CHECK(got.success);
    CHECK(got.bytes == 21);
    CHECK(WaitForSingleObject(as_handle(made), 0) == WAIT_OBJECT_0);
    CHECK(CancelIoEx(as_handle(made), nullptr) == FALSE);
    CHECK(GetLastError() == ERROR_NOT_SUPPORTED);
}
