// Control information of WSASendMsg and WSARecvMsg in both directions, and the options that ask for it. Answers to the
// pages "WSAMSG", "IPPROTO_IP Socket Options", "IPPROTO_IPV6 Socket Options" and "Dual-Stack Sockets".
#include "message.hpp"

using namespace spindle::test;

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

TEST_CASE("T-IP/IP_RECVIF, T-IP/IP_ORIGINAL_ARRIVAL_IF, T-IP/IP_PKTINFO_EX where a datagram came in, in each form",
          "[api][message]")
{
    const winsock started;
    const datagram_pair pair;
    for (const int name : {IP_RECVIF, IP_RECVDSTADDR, IP_ORIGINAL_ARRIVAL_IF, IP_PKTINFO_EX}) {
        set_option(pair.receiver, IPPROTO_IP, name, 1);
    }
    pair.send();
    message got;
    REQUIRE(got.receive(pair.receiver) == 0);
    CHECK(got.headers() == 4);
    const auto interface_index = got.value<DWORD>(IPPROTO_IP, IP_RECVIF);
    REQUIRE(interface_index.has_value());
    CHECK(*interface_index != 0);
    CHECK(got.value<DWORD>(IPPROTO_IP, IP_ORIGINAL_ARRIVAL_IF) == interface_index);
    CHECK(got.value<IN_ADDR>(IPPROTO_IP, IP_RECVDSTADDR)->s_addr == loopback4().s_addr);
    const auto whole = got.value<IN_PKTINFO_EX>(IPPROTO_IP, IP_PKTINFO_EX);
    REQUIRE(whole.has_value());
    CHECK(whole->pkt_info.ipi_addr.s_addr == loopback4().s_addr);
    CHECK(whole->pkt_info.ipi_ifindex == *interface_index);
    CHECK(whole->scope_id.Value == 0);

    const datagram_pair six(AF_INET6);
    for (const int name : {IPV6_RECVIF, IPV6_RECVDSTADDR, IPV6_PKTINFO_EX}) {
        set_option(six.receiver, IPPROTO_IPV6, name, 1);
    }
    six.send();
    message of_six;
    REQUIRE(of_six.receive(six.receiver) == 0);
    CHECK(of_six.headers() == 3);
    CHECK(of_six.value<DWORD>(IPPROTO_IPV6, IPV6_RECVIF) == loopback_index());
    const auto destination = of_six.value<IN6_ADDR>(IPPROTO_IPV6, IPV6_RECVDSTADDR);
    REQUIRE(destination.has_value());
    CHECK(std::memcmp(&*destination, &in6addr_loopback, sizeof *destination) == 0);
    CHECK(of_six.value<IN6_PKTINFO_EX>(IPPROTO_IPV6, IPV6_PKTINFO_EX)->pkt_info.ipi6_ifindex == loopback_index());
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
