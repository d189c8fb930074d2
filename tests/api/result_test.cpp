// Fetching the outcome of overlapped requests, and one fault in its three forms. Answers to the pages
// "WSAGetOverlappedResult" and "GetOverlappedResult".
#include "overlapped_fixture.hpp"

using namespace spindle::test;

namespace {

/// GetOverlappedResult's code; the count goes where WSAGetOverlappedResult's does.
int file_result(SOCKET s, request& of)
{
    return error_of_bool(GetOverlappedResult(as_handle(s), of.as_packet(), &of.count, TRUE));
}

struct truncated {
    truncated() : receiver(bound_udp()), receive(4)
    {
        REQUIRE(receive.receive_from(receiver) == WSA_IO_PENDING);
        const auto sender = udp();
        request sending;
        REQUIRE(sending.send_to(sender, local_of(receiver), "too long") == 0);
        REQUIRE(receive.signalled(patience_ms));
    }
    unique_socket receiver;
    event_request receive;
};

}  // namespace

TEST_CASE("GOR-1, GOR-2, GOR-4 the result of a request, as often as wanted", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    CHECK(receive.result(pair.server, false) == WSA_IO_INCOMPLETE);
    CHECK(receive.count == unwritten);
    CHECK(receive.out_flags == unwritten);
    send_text(pair.client, "hello");
    for (int time = 0; time < 3; ++time) {
        receive.count = unwritten;
        receive.out_flags = unwritten;
        CHECK(receive.result(pair.server) == 0);
        CHECK(receive.count == 5);
        CHECK(receive.out_flags == 0);
        CHECK(receive.result(pair.server, false) == 0);
    }
    CHECK(receive.signalled());
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(CancelIoEx(as_handle(pair.server), nullptr) != FALSE);
    CHECK(receive.result(pair.server) == WSA_OPERATION_ABORTED);
}

TEST_CASE("GOR-3 waiting for the result, by the event or by the socket", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    event_request by_event;
    request by_socket;
    for (request* each : {static_cast<request*>(&by_event), &by_socket}) {
        REQUIRE(each->receive(pair.server) == WSA_IO_PENDING);
        background_call waiting([&] { return each->result(pair.server); });
        CHECK(waiting.blocks());
        send_text(pair.client, "now");
        CHECK(waiting.result() == 0);
        CHECK(each->count == 3);
    }
}

TEST_CASE("GOR-3, CLOSE-2 a wait for the result ends with the request when the socket is closed",
          "[api][overlapped]")
{
    const winsock started;
    auto socket = bound_udp();
    event_request receive;
    REQUIRE(receive.receive_from(socket) == WSA_IO_PENDING);
    const SOCKET handle = socket;
    background_call waiting([&receive, handle] { return receive.result(handle); });
    CHECK(waiting.blocks());
    socket.reset();
    CHECK(waiting.result() == WSA_OPERATION_ABORTED);
}

TEST_CASE("GOR-5 a missing place for count or flags is WSAEFAULT, and the count is stored",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "four");
    REQUIRE(receive.signalled(patience_ms));
    DWORD flags = unwritten;
    DWORD count = unwritten;
    CHECK(error_of_bool(WSAGetOverlappedResult(pair.server, &receive.overlapped, nullptr, FALSE, &flags)) ==
          WSAEFAULT);
    CHECK(flags == unwritten);
    CHECK(error_of_bool(WSAGetOverlappedResult(pair.server, &receive.overlapped, &count, FALSE, nullptr)) ==
          WSAEFAULT);
    CHECK(count == 4);
    CHECK(error_of_bool(WSAGetOverlappedResult(pair.server, nullptr, &count, FALSE, &flags)) == WSAEFAULT);
}

TEST_CASE("GOR-6, GOR-7, XFR-48 a truncated datagram yields the bytes copied and no flags",
          "[api][overlapped]")
{
    const winsock started;
    truncated cut;
    CHECK(cut.receive.status() == overflow_status);
    CHECK(cut.receive.overlapped.InternalHigh == 4);
    CHECK(cut.receive.result(cut.receiver) == WSAEMSGSIZE);
    CHECK(cut.receive.count == 4);
    CHECK(cut.receive.out_flags == unwritten);
}

TEST_CASE("GOR-6, CAN-10 a reset yields 0 bytes", "[api][overlapped]")
{
    const winsock started;
    tcp_pair pair;
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    reset_connection(pair.client);
    CHECK(receive.result(pair.server) == WSAECONNRESET);
    CHECK(receive.count == 0);
    CHECK(receive.status() == reset_status);
}

TEST_CASE("GOR-8 the result belongs to a socket that Winsock knows", "[api][overlapped]")
{
    const winsock started;
    const auto socket = bound_udp();
    request done;
    done.overlapped.Internal = 0;
    HANDLE copy = nullptr;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), as_handle(socket), GetCurrentProcess(), &copy, 0, FALSE,
                            DUPLICATE_SAME_ACCESS) != FALSE);
    CHECK(done.result(reinterpret_cast<SOCKET>(copy), false) == WSAENOTSOCK);
    CHECK(done.result(INVALID_SOCKET, false) == WSAENOTSOCK);
    CHECK(done.result(0xABAC, false) == WSAENOTSOCK);
    CHECK(done.count == unwritten);
    CHECK(done.result(socket, false) == 0);
    CHECK(CloseHandle(copy) != FALSE);
}

