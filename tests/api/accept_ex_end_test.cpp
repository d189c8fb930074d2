// AcceptEx: how a request ends when something is closed, reset or cancelled, and what the accepted socket can do before
// and after SO_UPDATE_ACCEPT_CONTEXT. Answers to the page "AcceptEx".
#include <array>
#include <atomic>
#include <thread>

#include "extension_requests.hpp"

using namespace spindle::test;

namespace {

int connect_time(SOCKET s)
{
    return get_option(s, SOL_SOCKET, SO_CONNECT_TIME);
}

/// A request that has its connection and waits for data.
struct connected_accept {
    connected_accept() : listening(listener()), call(16)
    {
        REQUIRE(call.start(listening) == ERROR_IO_PENDING);
        client = connect_to_listener(listening);
        REQUIRE(eventually([&] { return connect_time(call.target) != -1; }));
    }
    unique_socket listening;
    accept_call call;
    unique_socket client;
};

void check_listener_works(SOCKET listening)
{
    const auto client = connect_to_listener(listening);
    accept_call call;
    REQUIRE(call.start(listening) == 0);
    send_text(client, "on");
    CHECK(receive_text(call.target, 2) == "on");
}

}  // namespace

TEST_CASE("ACX-13 closing the listener cancels what is pending, with or without a connection",
          "[api][accept_ex]")
{
    const winsock started;
    auto listening = listener();
    accept_call waiting;
    REQUIRE(waiting.start(listening) == ERROR_IO_PENDING);
    listening.reset();
    CHECK(waiting.overlapped.status() == status_cancelled);

    connected_accept connected;
    connected.listening.reset();
    CHECK(connected.call.overlapped.status() == status_cancelled);
}

TEST_CASE("ACX-13 closing the accept socket ends the request and nothing else", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call before;
    REQUIRE(before.start(listening) == ERROR_IO_PENDING);
    before.target.reset();
    CHECK(before.overlapped.status() == status_cancelled);
    check_listener_works(listening);

    connected_accept after;
    after.call.target.reset();
    const auto status = after.call.overlapped.status();
    CHECK((status == status_cancelled || status == status_connection_aborted));
    check_listener_works(after.listening);

    connected_accept with_data;
    send_text(with_data.client, "abc");
    wait_for(with_data.call.overlapped->hEvent);
    with_data.call.target.reset();
    CHECK(with_data.call.overlapped.outcome(with_data.listening) == 0);
    CHECK(with_data.call.data() == "abc");
}

TEST_CASE("ACX-13 an accept socket that is closed while AcceptEx starts ends the request", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call first;
    REQUIRE(first.start(listening) == ERROR_IO_PENDING);
    for (int round = 0; round < 200; ++round) {
        accept_call call;
        const SOCKET closed = call.target;
        std::atomic<bool> closing{false};
        std::thread closer([&] {
            closing = true;
            closesocket(closed);
        });
        while (!closing) {
        }
        const int started_as = call.start(listening);
        closer.join();
        call.target.release();
        if (started_as == ERROR_IO_PENDING) {
            REQUIRE(call.overlapped.status() == status_cancelled);
        } else {
            REQUIRE((started_as == WSAENOTSOCK || started_as == WSAEINVAL));
        }
    }
}

TEST_CASE("ACX-14 the peer's reset fails the request and leaves the listener alone", "[api][accept_ex]")
{
    const winsock started;
    connected_accept waits;
    reset_connection(waits.client);
    CHECK(waits.call.overlapped.outcome(waits.listening) == WSAECONNRESET);
    CHECK(waits.call.overlapped.bytes == 0);
    check_listener_works(waits.listening);
}

TEST_CASE("ACX-15 SO_CONNECT_TIME tells whether a request that waits for data has its connection",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call call(16);
    REQUIRE(call.start(listening) == ERROR_IO_PENDING);
    CHECK(connect_time(call.target) == -1);
    const auto client = connect_to_listener(listening);
    REQUIRE(eventually([&] { return connect_time(call.target) != -1; }));
    CHECK(connect_time(call.target) >= 0);
    CHECK(connect_time(call.target) <= 30);
    CHECK_FALSE(call.overlapped.signalled());
    send_text(client, "x");
    CHECK(call.overlapped.outcome(listening) == 0);
}

