// Cancelling overlapped requests, and resets and closing while they are pending. Answers to the pages "CancelIo",
// "CancelIoEx" and "closesocket".
#include "overlapped_fixture.hpp"

#include <thread>

#include "support/extension.hpp"
#include "support/libc_peer.hpp"

using namespace spindle::test;

namespace {

int cancel(SOCKET s, request* which = nullptr)
{
    return error_of_bool(CancelIoEx(as_handle(s), which != nullptr ? which->as_packet() : nullptr));
}

struct pending_accept {
    explicit pending_accept(SOCKET listening) : accepting(tcp()), accept(2 * (sizeof(sockaddr_in) + 16))
    {
        const auto accept_ex = extension<LPFN_ACCEPTEX>(listening, WSAID_ACCEPTEX);
        DWORD bytes = 0;
        REQUIRE(error_of_bool(accept_ex(listening, accepting, accept.bytes.data(), 0,
                                        sizeof(sockaddr_in) + 16, sizeof(sockaddr_in) + 16, &bytes,
                                        accept.as_packet())) == ERROR_IO_PENDING);
    }
    unique_socket accepting;
    event_request accept;
};

}  // namespace

TEST_CASE("CAN-5, CAN-6, CAN-8 CancelIoEx cancels one request or all of the handle",
          "[api][overlapped][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    const tcp_pair other;
    CHECK(cancel(pair.server) == ERROR_NOT_FOUND);
    event_request first;
    event_request second;
    event_request third;
    event_request elsewhere;
    REQUIRE(first.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(second.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(third.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(elsewhere.receive(other.server) == WSA_IO_PENDING);
    CHECK(cancel(pair.server, &elsewhere) == ERROR_NOT_FOUND);
    CHECK(cancel(pair.server, &second) == 0);
    CHECK(second.signalled(patience_ms));
    CHECK(second.status() == cancelled_status);
    CHECK(second.overlapped.InternalHigh == 0);
    CHECK(cancel(pair.server, &second) == ERROR_NOT_FOUND);
    CHECK_FALSE(first.finished());
    send_text(pair.client, "one");
    CHECK(first.result(pair.server) == 0);
    CHECK(first.text() == "one");
    CHECK(cancel(pair.server) == 0);
    CHECK(third.result(pair.server) == WSA_OPERATION_ABORTED);
    CHECK_FALSE(elsewhere.finished());
    CHECK(cancel(INVALID_SOCKET) == ERROR_INVALID_HANDLE);
    // Nothing was lost by cancelling.
    send_text(pair.client, "two");
    CHECK(receive_text(pair.server, 3) == "two");
}

TEST_CASE("CAN-7 CancelIo cancels what the calling thread has issued", "[api][overlapped][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    event_request mine;
    event_request theirs;
    REQUIRE(mine.receive(pair.server) == WSA_IO_PENDING);
    std::atomic<int> stage{0};
    int their_code = 0;
    BOOL their_cancel = FALSE;
    std::thread other([&] {
        their_code = theirs.receive(pair.server);
        stage = 1;
        (void)eventually([&] { return stage == 2; });
        their_cancel = CancelIo(as_handle(pair.server));
        stage = 3;
    });
    REQUIRE(eventually([&] { return stage == 1; }));
    CHECK(CancelIo(as_handle(pair.server)) != FALSE);
    CHECK(mine.signalled(patience_ms));
    CHECK(mine.status() == cancelled_status);
    CHECK_FALSE(theirs.finished());
    CHECK(CancelIo(as_handle(pair.server)) != FALSE);
    CHECK_FALSE(theirs.finished());
    stage = 2;
    other.join();
    CHECK(their_code == WSA_IO_PENDING);
    CHECK(their_cancel != FALSE);
    CHECK(theirs.signalled(patience_ms));
    CHECK(theirs.status() == cancelled_status);
}

TEST_CASE("CAN-8, CAN-5 a cancelled request is told of by packet and by routine", "[api][overlapped][cancel]")
{
    const winsock started;
    const tcp_pair with_port;
    const tcp_pair plain;
    const port_handle port;
    REQUIRE(associate(with_port.server, port, 3) == port.get());
    request by_packet;
    request by_routine;
    REQUIRE(by_packet.receive(with_port.server) == WSA_IO_PENDING);
    REQUIRE(by_routine.receive(plain.server, 0, note_routine) == WSA_IO_PENDING);
    REQUIRE(cancel(with_port.server) == 0);
    REQUIRE(cancel(plain.server) == 0);
    const dequeued got = next_packet(port, patience_ms);
    CHECK_FALSE(got.success);
    CHECK(got.error == ERROR_OPERATION_ABORTED);
    CHECK(got.bytes == 0);
    CHECK(got.key == 3);
    CHECK(got.overlapped == by_packet.as_packet());
    routine_calls().clear();
    CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(routine_calls().size() == 1);
    CHECK(routine_calls()[0].error == WSA_OPERATION_ABORTED);
}

TEST_CASE("CAN-8, CLOSE-5 what had finished keeps its result", "[api][overlapped][cancel]")
{
    const winsock started;
    tcp_pair pair;
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "done");
    REQUIRE(receive.signalled(patience_ms));
    CHECK(cancel(pair.server, &receive) == ERROR_NOT_FOUND);
    CHECK(cancel(pair.server) == ERROR_NOT_FOUND);
    pair.server.reset();
    CHECK(receive.status() == 0);
    CHECK(receive.text() == "done");
}

TEST_CASE("CAN-8, CAN-5 sends are cancelled as receives are", "[api][overlapped][cancel]")
{
    const winsock started;
    const tcp_pair pair;
    fill(pair.client);
    event_request first;
    event_request second;
    REQUIRE(first.send(pair.client, large_text()) == WSA_IO_PENDING);
    REQUIRE(second.send(pair.client, "second") == WSA_IO_PENDING);
    REQUIRE(cancel(pair.client, &second) == 0);
    CHECK(second.signalled(patience_ms));
    CHECK(second.status() == cancelled_status);
    CHECK_FALSE(first.finished());
    REQUIRE(cancel(pair.client) == 0);
    CHECK(first.result(pair.client) == WSA_OPERATION_ABORTED);
}

TEST_CASE("CAN-9, CAN-2 a pending AcceptEx belongs to the listener", "[api][overlapped][cancel]")
{
    const winsock started;
    auto listening = listener();
    pending_accept first(listening);
    CHECK(cancel(first.accepting) == ERROR_NOT_FOUND);
    CHECK(CancelIo(as_handle(first.accepting)) != FALSE);
    CHECK_FALSE(first.accept.finished());
    CHECK(CancelIo(as_handle(listening)) != FALSE);
    CHECK(first.accept.signalled(patience_ms));
    CHECK(first.accept.status() == cancelled_status);

    pending_accept second(listening);
    listening.reset();
    CHECK(second.accept.signalled(patience_ms));
    CHECK(second.accept.status() == cancelled_status);
}

TEST_CASE("CAN-10 a peer's reset ends a pending receive and every later call", "[api][overlapped][cancel]")
{
    const winsock started;
    tcp_pair pair;
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    reset_connection(pair.client);
    REQUIRE(receive.signalled(patience_ms));
    CHECK(receive.status() == reset_status);
    CHECK(receive.overlapped.InternalHigh == 0);
    CHECK(get_option(pair.server, SOL_SOCKET, SO_ERROR) == 0);
    request after;
    CHECK(after.receive(pair.server) == WSAECONNRESET);
    CHECK(after.send(pair.server, "x") == WSAECONNRESET);
}

TEST_CASE("CAN-1, CAN-2, CAN-3, CLOSE-2, CLOSE-3, CLOSE-4 closing completes what is pending through its own "
          "channel",
          "[api][overlapped][cancel]")
{
    const winsock started;
    const port_handle port;
    tcp_pair pair;
    tcp_pair with_port;
    auto datagrams = bound_udp();
    REQUIRE(associate(with_port.server, port, 5) == port.get());
    event_request by_event;
    event_request of_datagrams;
    request by_routine;
    request by_packet;
    REQUIRE(by_event.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(by_routine.receive(pair.server, 0, note_routine) == WSA_IO_PENDING);
    REQUIRE(of_datagrams.receive_from(datagrams) == WSA_IO_PENDING);
    int code = 0;
    std::thread issuer([&] { code = by_packet.receive(with_port.server); });
    issuer.join();
    REQUIRE(code == WSA_IO_PENDING);
    pair.server.reset();
    with_port.server.reset();
    datagrams.reset();

    CHECK(by_event.signalled(patience_ms));
    CHECK(by_event.status() == aborted_status);
    CHECK(by_event.overlapped.InternalHigh == 0);
    CHECK(of_datagrams.signalled(patience_ms));
    CHECK(of_datagrams.status() == cancelled_status);
    routine_calls().clear();
    CHECK(SleepEx(patience_ms, TRUE) == WAIT_IO_COMPLETION);
    REQUIRE(routine_calls().size() == 1);
    CHECK(routine_calls()[0].error == WSAECONNABORTED);
    CHECK(routine_calls()[0].bytes == 0);
    const dequeued got = next_packet(port, patience_ms);
    CHECK_FALSE(got.success);
    CHECK(got.error == ERROR_CONNECTION_ABORTED);
    CHECK(got.key == 5);
    CHECK(got.overlapped == by_packet.as_packet());
    CHECK(is_empty(port));
    CHECK(SleepEx(0, TRUE) == 0);
}
