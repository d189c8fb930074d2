// Multicast on the loopback interface: memberships in all their forms, who gets what, the order of calls (T-MC), leaves.
// Answers to the pages "IPPROTO_IP Socket Options", "Multicast Socket Option Behavior", "WSAJoinLeaf". That nothing comes is
// shown by what was sent after it and does.
#include "message.hpp"

#include <cstring>

using namespace spindle::test;

namespace {

constexpr const char* group_text = "239.255.77.1";
constexpr const char* group6_text = "ff02::7777";
constexpr const char* source_text = "127.0.0.2";
constexpr const char* other_source_text = "127.0.0.3";

IN_ADDR ipv4(const char* text)
{
    return reinterpret_cast<const sockaddr_in*>(at(AF_INET, text, 0).get())->sin_addr;
}

const IN_ADDR here = [] {
    IN_ADDR address{};
    address.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}();

template <class Value>
int set(SOCKET s, int level, int name, const Value& value)
{
    return error_of(setsockopt(s, level, name, reinterpret_cast<const char*>(&value), sizeof value));
}

int membership(SOCKET s, int name, const char* group = group_text, IN_ADDR by = here)
{
    return set(s, IPPROTO_IP, name, IP_MREQ{ipv4(group), by});
}

int source_membership(SOCKET s, int name, const char* source = source_text)
{
    return set(s, IPPROTO_IP, name, IP_MREQ_SOURCE{ipv4(group_text), ipv4(source), here});
}

SOCKADDR_STORAGE storage(const endpoint& from)
{
    return from.storage;
}

int group_call(SOCKET s, int family, int name)
{
    const GROUP_REQ request{loopback_index(), storage(at(family, family == AF_INET ? group_text : group6_text, 0))};
    return set(s, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6, name, request);
}

int group_source_call(SOCKET s, int name, const char* source = source_text)
{
    const GROUP_SOURCE_REQ request{loopback_index(), storage(at(AF_INET, group_text, 0)),
                                   storage(at(AF_INET, source, 0))};
    return set(s, IPPROTO_IP, name, request);
}

/// A receiver on all addresses of a port, and senders that use the loopback interface.
struct party {
    explicit party(const char* source = nullptr) : receiver(udp())
    {
        REQUIRE(bind_to(receiver, wildcard(AF_INET)) == 0);
        port = local_of(receiver).port();
        sender = sender_from(source);
    }
    static unique_socket sender_from(const char* source)
    {
        auto made = udp();
        REQUIRE(bind_to(made, source == nullptr ? loopback(AF_INET) : at(AF_INET, source, 0)) == 0);
        REQUIRE(set(made, IPPROTO_IP, IP_MULTICAST_IF, here) == 0);
        return made;
    }
    void tell_group(SOCKET from, const std::string& text) const { tell(from, at(AF_INET, group_text, port), text); }
    void tell_group(const std::string& text) const { tell_group(sender, text); }
    static void tell(SOCKET from, const endpoint& where, const std::string& text)
    {
        REQUIRE(sendto(from, text.data(), static_cast<int>(text.size()), 0, where.get(), where.length) ==
                static_cast<int>(text.size()));
    }
    /// A datagram to the receiver's own address.
    void tell(const std::string& text) const { tell(sender, loopback(AF_INET, port), text); }

