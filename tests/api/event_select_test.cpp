// WSAEventSelect and WSAEnumNetworkEvents: registration, recording and re-enabling on TCP sockets. Single events are in
// network_event_test.cpp. Answers to the pages of the same names, as observed.
#include <array>
#include <string>

#include "network_events.hpp"

using namespace spindle::test;

namespace {

int set_blocking(SOCKET handle)
{
    u_long off = 0;
    return error_of(ioctlsocket(handle, static_cast<long>(FIONBIO), &off));
}

int set_nonblocking_again(SOCKET handle)
{
    u_long on = 1;
    return error_of(ioctlsocket(handle, static_cast<long>(FIONBIO), &on));
}

}  // namespace

TEST_CASE("EVT-1, EVT-2, BLK-2, CTL-12 a registration makes the socket non-blocking and keeps it so",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection server(pair.server, FD_READ);
    char byte = 0;
    CHECK(error_of(recv(pair.server, &byte, 1, 0)) == WSAEWOULDBLOCK);
    CHECK(set_blocking(pair.server) == WSAEINVAL);
    DWORD returned = 99;
    u_long off = 0;
    CHECK(error_of(WSAIoctl(pair.server, FIONBIO, &off, sizeof off, nullptr, 0, &returned, nullptr,
                            nullptr)) == WSAEINVAL);
    CHECK(returned == 0);
    CHECK(set_nonblocking_again(pair.server) == 0);

    CHECK(server.select(0) == 0);
    CHECK(error_of(recv(pair.server, &byte, 1, 0)) == WSAEWOULDBLOCK);
    CHECK(set_blocking(pair.server) == 0);
    CHECK(server.select(0) == 0);
    CHECK(error_of(recv(pair.server, &byte, 1, 0)) == WSAEWOULDBLOCK);
}

TEST_CASE("EVT-3, EVT-4 a new registration replaces the old one whole, mask 0 cancels it", "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection old_one(pair.server, FD_READ);
    selection new_one(pair.server, FD_CLOSE);
    send_text(pair.client, "data");
    others.pass();
    CHECK_FALSE(old_one.is_set());
    CHECK_FALSE(new_one.is_set());
    CHECK(new_one.select(FD_READ) == 0);
    CHECK(new_one.next() == FD_READ);
    CHECK(error_of(WSAEventSelect(pair.server, nullptr, 0)) == 0);
    send_text(pair.client, "more");
    others.pass();
    CHECK_FALSE(new_one.is_set());
    CHECK(error_of(WSAEventSelect(pair.server, reinterpret_cast<WSAEVENT>(0xDEAD), 0)) == 0);
}

TEST_CASE("EVT-5, EVT-41 bad arguments are refused and change nothing", "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection server(pair.server, FD_READ);
    CHECK(error_of(WSAEventSelect(pair.server, nullptr, FD_READ)) == WSAEINVAL);
    CHECK(error_of(WSAEventSelect(pair.server, reinterpret_cast<WSAEVENT>(0xDEAD), FD_READ)) == WSAEINVAL);
    CHECK(error_of(WSAEventSelect(pair.server, server.event(), 0x400)) == WSAEINVAL);
    CHECK(error_of(WSAEventSelect(INVALID_SOCKET, server.event(), FD_READ)) == WSAENOTSOCK);
    send_text(pair.client, "data");
    REQUIRE(server.event().wait());

    WSANETWORKEVENTS found{};
    const event_object closed;
    CHECK(error_of(WSAEnumNetworkEvents(INVALID_SOCKET, server.event(), &found)) == WSAENOTSOCK);
    CHECK(error_of(WSAEnumNetworkEvents(pair.server, server.event(), nullptr)) == WSAEFAULT);
    CHECK(error_of(WSAEnumNetworkEvents(pair.server, reinterpret_cast<WSAEVENT>(0xDEAD), &found)) ==
          WSAEINVAL);
    CHECK(server.is_set());
    CHECK(server.take() == FD_READ);
    CHECK_FALSE(server.is_set());
}

TEST_CASE("EVT-6 one event serves several sockets, each with its own record", "[api][events]")
{
    const winsock started;
    tcp_pair first;
    tcp_pair second;
    const event_object shared;
    for (const SOCKET each : {first.server.get(), second.server.get()}) {
        REQUIRE(error_of(WSAEventSelect(each, shared, FD_READ)) == 0);
    }
    send_text(second.client, "data");
    REQUIRE(shared.wait());
    WSANETWORKEVENTS found{};
    CHECK(error_of(WSAEnumNetworkEvents(first.server, nullptr, &found)) == 0);
    CHECK(found.lNetworkEvents == 0);
    CHECK(error_of(WSAEnumNetworkEvents(second.server, nullptr, &found)) == 0);
    CHECK(found.lNetworkEvents == FD_READ);
}