TEST_CASE("GOR-9, GOR-10, T-ERR every status in its Winsock and its Win32 form", "[api][overlapped]")
{
    struct row {
        ULONG_PTR status;
        int winsock;
        int win32;
    };
    constexpr int any = -1;
    const row table[] = {
        {0x00000000, 0, 0},
        {0x00000001, 0, 0},
        {0x40000000, 0, 0},
        {0x80000005, WSAEMSGSIZE, ERROR_MORE_DATA},
        {0xC0000206, WSAEMSGSIZE, 1784},
        {0xC0000120, WSA_OPERATION_ABORTED, ERROR_OPERATION_ABORTED},
        {0xC000020D, WSAECONNRESET, ERROR_NETNAME_DELETED},
        {0xC000013C, WSAECONNRESET, ERROR_NETNAME_DELETED},
        {0xC000020C, WSAECONNRESET, ERROR_NETNAME_DELETED},
        {0xC000023F, WSAECONNRESET, 1234},
        {0xC0000241, WSAECONNABORTED, 1236},
        {0xC000013B, WSAECONNABORTED, ERROR_NETNAME_DELETED},
        {0xC000020F, WSAECONNABORTED, any},
        {0xC0000236, WSAECONNREFUSED, 1225},
        {0xC00000B5, WSAETIMEDOUT, 121},
        {0xC000013F, WSAETIMEDOUT, any},
        {0xC000023C, WSAENETUNREACH, 1231},
        {0xC000023D, WSAEHOSTUNREACH, 1232},
        {0xC0000350, WSAEHOSTDOWN, any},
        {0xC00000BF, WSAENETDOWN, any},
        {0xC000000E, WSAENETDOWN, any},
        {0xC0000140, WSAENOTCONN, 59},
        {0xC00000B0, WSAESHUTDOWN, 233},
        {0xC0000237, WSAEDISCON, 1226},
        {0xC000023B, WSAEISCONN, 1230},
        {0xC00000A3, WSAEWOULDBLOCK, 21},
        {0xC00000D0, WSAEWOULDBLOCK, any},
        {0xC0000240, WSAEINTR, 1235},
        {0xC0000008, WSAENOTSOCK, 6},
        {0xC0000024, WSAENOTSOCK, 6},
        {0xC0000005, WSAEFAULT, 998},
        {0xC0000023, WSAEFAULT, 122},
        {0xC0000022, WSAEACCES, 5},
        {0xC0000043, WSAEADDRINUSE, 32},
        {0xC000020A, WSAEADDRINUSE, 52},
        {0xC0000207, WSAEADDRNOTAVAIL, 1214},
        {0xC00000BB, WSAEOPNOTSUPP, 50},
        {0xC0000002, WSAEOPNOTSUPP, any},
        {0xC000009A, WSAENOBUFS, 1450},
        {0xC0000017, WSAENOBUFS, any},
        {0xC0000044, WSAENOBUFS, any},
        {0xC000000D, WSAEINVAL, 87},
        {0xC0001234, WSAEINVAL, any},
        {0x80001234, WSAEINVAL, any},
    };
    const winsock started;
    const auto socket = bound_udp();
    for (const row& each : table) {
        INFO(std::hex << each.status);
        request done;
        done.overlapped.Internal = each.status;
        done.overlapped.InternalHigh = 16;
        CHECK(done.result(socket, false) == each.winsock);
        CHECK(done.count == 16);
        done.count = unwritten;
        const int win32 = file_result(socket, done);
        CHECK((each.win32 == any ? win32 != 0 : win32 == each.win32));
        CHECK(done.count == 16);
    }
    request pending;
    pending.overlapped.Internal = pending_status;
    CHECK(pending.result(socket, false) == WSA_IO_INCOMPLETE);
    CHECK(error_of_bool(GetOverlappedResult(as_handle(socket), pending.as_packet(), &pending.count, FALSE)) ==
          ERROR_IO_INCOMPLETE);
}

TEST_CASE("GOR-10 real requests through GetOverlappedResult", "[api][overlapped]")
{
    const winsock started;
    truncated cut;
    CHECK(file_result(cut.receiver, cut.receive) == ERROR_MORE_DATA);
    CHECK(cut.receive.count == 4);
    tcp_pair pair;
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(CancelIoEx(as_handle(pair.server), nullptr) != FALSE);
    CHECK(file_result(pair.server, receive) == ERROR_OPERATION_ABORTED);
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "ok");
    CHECK(file_result(pair.server, receive) == 0);
    CHECK(receive.count == 2);
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    reset_connection(pair.client);
    CHECK(file_result(pair.server, receive) == ERROR_NETNAME_DELETED);
    CHECK(receive.count == 0);
}
