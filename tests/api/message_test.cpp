// WSASendMsg and WSARecvMsg: refusals, what is written back and when, overlapped forms. Control information is
// control_message_test.cpp's. Answers to the pages "WSASendMsg function", "LPFN_WSARECVMSG" and "WSAMSG".
#include <map>
#include <utility>

#include "message.hpp"

using namespace spindle::test;

TEST_CASE("MSG-1 messages are for datagram sockets", "[api][message]")
{
    const winsock started;
    const tcp_pair pair;
    message given;
    CHECK(given.receive(pair.server) == WSAEOPNOTSUPP);
    given.say("x", nullptr);
    CHECK(given.send(pair.client) == WSAEINVAL);
}

TEST_CASE("MSG-2 WSASendMsg without a message, or without a place for the count", "[api][message]")
{
    const winsock started;
    const auto target = bound_udp();
    const auto where = local_of(target);
    const auto sender = udp();
    DWORD count = 0;
    CHECK(error_of(WSASendMsg(INVALID_SOCKET, nullptr, 0, &count, nullptr, nullptr)) == WSAENOTSOCK);
    CHECK(error_of(WSASendMsg(sender, nullptr, 0, &count, nullptr, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSASendMsg(sender, nullptr, 0, nullptr, nullptr, nullptr)) == WSAEFAULT);
    CHECK_FALSE(is_bound(sender));
    message given;
    given.say("x", &where);
    CHECK(error_of(WSASendMsg(sender, &given.all, 0, nullptr, nullptr, nullptr)) == WSAEFAULT);
    CHECK(is_bound(sender));
    u_long waiting = 1;
    REQUIRE(error_of(ioctlsocket(target, FIONREAD, &waiting)) == 0);
    CHECK(waiting == 0);
}

TEST_CASE("MSG-3 what a message names must be there; a default peer needs no name", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    message given;
    given.say("named", &pair.where);
    given.all.name = nullptr;
    CHECK(given.send(pair.sender) == WSAEFAULT);
    given.say("short", &pair.where);
    given.all.namelen = 4;
    CHECK(given.send(pair.sender) == WSAEFAULT);
    given.say("control", &pair.where);
    given.all.Control = {16, nullptr};
    CHECK(given.send(pair.sender) == WSAEFAULT);
    given.say("nobody", nullptr);
    CHECK(given.send(pair.sender) == WSAENOTCONN);
    REQUIRE(connect_to(pair.sender, pair.where) == 0);
    CHECK(given.send(pair.sender) == 0);
    CHECK(given.count == 6);
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    CHECK(got.text() == "nobody");
    CHECK(got.all.namelen == sizeof(sockaddr_in));
}

TEST_CASE("MSG-4 only the flags argument counts, and only send flags are accepted", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    message given;
    given.say("x", &pair.where);
    CHECK(given.send(pair.sender, MSG_PEEK) == WSAEOPNOTSUPP);
    CHECK(given.send(pair.sender, MSG_PARTIAL) == WSAEOPNOTSUPP);  // XFR-56
    CHECK(given.send(pair.sender, MSG_OOB) == WSAEOPNOTSUPP);      // XFR-61
    given.all.dwFlags = MSG_PEEK | 0xFFFF0000;
    CHECK(given.send(pair.sender, MSG_DONTROUTE) == 0);
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    CHECK(got.text() == "x");
}

TEST_CASE("MSG-6 WSARecvMsg: message pointer, flags in and out", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    DWORD count = 0;
    CHECK(recvmsg_error(pair.receiver, nullptr, &count) == WSAEFAULT);
    message got;
    CHECK(recvmsg_error(pair.receiver, &got.all, nullptr) == WSAEFAULT);
    got.all.namelen = 3;
    CHECK(got.receive(pair.receiver) == WSAEFAULT);
    got.reset();
    got.all.dwFlags = MSG_OOB;
    CHECK(got.receive(pair.receiver) == WSAEOPNOTSUPP);
    const auto unbound = udp();
    got.reset();
    CHECK(got.receive(unbound) == WSAEINVAL);
    set_nonblocking(pair.receiver);
    CHECK(got.receive(pair.receiver) == WSAEWOULDBLOCK);
    pair.send();
    REQUIRE(wait_readable(pair.receiver));
    got.all.dwFlags = MSG_PEEK;
    CHECK(got.receive(pair.receiver) == 0);
    CHECK(got.text() == "hello");
    CHECK(got.all.dwFlags == 0);
    CHECK(got.receive(pair.receiver) == 0);  // consumed only now
    CHECK(got.text() == "hello");
    CHECK(got.receive(pair.receiver) == WSAEWOULDBLOCK);
}

TEST_CASE("MSG-7 without options no control buffer is needed", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    pair.send();
    message got(64, 0);
    REQUIRE(got.all.Control.buf == nullptr);
    CHECK(got.receive(pair.receiver) == 0);
    CHECK(got.text() == "hello");
    CHECK(got.all.dwFlags == 0);
    CHECK(got.all.Control.len == 0);
    // Nor a place for the name.
    pair.send();
    got.reset();
    got.all.name = nullptr;
    got.all.namelen = 0;
    CHECK(got.receive(pair.receiver) == 0);
    CHECK(got.all.namelen == 0);
    got.reset();
    got.all.Control = {16, nullptr};
    CHECK(got.receive(pair.receiver) == WSAEFAULT);
}

TEST_CASE("MSG-9, LNX-27 a short data buffer gives WSAEMSGSIZE and MSG_TRUNC; the rest is lost",
          "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    set_option(pair.receiver, IPPROTO_IP, IP_PKTINFO, 1);
    pair.send("0123456789");
    pair.send("next");
    message got(4);
    CHECK(got.receive(pair.receiver) == WSAEMSGSIZE);
    CHECK(got.text() == "0123");
    CHECK(got.all.dwFlags == truncated);
    CHECK(got.all.namelen == sizeof(sockaddr_in));
    CHECK(got.value<IN_PKTINFO>(IPPROTO_IP, IP_PKTINFO));
    got.reset();
    CHECK(got.receive(pair.receiver) == 0);
    CHECK(got.text() == "next");
    pair.send("0123456789");
    message both(4, 0);
    CHECK(both.receive(pair.receiver) == WSAEMSGSIZE);
    CHECK(both.all.dwFlags == (truncated | control_truncated));
}

namespace {

struct message_event {
    message_event() { overlapped.hEvent = WSACreateEvent(); }
    message_event(const message_event&) = delete;
    message_event& operator=(const message_event&) = delete;
    ~message_event() { WSACloseEvent(overlapped.hEvent); }

    int receive(SOCKET s) { return recvmsg_error(s, &got.all, nullptr, &overlapped); }
    bool signalled(DWORD milliseconds = 5000) const
    {
        HANDLE event = overlapped.hEvent;
        return WSAWaitForMultipleEvents(1, &event, TRUE, milliseconds, FALSE) == WSA_WAIT_EVENT_0;
    }
    int result(SOCKET s)
    {
        DWORD flags = 0;
        return error_of_bool(WSAGetOverlappedResult(s, &overlapped, &got.count, TRUE, &flags));
    }

    WSAOVERLAPPED overlapped{};
    message got;
};

}  // namespace

TEST_CASE("MSG-10 an overlapped WSARecvMsg updates the message when it completes", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    set_option(pair.receiver, IPPROTO_IP, IP_PKTINFO, 1);
    message_event request;
    request.overlapped.Internal = 0xABCD;  // OVL-5
    REQUIRE(request.receive(pair.receiver) == WSA_IO_PENDING);
    CHECK(request.got.all.Control.len == 256);
    CHECK(request.got.all.namelen == sizeof(SOCKADDR_STORAGE));
    request.got.all.dwBufferCount = 0;  // XFR-6
    pair.send();
    REQUIRE(request.signalled());
    CHECK(request.result(pair.receiver) == 0);
    CHECK(request.got.text() == "hello");
    CHECK(request.got.all.namelen == sizeof(sockaddr_in));
    CHECK(request.got.all.dwFlags == 0);
    CHECK(request.got.all.Control.len == WSA_CMSG_SPACE(sizeof(IN_PKTINFO)));
    const auto info = request.got.value<IN_PKTINFO>(IPPROTO_IP, IP_PKTINFO);
    REQUIRE(info);
    CHECK(info->ipi_addr.s_addr == loopback4().s_addr);
}

TEST_CASE("MSG-8, MSG-9 an overlapped message that is cut ends as STATUS_BUFFER_OVERFLOW", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    set_option(pair.receiver, IPPROTO_IP, IP_PKTINFO, 1);
    for (const bool data_short : {false, true}) {
        message_event request;
        if (data_short) {
            request.got.buffer.len = 2;
        } else {
            request.got.all.Control.len = 1;
        }
        REQUIRE(request.receive(pair.receiver) == WSA_IO_PENDING);
        pair.send();
        REQUIRE(request.signalled());
        CHECK(request.overlapped.Internal == 0x80000005);
        CHECK(request.overlapped.InternalHigh == (data_short ? 2 : 5));
        CHECK(request.result(pair.receiver) == WSAEMSGSIZE);
        CHECK(request.got.all.dwFlags == static_cast<ULONG>(data_short ? truncated : control_truncated));
        // The same at once.
        pair.send();
        REQUIRE(wait_readable(pair.receiver));
        message_event second;
        (data_short ? second.got.buffer.len : second.got.all.Control.len) = 1;
        CHECK(second.receive(pair.receiver) == WSAEMSGSIZE);
        CHECK(second.overlapped.Internal == 0x80000005);
    }
}

TEST_CASE("MSG-10 a closed socket leaves the message of its pending request as it was", "[api][message]")
{
    const winsock started;
    datagram_pair pair;
    message_event request;
    REQUIRE(request.receive(pair.receiver) == WSA_IO_PENDING);
    pair.receiver.reset();
    REQUIRE(request.signalled());
    CHECK(request.overlapped.Internal == 0xC0000120);
    CHECK(request.got.all.Control.len == 256);
    CHECK(request.got.all.namelen == sizeof(SOCKADDR_STORAGE));
}

namespace {

std::map<LPWSAOVERLAPPED, std::pair<DWORD, DWORD>> routines_run;

void CALLBACK note_message_routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD)
{
    routines_run[overlapped] = {error, bytes};
}

}  // namespace

