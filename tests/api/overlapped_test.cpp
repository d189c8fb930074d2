// Overlapped requests as programs use them: what the call returns, what the OVERLAPPED shows, how the end is told.
// Order, threads and duplicates are in overlapped_order_test.cpp. Answers to the pages "WSARecv", "WSASend",
// "WSAOVERLAPPED".
#include "overlapped_fixture.hpp"

#include <array>
#include <string>

#include "support/extension.hpp"

using namespace spindle::test;

TEST_CASE(
    "XFR-1, XFR-4, XFR-12, BLK-4, OVL-7, OVL-8 an overlapped receive without data pends and completes once",
    "[api][overlapped]")
{
    const winsock started;
    for (const bool nonblocking : {true, false}) {
        const tcp_pair pair;
        set_nonblocking(pair.server, nonblocking);
        event_request receive;
        receive.overlapped.InternalHigh = 0x77;
        receive.overlapped.Offset = 0x1111;
        receive.overlapped.OffsetHigh = 0x2222;
        REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
        CHECK(receive.at_once == unwritten);
        CHECK_FALSE(receive.signalled());
        CHECK(receive.status() == pending_status);
        CHECK(receive.overlapped.InternalHigh == 0x77);
        send_text(pair.client, "hello");
        REQUIRE(receive.signalled(patience_ms));
        CHECK(receive.status() == 0);
        CHECK(receive.overlapped.InternalHigh == 5);
        CHECK(receive.overlapped.Offset == 0x1111);
        CHECK(receive.overlapped.OffsetHigh == 0x2222);
        CHECK(receive.text() == "hello");
        ResetEvent(receive.event);
        send_text(pair.client, "more");
        CHECK(receive_text(pair.server, 4) == "more");
        CHECK_FALSE(receive.signalled());
    }
}

TEST_CASE("BLK-4, XFR-1 a send that finds no room pends, in either mode", "[api][overlapped]")
{
    const winsock started;
    for (const bool nonblocking : {true, false}) {
        const tcp_pair pair;
        const std::size_t before = fill(pair.client);
        set_nonblocking(pair.client, nonblocking);
        event_request sending;
        const std::string text = large_text();
        REQUIRE(sending.send(pair.client, text) == WSA_IO_PENDING);
        CHECK(sending.at_once == unwritten);
        CHECK(receive_text(pair.server, before + text.size()).size() == before + text.size());
        REQUIRE(sending.signalled(patience_ms));
        CHECK(sending.result(pair.client) == 0);
        CHECK(sending.count == text.size());
    }
}

TEST_CASE("OVL-1 the arguments choose how the end is told", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    const tcp_pair plain;
    const port_handle port;
    REQUIRE(associate(pair.server, port, 9) == port.get());
    routine_calls().clear();

    SECTION("no OVERLAPPED: nothing")
    {
        send_text(pair.client, "a");
        CHECK(receive_text(pair.server, 1) == "a");
        CHECK(is_empty(port));
    }
    SECTION("an event and no port: the event")
    {
        event_request receive;
        REQUIRE(receive.receive(plain.server) == WSA_IO_PENDING);
        send_text(plain.client, "b");
        CHECK(receive.signalled(patience_ms));
    }
    SECTION("a port and no event: the packet")
    {
        request receive;
        REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
        send_text(pair.client, "c");
        const dequeued got = next_packet(port, patience_ms);
        CHECK(got.success);
        CHECK(got.key == 9);
        CHECK(got.overlapped == receive.as_packet());
    }
    SECTION("both: both, whichever is waited for first")
    {
        for (const bool event_first : {true, false}) {
            event_request receive;
            REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
            send_text(pair.client, "d");
            if (event_first) {
                CHECK(receive.signalled(patience_ms));
            }
            CHECK(next_packet(port, patience_ms).overlapped == receive.as_packet());
            CHECK(receive.signalled());
            CHECK(is_empty(port));
        }
    }
    SECTION("a routine: the routine only")
    {
        event_request receive;
        REQUIRE(receive.receive(plain.server, 0, note_routine) == WSA_IO_PENDING);
        send_text(plain.client, "e");
        CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
        CHECK(routine_calls().size() == 1);
        CHECK_FALSE(receive.signalled());
    }
}

