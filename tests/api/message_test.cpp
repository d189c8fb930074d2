// WSASendMsg and WSARecvMsg: control information in both directions, what is written back and when. Answers to the pages
// "WSASendMsg function", "LPFN_WSARECVMSG", "WSAMSG" and "IPPROTO_IP Socket Options".
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/extension.hpp"

using namespace spindle::test;

namespace {

constexpr int truncated = 0x100;
constexpr int control_truncated = 0x200;
constexpr int as_broadcast = 0x400;
constexpr int as_multicast = 0x800;

/// A WSAMSG with everything it points to.
struct message {
    explicit message(std::size_t data_room = 64, std::size_t control_room = 256)
        : data(data_room, '\0'), control(control_room, '\0')
    {
        name.length = sizeof name.storage;
        reset();
    }
    message(const message&) = delete;
    message& operator=(const message&) = delete;

    void reset()
    {
        buffer = {static_cast<ULONG>(data.size()), data.data()};
        all.name = name.get();
        all.namelen = sizeof name.storage;
        all.lpBuffers = &buffer;
        all.dwBufferCount = 1;
        all.Control = {static_cast<ULONG>(control.size()), control.empty() ? nullptr : control.data()};
        all.dwFlags = 0;
    }

    /// For sending.
    void say(const std::string& text, const endpoint* to)
    {
        data = text;
        buffer = {static_cast<ULONG>(data.size()), data.data()};
        if (to != nullptr) {
            name = *to;
        }
        all.name = to != nullptr ? name.get() : nullptr;
        all.namelen = to != nullptr ? name.length : 0;
        all.Control = {};
    }
    template <class Value>
    void add(int level, int type, const Value& value)
    {
        const auto at = static_cast<std::size_t>(all.Control.len);
        const std::size_t space = WSA_CMSG_SPACE(sizeof value);
        control.resize(std::max(control.size(), at + space));
        WSACMSGHDR header{};
        header.cmsg_len = WSA_CMSG_LEN(sizeof value);
        header.cmsg_level = level;
        header.cmsg_type = type;
        std::memcpy(control.data() + at, &header, sizeof header);
        std::memcpy(control.data() + at + WSA_CMSG_LEN(0), &value, sizeof value);
        all.Control = {static_cast<ULONG>(at + space), control.data()};
    }

    /// The value of a received header, if it is there with exactly this size.
    template <class Value>
    std::optional<Value> value(int level, int type)
    {
        for (auto* header = WSA_CMSG_FIRSTHDR(&all); header != nullptr; header = WSA_CMSG_NXTHDR(&all, header)) {
            if (header->cmsg_level == level && header->cmsg_type == type) {
                CHECK(header->cmsg_len == WSA_CMSG_LEN(sizeof(Value)));
                Value found{};
                std::memcpy(&found, WSA_CMSG_DATA(header), sizeof found);
                return found;
            }
        }
        return std::nullopt;
    }
    std::size_t headers()
    {
        std::size_t found = 0;
        for (auto* header = WSA_CMSG_FIRSTHDR(&all); header != nullptr; header = WSA_CMSG_NXTHDR(&all, header)) {
            ++found;
        }
        return found;
    }
    std::string text() const { return data.substr(0, count); }

    int send(SOCKET s, DWORD flags = 0)
    {
        return error_of(WSASendMsg(s, &all, flags, &count, nullptr, nullptr));
    }
    /// Blocking calls have a time-out in these tests.
    int receive(SOCKET s)
    {
        const auto receive_message = extension<LPFN_WSARECVMSG>(s, WSAID_WSARECVMSG);
        return error_of(receive_message(s, &all, &count, nullptr, nullptr));
    }

