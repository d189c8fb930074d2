// AcceptEx: refusals, the output buffer, what it waits for and in which order, how it ends when something is closed or
// cancelled. Answers to the pages "AcceptEx" and "GetAcceptExSockaddrs".
#include <array>
#include <thread>

#include "extension_requests.hpp"

using namespace spindle::test;

namespace {

struct found_addresses {
    sockaddr* local = nullptr;
    int local_length = -1;
    sockaddr* peer = nullptr;
    int peer_length = -1;
};

found_addresses addresses_in(accept_call& from)
{
    found_addresses found;
    GetAcceptExSockaddrs(from.buffer.data(), from.data_room, from.local_room, from.peer_room, &found.local,
                         &found.local_length, &found.peer, &found.peer_length);
    return found;
}

endpoint copy_of(const sockaddr* name, int length)
{
    endpoint copy;
    REQUIRE(name != nullptr);
    std::copy_n(reinterpret_cast<const char*>(name), length, reinterpret_cast<char*>(&copy.storage));
    copy.length = length;
    return copy;
}

int accept_on(SOCKET listening, SOCKET target, void* buffer, DWORD local_room, DWORD peer_room,
              OVERLAPPED* overlapped)
{
    DWORD received = 0;
    return error_of_bool(
        AcceptEx(listening, target, buffer, 0, local_room, peer_room, &received, overlapped));
}

accept_call* deferring_accept = nullptr;
SOCKET deferring_listener = INVALID_SOCKET;

// The connection is with the condition function, so the AcceptEx finds none.
int CALLBACK defer_after_accept_ex(LPWSABUF, LPWSABUF, LPQOS, LPQOS, LPWSABUF, LPWSABUF, GROUP*, DWORD_PTR)
{
    std::thread([] { deferring_accept->start(deferring_listener); }).join();
    return CF_DEFER;
}

void check_talk(SOCKET one, SOCKET other)
{
    send_text(one, "there");
    CHECK(receive_text(other, 5) == "there");
    send_text(other, "back");
    CHECK(receive_text(one, 4) == "back");
}

}  // namespace

TEST_CASE("ACX-1, ACX-10 without a connection it pends and leaves the count alone, with one it is done and "
          "still notified",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call waiting;
    REQUIRE(waiting.start(listening) == ERROR_IO_PENDING);
    CHECK(waiting.overlapped.is_pending());
    CHECK_FALSE(waiting.overlapped.signalled());
    const auto first = connect_to_listener(listening);
    REQUIRE(waiting.overlapped.outcome(listening) == 0);
    CHECK(waiting.overlapped.bytes == 0);
    CHECK(waiting.received == event_overlapped::stale_count);

    const auto second = connect_to_listener(listening);
    accept_call at_once;
    REQUIRE(at_once.start(listening) == 0);
    CHECK(at_once.received == 0);
    CHECK(at_once.overlapped->Internal == 0);
    CHECK(at_once.overlapped.signalled());
    check_talk(second, at_once.target);
}

TEST_CASE("ACX-2 without an OVERLAPPED or an output buffer nothing starts", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto target = tcp();
    std::array<char, 128> buffer{};
    event_overlapped overlapped;
    CHECK(accept_on(listening, target, buffer.data(), 32, 32, nullptr) == ERROR_INVALID_PARAMETER);
    CHECK(accept_on(listening, target, nullptr, 32, 32, overlapped) == WSAEFAULT);
    CHECK(accept_on(listening, target, buffer.data(), 32, 32, overlapped) == ERROR_IO_PENDING);
}

TEST_CASE("ACX-3 bad handles are WSAENOTSOCK, a socket that does not listen is WSAEINVAL", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto target = tcp();
    std::array<char, 128> buffer{};
    event_overlapped overlapped;
    CHECK(accept_on(INVALID_SOCKET, target, buffer.data(), 32, 32, overlapped) == WSAENOTSOCK);
    CHECK(accept_on(no_socket, target, buffer.data(), 32, 32, overlapped) == WSAENOTSOCK);
    CHECK(accept_on(listening, INVALID_SOCKET, buffer.data(), 32, 32, overlapped) == WSAENOTSOCK);
    CHECK(accept_on(listening, no_socket, buffer.data(), 32, 32, overlapped) == WSAENOTSOCK);
    CHECK(accept_on(bound_tcp(), target, buffer.data(), 32, 32, overlapped) == WSAEINVAL);
    CHECK(accept_on(tcp(), target, buffer.data(), 32, 32, overlapped) == WSAEINVAL);
    CHECK(accept_on(listening, target, buffer.data(), 32, 32, overlapped) == ERROR_IO_PENDING);
}