TEST_CASE("MSG-10 completion routines of both message functions run in an alertable wait", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    routines_run.clear();
    WSAOVERLAPPED receiving{};
    WSAOVERLAPPED sending{};
    message got;
    const auto receive = extension<LPFN_WSARECVMSG>(pair.receiver, WSAID_WSARECVMSG);
    REQUIRE(error_of(receive(pair.receiver, &got.all, nullptr, &receiving, note_message_routine)) ==
            WSA_IO_PENDING);
    message given;
    given.say("routine", &pair.where);
    given.add(IPPROTO_IP, IP_TTL, INT{9});
    REQUIRE(error_of(WSASendMsg(pair.sender, &given.all, 0, nullptr, &sending, note_message_routine)) == 0);
    CHECK(eventually([] {
        SleepEx(0, TRUE);
        return routines_run.size() == 2;
    }));
    CHECK(routines_run[&receiving] == std::pair<DWORD, DWORD>{0, 7});
    CHECK(routines_run[&sending] == std::pair<DWORD, DWORD>{0, 7});
}

TEST_CASE("MSG-10 a blocking WSARecvMsg waits, a socket without the overlapped attribute as well",
          "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    message got;
    const auto receive = extension<LPFN_WSARECVMSG>(pair.receiver, WSAID_WSARECVMSG);
    {
        background_call waiting(
            [&] { return error_of(receive(pair.receiver, &got.all, &got.count, nullptr, nullptr)); });
        REQUIRE(waiting.blocks());
        pair.send();
        CHECK(waiting.result() == 0);
        CHECK(got.text() == "hello");
    }
    const unique_socket plain(WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0, 0));
    REQUIRE(bind_to(plain, loopback(AF_INET)) == 0);
    set_nonblocking(plain);
    WSAOVERLAPPED overlapped{};
    got.reset();
    background_call waiting(
        [&] { return error_of(receive(plain, &got.all, &got.count, &overlapped, nullptr)); });
    REQUIRE(waiting.blocks());
    const auto where = local_of(plain);
    message given;
    given.say("waited", &where);
    REQUIRE(given.send(pair.sender) == 0);
    CHECK(waiting.result() == 0);
    CHECK(got.text() == "waited");
}
