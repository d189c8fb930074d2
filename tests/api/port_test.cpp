// Completion ports with sockets: association, packets of every call that posts, silence of those that do not. The port
// itself, without sockets, is tested with the kernel objects. Answers to the pages "CreateIoCompletionPort",
// "GetQueuedCompletionStatus" and "SetFileCompletionNotificationModes".
#include "overlapped_fixture.hpp"

#include <array>


#include "support/extension.hpp"

using namespace spindle::test;

namespace {

void check_packet(HANDLE port, ULONG_PTR key, request& of, DWORD bytes)
{
    const dequeued got = next_packet(port, patience_ms);
    CHECK(got.success);
    CHECK(got.key == key);
    CHECK(got.overlapped == of.as_packet());
    CHECK(got.bytes == bytes);
}

constexpr DWORD address_size = sizeof(sockaddr_in) + 16;

}  // namespace

TEST_CASE("CP-3, CP-4 a socket is associated once, and only an overlapped one", "[api][port]")
{
    const winsock started;
    const port_handle port;
    const port_handle other;
    const auto socket = bound_udp();
    REQUIRE(associate(socket, port, 1) == port.get());
    CHECK(associate(socket, other, 2) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(associate(socket, port, 1) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    const unique_socket plain{WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0, 0)};
    REQUIRE(plain.get() != INVALID_SOCKET);
    CHECK(associate(plain, port, 1) == nullptr);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);

    const auto second = bound_udp();
    const HANDLE made = associate(second, nullptr, 7);
    REQUIRE(made != nullptr);
    request sending;
    REQUIRE(sending.send_to(second, local_of(socket), "own port") == 0);
    check_packet(made, 7, sending, 8);
    CHECK(CloseHandle(made) != FALSE);
}

TEST_CASE("CP-6 a request pending at the association posts its packet", "[api][port]")
{
    const winsock started;
    const tcp_pair pair;
    const port_handle port;
    request before;
    REQUIRE(before.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(associate(pair.server, port, 12) == port.get());
    CHECK(is_empty(port));
    send_text(pair.client, "late");
    check_packet(port, 12, before, 4);
}

TEST_CASE("CP-7, CP-8 every call with an OVERLAPPED posts, AcceptEx to the port of the listener",
          "[api][port]")
{
    const winsock started;
    const port_handle port;
    const auto listening = listener();
    const auto accepting = tcp();
    const auto client = tcp();
    REQUIRE(bind_to(client, loopback(AF_INET)) == 0);
    REQUIRE(associate(listening, port, 1) == port.get());
    REQUIRE(associate(client, port, 2) == port.get());

    request accept(2 * address_size);
    DWORD bytes = 0;
    const auto accept_ex = extension<LPFN_ACCEPTEX>(listening, WSAID_ACCEPTEX);
    REQUIRE(error_of_bool(accept_ex(listening, accepting, accept.bytes.data(), 0, address_size, address_size,
                                    &bytes, accept.as_packet())) == ERROR_IO_PENDING);
    request connecting;
    const endpoint where = local_of(listening);
    const auto connect_ex = extension<LPFN_CONNECTEX>(client, WSAID_CONNECTEX);
    const int connected = error_of_bool(
        connect_ex(client, where.get(), where.length, nullptr, 0, nullptr, connecting.as_packet()));
    REQUIRE((connected == 0 || connected == ERROR_IO_PENDING));
    std::array<dequeued, 2> both{next_packet(port, patience_ms), next_packet(port, patience_ms)};
    if (both[0].key == 2) {
        std::swap(both[0], both[1]);
    }
    CHECK(both[0].key == 1);
    CHECK(both[0].overlapped == accept.as_packet());
    CHECK(both[1].key == 2);
    CHECK(both[1].overlapped == connecting.as_packet());
    REQUIRE(error_of(setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0)) == 0);
    const SOCKET listener_handle = listening;
    REQUIRE(error_of(setsockopt(accepting, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                                reinterpret_cast<const char*>(&listener_handle), sizeof listener_handle)) ==
            0);

    request sending;
    REQUIRE(sending.send(client, "abc") == 0);
    check_packet(port, 2, sending, 3);
    request receive;
    REQUIRE(receive.receive(client) == WSA_IO_PENDING);
    send_text(accepting, "defg");
    check_packet(port, 2, receive, 4);

    request control;
    u_long on = 1;
    REQUIRE(error_of(WSAIoctl(client, static_cast<DWORD>(FIONBIO), &on, sizeof on, nullptr, 0, &bytes,
                              &control.overlapped, nullptr)) == 0);
    check_packet(port, 2, control, 0);

    request ending;
    const auto disconnect_ex = extension<LPFN_DISCONNECTEX>(client, WSAID_DISCONNECTEX);
    const int disconnected = error_of_bool(disconnect_ex(client, ending.as_packet(), 0, 0));
    REQUIRE((disconnected == 0 || disconnected == ERROR_IO_PENDING));
    CHECK(error_of(shutdown(accepting, SD_SEND)) == 0);
    check_packet(port, 2, ending, 0);
    CHECK(is_empty(port));
}