TEST_CASE("ACX-4 the accept socket must be fresh, of the listener's type and in no other AcceptEx",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    const tcp_pair pair;
    std::array<char, 128> buffer{};
    event_overlapped overlapped;
    const auto refused = [&](SOCKET target) {
        return accept_on(listening, target, buffer.data(), 32, 32, overlapped);
    };
    CHECK(refused(bound_tcp()) == WSAEINVAL);
    CHECK(refused(pair.server) == WSAEINVAL);
    CHECK(refused(pair.client) == WSAEINVAL);
    CHECK(refused(udp()) == WSAEINVAL);
    CHECK(refused(listening) == WSAEINVAL);

    accept_call first;
    REQUIRE(first.start(listening) == ERROR_IO_PENDING);
    CHECK(refused(first.target) == WSAEINVAL);
    CHECK(connect_to(first.target, local_of(listening)) == WSAEINVAL);
    CHECK(connect_ex(first.target, local_of(listening), overlapped) == WSAEINVAL);
    const auto client = connect_to_listener(listening);
    CHECK(first.overlapped.outcome(listening) == 0);
    check_talk(client, first.target);
}

TEST_CASE(
    "ACX-5, ACX-18 the buffer holds the data and then both addresses, as GetAcceptExSockaddrs finds them",
    "[api][accept_ex]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto listening = listener(family);
        accept_call call(8, family);
        REQUIRE(call.start(listening) == ERROR_IO_PENDING);
        const auto client = connect_to_listener(listening);
        send_text(client, "abc");
        REQUIRE(call.overlapped.outcome(listening) == 0);
        CHECK(call.data() == "abc");
        CHECK(call.buffer.back() == '\0');
        const auto found = addresses_in(call);
        const int size = family == AF_INET ? 16 : 28;
        REQUIRE(found.local_length == size);
        REQUIRE(found.peer_length == size);
        CHECK(copy_of(found.local, size) == local_of(listening));
        CHECK(copy_of(found.peer, size) == local_of(client));
        const auto* peer = reinterpret_cast<const char*>(found.peer);
        CHECK(peer >= call.buffer.data() + call.data_room + call.local_room);
        CHECK(peer + size <= call.buffer.data() + call.buffer.size());
    }
}

TEST_CASE("ACX-18 the extension function finds the same addresses as the export", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    accept_call call;
    REQUIRE(call.start(listening) == 0);
    const auto find = extension<LPFN_GETACCEPTEXSOCKADDRS>(listening, WSAID_GETACCEPTEXSOCKADDRS);
    found_addresses found;
    find(call.buffer.data(), call.data_room, call.local_room, call.peer_room, &found.local,
         &found.local_length, &found.peer, &found.peer_length);
    const auto same = addresses_in(call);
    CHECK(found.local == same.local);
    CHECK(found.local_length == same.local_length);
    CHECK(found.peer == same.peer);
    CHECK(found.peer_length == same.peer_length);
}

TEST_CASE("ACX-6, ACX-18 no room for the peer's address is WSAEFAULT, none for the local one leaves its "
          "outputs alone",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    accept_call call;
    call.peer_room = 0;
    CHECK(call.start(listening) == WSAEFAULT);
    call.peer_room = accept_room(AF_INET);
    call.local_room = 0;
    REQUIRE(call.start(listening) == 0);
    const auto found = addresses_in(call);
    CHECK(found.local == nullptr);
    CHECK(found.local_length == -1);
    CHECK(copy_of(found.peer, found.peer_length) == local_of(client));
}

TEST_CASE(
    "ACX-7 lengths too small for the family end the request and leave the connection for the next accept",
    "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    for (const bool local : {true, false}) {
        accept_call call;
        (local ? call.local_room : call.peer_room) -= 1;
        REQUIRE(call.start(listening) == ERROR_IO_PENDING);
        const auto client = connect_to_listener(listening);
        CHECK(call.overlapped.status() == 0xC0000023);  // STATUS_BUFFER_TOO_SMALL
        CHECK(call.overlapped.outcome(listening) == WSAEFAULT);
        accept_call next;
        next.target = std::move(call.target);
        REQUIRE(next.start(listening) == 0);
        check_talk(client, next.target);
    }
}

TEST_CASE("ACX-8 without room for data it completes with the connection alone", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call call;
    REQUIRE(call.start(listening) == ERROR_IO_PENDING);
    const auto client = connect_to_listener(listening);
    CHECK(call.overlapped.outcome(listening) == 0);
    CHECK(call.overlapped.bytes == 0);
    check_talk(client, call.target);
}