    std::string data;
    std::string control;
    endpoint name;
    WSABUF buffer{};
    WSAMSG all{};
    DWORD count = 0xFFFF;
};

/// A bound receiver and a bound sender of one family.
struct datagram_pair {
    explicit datagram_pair(int of_family = AF_INET) : family(of_family), receiver(bound_udp(of_family)), sender(bound_udp(of_family))
    {
        set_option(receiver, SOL_SOCKET, SO_RCVTIMEO, 10'000);
        where = local_of(receiver);
    }
    void send(const std::string& text = "hello") const
    {
        REQUIRE(error_of(sendto(sender, text.data(), static_cast<int>(text.size()), 0, where.get(), where.length)) == 0);
    }

    int family;
    unique_socket receiver;
    unique_socket sender;
    endpoint where;
};

int recvmsg_error(SOCKET s, LPWSAMSG all, LPDWORD count, LPWSAOVERLAPPED overlapped = nullptr)
{
    return error_of(extension<LPFN_WSARECVMSG>(s, WSAID_WSARECVMSG)(s, all, count, overlapped, nullptr));
}

bool is_bound(SOCKET s)
{
    endpoint name;
    name.length = sizeof name.storage;
    return error_of(getsockname(s, name.get(), &name.length)) == 0;
}

IN_ADDR loopback4()
{
    IN_ADDR address{};
    address.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// The index of the interface that ::1 is on, as a received datagram tells it.
ULONG loopback_index()
{
    const datagram_pair pair(AF_INET6);
    set_option(pair.receiver, IPPROTO_IPV6, IPV6_PKTINFO, 1);
    pair.send();
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    const auto info = got.value<IN6_PKTINFO>(IPPROTO_IPV6, IPV6_PKTINFO);
    REQUIRE(info);
    return info->ipi6_ifindex;
}

}  // namespace

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

TEST_CASE("MSG-5 packet info chooses the source address of one datagram", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    const auto sender = udp();
    REQUIRE(bind_to(sender, wildcard(AF_INET)) == 0);
    IN_PKTINFO info{};
    info.ipi_addr.s_addr = htonl(INADDR_LOOPBACK + 4);
    message given;
    given.say("from 127.0.0.5", &pair.where);
    given.add(IPPROTO_IP, IP_PKTINFO, info);
    REQUIRE(given.send(sender) == 0);
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    CHECK(reinterpret_cast<sockaddr_in*>(got.name.get())->sin_addr.s_addr == info.ipi_addr.s_addr);

    given.say("from 127.0.0.1", &pair.where);
    REQUIRE(given.send(sender) == 0);
    REQUIRE(got.receive(pair.receiver) == 0);
    CHECK(reinterpret_cast<sockaddr_in*>(got.name.get())->sin_addr.s_addr == loopback4().s_addr);
}

TEST_CASE("MSG-5 packet info chooses source and interface of an IPv6 datagram", "[api][message]")
{
    const winsock started;
    const datagram_pair pair(AF_INET6);
    IN6_PKTINFO info{};
    info.ipi6_addr = in6addr_loopback;
    info.ipi6_ifindex = loopback_index();
    message given;
    given.say("six", &pair.where);
    given.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
    REQUIRE(given.send(pair.sender) == 0);
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    CHECK(got.text() == "six");
    info.ipi6_ifindex = 0x7FFFFFF0;
    given.say("nowhere", &pair.where);
    given.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
    CHECK(given.send(pair.sender) == WSAEADDRNOTAVAIL);
}

TEST_CASE("MSG-5 unknown and malformed control data is refused and nothing is sent", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    message given;
    const auto refused = [&](int level, int type, auto value) {
        given.say("x", &pair.where);
        given.add(level, type, value);
        CHECK(given.send(pair.sender) == WSAEINVAL);
    };
    refused(IPPROTO_IP, 99, INT{1});
    refused(SOL_SOCKET, IP_PKTINFO, IN_PKTINFO{});
    refused(IPPROTO_IP, IP_PKTINFO, INT{1});
    refused(IPPROTO_IPV6, IPV6_PKTINFO, IN6_PKTINFO{});  // of the other IP version
    refused(IPPROTO_IP, IP_TTL, INT{256});
    given.say("x", &pair.where);
    given.add(IPPROTO_IP, IP_TTL, INT{1});
    given.all.Control.len = 7;
    CHECK(given.send(pair.sender) == WSAEINVAL);
    given.say("x", &pair.where);
    given.add(IPPROTO_IP, IP_TTL, INT{1});
    const std::size_t beyond = 4096;
    std::memcpy(given.control.data(), &beyond, sizeof beyond);
    CHECK(given.send(pair.sender) == WSAEINVAL);
    u_long waiting = 1;
    REQUIRE(error_of(ioctlsocket(pair.receiver, FIONREAD, &waiting)) == 0);
    CHECK(waiting == 0);
}

TEST_CASE("MSG-5, MSG-13 hop limit, traffic class and congestion mark of one datagram", "[api][message]")
{
    const winsock started;
    struct numbers {
        int family;
        int level;
        int hops;
        int traffic_class;
        int mark;
    };
    for (const auto& of : {numbers{AF_INET, IPPROTO_IP, IP_TTL, IP_TOS, IP_ECN},
                           numbers{AF_INET6, IPPROTO_IPV6, IPV6_HOPLIMIT, IPV6_TCLASS, IPV6_ECN}}) {
        INFO("family " << of.family);
        const datagram_pair pair(of.family);
        for (const int option : {IP_RECVTTL, IP_RECVTOS, IP_ECN}) {  // the same numbers at both levels
            CHECK(get_option(pair.receiver, of.level, option) == 0);
            set_option(pair.receiver, of.level, option, 1);
            CHECK(get_option(pair.receiver, of.level, option) == 1);
        }
        message given;
        given.say("x", &pair.where);
        given.add(of.level, of.hops, INT{77});
        given.add(of.level, of.traffic_class, INT{0x28});
        given.add(of.level, of.mark, INT{2});
        REQUIRE(given.send(pair.sender) == 0);
        message got;
        REQUIRE(got.receive(pair.receiver) == 0);
        CHECK(got.headers() == 3);
        CHECK(got.value<INT>(of.level, of.hops) == 77);
        CHECK(got.value<INT>(of.level, of.traffic_class) == 0x2A);
        CHECK(got.value<INT>(of.level, of.mark) == 2);

        set_option(pair.receiver, of.level, IP_RECVTOS, 0);
        set_option(pair.receiver, of.level, IP_RECVTTL, 0);
        pair.send();
        got.reset();
        REQUIRE(got.receive(pair.receiver) == 0);
        CHECK(got.headers() == 1);
        CHECK(got.value<INT>(of.level, of.mark) == 0);
    }
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

TEST_CASE("MSG-6 broadcasts are marked MSG_BCAST", "[api][message]")
{
    const winsock started;
    const auto receiver = udp();
    set_option(receiver, SOL_SOCKET, SO_RCVTIMEO, 10'000);
    REQUIRE(bind_to(receiver, wildcard(AF_INET)) == 0);
    const auto sender = bound_udp();
    set_option(sender, SOL_SOCKET, SO_BROADCAST, 1);
    message got;
    const auto deliver_to = [&](const char* where) {
        const auto to = at(AF_INET, where, local_of(receiver).port());
        message given;
        given.say("x", &to);
        REQUIRE(given.send(sender) == 0);
        got.reset();
        REQUIRE(got.receive(receiver) == 0);
    };
    // The first datagram may be queued before the first WSARecvMsg.
    const auto plain = at(AF_INET, "127.0.0.1", local_of(receiver).port());
    message given;
    given.say("x", &plain);
    REQUIRE(given.send(sender) == 0);
    REQUIRE(wait_readable(receiver));
    REQUIRE(got.receive(receiver) == 0);
    CHECK(got.all.dwFlags == 0);
    deliver_to("127.255.255.255");
    CHECK(got.all.dwFlags == as_broadcast);
    CHECK(got.headers() == 0);
    deliver_to("127.0.0.1");
    CHECK(got.all.dwFlags == 0);
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

TEST_CASE("MSG-8 a short control buffer gives WSAEMSGSIZE and MSG_CTRUNC, and the data", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    set_option(pair.receiver, IPPROTO_IP, IP_PKTINFO, 1);
    for (const std::size_t room : {std::size_t{0}, std::size_t{1}, WSA_CMSG_LEN(sizeof(IN_PKTINFO)) - 1}) {
        INFO("room " << room);
        pair.send();
        message got(64, room);
        CHECK(got.receive(pair.receiver) == WSAEMSGSIZE);
        CHECK(got.text() == "hello");
        CHECK(got.all.dwFlags == control_truncated);
        CHECK(got.all.Control.len == 0);
    }
    // What has room is there.
    set_option(pair.receiver, IPPROTO_IP, IP_RECVTTL, 1);
    pair.send();
    message got(64, WSA_CMSG_SPACE(sizeof(IN_PKTINFO)));
    CHECK(got.receive(pair.receiver) == WSAEMSGSIZE);
    CHECK(got.all.dwFlags == control_truncated);
    CHECK(got.value<IN_PKTINFO>(IPPROTO_IP, IP_PKTINFO));
}

TEST_CASE("MSG-9, LNX-27 a short data buffer gives WSAEMSGSIZE and MSG_TRUNC; the rest is lost", "[api][message]")
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
    REQUIRE(error_of(receive(pair.receiver, &got.all, nullptr, &receiving, note_message_routine)) == WSA_IO_PENDING);
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

TEST_CASE("MSG-10 a blocking WSARecvMsg waits, a socket without the overlapped attribute as well", "[api][message]")
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
    background_call waiting([&] { return error_of(receive(plain, &got.all, &got.count, &overlapped, nullptr)); });
    REQUIRE(waiting.blocks());
    const auto where = local_of(plain);
    message given;
    given.say("waited", &where);
    REQUIRE(given.send(pair.sender) == 0);
    CHECK(waiting.result() == 0);
    CHECK(got.text() == "waited");
}

TEST_CASE("MSG-11 the header is a length, a level and a type, with the value at the next multiple of 8",
          "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    set_option(pair.receiver, IPPROTO_IP, IP_RECVTTL, 1);
    set_option(pair.receiver, IPPROTO_IP, IP_RECVTOS, 1);
    pair.send();
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    CHECK(sizeof(WSACMSGHDR) == 16);
    auto* first = WSA_CMSG_FIRSTHDR(&got.all);
    REQUIRE(first != nullptr);
    CHECK(first->cmsg_len == 20);
    CHECK(first->cmsg_level == IPPROTO_IP);
    auto* second = WSA_CMSG_NXTHDR(&got.all, first);
    REQUIRE(second != nullptr);
    CHECK(reinterpret_cast<char*>(second) - reinterpret_cast<char*>(first) == 24);
    CHECK(second->cmsg_len == 20);
    CHECK(WSA_CMSG_NXTHDR(&got.all, second) == nullptr);
}

TEST_CASE("MSG-12 IP_PKTINFO brings the destination and the interface", "[api][message]")
{
    const winsock started;
    const auto receiver = udp();
    set_option(receiver, SOL_SOCKET, SO_RCVTIMEO, 10'000);
    REQUIRE(bind_to(receiver, wildcard(AF_INET)) == 0);
    CHECK(get_option(receiver, IPPROTO_IP, IP_PKTINFO) == 0);
    set_option(receiver, IPPROTO_IP, IP_PKTINFO, 1);
    CHECK(get_option(receiver, IPPROTO_IP, IP_PKTINFO) == 1);
    const auto to = at(AF_INET, "127.0.0.9", local_of(receiver).port());
    const auto sender = udp();
    message given;
    given.say("x", &to);
    REQUIRE(given.send(sender) == 0);
    message got;
    REQUIRE(got.receive(receiver) == 0);
    CHECK(got.all.Control.len == 24);
    const auto info = got.value<IN_PKTINFO>(IPPROTO_IP, 19);
    REQUIRE(info);
    CHECK(info->ipi_addr.s_addr == htonl(0x7F000009));
    CHECK(info->ipi_ifindex == loopback_index());
    set_option(receiver, IPPROTO_IP, IP_PKTINFO, 0);
    given.say("x", &to);
    REQUIRE(given.send(sender) == 0);
    got.reset();
    REQUIRE(got.receive(receiver) == 0);
    CHECK(got.headers() == 0);
}

TEST_CASE("MSG-13 IPV6_PKTINFO brings the destination and the interface", "[api][message]")
{
    const winsock started;
    const datagram_pair pair(AF_INET6);
    set_option(pair.receiver, IPPROTO_IPV6, IPV6_PKTINFO, 1);
    pair.send();
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    const auto info = got.value<IN6_PKTINFO>(IPPROTO_IPV6, 19);
    REQUIRE(info);
    CHECK(std::memcmp(&info->ipi6_addr, &in6addr_loopback, sizeof in6addr_loopback) == 0);
    CHECK(info->ipi6_ifindex != 0);
}

TEST_CASE("MSG-14 IPv4 on a dual-stack socket brings IP_PKTINFO when both options are set", "[api][message]")
{
    const winsock started;
    const auto receiver = udp(AF_INET6);
    set_option(receiver, SOL_SOCKET, SO_RCVTIMEO, 10'000);
    set_option(receiver, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    REQUIRE(bind_to(receiver, wildcard(AF_INET6)) == 0);
    const auto sender = udp();
    const auto to = loopback(AF_INET, local_of(receiver).port());
    struct choice {
        int ip;
        int ipv6;
    };
    for (const auto& on : {choice{0, 0}, choice{0, 1}, choice{1, 0}, choice{1, 1}}) {
        INFO("IP_PKTINFO " << on.ip << ", IPV6_PKTINFO " << on.ipv6);
        set_option(receiver, IPPROTO_IP, IP_PKTINFO, on.ip);
        set_option(receiver, IPPROTO_IPV6, IPV6_PKTINFO, on.ipv6);
        message given;
        given.say("x", &to);
        REQUIRE(given.send(sender) == 0);
        message got;
        REQUIRE(got.receive(receiver) == 0);
        const auto info = got.value<IN_PKTINFO>(IPPROTO_IP, IP_PKTINFO);
        CHECK(info.has_value() == (on.ip == 1 && on.ipv6 == 1));
        CHECK((!info || info->ipi_addr.s_addr == loopback4().s_addr));
        CHECK(got.headers() == (info ? 1 : 0));
    }
}

TEST_CASE("MSG-14 a dual-stack socket sends IPv4 from the address that IP_PKTINFO names", "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    const auto sender = udp(AF_INET6);
    set_option(sender, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    const auto to = at(AF_INET6, "::ffff:127.0.0.1", pair.where.port());
    IN_PKTINFO info{};
    info.ipi_addr.s_addr = htonl(INADDR_LOOPBACK + 6);
    message given;
    given.say("mapped", &to);
    given.add(IPPROTO_IP, IP_PKTINFO, info);
    REQUIRE(given.send(sender) == 0);
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    CHECK(reinterpret_cast<sockaddr_in*>(got.name.get())->sin_addr.s_addr == info.ipi_addr.s_addr);
}

TEST_CASE("OPT-12 the options for control information are those of datagram sockets", "[api][message]")
{
    const winsock started;
    const auto stream = tcp();
    const auto four = udp();
    const int on = 1;
    const auto* value = reinterpret_cast<const char*>(&on);
    for (const int name : {IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_ECN}) {
        CHECK(error_of(setsockopt(stream, IPPROTO_IP, name, value, sizeof on)) == WSAEINVAL);
        CHECK(error_of(setsockopt(four, IPPROTO_IPV6, name, value, sizeof on)) == WSAEINVAL);
        CHECK(error_of(setsockopt(four, IPPROTO_IP, name, value, sizeof on)) == 0);
    }
    CHECK(error_of(setsockopt(four, IPPROTO_IP, IP_PKTINFO, value, 1)) == WSAEFAULT);  // OPT-4
    CHECK(error_of(setsockopt(four, IPPROTO_IP, IP_ECN, value, 1)) == 0);
}