    unique_socket receiver;
    unique_socket sender;
    unsigned short port = 0;
};

std::string next(SOCKET receiver)
{
    set_option(receiver, SOL_SOCKET, SO_RCVTIMEO, 20'000);
    char text[64] = {};
    const int count = recv(receiver, text, sizeof text, 0);
    return count < 0 ? "error " + std::to_string(WSAGetLastError()) : std::string(text, static_cast<std::size_t>(count));
}

}  // namespace

TEST_CASE("MCS-1, MCS-6 a member gets what is sent to the group, until it leaves", "[api][multicast]")
{
    const winsock started;
    const party they;
    they.tell_group("not joined yet");
    REQUIRE(membership(they.receiver, IP_ADD_MEMBERSHIP) == 0);
    they.tell_group("one");
    CHECK(next(they.receiver) == "one");
    IN_ADDR by_index{};
    by_index.s_addr = htonl(loopback_index());
    REQUIRE(set(they.sender, IPPROTO_IP, IP_MULTICAST_IF, by_index) == 0);
    they.tell_group("two");
    CHECK(next(they.receiver) == "two");
    REQUIRE(membership(they.receiver, IP_DROP_MEMBERSHIP) == 0);
    they.tell_group("left");
    they.tell("direct");
    CHECK(next(they.receiver) == "direct");
    REQUIRE(membership(they.receiver, IP_ADD_MEMBERSHIP, group_text, by_index) == 0);
    they.tell_group("again");
    CHECK(next(they.receiver) == "again");
}

TEST_CASE("MCS-6 a join needs no bind", "[api][multicast]")
{
    const winsock started;
    const auto receiver = udp();
    REQUIRE(membership(receiver, IP_ADD_MEMBERSHIP) == 0);
    REQUIRE(bind_to(receiver, wildcard(AF_INET)) == 0);
    const auto sender = party::sender_from(nullptr);
    party::tell(sender, at(AF_INET, group_text, local_of(receiver).port()), "bound later");
    CHECK(next(receiver) == "bound later");
}

TEST_CASE("BND-10, LNX-36 sharers of a port each get the groups that they joined themselves", "[api][multicast]")
{
    const winsock started;
    unique_socket sharers[3];
    unsigned short port = 0;
    for (auto& each : sharers) {
        each = udp();
        set_option(each, SOL_SOCKET, SO_REUSEADDR, 1);
        REQUIRE(bind_to(each, wildcard(AF_INET, port)) == 0);
        port = local_of(each).port();
    }
    REQUIRE(membership(sharers[0], IP_ADD_MEMBERSHIP) == 0);
    REQUIRE(membership(sharers[1], IP_ADD_MEMBERSHIP) == 0);
    REQUIRE(membership(sharers[2], IP_ADD_MEMBERSHIP, "239.255.77.2") == 0);
    const auto sender = party::sender_from(nullptr);
    party::tell(sender, at(AF_INET, group_text, port), "for two");
    party::tell(sender, at(AF_INET, "239.255.77.2", port), "for the third");
    CHECK(next(sharers[0]) == "for two");
    CHECK(next(sharers[1]) == "for two");
    CHECK(next(sharers[2]) == "for the third");
}

TEST_CASE("MCS-2, LNX-36 IP_MULTICAST_LOOP counts on the receiving socket", "[api][multicast]")
{
    const winsock started;
    const party they;
    REQUIRE(membership(they.receiver, IP_ADD_MEMBERSHIP) == 0);
    set_option(they.sender, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    they.tell_group("the sender's setting is nothing to it");
    CHECK(next(they.receiver) == "the sender's setting is nothing to it");
    set_option(they.receiver, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    they.tell_group("from this machine");
    they.tell("direct");
    CHECK(next(they.receiver) == "direct");
    set_option(they.receiver, IPPROTO_IP, IP_MULTICAST_LOOP, 1);
    they.tell_group("again");
    CHECK(next(they.receiver) == "again");
}

TEST_CASE("MCS-3 sources are chosen and blocked by address", "[api][multicast]")
{
    const winsock started;
    const party they(source_text);
    const auto other = party::sender_from(other_source_text);
    const bool by_group_req = GENERATE(false, true);
    const auto source_call = [&](int name, int by_group) {
        return by_group_req ? group_source_call(they.receiver, by_group) : source_membership(they.receiver, name);
    };
    REQUIRE(source_call(IP_ADD_SOURCE_MEMBERSHIP, MCAST_JOIN_SOURCE_GROUP) == 0);
    they.tell_group(other, "somebody else");
    they.tell_group("the source");
    CHECK(next(they.receiver) == "the source");
    REQUIRE(source_call(IP_DROP_SOURCE_MEMBERSHIP, MCAST_LEAVE_SOURCE_GROUP) == 0);
    they.tell_group("left");
    REQUIRE((by_group_req ? group_call(they.receiver, AF_INET, MCAST_JOIN_GROUP)
                          : membership(they.receiver, IP_ADD_MEMBERSHIP)) == 0);
    REQUIRE(source_call(IP_BLOCK_SOURCE, MCAST_BLOCK_SOURCE) == 0);
    they.tell_group("blocked");
    they.tell_group(other, "somebody else");
    CHECK(next(they.receiver) == "somebody else");
    REQUIRE(source_call(IP_UNBLOCK_SOURCE, MCAST_UNBLOCK_SOURCE) == 0);
    they.tell_group("unblocked");
    CHECK(next(they.receiver) == "unblocked");
    REQUIRE((by_group_req ? group_call(they.receiver, AF_INET, MCAST_LEAVE_GROUP)
                          : membership(they.receiver, IP_DROP_MEMBERSHIP)) == 0);
}

TEST_CASE("MCS-1, MCS-4 interfaces that are not there, groups that are none", "[api][multicast]")
{
    const winsock started;
    const auto s = udp();
    CHECK(membership(s, IP_ADD_MEMBERSHIP, group_text, ipv4("192.0.2.77")) == WSAEADDRNOTAVAIL);
    CHECK(set(s, IPPROTO_IP, IP_MULTICAST_IF, ipv4("192.0.2.77")) == WSAEADDRNOTAVAIL);
    CHECK(membership(s, IP_ADD_MEMBERSHIP, "192.0.2.1") == WSAEINVAL);
    const GROUP_REQ nowhere{0x7FFFFFF0, storage(at(AF_INET, group_text, 0))};
    CHECK(set(s, IPPROTO_IP, MCAST_JOIN_GROUP, nowhere) == WSAEADDRNOTAVAIL);
    const GROUP_REQ of_other_version{loopback_index(), storage(at(AF_INET6, group6_text, 0))};
    CHECK(set(s, IPPROTO_IP, MCAST_JOIN_GROUP, of_other_version) == WSAEINVAL);
    // The default interface exists where there is a route to the group.
    const int by_default = membership(s, IP_ADD_MEMBERSHIP, group_text, IN_ADDR{});
    CHECK((by_default == 0 || by_default == WSAEADDRNOTAVAIL));
    CHECK(membership(s, IP_DROP_MEMBERSHIP, group_text, IN_ADDR{}) == (by_default == 0 ? 0 : WSAEINVAL));
}

TEST_CASE("MCS-1 IPv6 groups by interface index", "[api][multicast]")
{
    const winsock started;
    const bool by_group_req = GENERATE(false, true);
    const auto receiver = udp(AF_INET6);
    REQUIRE(bind_to(receiver, wildcard(AF_INET6)) == 0);
    IPV6_MREQ request{};
    REQUIRE(inet_pton(AF_INET6, group6_text, &request.ipv6mr_multiaddr) == 1);
    request.ipv6mr_interface = loopback_index();
    const auto change = [&](int name, int by_group) {
        return by_group_req ? group_call(receiver, AF_INET6, by_group) : set(receiver, IPPROTO_IPV6, name, request);
    };
    REQUIRE(change(IPV6_JOIN_GROUP, MCAST_JOIN_GROUP) == 0);
    CHECK(change(IPV6_JOIN_GROUP, MCAST_JOIN_GROUP) == WSAEADDRNOTAVAIL);
    const auto sender = udp(AF_INET6);
    REQUIRE(set(sender, IPPROTO_IPV6, IPV6_MULTICAST_IF, loopback_index()) == 0);
    CHECK(set(sender, IPPROTO_IPV6, IPV6_MULTICAST_IF, 0x7FFFFFF0) == WSAEADDRNOTAVAIL);
    auto where = at(AF_INET6, group6_text, local_of(receiver).port());
    reinterpret_cast<sockaddr_in6*>(where.get())->sin6_scope_id = loopback_index();
    if (error_of(sendto(sender, "six", 3, 0, where.get(), where.length)) == WSAENETUNREACH) {
        WARN("no route for IPv6 multicasts by the loopback interface");
    } else {
        CHECK(next(receiver) == "six");
        set_option(receiver, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
        party::tell(sender, where, "from this machine");
        party::tell(sender, loopback(AF_INET6, where.port()), "direct");
        CHECK(next(receiver) == "direct");
    }
    CHECK(change(IPV6_LEAVE_GROUP, MCAST_LEAVE_GROUP) == 0);
    CHECK(change(IPV6_LEAVE_GROUP, MCAST_LEAVE_GROUP) == WSAEINVAL);
}

TEST_CASE("MCS-5, T-MC conflicting calls on one group and interface", "[api][multicast]")
{
    const winsock started;
    struct call {
        int name;
        int expected;
    };
    struct conflict {
        const char* row;
        std::vector<call> calls;
    };
    constexpr int add = IP_ADD_MEMBERSHIP;
    constexpr int drop = IP_DROP_MEMBERSHIP;
    constexpr int add_source = IP_ADD_SOURCE_MEMBERSHIP;
    constexpr int drop_source = IP_DROP_SOURCE_MEMBERSHIP;
    constexpr int block = IP_BLOCK_SOURCE;
    constexpr int unblock = IP_UNBLOCK_SOURCE;
    constexpr int taken = WSAEADDRNOTAVAIL;
    constexpr int wrong = WSAEINVAL;
    const std::vector<conflict> conflicts = {
        {"IP_DROP_MEMBERSHIP of a group not joined", {{drop, wrong}}},
        {"IP_ADD_MEMBERSHIP", {{add, 0}, {add, taken}, {add_source, taken}}},
        {"IP_ADD_MEMBERSHIP, wrong", {{add, 0}, {drop_source, wrong}, {unblock, wrong}}},
        {"IP_DROP_MEMBERSHIP",
         {{add, 0}, {drop, 0}, {drop, wrong}, {drop_source, wrong}, {block, wrong}, {unblock, wrong}, {add, 0}}},
        {"IP_ADD_SOURCE_MEMBERSHIP", {{add_source, 0}, {add, taken}, {add_source, taken}, {unblock, wrong}}},
        {"IP_DROP_SOURCE_MEMBERSHIP",
         {{add_source, 0}, {drop_source, 0}, {drop_source, taken}, {unblock, wrong}, {add_source, 0}}},
        {"IP_BLOCK_SOURCE", {{add, 0}, {block, 0}, {block, taken}, {add, wrong}, {add_source, wrong}}},
        {"IP_UNBLOCK_SOURCE", {{add, 0}, {block, 0}, {unblock, 0}, {unblock, taken}, {block, 0}, {drop, 0}}},
    };
    for (const auto& each : conflicts) {
        const auto s = udp();
        int number = 0;
        for (const auto& made : each.calls) {
            INFO(each.row << ", call " << number++);
            const bool plain = made.name == add || made.name == drop;
            CHECK((plain ? membership(s, made.name) : source_membership(s, made.name)) == made.expected);
        }
    }
}

TEST_CASE("T-IP/IP_RECEIVE_BROADCAST broadcasts can be left out", "[api][multicast]")
{
    const winsock started;
    const party they;
    set_option(they.sender, SOL_SOCKET, SO_BROADCAST, 1);
    const auto everybody = at(AF_INET, "127.255.255.255", they.port);
    party::tell(they.sender, everybody, "to all");
    CHECK(next(they.receiver) == "to all");
    set_option(they.receiver, IPPROTO_IP, IP_RECEIVE_BROADCAST, 0);
    party::tell(they.sender, everybody, "to all");
    they.tell("direct");
    CHECK(next(they.receiver) == "direct");
}

TEST_CASE("T-IP/IP_IFLIST, T-IP/IP_GET_IFLIST a list of interfaces restricts reception", "[api][multicast]")
{
    const winsock started;
    const party they;
    const auto add = [&](ULONG index) { return set(they.receiver, IPPROTO_IP, IP_ADD_IFLIST, index); };
    const auto remove = [&](ULONG index) { return set(they.receiver, IPPROTO_IP, IP_DEL_IFLIST, index); };
    set_option(they.receiver, IPPROTO_IP, IP_IFLIST, 1);
    REQUIRE(add(0x1234) == 0);
    they.tell("unlisted");
    REQUIRE(add(loopback_index()) == 0);
    they.tell("listed");
    CHECK(next(they.receiver) == "listed");
    ULONG list[4] = {};
    int length = sizeof list;
    REQUIRE(error_of(getsockopt(they.receiver, IPPROTO_IP, IP_GET_IFLIST, reinterpret_cast<char*>(list), &length)) == 0);
    CHECK(length == 8);
    CHECK(list[0] == 0x1234);
    CHECK(list[1] == loopback_index());
    length = 4;
    CHECK(error_of(getsockopt(they.receiver, IPPROTO_IP, IP_GET_IFLIST, reinterpret_cast<char*>(list), &length)) ==
          WSAEFAULT);
    CHECK(remove(0x1234) == 0);
    CHECK(remove(0x1234) == WSAEINVAL);
    set_option(they.receiver, IPPROTO_IP, IP_IFLIST, 0);
    they.tell("no list");
    CHECK(next(they.receiver) == "no list");
}

TEST_CASE("T-SOL/SO_REUSE_MULTICASTPORT sharers of a multicast port get multicasts only", "[api][multicast]")
{
    const winsock started;
    unique_socket sharers[2];
    unsigned short port = 0;
    for (auto& each : sharers) {
        each = udp();
        set_option(each, SOL_SOCKET, SO_REUSE_MULTICASTPORT, 1);
        REQUIRE(bind_to(each, wildcard(AF_INET, port)) == 0);
        port = local_of(each).port();
        REQUIRE(membership(each, IP_ADD_MEMBERSHIP) == 0);
        CHECK(set(each, SOL_SOCKET, SO_REUSE_MULTICASTPORT, 0) == WSAEINVAL);  // bound
    }
    const auto sender = party::sender_from(nullptr);
    party::tell(sender, loopback(AF_INET, port), "direct");
    party::tell(sender, at(AF_INET, group_text, port), "to the group");
    CHECK(next(sharers[0]) == "to the group");
    CHECK(next(sharers[1]) == "to the group");
}

namespace {

constexpr DWORD leaf_flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF;

SOCKET join(SOCKET s, const endpoint& group, DWORD flags)
{
    return WSAJoinLeaf(s, group.get(), group.length, nullptr, nullptr, nullptr, nullptr, flags);
}

unique_socket leaf_socket()
{
    unique_socket made(WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0, leaf_flags));
    REQUIRE(made.get() != INVALID_SOCKET);
    REQUIRE(bind_to(made, wildcard(AF_INET)) == 0);
    REQUIRE(set(made, IPPROTO_IP, IP_MULTICAST_IF, here) == 0);
    return made;
}

}  // namespace

TEST_CASE("LEAF-2, LEAF-7 joining makes a member and returns the socket itself", "[api][multicast]")
{
    const winsock started;
    const auto leaf = leaf_socket();
    const auto group = at(AF_INET, group_text, local_of(leaf).port());
    REQUIRE(join(leaf, group, JL_BOTH) == leaf.get());
    const auto sender = party::sender_from(nullptr);
    party::tell(sender, group, "leaf");
    CHECK(next(leaf) == "leaf");
    CHECK(membership(leaf, IP_ADD_MEMBERSHIP) == WSAEADDRNOTAVAIL);
    CHECK(membership(leaf, IP_DROP_MEMBERSHIP) == 0);
}

TEST_CASE("LEAF-5 a leaf joins once", "[api][multicast]")
{
    const winsock started;
    const auto leaf = leaf_socket();
    const auto group = at(AF_INET, group_text, local_of(leaf).port());
    REQUIRE(join(leaf, group, JL_RECEIVER_ONLY) == leaf.get());
    CHECK(error_of(join(leaf, at(AF_INET, "239.255.77.2", 1), JL_RECEIVER_ONLY)) == WSAEISCONN);
}

TEST_CASE("LEAF-1, LEAF-6 who may join, and how", "[api][multicast]")
{
    const winsock started;
    const auto group = at(AF_INET, group_text, 7);
    CHECK(error_of(join(udp(), group, JL_BOTH)) == WSAEINVAL);
    CHECK(error_of(join(tcp(), group, JL_BOTH)) == WSAEINVAL);
    const auto leaf = leaf_socket();
    for (const DWORD flags : {0U, 3U, 5U, 6U, 7U, 8U}) {
        CHECK(error_of(join(leaf, group, flags)) == WSAEINVAL);
    }
    CHECK(error_of(join(leaf, loopback(AF_INET, 7), JL_BOTH)) == WSAEADDRNOTAVAIL);
    CHECK(error_of(join(leaf, at(AF_INET6, group6_text, 7), JL_BOTH)) == WSAEAFNOSUPPORT);
    CHECK(error_of(WSAJoinLeaf(leaf, group.get(), 4, nullptr, nullptr, nullptr, nullptr, JL_BOTH)) == WSAEFAULT);
    CHECK(error_of(WSAJoinLeaf(leaf, nullptr, group.length, nullptr, nullptr, nullptr, nullptr, JL_BOTH)) == WSAEFAULT);
    QOS wanted{};
    CHECK(error_of(WSAJoinLeaf(leaf, group.get(), group.length, nullptr, nullptr, &wanted, nullptr, JL_BOTH)) ==
          WSAEOPNOTSUPP);
    // A sender is no member.
    REQUIRE(join(leaf, group, JL_SENDER_ONLY) == leaf.get());
    CHECK(membership(leaf, IP_DROP_MEMBERSHIP) == WSAEINVAL);
}
