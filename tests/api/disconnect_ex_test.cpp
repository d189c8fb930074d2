// DisconnectEx: refusals, with and without an OVERLAPPED, with and without TF_REUSE_SOCKET. Answers to the page
// "LPFN_DISCONNECTEX".
#include "extension_requests.hpp"

using namespace spindle::test;

namespace {

/// Asks for the reuse and waits for its end.
int disconnect_for_reuse(SOCKET s)
{
    event_overlapped overlapped;
    const int code = disconnect_ex(s, overlapped, TF_REUSE_SOCKET);
    return code == ERROR_IO_PENDING ? overlapped.outcome(s) : code;
}

}  // namespace

TEST_CASE("DCX-1 bad handles, unconnected sockets and unknown arguments are refused", "[api][disconnect_ex]")
{
    const winsock started;
    const tcp_pair pair;
    event_overlapped overlapped;
    const auto function = extension<LPFN_DISCONNECTEX>(pair.client, WSAID_DISCONNECTEX);
    for (const SOCKET bad : {INVALID_SOCKET, no_socket}) {
        CHECK(error_of_bool(function(bad, overlapped, 0, 0)) == WSAENOTSOCK);
        CHECK(error_of_bool(function(bad, nullptr, 1, 1)) == WSAENOTSOCK);
    }
    for (OVERLAPPED* how : {static_cast<OVERLAPPED*>(overlapped), static_cast<OVERLAPPED*>(nullptr)}) {
        CHECK(disconnect_ex(tcp(), how) == WSAENOTCONN);
        CHECK(disconnect_ex(bound_tcp(), how) == WSAENOTCONN);
        CHECK(disconnect_ex(pair.listening, how) == WSAENOTCONN);
        CHECK(disconnect_ex(pair.client, how, 0, 1) == WSAEINVAL);
        for (const DWORD flags : {1U, 3U, 4U, 0x80000000U}) {
            CHECK(disconnect_ex(pair.client, how, flags) == WSAEINVAL);
        }
    }
    CHECK_FALSE(overlapped.signalled());
    send_text(pair.client, "still");
    CHECK(receive_text(pair.server, 5) == "still");
}

TEST_CASE("DCX-2 with an OVERLAPPED it pends and completes with 0 bytes, without it is done on return",
          "[api][disconnect_ex]")
{
    const winsock started;
    for (const DWORD flags : {DWORD{0}, DWORD{TF_REUSE_SOCKET}}) {
        const tcp_pair overlapped_pair;
        event_overlapped overlapped;
        REQUIRE(disconnect_ex(overlapped_pair.client, overlapped, flags) == ERROR_IO_PENDING);
        CHECK(overlapped.outcome(overlapped_pair.client) == 0);
        CHECK(overlapped.bytes == 0);
        CHECK(receive_text(overlapped_pair.server, 1).empty());
        const tcp_pair waited_pair;
        CHECK(disconnect_ex(waited_pair.client, nullptr, flags) == 0);
        CHECK(receive_text(waited_pair.server, 1).empty());
    }
}

TEST_CASE("DCX-2 what was sent before goes out before the end", "[api][disconnect_ex]")
{
    const winsock started;
    const tcp_pair pair;
    const std::string data(std::size_t{300} * 1024, 'q');
    background_call reader([&] { return receive_text(pair.server, data.size() + 1); });
    send_text(pair.client, data);
    CHECK(disconnect_ex(pair.client, nullptr, TF_REUSE_SOCKET) == 0);
    CHECK(reader.result() == data);
}

TEST_CASE("DCX-3 without TF_REUSE_SOCKET it is the end of sending and no more", "[api][disconnect_ex]")
{
    const winsock started;
    const tcp_pair pair;
    const auto local = local_of(pair.client);
    const auto where = local_of(pair.listening);
    REQUIRE(disconnect_ex(pair.client, nullptr) == 0);
    char byte = 'x';
    CHECK(error_of(send(pair.client, &byte, 1, 0)) == WSAESHUTDOWN);
    send_text(pair.server, "answer");
    CHECK(receive_text(pair.client, 6) == "answer");
    CHECK(connect_to(pair.client, where) == WSAEISCONN);
    CHECK(local_of(pair.client) == local);
    CHECK(peer_of(pair.client) == where);
    CHECK(disconnect_ex(pair.client, nullptr) == 0);
    event_overlapped overlapped;
    REQUIRE(disconnect_ex(pair.client, overlapped) == ERROR_IO_PENDING);
    CHECK(overlapped.outcome(pair.client) == 0);
}