TEST_CASE("CP-8 the calls of datagram sockets post too", "[api][port]")
{
    const winsock started;
    const port_handle port;
    const auto socket = bound_udp();
    const endpoint own = local_of(socket);
    REQUIRE(associate(socket, port, 3) == port.get());
    request receive;
    REQUIRE(receive.receive_from(socket) == WSA_IO_PENDING);
    request sending;
    REQUIRE(sending.send_to(socket, own, "self") == 0);
    std::array<dequeued, 2> both{next_packet(port, patience_ms), next_packet(port, patience_ms)};
    CHECK(both[0].overlapped != both[1].overlapped);
    CHECK(both[0].success);
    CHECK(both[1].success);
    CHECK(receive.text() == "self");

    const auto receive_message = extension<LPFN_WSARECVMSG>(socket, WSAID_WSARECVMSG);
    WSAMSG message{};
    WSABUF buffer = receive.whole();
    message.lpBuffers = &buffer;
    message.dwBufferCount = 1;
    REQUIRE(error_of(receive_message(socket, &message, nullptr, &receive.overlapped, nullptr)) ==
            WSA_IO_PENDING);
    endpoint to = own;
    WSAMSG sent{};
    sending.bytes = "message";
    WSABUF text = sending.whole();
    sent.name = to.get();
    sent.namelen = to.length;
    sent.lpBuffers = &text;
    sent.dwBufferCount = 1;
    REQUIRE(error_of(WSASendMsg(socket, &sent, 0, nullptr, &sending.overlapped, nullptr)) == 0);
    both = {next_packet(port, patience_ms), next_packet(port, patience_ms)};
    CHECK(both[0].overlapped != both[1].overlapped);
    CHECK(both[0].bytes == 7);
    CHECK(both[1].bytes == 7);
    CHECK(is_empty(port));
}

TEST_CASE("CP-9, SHUT-16, CLOSE-13, CAN-4 calls without an OVERLAPPED post nothing", "[api][port]")
{
    const winsock started;
    const port_handle port;
    const auto listening = listener();
    auto client = tcp();
    REQUIRE(associate(client, port, 1) == port.get());
    REQUIRE(connect_to(client, local_of(listening)) == 0);
    auto server = accept_from(listening);
    REQUIRE(associate(server, port, 2) == port.get());
    SECTION("shutdown and closesocket")
    {
        CHECK(error_of(shutdown(client, SD_SEND)) == 0);
        CHECK(error_of(shutdown(client, SD_BOTH)) == 0);
    }
    SECTION("the disconnect calls")
    {
        CHECK(error_of(WSASendDisconnect(client, nullptr)) == 0);
        CHECK(error_of(WSARecvDisconnect(client, nullptr)) == 0);
    }
    SECTION("DisconnectEx without an OVERLAPPED")
    {
        const auto disconnect_ex = extension<LPFN_DISCONNECTEX>(client, WSAID_DISCONNECTEX);
        background_call ending([&] { return error_of_bool(disconnect_ex(client, nullptr, 0, 0)); });
        char byte = 0;
        CHECK(error_of(recv(server, &byte, 1, 0)) == 0);
        CHECK(error_of(shutdown(server, SD_SEND)) == 0);
        CHECK(ending.result() == 0);
    }
    client.reset();
    server.reset();
    CHECK(is_empty(port));
}

TEST_CASE("CP-7, OVL-16 messages that just fill their buffers come out one by one, however many wait", "[api][port]")
{
    const winsock started;
    const tcp_pair pair;
    const port_handle port;
    REQUIRE(associate(pair.server, port, 1) == port.get());
    request receive(4);
    for (int round = 0; round < 12; ++round) {
        REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
        send_text(pair.client, "once");
        check_packet(port, 1, receive, 4);
    }
    const auto take = [&](const std::string& expected) {
        const int code = receive.receive(pair.server);
        REQUIRE((code == 0 || code == WSA_IO_PENDING));
        check_packet(port, 1, receive, static_cast<DWORD>(expected.size()));
        CHECK(receive.bytes.substr(0, expected.size()) == expected);
    };
    for (int round = 0; round < 3; ++round) {
        send_text(pair.client, "now twiceand 3");
        take("now ");
        take("twic");
        take("eand");
        take(" 3");
        send_text(pair.client, "last");
        take("last");
    }
    send_text(pair.client, "done");
    REQUIRE(shutdown(pair.client, SD_SEND) == 0);
    take("done");
    take("");
    CHECK(is_empty(port));
}

