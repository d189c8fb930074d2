// ConnectEx: refusals, the first data, a failed attempt and the next, what the socket can do while pending and after.
// Answers to the page "LPFN_CONNECTEX".
#include "extension_requests.hpp"

using namespace spindle::test;

namespace {

int name_error(int(WSAAPI* function)(SOCKET, sockaddr*, int*), SOCKET s)
{
    endpoint name;
    name.length = sizeof name.storage;
    return error_of(function(s, name.get(), &name.length));
}

/// ConnectEx in the place of a connect that goes unanswered.
struct pending_connect {
    pending_connect() : unanswered(), client(bound_tcp())
    {
        REQUIRE(connect_ex(client, unanswered.where, overlapped) == ERROR_IO_PENDING);
    }
    stuck_connect unanswered;
    unique_socket client;
    event_overlapped overlapped;
};

}  // namespace

TEST_CASE("CNX-1 it needs a bound, unconnected stream socket and an OVERLAPPED", "[api][connect_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto where = local_of(listening);
    event_overlapped overlapped;
    CHECK(connect_ex(tcp(), where, overlapped) == WSAEINVAL);
    CHECK(connect_ex(listening, where, overlapped) == WSAEINVAL);
    const stuck_connect connecting;
    CHECK(connect_ex(connecting.client, where, overlapped) == WSAEINVAL);
    const tcp_pair pair;
    CHECK(connect_ex(pair.client, where, overlapped) == WSAEISCONN);
    CHECK(connect_ex(pair.server, where, overlapped) == WSAEISCONN);
    const auto fresh = bound_tcp();
    CHECK(connect_ex(fresh, where, nullptr) == ERROR_INVALID_PARAMETER);
    const auto function = extension<LPFN_CONNECTEX>(fresh, WSAID_CONNECTEX);
    for (const SOCKET bad : {INVALID_SOCKET, no_socket}) {
        CHECK(error_of_bool(function(bad, where.get(), where.length, nullptr, 0, nullptr, overlapped)) ==
              WSAENOTSOCK);
    }
    CHECK_FALSE(overlapped.signalled());
    CHECK(connect_ex(fresh, where, overlapped) == ERROR_IO_PENDING);
    CHECK(overlapped.outcome(fresh) == 0);
}

TEST_CASE("CNX-1 it is for connection-oriented sockets", "[api][connect_ex]")
{
    const winsock started;
    const auto peer = bound_udp();
    const auto datagrams = bound_udp();
    event_overlapped overlapped;
    const auto function = extension<LPFN_CONNECTEX>(tcp(), WSAID_CONNECTEX);
    const auto where = local_of(peer);
    const int code =
        error_of_bool(function(datagrams, where.get(), where.length, nullptr, 0, nullptr, overlapped));
    CHECK((code == WSAEINVAL || code == WSAEOPNOTSUPP));
}

TEST_CASE("CNX-2, CNX-4 it pends even where the peer answers at once, and completes with 0 bytes",
          "[api][connect_ex]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = listener(family);
        const auto client = bound_tcp(family);
        event_overlapped overlapped;
        DWORD sent = 99;
        REQUIRE(connect_ex(client, local_of(listening), overlapped, nullptr, 0, &sent) == ERROR_IO_PENDING);
        REQUIRE(overlapped.outcome(client) == 0);
        CHECK(overlapped.bytes == 0);
        CHECK(overlapped->Internal == 0);
        CHECK(sent == 99);
        const auto server = accept_from(listening);
        send_text(client, "hi");
        CHECK(receive_text(server, 2) == "hi");
    }
}

TEST_CASE("CNX-3, CNX-4 the first data are captured by the call and counted at the end", "[api][connect_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = bound_tcp();
    event_overlapped overlapped;
    std::string data = "first data";
    REQUIRE(connect_ex(client, local_of(listening), overlapped, data.data(),
                       static_cast<DWORD>(data.size())) == ERROR_IO_PENDING);
    data.assign(data.size(), '#');
    REQUIRE(overlapped.outcome(client) == 0);
    CHECK(overlapped.bytes == 10);
    const auto server = accept_from(listening);
    CHECK(receive_text(server, 10) == "first data");
}

TEST_CASE("CNX-4 first data larger than the system's buffers arrive whole", "[api][connect_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = bound_tcp();
    event_overlapped overlapped;
    std::string data(std::size_t{12} * 1024 * 1024, 'd');
    data.back() = 'z';
    REQUIRE(connect_ex(client, local_of(listening), overlapped, data.data(),
                       static_cast<DWORD>(data.size())) == ERROR_IO_PENDING);
    const auto server = accept_from(listening);
    CHECK(receive_text(server, data.size()) == data);
    REQUIRE(overlapped.outcome(client) == 0);
    CHECK(overlapped.bytes == data.size());
}