TEST_CASE("ACX-16, ACX-17 names, shutdown and the listener's options come with SO_UPDATE_ACCEPT_CONTEXT",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    set_option(listening, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(listening, SOL_SOCKET, SO_RCVTIMEO, 4321);
    const auto client = connect_to_listener(listening);
    accept_call call;
    REQUIRE(call.start(listening) == 0);
    send_text(client, "a");
    CHECK(receive_text(call.target, 1) == "a");
    send_text(call.target, "b");
    CHECK(receive_text(client, 1) == "b");

    endpoint name;
    name.length = sizeof name.storage;
    CHECK(error_of(getsockname(call.target, name.get(), &name.length)) == WSAEINVAL);
    name.length = sizeof name.storage;
    CHECK(error_of(getpeername(call.target, name.get(), &name.length)) == WSAENOTCONN);
    CHECK(error_of(shutdown(call.target, SD_SEND)) == WSAENOTCONN);
    CHECK(get_option(call.target, SOL_SOCKET, SO_KEEPALIVE) == 0);
    CHECK(get_option(call.target, SOL_SOCKET, SO_RCVTIMEO) == 0);

    REQUIRE(call.update(listening) == 0);
    CHECK(local_of(call.target) == local_of(listening));
    CHECK(peer_of(call.target) == local_of(client));
    CHECK(get_option(call.target, SOL_SOCKET, SO_KEEPALIVE) != 0);
    CHECK(get_option(call.target, SOL_SOCKET, SO_RCVTIMEO) == 4321);
    CHECK(error_of(shutdown(call.target, SD_SEND)) == 0);
    CHECK(receive_text(client, 1).empty());
}

TEST_CASE("BND-6 an exclusive port stays blocked while a connection that AcceptEx accepted is active",
          "[api][accept_ex][bind]")
{
    const winsock started;
    for (const DWORD data_room : {0U, 16U}) {
        INFO("room for first data: " << data_room);
        auto listening = tcp();
        set_option(listening, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
        REQUIRE(bind_to(listening, loopback(AF_INET)) == 0);
        REQUIRE(error_of(listen(listening, 1)) == 0);
        const auto where = local_of(listening);
        accept_call call(data_room);
        REQUIRE(call.start(listening) == ERROR_IO_PENDING);
        auto client = connect_to_listener(listening);
        if (data_room != 0) {
            send_text(client, "first");
        }
        REQUIRE(call.overlapped.outcome(listening) == 0);
        REQUIRE(call.update(listening) == 0);
        listening.reset();
        for (const bool exclusive : {false, true}) {
            const auto next = tcp();
            set_option(next, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, exclusive ? 1 : 0);
            const int code = bind_to(next, where);
            CHECK((code == WSAEADDRINUSE || code == WSAEACCES));
        }
        reset_connection(call.target);
        const auto last = tcp();
        CHECK(bind_to(last, where) == 0);
    }
}

TEST_CASE("BND-6, DCX-4 a connection that AcceptEx accepted gives an exclusive port back with DisconnectEx",
          "[api][accept_ex][bind]")
{
    const winsock started;
    auto listening = tcp();
    set_option(listening, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    REQUIRE(bind_to(listening, loopback(AF_INET)) == 0);
    REQUIRE(error_of(listen(listening, 1)) == 0);
    const auto where = local_of(listening);
    accept_call call;
    REQUIRE(call.start(listening) == ERROR_IO_PENDING);
    auto client = connect_to_listener(listening);
    REQUIRE(call.overlapped.outcome(listening) == 0);
    REQUIRE(call.update(listening) == 0);
    listening.reset();
    client.reset();
    event_overlapped ending;
    const int code = disconnect_ex(call.target, ending, TF_REUSE_SOCKET);
    REQUIRE((code == 0 || code == ERROR_IO_PENDING));
    REQUIRE(ending.outcome(call.target) == 0);
    const auto next = tcp();
    CHECK(bind_to(next, where) == 0);
}

TEST_CASE("ACX-17 SO_UPDATE_ACCEPT_CONTEXT wants a connected socket and a listener", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call call;
    CHECK(call.update(listening) == WSAENOTCONN);
    const auto client = connect_to_listener(listening);
    REQUIRE(call.start(listening) == 0);
    CHECK(call.update(no_socket) == WSAENOTSOCK);
    CHECK(call.update(client) == WSAEINVAL);
    const SOCKET named = listening;
    CHECK(error_of(setsockopt(call.target, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT,
                              reinterpret_cast<const char*>(&named), 1)) == WSAEFAULT);
    CHECK(call.update(listening) == 0);
}

TEST_CASE("ACX-16 an accepted socket has the blocking mode it had, and default options before the update",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call call;
    set_nonblocking(call.target);
    set_option(call.target, IPPROTO_TCP, TCP_NODELAY, 1);
    const auto client = connect_to_listener(listening);
    REQUIRE(call.start(listening) == 0);
    char byte = 0;
    CHECK(error_of(recv(call.target, &byte, 1, 0)) == WSAEWOULDBLOCK);
    CHECK(get_option(call.target, IPPROTO_TCP, TCP_NODELAY) != 0);
}

TEST_CASE("CAN-9, CAN-5, CAN-8 AcceptEx is cancelled through the listener, not through the accept socket",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call call;
    REQUIRE(call.start(listening) == ERROR_IO_PENDING);
    const auto handle_of = [](SOCKET s) { return reinterpret_cast<HANDLE>(s); };
    CancelIo(handle_of(call.target));
    CHECK(error_of_bool(CancelIoEx(handle_of(call.target), nullptr)) == ERROR_NOT_FOUND);
    CHECK(call.overlapped.is_pending());
    REQUIRE(CancelIoEx(handle_of(listening), call.overlapped));
    CHECK(call.overlapped.status() == status_cancelled);
    CHECK(call.overlapped.outcome(listening) == WSA_OPERATION_ABORTED);

    accept_call again;
    again.target = std::move(call.target);
    REQUIRE(again.start(listening) == ERROR_IO_PENDING);
    const auto client = connect_to_listener(listening);
    CHECK(again.overlapped.outcome(listening) == 0);
}

TEST_CASE("CAN-8, ACX-13 cancelling a request that waits for data ends its connection", "[api][accept_ex]")
{
    const winsock started;
    connected_accept waits;
    REQUIRE(CancelIoEx(reinterpret_cast<HANDLE>(waits.listening.get()), nullptr));
    CHECK(waits.call.overlapped.status() == status_cancelled);
    char byte = 0;
    CHECK(error_of(recv(waits.client, &byte, 1, 0)) == WSAECONNRESET);
    check_listener_works(waits.listening);
}