TEST_CASE("XFR-49, LNX-28, CP-17 a port's datagram socket tells each unreachable port, whether a receive is pending or not",
          "[api][port]")
{
    const winsock started;
    const closed_port nobody(AF_INET, SOCK_DGRAM);
    const auto friendly = bound_udp();
    const auto made = bound_udp();
    const port_handle port;
    REQUIRE(associate(made, port, 1) == port.get());
    request receive;
    const auto check_unreachable = [&] {
        const dequeued got = next_packet(port, patience_ms);
        CHECK_FALSE(got.success);
        CHECK(got.error == ERROR_PORT_UNREACHABLE);
        CHECK(got.overlapped == receive.as_packet());
    };
    const auto send_two = [&] {
        request sending;
        REQUIRE(sending.send_to(made, nobody.where, "x") == 0);
        check_packet(port, 1, sending, 1);
        REQUIRE(sending.send_to(made, local_of(friendly), "aside") == 0);
        check_packet(port, 1, sending, 5);
    };
    for (int round = 0; round < 2; ++round) {
        // Pending; the second send takes the system's own note of the failure.
        REQUIRE(receive.receive_from(made) == WSA_IO_PENDING);
        send_two();
        check_unreachable();
        // Not pending, and the loop has been told of it before the receive begins.
        send_two();
        CHECK(is_empty(port));
        const int code = receive.receive_from(made);
        if (code == WSA_IO_PENDING) {
            check_unreachable();
        } else {
            CHECK(code == WSAECONNRESET);
        }
        // And nothing is left over.
        REQUIRE(receive.receive_from(made) == WSA_IO_PENDING);
        request greeting;
        REQUIRE(greeting.send_to(friendly, local_of(made), "hello") == 0);
        check_packet(port, 1, receive, 5);
    }
}

TEST_CASE("CP-10 a request that went on posts its packet in spite of the mode", "[api][port]")
{
    const winsock started;
    const tcp_pair pair;
    const port_handle port;
    REQUIRE(associate(pair.server, port, 1) == port.get());
    REQUIRE(SetFileCompletionNotificationModes(as_handle(pair.server),
                                               FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != FALSE);
    REQUIRE(SetFileCompletionNotificationModes(as_handle(pair.server), 0) != FALSE);
    request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "x");
    check_packet(port, 1, receive, 1);
    send_text(pair.client, "y");
    REQUIRE(wait_readable(pair.server));
    // The loop may not have told the socket yet, so that this one can pend as well.
    const int code = receive.receive(pair.server);
    if (code == WSA_IO_PENDING) {
        check_packet(port, 1, receive, 1);
    } else {
        CHECK(code == 0);
    }
    CHECK(is_empty(port));
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(CancelIoEx(as_handle(pair.server), nullptr) != FALSE);
    const dequeued got = next_packet(port, patience_ms);
    CHECK_FALSE(got.success);
    CHECK(got.error == ERROR_OPERATION_ABORTED);
    CHECK(got.overlapped == receive.as_packet());
}

TEST_CASE("CP-13, CP-14, CP-17, CP-18 packets of sockets show success and failure", "[api][port]")
{
    const winsock started;
    const port_handle port;
    tcp_pair pair;
    const auto datagrams = bound_udp();
    REQUIRE(associate(pair.server, port, 1) == port.get());
    REQUIRE(associate(datagrams, port, 2) == port.get());
    request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "data");
    SetLastError(stale_error);
    check_packet(port, 1, receive, 4);
    CHECK(GetLastError() == stale_error);

    request cut(4);
    REQUIRE(cut.receive_from(datagrams) == WSA_IO_PENDING);
    const auto sender = udp();
    request sending;
    REQUIRE(sending.send_to(sender, local_of(datagrams), "too long") == 0);
    dequeued got = next_packet(port, patience_ms);
    CHECK_FALSE(got.success);
    CHECK(got.error == ERROR_MORE_DATA);
    CHECK(got.bytes == 4);
    CHECK(got.key == 2);
    CHECK(got.overlapped == cut.as_packet());

    for (const bool together : {false, true}) {
        tcp_pair dying;
        REQUIRE(associate(dying.server, port, 3) == port.get());
        REQUIRE(receive.receive(dying.server) == WSA_IO_PENDING);
        reset_connection(dying.client);
        if (together) {
            OVERLAPPED_ENTRY entry{};
            ULONG removed = 0;
            REQUIRE(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, patience_ms, FALSE) != FALSE);
            CHECK(removed == 1);
            CHECK(entry.lpOverlapped == receive.as_packet());
            CHECK(entry.lpOverlapped->Internal == reset_status);
            continue;
        }
        got = next_packet(port, patience_ms);
        CHECK_FALSE(got.success);
        CHECK(got.error == ERROR_NETNAME_DELETED);
        CHECK(got.bytes == 0);
        CHECK(got.key == 3);
        CHECK(got.overlapped == receive.as_packet());
    }
}

TEST_CASE("CP-16 closing the port wakes a thread that waits for a socket's packets", "[api][port]")
{
    const winsock started;
    const tcp_pair pair;
    const HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0);
    REQUIRE(port != nullptr);
    REQUIRE(associate(pair.server, port, 1) == port);
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    background_call waiting([&] { return next_packet(port); });
    CHECK(waiting.blocks());
    CHECK(CloseHandle(port) != FALSE);
    const dequeued got = waiting.result();
    CHECK_FALSE(got.success);
    CHECK(got.overlapped == nullptr);
    CHECK(got.error == ERROR_ABANDONED_WAIT_0);
    send_text(pair.client, "by event");
    CHECK(receive.signalled(patience_ms));
    CHECK(receive.text() == "by event");
}