TEST_CASE("ACX-9, ACX-10 with room for data it waits for the first byte or the peer's end",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    accept_call one_byte(100);
    REQUIRE(one_byte.start(listening) == ERROR_IO_PENDING);
    auto client = connect_to_listener(listening);
    send_text(client, "x");
    CHECK(one_byte.overlapped.outcome(listening) == 0);
    CHECK(one_byte.data() == "x");
    check_talk(client, one_byte.target);

    accept_call full(2);
    REQUIRE(full.start(listening) == ERROR_IO_PENDING);
    client = connect_to_listener(listening);
    send_text(client, "12345");
    CHECK(full.overlapped.outcome(listening) == 0);
    CHECK(full.data() == "12");
    CHECK(receive_text(full.target, 3) == "345");

    accept_call ended(100);
    REQUIRE(ended.start(listening) == ERROR_IO_PENDING);
    client = connect_to_listener(listening);
    CHECK(ended.overlapped.is_pending());
    client.reset();
    CHECK(ended.overlapped.outcome(listening) == 0);
    CHECK(ended.overlapped.bytes == 0);
}

TEST_CASE("ACX-9, ACX-10 data that wait in the backlog are there at once with their count",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    send_text(client, "early");
    accept_call call(100);
    const int code = call.start(listening);
    CHECK(call.overlapped.outcome(listening) == 0);
    CHECK(call.data() == "early");
    CHECK(call.received == (code == 0 ? 5 : event_overlapped::stale_count));
}

TEST_CASE("ACX-11 connections in the backlog are taken at once, pending requests in posting order",
          "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    std::array<accept_call, 3> calls;
    for (auto& call : calls) {
        REQUIRE(call.start(listening) == ERROR_IO_PENDING);
    }
    for (auto& call : calls) {
        const auto client = connect_to_listener(listening);
        REQUIRE(call.overlapped.outcome(listening) == 0);
        check_talk(client, call.target);
    }
}

TEST_CASE("ACX-11 a request that waits for data does not keep the next one from its connection",
          "[api][accept_ex]")
{
    const winsock started;
    for (const bool with_port : {false, true}) {
        INFO("with a completion port: " << with_port);
        const auto listening = listener();
        HANDLE port = nullptr;
        if (with_port) {
            port = CreateIoCompletionPort(reinterpret_cast<HANDLE>(listening.get()), nullptr, 7, 0);
            REQUIRE(port != nullptr);
        }
        accept_call silent(10);
        accept_call behind;
        REQUIRE(silent.start(listening) == ERROR_IO_PENDING);
        const auto first = connect_to_listener(listening);
        const auto second = connect_to_listener(listening);
        // Started when both connections are there already: nothing new will be announced.
        const int code = behind.start(listening);
        CHECK((code == 0 || code == ERROR_IO_PENDING));
        REQUIRE(behind.overlapped.outcome(listening) == 0);
        CHECK_FALSE(silent.overlapped.signalled());
        check_talk(second, behind.target);
        send_text(first, "late");
        REQUIRE(silent.overlapped.outcome(listening) == 0);
        CHECK(silent.data() == "late");
        if (with_port) {
            CHECK(CloseHandle(port));
        }
    }
}

namespace {

int CALLBACK defer(LPWSABUF, LPWSABUF, LPQOS, LPQOS, LPWSABUF, LPWSABUF, GROUP*, DWORD_PTR)
{
    return CF_DEFER;
}

}  // namespace

TEST_CASE("ACX-12 a deferred connection is taken by the next AcceptEx", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    REQUIRE(error_of(WSAAccept(listening, nullptr, nullptr, defer, 0)) == WSATRY_AGAIN);
    accept_call call;
    REQUIRE(call.start(listening) == 0);
    check_talk(client, call.target);
}

TEST_CASE("ACX-12 a connection that is deferred while an AcceptEx pends goes to that one", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    accept_call call;
    deferring_accept = &call;
    deferring_listener = listening;
    CHECK(error_of(WSAAccept(listening, nullptr, nullptr, defer_after_accept_ex, 0)) == WSATRY_AGAIN);
    REQUIRE(call.overlapped.outcome(listening) == 0);
    check_talk(client, call.target);
}

TEST_CASE("ACX-6 a listener on the mapped wildcard tells where each connection came in", "[api][accept_ex]")
{
    const winsock started;
    const auto listening = tcp(AF_INET6);
    set_option(listening, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    REQUIRE(bind_to(listening, at(AF_INET6, "::ffff:0.0.0.0", 0)) == 0);
    REQUIRE(listen(listening, 4) == 0);
    accept_call call(0, AF_INET6);
    REQUIRE(call.start(listening) == ERROR_IO_PENDING);
    const auto client = tcp();
    REQUIRE(connect_to(client, loopback(AF_INET, local_of(listening).port())) == 0);
    REQUIRE(call.overlapped.outcome(listening) == 0);
    const auto found = addresses_in(call);
    CHECK(copy_of(found.local, found.local_length).address() == "::ffff:127.0.0.1");
}