TEST_CASE("CNX-2, CNX-5 a refusal comes as completion and the bound socket may try again",
          "[api][connect_ex]")
{
    const winsock started;
    const closed_port closed;
    const auto client = bound_tcp();
    const auto bound = local_of(client);
    event_overlapped overlapped;
    for (int attempt = 0; attempt < 2; ++attempt) {
        REQUIRE(connect_ex(client, closed.where, overlapped) == ERROR_IO_PENDING);
        CHECK(overlapped.outcome(client) == WSAECONNREFUSED);
        CHECK(overlapped.bytes == 0);
        CHECK(overlapped->Internal == 0xC0000236);
        DWORD bytes = 0;
        CHECK(error_of_bool(GetOverlappedResult(reinterpret_cast<HANDLE>(client.get()), overlapped, &bytes,
                                                FALSE)) == ERROR_CONNECTION_REFUSED);
        CHECK(local_of(client) == bound);
        CHECK(name_error(getpeername, client) == WSAENOTCONN);
    }
    const auto listening = listener();
    REQUIRE(connect_ex(client, local_of(listening), overlapped) == ERROR_IO_PENDING);
    REQUIRE(overlapped.outcome(client) == 0);
    REQUIRE(update_connect_context(client) == 0);
    CHECK(local_of(client) == bound);
}

TEST_CASE("CNX-5 after a refused ConnectEx an ordinary connect works too", "[api][connect_ex]")
{
    const winsock started;
    const closed_port closed;
    const auto client = bound_tcp();
    event_overlapped overlapped;
    REQUIRE(connect_ex(client, closed.where, overlapped) == ERROR_IO_PENDING);
    REQUIRE(overlapped.outcome(client) == WSAECONNREFUSED);
    const auto listening = listener();
    CHECK(connect_to(client, local_of(listening)) == 0);
    CHECK(peer_of(client) == local_of(listening));
}

TEST_CASE("CNX-6 while pending the socket has a name of its own and no peer", "[api][connect_ex]")
{
    const winsock started;
    pending_connect pending;
    const SOCKET client = pending.client;
    CHECK(name_error(getpeername, client) == WSAENOTCONN);
    CHECK(name_error(getsockname, client) == 0);
    char byte = 'x';
    CHECK(error_of(send(client, &byte, 1, 0)) == WSAENOTCONN);
    CHECK(error_of(recv(client, &byte, 1, 0)) == WSAENOTCONN);
    CHECK(connect_to(client, pending.unanswered.where) == WSAEINVAL);
    event_overlapped second;
    CHECK(connect_ex(client, pending.unanswered.where, second) == WSAEINVAL);
    CHECK(pending.overlapped.is_pending());
    CHECK_FALSE(pending.overlapped.signalled());
    pending.client.reset();
    CHECK(pending.overlapped.status() == status_cancelled);  // CAN-1
}

TEST_CASE("CAN-8, CNX-5 a cancelled ConnectEx leaves a bound socket that may try again", "[api][connect_ex]")
{
    const winsock started;
    pending_connect pending;
    REQUIRE(CancelIoEx(reinterpret_cast<HANDLE>(pending.client.get()), pending.overlapped));
    CHECK(pending.overlapped.outcome(pending.client) == WSA_OPERATION_ABORTED);
    CHECK(name_error(getsockname, pending.client) == 0);
    const auto listening = listener();
    event_overlapped again;
    REQUIRE(connect_ex(pending.client, local_of(listening), again) == ERROR_IO_PENDING);
    CHECK(again.outcome(pending.client) == 0);
}

TEST_CASE("CNX-7 names and shutdown come with SO_UPDATE_CONNECT_CONTEXT", "[api][connect_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = bound_tcp();
    const auto bound = local_of(client);
    event_overlapped overlapped;
    CHECK(update_connect_context(client) == WSAENOTCONN);
    REQUIRE(connect_ex(client, local_of(listening), overlapped) == ERROR_IO_PENDING);
    REQUIRE(overlapped.outcome(client) == 0);
    const auto server = accept_from(listening);
    send_text(client, "a");
    CHECK(receive_text(server, 1) == "a");
    send_text(server, "b");
    CHECK(receive_text(client, 1) == "b");
    CHECK(name_error(getpeername, client) == WSAENOTCONN);
    CHECK(name_error(getsockname, client) == WSAEINVAL);
    CHECK(error_of(shutdown(client, SD_SEND)) == WSAENOTCONN);

    REQUIRE(update_connect_context(client) == 0);
    CHECK(peer_of(client) == local_of(listening));
    CHECK(local_of(client) == bound);
    CHECK(error_of(shutdown(client, SD_SEND)) == 0);
    CHECK(receive_text(server, 1).empty());
}

TEST_CASE("CNX-8 connecting again is WSAEINVAL for connect before the update, and WSAEISCONN otherwise",
          "[api][connect_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto where = local_of(listening);
    const auto client = bound_tcp();
    event_overlapped overlapped;
    REQUIRE(connect_ex(client, where, overlapped) == ERROR_IO_PENDING);
    REQUIRE(overlapped.outcome(client) == 0);
    event_overlapped second;
    CHECK(connect_to(client, where) == WSAEINVAL);
    CHECK(connect_ex(client, where, second) == WSAEISCONN);
    REQUIRE(update_connect_context(client) == 0);
    CHECK(connect_to(client, where) == WSAEISCONN);
    CHECK(connect_ex(client, where, second) == WSAEISCONN);
}