TEST_CASE("OVL-2, OVL-12, OVL-13, CP-10, UP-21 a request that succeeds at once is told of like any other",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    const port_handle port;
    routine_calls().clear();
    for (const bool manual_reset : {true, false}) {
        event_request sending(1, manual_reset);
        REQUIRE(sending.send(pair.client, "now") == 0);
        CHECK(sending.at_once == 3);
        CHECK(sending.signalled());
        CHECK(sending.signalled() == manual_reset);
    }
    request with_routine;
    REQUIRE(wait_readable(pair.server, 6));
    REQUIRE(with_routine.receive(pair.server, 0, note_routine) == 0);
    CHECK(routine_calls().empty());
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(routine_calls().size() == 1);
    CHECK(routine_calls()[0].bytes == 6);

    REQUIRE(associate(pair.client, port, 1) == port.get());
    event_request posted;
    REQUIRE(posted.send(pair.client, "four") == 0);
    const dequeued got = next_packet(port, 0);
    CHECK(got.success);
    CHECK(got.bytes == 4);
    CHECK(got.overlapped == posted.as_packet());

    REQUIRE(SetFileCompletionNotificationModes(as_handle(pair.client),
                                               FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != FALSE);
    event_request skipped;
    REQUIRE(skipped.send(pair.client, "five!") == 0);
    CHECK(skipped.signalled());
    CHECK(is_empty(port));
}

TEST_CASE("OVL-3, XFR-1, UP-22 a request that fails at once queues no packet and no routine", "[api][overlapped]")
{
    const winsock started;
    const auto unconnected = tcp();
    const auto other = tcp();
    const auto unbound = udp();
    const port_handle port;
    REQUIRE(associate(unconnected, port, 1) == port.get());
    REQUIRE(associate(unbound, port, 2) == port.get());
    event_request receive;
    CHECK(receive.receive(unconnected) == WSAENOTCONN);
    CHECK(receive.at_once == unwritten);
    CHECK_FALSE(receive.signalled());
    CHECK(receive.send(unconnected, "x") == WSAENOTCONN);
    CHECK(receive.receive_from(unbound) == WSAEINVAL);
    CHECK(receive.receive(unconnected, MSG_PARTIAL | MSG_WAITALL) != WSA_IO_PENDING);
    CHECK(is_empty(port));
    routine_calls().clear();
    CHECK(receive.receive(other, 0, note_routine) == WSAENOTCONN);
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(routine_calls().empty());
}

TEST_CASE("OVL-5 the OVERLAPPED may hold anything but a wrong event", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    for (const ULONG_PTR content : {ULONG_PTR{0xDEADBEEF}, ULONG_PTR{pending_status}, ~ULONG_PTR{0}}) {
        event_request receive;
        receive.overlapped.Internal = content;
        receive.overlapped.InternalHigh = content;
        receive.overlapped.Offset = static_cast<DWORD>(content);
        receive.overlapped.OffsetHigh = static_cast<DWORD>(content);
        REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
        send_text(pair.client, "ok");
        CHECK(receive.result(pair.server) == 0);
        CHECK(receive.text() == "ok");
    }
}

TEST_CASE("OVL-11 extension functions and ioctls that fail at once tell nobody", "[api][overlapped]")
{
    const winsock started;
    const auto unbound = tcp();
    const auto listening = listener();
    const auto accepting = tcp();
    const port_handle port;
    REQUIRE(associate(unbound, port, 1) == port.get());
    REQUIRE(associate(listening, port, 2) == port.get());
    const auto connect_ex = extension<LPFN_CONNECTEX>(unbound, WSAID_CONNECTEX);
    const auto accept_ex = extension<LPFN_ACCEPTEX>(listening, WSAID_ACCEPTEX);
    event_request failing(256);
    const endpoint where = local_of(listening);
    DWORD bytes = 0;
    CHECK(error_of_bool(connect_ex(unbound, where.get(), where.length, nullptr, 0, &bytes,
                                   failing.as_packet())) == WSAEINVAL);
    CHECK(error_of_bool(accept_ex(listening, INVALID_SOCKET, failing.bytes.data(), 0, 32, 32, &bytes,
                                  failing.as_packet())) != 0);
    GUID unknown{};
    void* function = nullptr;
    CHECK(error_of(WSAIoctl(unbound, SIO_GET_EXTENSION_FUNCTION_POINTER, &unknown, sizeof unknown, &function,
                            sizeof function, &bytes, &failing.overlapped, nullptr)) == WSAEINVAL);
    CHECK(is_empty(port));
    CHECK_FALSE(failing.signalled());
}

TEST_CASE("OVL-12, OVL-13 starting a request resets the event and its end sets it once", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    for (const bool manual_reset : {true, false}) {
        event_request receive(64, manual_reset);
        REQUIRE(SetEvent(receive.event) != FALSE);
        REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
        CHECK_FALSE(receive.signalled());
        send_text(pair.client, "x");
        CHECK(receive.signalled(patience_ms));
        CHECK(receive.signalled() == manual_reset);
    }
}

TEST_CASE("OVL-14, CP-11 without an event the socket itself is signalled", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    CHECK_FALSE(is_signalled(as_handle(pair.server)));
    send_text(pair.client, "x");
    CHECK(is_signalled(as_handle(pair.server), patience_ms));
    CHECK(receive.finished());
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    CHECK_FALSE(is_signalled(as_handle(pair.server)));

    REQUIRE(SetFileCompletionNotificationModes(as_handle(pair.server), FILE_SKIP_SET_EVENT_ON_HANDLE) !=
            FALSE);
    event_request second;
    REQUIRE(second.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "y");
    CHECK(receive.finishes());
    send_text(pair.client, "z");
    CHECK(second.signalled(patience_ms));
    CHECK_FALSE(is_signalled(as_handle(pair.server)));
}

TEST_CASE("OVL-15 the low bit of the event keeps the packet back and nothing else", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    const port_handle port;
    REQUIRE(associate(pair.server, port, 1) == port.get());
    event_request receive;
    const HANDLE tagged = reinterpret_cast<HANDLE>(reinterpret_cast<ULONG_PTR>(receive.event) | 1);
    receive.overlapped.hEvent = tagged;
    REQUIRE(SetEvent(receive.event) != FALSE);
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    CHECK_FALSE(receive.signalled());
    send_text(pair.client, "x");
    CHECK(is_signalled(tagged, patience_ms));
    CHECK(receive.overlapped.hEvent == tagged);
    CHECK(receive.result(pair.server) == 0);
    CHECK(is_empty(port));
}

TEST_CASE("XFR-6 the buffer array may be reused while the request is pending", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    std::array<char, 4> first{};
    std::array<char, 4> second{};
    std::array<char, 8> wrong{};
    event_request receive;
    {
        std::array<WSABUF, 2> buffers{{{2, first.data()}, {4, second.data()}}};
        DWORD flags = 0;
        REQUIRE(error_of(WSARecv(pair.server, buffers.data(), 2, nullptr, &flags, &receive.overlapped,
                                 nullptr)) == WSA_IO_PENDING);
        buffers.fill({wrong.size(), wrong.data()});
    }
    send_text(pair.client, "abcde");
    REQUIRE(receive.result(pair.server) == 0);
    CHECK(receive.count == 5);
    CHECK(std::string(first.data(), 2) == "ab");
    CHECK(std::string(second.data(), 3) == "cde");
    CHECK(wrong == std::array<char, 8>{});
}

TEST_CASE("XFR-52, XFR-11 a pending WSARecvFrom writes the sender when it completes", "[api][overlapped]")
{
    const winsock started;
    const auto receiver = bound_udp();
    const auto sender = bound_udp();
    event_request receive;
    REQUIRE(receive.receive_from(receiver) == WSA_IO_PENDING);
    CHECK(receive.from.storage.ss_family == 0);
    CHECK(receive.from.length == sizeof receive.from.storage);
    event_request sending;
    REQUIRE(sending.send_to(sender, local_of(receiver), "dgram") == 0);
    REQUIRE(receive.result(receiver) == 0);
    CHECK(receive.text() == "dgram");
    CHECK(receive.from == local_of(sender));
    CHECK(receive.from.length == sizeof(sockaddr_in));
}

TEST_CASE("XFR-19 without a send buffer an overlapped send pends until the peer's system has the bytes",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 0);
    const std::string text = large_text();
    event_request sending;
    REQUIRE(sending.send(pair.client, text) == WSA_IO_PENDING);
    CHECK(receive_text(pair.server, 1000).size() == 1000);
    CHECK_FALSE(sending.signalled());
    CHECK(receive_text(pair.server, text.size() - 1000).size() == text.size() - 1000);
    REQUIRE(sending.result(pair.client) == 0);
    CHECK(sending.count == text.size());
    event_request small;
    const int started_small = small.send(pair.client, "small");
    CHECK((started_small == 0 || started_small == WSA_IO_PENDING));
    CHECK(small.result(pair.client) == 0);
    CHECK(small.count == 5);
}