TEST_CASE(
    "EVT-7, EVT-35, CLOSE-9, CLOSE-10 closing the socket ends the registration and leaves the event alone",
    "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection server(pair.server, every_event);
    CHECK(server.next() == FD_WRITE);
    pair.server.reset();
    others.pass();
    CHECK_FALSE(server.is_set());
    CHECK(WSASetEvent(server.event()) == TRUE);
    CHECK(server.is_set());
}

TEST_CASE("CLEAN-7 the last cleanup ends registrations without a word", "[api][events]")
{
    event_object quiet;
    {
        winsock started;
        tcp_pair pair;
        REQUIRE(error_of(WSAEventSelect(pair.server, quiet, FD_READ | FD_CLOSE | FD_ACCEPT)) == 0);
        REQUIRE(error_of(WSAEventSelect(pair.listening, quiet, FD_READ | FD_CLOSE | FD_ACCEPT)) == 0);
        // Left open, so that the cleanup closes the client first and the server hears of it.
        pair.client.release();
        pair.server.release();
        pair.listening.release();
    }
    CHECK_FALSE(quiet.is_set());
}

TEST_CASE("EVT-8, EVT-26, ACC-4 an accepted socket has the listener's registration", "[api][events]")
{
    const winsock started;
    unique_socket listening = listener();
    selection all(listening, FD_ACCEPT | FD_READ | FD_WRITE | FD_CONNECT);
    unique_socket client = connect_to_listener(listening);
    CHECK(all.next() == FD_ACCEPT);
    const unique_socket server(accept(listening, nullptr, nullptr));
    REQUIRE(server.get() != INVALID_SOCKET);
    CHECK(all.event().wait());
    selection same(server);
    WSANETWORKEVENTS found{};
    CHECK(error_of(WSAEnumNetworkEvents(server, all.event(), &found)) == 0);
    CHECK(found.lNetworkEvents == FD_WRITE);
    CHECK(all.take() == 0);
    send_text(client, "data");
    CHECK(all.event().wait());
    CHECK(same.take() == FD_READ);

    REQUIRE(same.select(0) == 0);
    const unique_socket another = connect_to_listener(listening);
    REQUIRE(eventually([&] { return all.take() == FD_ACCEPT; }));
}

TEST_CASE("EVT-9, FDC-7 what holds already is told at once", "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    send_text(pair.client, "data");
    REQUIRE(wait_readable(pair.server));
    unique_socket waiting = connect_to_listener(pair.listening);
    selection listening(pair.listening, every_event);
    CHECK(listening.is_set());
    CHECK(listening.take() == FD_ACCEPT);
    selection server(pair.server, every_event);
    CHECK(server.is_set());
    CHECK(server.take() == (FD_READ | FD_WRITE));
    pair.client.reset();
    REQUIRE(server.comes(FD_CLOSE));

    const unique_socket second(accept(pair.listening, nullptr, nullptr));
    waiting.reset();
    selection ended(second);
    REQUIRE(eventually([&] { return ended.select(FD_CLOSE) == 0 && ended.is_set(); }));
    CHECK(ended.take() == FD_CLOSE);
}

TEST_CASE("EVT-10 events that were not wanted are told when they are, unless they have been consumed",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection server(pair.server, FD_CLOSE);
    selection listening(pair.listening, FD_CLOSE);
    send_text(pair.client, "data");
    const unique_socket waiting = connect_to_listener(pair.listening);
    others.pass();
    CHECK(server.take() == 0);
    SECTION("not consumed")
    {
        CHECK(server.select(FD_READ) == 0);
        CHECK(server.is_set());
        CHECK(server.take() == FD_READ);
        CHECK(listening.select(FD_ACCEPT) == 0);
        CHECK(listening.take() == FD_ACCEPT);
    }
    SECTION("consumed")
    {
        CHECK(receive_text(pair.server, 4) == "data");
        const unique_socket taken(accept(pair.listening, nullptr, nullptr));
        CHECK(server.select(FD_READ) == 0);
        CHECK(listening.select(FD_ACCEPT) == 0);
        CHECK_FALSE(server.is_set());
        CHECK_FALSE(listening.is_set());
    }
}

TEST_CASE("EVT-11, EVT-12, EVT-14, T-FD/FD_READ-0x1-bit-0 each receive re-enables FD_READ, which comes again "
          "while data are left",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection server(pair.server, FD_READ);
    send_text(pair.client, "data");
    CHECK(server.next() == FD_READ);
    CHECK(server.take() == 0);
    CHECK(receive_text(pair.server, 2) == "da");
    CHECK(server.next() == FD_READ);
    char byte = 0;
    CHECK(recv(pair.server, &byte, 1, MSG_PEEK) == 1);
    CHECK(server.next() == FD_READ);
    CHECK(receive_text(pair.server, 2) == "ta");
    CHECK_FALSE(server.is_set());
    CHECK(error_of(recv(pair.server, &byte, 1, 0)) == WSAEWOULDBLOCK);
    send_text(pair.client, "x");
    CHECK(server.next() == FD_READ);
    others.pass();
    CHECK(server.take() == 0);
}