TEST_CASE("DCX-4 a former connect socket is fit for ConnectEx again, from the same port",
          "[api][disconnect_ex]")
{
    const winsock started;
    const auto first = listener();
    const auto second = listener();
    const auto client = bound_tcp();
    event_overlapped overlapped;
    for (int turn = 0; turn < 3; ++turn) {
        INFO("turn " << turn);
        const auto& listening = turn % 2 == 0 ? first : second;
        REQUIRE(connect_ex(client, local_of(listening), overlapped) == ERROR_IO_PENDING);
        REQUIRE(overlapped.outcome(client) == 0);
        const auto server = accept_from(listening);
        send_text(client, "turn");
        CHECK(receive_text(server, 4) == "turn");
        REQUIRE(disconnect_for_reuse(client) == 0);
        CHECK(receive_text(server, 1).empty());
        char byte = 'x';
        CHECK(error_of(send(client, &byte, 1, 0)) == WSAENOTCONN);
        CHECK(error_of(recv(client, &byte, 1, 0)) == WSAENOTCONN);
    }
}

TEST_CASE("DCX-4 a former accept socket is fit for AcceptEx again", "[api][disconnect_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call call;
    for (int turn = 0; turn < 3; ++turn) {
        INFO("turn " << turn);
        REQUIRE(call.start(listening) == ERROR_IO_PENDING);
        const auto client = connect_to_listener(listening);
        REQUIRE(call.overlapped.outcome(listening) == 0);
        if (turn == 1) {
            REQUIRE(call.update(listening) == 0);
        }
        send_text(client, "turn");
        CHECK(receive_text(call.target, 4) == "turn");
        REQUIRE(disconnect_for_reuse(call.target) == 0);
        CHECK(receive_text(client, 1).empty());
        char byte = 'x';
        CHECK(error_of(recv(call.target, &byte, 1, 0)) == WSAENOTCONN);
    }
}

TEST_CASE("DCX-4 sockets of connect and accept are reused like those of ConnectEx and AcceptEx",
          "[api][disconnect_ex]")
{
    const winsock started;
    tcp_pair pair;
    REQUIRE(disconnect_for_reuse(pair.client) == 0);
    REQUIRE(disconnect_for_reuse(pair.server) == 0);
    event_overlapped overlapped;
    accept_call call;
    call.target = std::move(pair.server);
    CHECK(connect_ex(call.target, local_of(pair.listening), overlapped) == WSAEINVAL);
    REQUIRE(call.start(pair.listening) == ERROR_IO_PENDING);
    REQUIRE(connect_ex(pair.client, local_of(pair.listening), overlapped) == ERROR_IO_PENDING);
    REQUIRE(overlapped.outcome(pair.client) == 0);
    REQUIRE(call.overlapped.outcome(pair.listening) == 0);
    send_text(pair.client, "again");
    CHECK(receive_text(call.target, 5) == "again");
}

TEST_CASE("DCX-4 sockets at a completion port are reused there, one packet for each request",
          "[api][disconnect_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = bound_tcp();
    HANDLE port = CreateIoCompletionPort(reinterpret_cast<HANDLE>(client.get()), nullptr, 5, 0);
    REQUIRE(port != nullptr);
    const auto packet_of = [&](OVERLAPPED* expected) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED* done = nullptr;
        const int code = error_of_bool(
            GetQueuedCompletionStatus(port, &bytes, &key, &done, static_cast<DWORD>(patience.count())));
        REQUIRE(done == expected);
        CHECK(key == 5);
        return code;
    };
    OVERLAPPED overlapped{};
    for (int turn = 0; turn < 3; ++turn) {
        INFO("turn " << turn);
        REQUIRE(connect_ex(client, local_of(listening), &overlapped) == ERROR_IO_PENDING);
        REQUIRE(packet_of(&overlapped) == 0);
        const auto server = accept_from(listening);
        OVERLAPPED receive{};
        char byte = 0;
        WSABUF buffer{1, &byte};
        DWORD flags = 0;
        REQUIRE(error_of(WSARecv(client, &buffer, 1, nullptr, &flags, &receive, nullptr)) == WSA_IO_PENDING);
        send_text(server, "r");
        REQUIRE(packet_of(&receive) == 0);
        CHECK(byte == 'r');
        REQUIRE(disconnect_ex(client, &overlapped, TF_REUSE_SOCKET) == ERROR_IO_PENDING);
        REQUIRE(packet_of(&overlapped) == 0);
        CHECK(receive_text(server, 1).empty());
    }
    CHECK(CloseHandle(port));
}

TEST_CASE("DCX-4 a receive that is pending when the socket is taken for reuse is aborted",
          "[api][disconnect_ex]")
{
    const winsock started;
    const tcp_pair pair;
    event_overlapped receive;
    char byte = 0;
    WSABUF buffer{1, &byte};
    DWORD flags = 0;
    REQUIRE(error_of(WSARecv(pair.client, &buffer, 1, nullptr, &flags, receive, nullptr)) == WSA_IO_PENDING);
    REQUIRE(disconnect_for_reuse(pair.client) == 0);
    CHECK(receive.status() == status_cancelled);
}