TEST_CASE("EVT-13 a receive with an invalid length sets no event", "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection server(pair.server, FD_READ);
    send_text(pair.client, "data");
    CHECK(server.next() == FD_READ);
    char byte = 0;
    CHECK(error_of(recv(pair.server, &byte, -1, 0)) == WSAEFAULT);
    others.pass();
    CHECK_FALSE(server.is_set());
}

TEST_CASE("EVT-16, ACC-15, T-FD/FD_ACCEPT-0x8-3 more data and further connections set the event again",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    fence others;
    selection server(pair.server, every_event);
    selection listening(pair.listening, every_event);
    CHECK(server.next() == FD_WRITE);
    std::vector<unique_socket> waiting;
    for (int turn = 0; turn < 3; ++turn) {
        send_text(pair.client, "data");
        CHECK(server.next() == FD_READ);
        waiting.push_back(connect_to_listener(pair.listening));
        CHECK(listening.next() == FD_ACCEPT);
    }
    others.pass();
    CHECK(server.take() == 0);
    CHECK(listening.take() == 0);
    for (int left = 3; left > 0; --left) {
        const unique_socket taken(accept(pair.listening, nullptr, nullptr));
        REQUIRE(taken.get() != INVALID_SOCKET);
        CHECK(error_of(WSAEventSelect(taken, nullptr, 0)) == 0);
        CHECK(listening.take() == (left > 1 ? FD_ACCEPT : 0));
    }
    CHECK(error_of(accept(pair.listening, nullptr, nullptr)) == WSAEWOULDBLOCK);
}

TEST_CASE("EVT-17, FDC-8 a new registration does not tell again what was taken, even after a cancel",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    const bool with_cancel = GENERATE(false, true);
    selection server(pair.server, every_event);
    selection listening(pair.listening, every_event);
    const unique_socket waiting = connect_to_listener(pair.listening);
    send_text(pair.client, "data");
    REQUIRE(server.comes(FD_READ | FD_WRITE));
    pair.client.reset();
    REQUIRE(server.comes(FD_CLOSE));
    REQUIRE(listening.next() == FD_ACCEPT);
    if (with_cancel) {
        REQUIRE(server.select(0) == 0);
        REQUIRE(listening.select(0) == 0);
    }
    CHECK(server.select(every_event) == 0);
    CHECK(listening.select(every_event) == 0);
    fence others;
    others.pass();
    CHECK_FALSE(server.is_set());
    CHECK_FALSE(listening.is_set());
}

TEST_CASE(
    "EVT-19 what was recorded and not taken stays with its event, and sets it again when selected again",
    "[api][events]")
{
    const winsock started;
    unique_socket listening = listener();
    selection waiting(listening, FD_ACCEPT);
    const unique_socket client = connect_to_listener(listening);
    REQUIRE(waiting.event().wait());
    CHECK(waiting.select(FD_CLOSE) == 0);
    CHECK(waiting.is_set());
    CHECK(WSAResetEvent(waiting.event()) == TRUE);
    CHECK(waiting.select(FD_CLOSE | FD_ACCEPT) == 0);
    CHECK(waiting.is_set());
    CHECK(waiting.take() == FD_ACCEPT);
}

TEST_CASE("EVT-39, EVT-40 taking the record resets the event that is named, and no other", "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection server(pair.server, FD_READ);
    send_text(pair.client, "data");
    REQUIRE(server.event().wait());
    WSANETWORKEVENTS found{};
    CHECK(error_of(WSAEnumNetworkEvents(pair.server, nullptr, &found)) == 0);
    CHECK(found.lNetworkEvents == FD_READ);
    CHECK(server.is_set());
    CHECK(error_of(WSAEnumNetworkEvents(pair.server, nullptr, &found)) == 0);
    CHECK(found.lNetworkEvents == 0);
    CHECK(server.take() == 0);
    CHECK_FALSE(server.is_set());
}

TEST_CASE("EVT-42, EVT-43 the record holds what was selected, and the codes of other events are left alone",
          "[api][events]")
{
    const winsock started;
    tcp_pair pair;
    selection server(pair.server, FD_READ);
    send_text(pair.client, "data");
    REQUIRE(server.event().wait());
    CHECK(server.select(FD_WRITE) == 0);
    WSANETWORKEVENTS found{};
    for (int& code : found.iErrorCode) {
        code = 77;
    }
    CHECK(error_of(WSAEnumNetworkEvents(pair.server, nullptr, &found)) == 0);
    CHECK(found.lNetworkEvents == FD_WRITE);
    for (int bit = 0; bit < FD_MAX_EVENTS; ++bit) {
        CHECK(found.iErrorCode[bit] == (bit == FD_WRITE_BIT ? 0 : 77));
    }
    CHECK(server.select(FD_READ) == 0);
    CHECK(server.take() == FD_READ);
    WSANETWORKEVENTS nothing{};
    CHECK(error_of(WSAEnumNetworkEvents(pair.client, nullptr, &nothing)) == 0);
    CHECK(nothing.lNetworkEvents == 0);
}
