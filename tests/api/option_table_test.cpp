// Every option of the contract's tables on every kind of socket: who has it, how long its value is, its default, whether it
// can be read and set and what is said otherwise. One table here mirrors T-SOL, T-TCP, T-IP, T-IP6 and T-UDP row by row;
// what single options do is tested beside it. Answers to the pages "SOL_SOCKET Socket Options" and its sisters.
#include "support/catch.hpp"

#include "support/api_fixture.hpp"

#include <afunix.h>
#include <mswsock.h>

#include <array>
#include <climits>
#include <cstring>

using namespace spindle::test;

namespace {

// Kinds of sockets.
constexpr unsigned t4 = 1;
constexpr unsigned u4 = 2;
constexpr unsigned r4 = 4;
constexpr unsigned t6 = 8;
constexpr unsigned u6 = 16;
constexpr unsigned r6 = 32;
constexpr unsigned un = 64;
constexpr unsigned tur4 = t4 | u4 | r4;
constexpr unsigned tur6 = t6 | u6 | r6;
constexpr unsigned streams = t4 | t6 | un;
constexpr unsigned datagrams = u4 | r4 | u6 | r6;
constexpr unsigned every = tur4 | tur6 | un;

struct kind_row {
    unsigned bit;
    const char* name;
    int family;
    int type;
    int protocol;
};
constexpr kind_row kinds[] = {
    {t4, "TCP", AF_INET, SOCK_STREAM, IPPROTO_TCP},      {u4, "UDP", AF_INET, SOCK_DGRAM, IPPROTO_UDP},
    {r4, "RAW", AF_INET, SOCK_RAW, IPPROTO_ICMP},        {t6, "TCP6", AF_INET6, SOCK_STREAM, IPPROTO_TCP},
    {u6, "UDP6", AF_INET6, SOCK_DGRAM, IPPROTO_UDP},     {r6, "RAW6", AF_INET6, SOCK_RAW, 253},
    {un, "AF_UNIX", AF_UNIX, SOCK_STREAM, 0},
};

// The length column: 1, b, 4+; x: bytes of the option's own.
enum class length { one, b, whole, bytes };
using enum length;

constexpr int none = INT_MIN;  // no default, or no value to be set

struct row {
    const char* name;
    int level;
    int option;
    unsigned who;
    length size;
    int by_default;
    int sample;         // is set and read back
    int get_error = 0;  // of those who have the option
    int set_error = 0;
    int least = 4;      // bytes a set takes
    bool split = false; // the option has several rows, each for its own kinds
};

constexpr int noopt = WSAENOPROTOOPT;

constexpr row rows[] = {
    // T-SOL
    {"SO_DEBUG", SOL_SOCKET, SO_DEBUG, every, b, 0, 1},
    {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN, every, b, 0, none, 0, noopt},
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, every, b, 0, 1},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, streams, one, 0, 1},
    {"SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE, tur4 | un, one, 0, 1},
    {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, every, b, 0, 1},
    {"SO_USELOOPBACK", SOL_SOCKET, SO_USELOOPBACK, every, b, none, none, WSAEINVAL, WSAEINVAL},
    {"SO_LINGER", SOL_SOCKET, SO_LINGER, streams, whole, 0, 0x00070001},
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, streams, b, 0, 1},
    {"SO_DONTLINGER", SOL_SOCKET, SO_DONTLINGER, streams, b, 1, 0},
    {"SO_EXCLUSIVEADDRUSE", SOL_SOCKET, SO_EXCLUSIVEADDRUSE, every, b, 0, 1},
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, every, whole, 65536, 12345},
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, every, whole, 65536, 12345},
    {"SO_SNDLOWAT", SOL_SOCKET, SO_SNDLOWAT, every, whole, none, none, WSAEINVAL, WSAEINVAL},
    {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT, every, whole, none, none, WSAEINVAL, WSAEINVAL},
    {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, every, whole, 0, 1500},
    {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, every, whole, 0, 1500},
    {"SO_ERROR", SOL_SOCKET, SO_ERROR, every, whole, 0, WSAETIMEDOUT},
    {"SO_TYPE (TCP)", SOL_SOCKET, SO_TYPE, streams, whole, SOCK_STREAM, none, 0, noopt, 4, true},
    {"SO_TYPE (UDP)", SOL_SOCKET, SO_TYPE, u4 | u6, whole, SOCK_DGRAM, none, 0, WSAEINVAL, 4, true},
    {"SO_TYPE (RAW)", SOL_SOCKET, SO_TYPE, r4 | r6, whole, SOCK_RAW, none, 0, WSAEINVAL, 4, true},
    {"SO_GROUP_ID", SOL_SOCKET, SO_GROUP_ID, every, whole, 0, none, 0, noopt},
    {"SO_GROUP_PRIORITY", SOL_SOCKET, SO_GROUP_PRIORITY, every, whole, 0, 3},
    {"SO_MAX_MSG_SIZE", SOL_SOCKET, SO_MAX_MSG_SIZE, datagrams, whole, none, none, 0, noopt},
    {"PVD_CONFIG", SOL_SOCKET, PVD_CONFIG, every, bytes, none, none, noopt, noopt},
    {"SO_CONDITIONAL_ACCEPT", SOL_SOCKET, SO_CONDITIONAL_ACCEPT, streams, b, 0, 1},
    {"SO_PAUSE_ACCEPT", SOL_SOCKET, SO_PAUSE_ACCEPT, streams, b, 0, 0},
    {"SO_COMPARTMENT_ID", SOL_SOCKET, SO_COMPARTMENT_ID, every, whole, none, none, noopt, noopt},
    {"SO_RANDOMIZE_PORT", SOL_SOCKET, SO_RANDOMIZE_PORT, t4 | u4 | t6 | u6, b, 0, 1},
    {"SO_PORT_SCALABILITY", SOL_SOCKET, SO_PORT_SCALABILITY, t4 | u4 | t6 | u6, b, 0, 1},
    {"SO_REUSE_UNICASTPORT", SOL_SOCKET, SO_REUSE_UNICASTPORT, t4 | u4 | t6 | u6, b, 0, 1},
    {"SO_REUSE_MULTICASTPORT", SOL_SOCKET, SO_REUSE_MULTICASTPORT, u4 | u6, whole, 0, 1},
    {"SO_CONNDATA", SOL_SOCKET, SO_CONNDATA, every, bytes, none, none, noopt, noopt},
    {"SO_CONNOPT", SOL_SOCKET, SO_CONNOPT, every, bytes, none, none, noopt, noopt},
    {"SO_DISCDATA", SOL_SOCKET, SO_DISCDATA, every, bytes, none, none, noopt, noopt},
    {"SO_DISCOPT", SOL_SOCKET, SO_DISCOPT, every, bytes, none, none, noopt, noopt},
    {"SO_CONNDATALEN", SOL_SOCKET, SO_CONNDATALEN, every, bytes, none, none, noopt, noopt},
    {"SO_CONNOPTLEN", SOL_SOCKET, SO_CONNOPTLEN, every, bytes, none, none, noopt, noopt},
    {"SO_DISCDATALEN", SOL_SOCKET, SO_DISCDATALEN, every, bytes, none, none, noopt, noopt},
    {"SO_DISCOPTLEN", SOL_SOCKET, SO_DISCOPTLEN, every, bytes, none, none, noopt, noopt},
    {"SO_MAXDG", SOL_SOCKET, SO_MAXDG, datagrams, whole, none, none, 0, noopt},
    {"SO_MAXPATHDG", SOL_SOCKET, SO_MAXPATHDG, datagrams, whole, none, none, 0, noopt},
    {"SO_CONNECT_TIME", SOL_SOCKET, SO_CONNECT_TIME, every, whole, -1, none, 0, noopt},
    // T-TCP
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, t4 | t6, one, 0, 1},
    {"TCP_EXPEDITED_1122", IPPROTO_TCP, TCP_EXPEDITED_1122, t4 | t6, b, 0, 1},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, t4 | t6, whole, 7200, 33},
    {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG, t4 | t6, whole, none, none, 0, noopt},
    {"TCP_MAXRT", IPPROTO_TCP, TCP_MAXRT, t4 | t6, whole, none, 5},
    {"TCP_STDURG", IPPROTO_TCP, TCP_STDURG, t4 | t6, b, none, none, noopt, noopt},
    {"TCP_NOURG", IPPROTO_TCP, TCP_NOURG, t4 | t6, b, none, none, noopt, noopt},
    {"TCP_ATMARK", IPPROTO_TCP, TCP_ATMARK, t4 | t6, b, 1, none, 0, noopt},
    {"TCP_NOSYNRETRIES", IPPROTO_TCP, TCP_NOSYNRETRIES, t4 | t6, b, none, none, noopt, noopt},
    {"TCP_TIMESTAMPS", IPPROTO_TCP, TCP_TIMESTAMPS, t4 | t6, b, 0, none, 0, noopt},
    {"TCP_CONGESTION_ALGORITHM", IPPROTO_TCP, TCP_CONGESTION_ALGORITHM, t4 | t6, whole, none, none, noopt, noopt},
    {"TCP_MAXRTMS", IPPROTO_TCP, TCP_MAXRTMS, t4 | t6, whole, none, 2500},
    {"TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN, t4 | t6, b, 0, 1},
    {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT, t4 | t6, whole, 10, 200},
    {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL, t4 | t6, whole, 1, 7},
    {"TCP_FAIL_CONNECT_ON_ICMP_ERROR", IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR, t4 | t6, b, 0, 1},
    {"TCP_ICMP_ERROR_INFO", IPPROTO_TCP, TCP_ICMP_ERROR_INFO, t4 | t6, bytes, none, none, noopt, noopt},
    {"TCP_BSDURGENT", IPPROTO_TCP, TCP_BSDURGENT, t4 | t6, b, 1, 0},
    // T-IP
    {"IP_OPTIONS", IPPROTO_IP, IP_OPTIONS, tur4, bytes, 0, none, 0, 0, 0},
    {"IP_HDRINCL", IPPROTO_IP, IP_HDRINCL, r4, b, 0, 1},
    {"IP_TOS", IPPROTO_IP, IP_TOS, tur4, b, 0, 0x88},
    {"IP_TTL", IPPROTO_IP, IP_TTL, tur4, b, 128, 250},
    {"IP_MULTICAST_IF", IPPROTO_IP, IP_MULTICAST_IF, u4 | r4, whole, 0, 0x0100007F},
    {"IP_MULTICAST_TTL", IPPROTO_IP, IP_MULTICAST_TTL, u4 | r4, b, 1, 33},
    {"IP_MULTICAST_LOOP", IPPROTO_IP, IP_MULTICAST_LOOP, u4 | r4, b, 1, 0},
    {"IP_ADD_MEMBERSHIP", IPPROTO_IP, IP_ADD_MEMBERSHIP, u4 | r4, bytes, none, none, noopt, 0, 8},
    {"IP_DROP_MEMBERSHIP", IPPROTO_IP, IP_DROP_MEMBERSHIP, u4 | r4, bytes, none, none, noopt, 0, 8},
    {"IP_DONTFRAGMENT (t)", IPPROTO_IP, IP_DONTFRAGMENT, t4, b, 1, 0, 0, 0, 1, true},
    {"IP_DONTFRAGMENT (u, r)", IPPROTO_IP, IP_DONTFRAGMENT, u4 | r4, b, 0, 1, 0, 0, 1, true},
    {"IP_ADD_SOURCE_MEMBERSHIP", IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, u4 | r4, bytes, none, none, noopt, 0, 12},
    {"IP_DROP_SOURCE_MEMBERSHIP", IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, u4 | r4, bytes, none, none, noopt, 0, 12},
    {"IP_BLOCK_SOURCE", IPPROTO_IP, IP_BLOCK_SOURCE, u4 | r4, bytes, none, none, noopt, 0, 12},
    {"IP_UNBLOCK_SOURCE", IPPROTO_IP, IP_UNBLOCK_SOURCE, u4 | r4, bytes, none, none, noopt, 0, 12},
    {"IP_PKTINFO", IPPROTO_IP, IP_PKTINFO, datagrams, whole, 0, 1},
    {"IP_RECVTTL", IPPROTO_IP, IP_RECVTTL, datagrams, whole, 0, 1},
    {"IP_RECEIVE_BROADCAST", IPPROTO_IP, IP_RECEIVE_BROADCAST, u4 | r4, b, 1, 0},
    {"IP_RECVIF", IPPROTO_IP, IP_RECVIF, datagrams, b, 0, 1},
    {"IP_RECVDSTADDR", IPPROTO_IP, IP_RECVDSTADDR, datagrams, b, 0, 1},
    {"IP_IFLIST", IPPROTO_IP, IP_IFLIST, tur4, whole, 0, 1},
    {"IP_ADD_IFLIST", IPPROTO_IP, IP_ADD_IFLIST, tur4, whole, none, none, noopt, WSAEINVAL},
    {"IP_DEL_IFLIST", IPPROTO_IP, IP_DEL_IFLIST, tur4, whole, none, none, noopt, WSAEINVAL},
    {"IP_RTHDR", IPPROTO_IP, IP_RTHDR, tur4 | tur6 | un, bytes, none, none, noopt, noopt},
    {"IP_GET_IFLIST", IPPROTO_IP, IP_GET_IFLIST, tur4, bytes, none, none, WSAEINVAL, noopt},
    {"IP_RECVTOS", IPPROTO_IP, IP_RECVTOS, datagrams, whole, 0, 1},
    {"IP_ORIGINAL_ARRIVAL_IF", IPPROTO_IP, IP_ORIGINAL_ARRIVAL_IF, datagrams, b, 0, 1},
    {"IP_ECN", IPPROTO_IP, IP_ECN, datagrams, b, 0, 1},
    {"IP_PKTINFO_EX", IPPROTO_IP, IP_PKTINFO_EX, datagrams, b, 0, 1},
    {"IP_MTU_DISCOVER", IPPROTO_IP, IP_MTU_DISCOVER, tur4, whole, 0, IP_PMTUDISC_PROBE},
    {"IP_MTU", IPPROTO_IP, IP_MTU, tur4, whole, none, none, WSAENOTCONN, noopt},
    {"IP_RECVERR", IPPROTO_IP, IP_RECVERR, u4, b, 0, 0},
    {"IP_USER_MTU", IPPROTO_IP, IP_USER_MTU, tur4, whole, -1, -1},
    {"MCAST_JOIN_GROUP", IPPROTO_IP, MCAST_JOIN_GROUP, u4 | r4, bytes, none, none, noopt, 0, sizeof(GROUP_REQ)},
    {"MCAST_LEAVE_GROUP", IPPROTO_IP, MCAST_LEAVE_GROUP, u4 | r4, bytes, none, none, noopt, 0, sizeof(GROUP_REQ)},
    {"MCAST_BLOCK_SOURCE", IPPROTO_IP, MCAST_BLOCK_SOURCE, u4 | r4, bytes, none, none, noopt, 0,
     sizeof(GROUP_SOURCE_REQ)},
    {"MCAST_UNBLOCK_SOURCE", IPPROTO_IP, MCAST_UNBLOCK_SOURCE, u4 | r4, bytes, none, none, noopt, 0,
     sizeof(GROUP_SOURCE_REQ)},
    {"MCAST_JOIN_SOURCE_GROUP", IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, u4 | r4, bytes, none, none, noopt, 0,
     sizeof(GROUP_SOURCE_REQ)},
    {"MCAST_LEAVE_SOURCE_GROUP", IPPROTO_IP, MCAST_LEAVE_SOURCE_GROUP, u4 | r4, bytes, none, none, noopt, 0,
     sizeof(GROUP_SOURCE_REQ)},
    // T-IP6
    {"IPV6_HOPOPTS", IPPROTO_IPV6, IPV6_HOPOPTS, tur6, bytes, 0, none, 0, 0, 0},
    {"IPV6_HDRINCL", IPPROTO_IPV6, IPV6_HDRINCL, r6, b, 0, 1},
    {"IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS, tur6, b, 128, 250},
    {"IPV6_MULTICAST_IF", IPPROTO_IPV6, IPV6_MULTICAST_IF, u6 | r6, whole, 0, 1},
    {"IPV6_MULTICAST_HOPS", IPPROTO_IPV6, IPV6_MULTICAST_HOPS, u6 | r6, b, 1, 33},
    {"IPV6_MULTICAST_LOOP", IPPROTO_IPV6, IPV6_MULTICAST_LOOP, u6 | r6, b, 1, 0},
    {"IPV6_JOIN_GROUP", IPPROTO_IPV6, IPV6_JOIN_GROUP, u6 | r6, bytes, none, none, noopt, 0, 20},
    {"IPV6_LEAVE_GROUP", IPPROTO_IPV6, IPV6_LEAVE_GROUP, u6 | r6, bytes, none, none, noopt, 0, 20},
    {"IPV6_DONTFRAG (t)", IPPROTO_IPV6, IPV6_DONTFRAG, t6, b, 1, 0, 0, 0, 1, true},
    {"IPV6_DONTFRAG (u, r)", IPPROTO_IPV6, IPV6_DONTFRAG, u6 | r6, b, 0, 1, 0, 0, 1, true},
    {"IPV6_PKTINFO", IPPROTO_IPV6, IPV6_PKTINFO, u6 | r6, whole, 0, 1},
    {"IPV6_HOPLIMIT", IPPROTO_IPV6, IPV6_HOPLIMIT, u6 | r6, whole, 0, 1},
    {"IPV6_PROTECTION_LEVEL", IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, tur6, whole, none, 20},
    {"IPV6_RECVIF", IPPROTO_IPV6, IPV6_RECVIF, u6 | r6, b, 0, 1},
    {"IPV6_RECVDSTADDR", IPPROTO_IPV6, IPV6_RECVDSTADDR, u6 | r6, b, 0, 1},
    {"IPV6_CHECKSUM", IPPROTO_IPV6, IPV6_CHECKSUM, r6, whole, none, 2},
    {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY, every, one, 1, 0},
    {"IPV6_IFLIST", IPPROTO_IPV6, IPV6_IFLIST, tur6, whole, 0, 1},
    {"IPV6_UNICAST_IF", IPPROTO_IPV6, IPV6_UNICAST_IF, tur6, whole, 0, 1},
    {"IPV6_RECVRTHDR", IPPROTO_IPV6, IPV6_RECVRTHDR, u6 | r6, b, 0, 0},
    {"IPV6_RECVTCLASS", IPPROTO_IPV6, IPV6_RECVTCLASS, u6 | r6, whole, 0, 1},
    {"IPV6_ECN", IPPROTO_IPV6, IPV6_ECN, u6 | r6, b, 0, 1},
    {"IPV6_MTU_DISCOVER", IPPROTO_IPV6, IPV6_MTU_DISCOVER, tur6, whole, 0, IP_PMTUDISC_DO},
    {"IPV6_MTU", IPPROTO_IPV6, IPV6_MTU, tur6, whole, none, none, WSAENOTCONN, noopt},
    {"IPV6_RECVERR", IPPROTO_IPV6, IPV6_RECVERR, u6, b, 0, 0},
    {"IPV6_USER_MTU", IPPROTO_IPV6, IPV6_USER_MTU, tur6, whole, -1, -1},
    // T-UDP
    {"UDP_NOCHECKSUM", IPPROTO_UDP, UDP_NOCHECKSUM, u4, b, 0, 1},
    {"UDP_SEND_MSG_SIZE", IPPROTO_UDP, UDP_SEND_MSG_SIZE, u4 | u6, whole, 0, 1000},
    {"UDP_RECV_MAX_COALESCED_SIZE", IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, u4 | u6, whole, 0, 0},
    {"UDP_CHECKSUM_COVERAGE", IPPROTO_UDP, UDP_CHECKSUM_COVERAGE, u4, b, none, 0},
};

bool is_ip(const row& each)
{
    return each.level == IPPROTO_IP || each.level == IPPROTO_IPV6;
}

/// getsockopt into a buffer of 0x55 bytes.
struct got {
    int error = 0;
    int length = 0;
    std::array<unsigned char, 512> bytes{};

    got(SOCKET s, const row& from, int room) : length(room)
    {
        bytes.fill(0x55);
        error = error_of(getsockopt(s, from.level, from.option, reinterpret_cast<char*>(bytes.data()), &length));
    }
    [[nodiscard]] int value() const
    {
        int number = 0;
        std::memcpy(&number, bytes.data(), sizeof number);
        return number;
    }
};

int set(SOCKET s, const row& to, const void* value, int length)
{
    return error_of(setsockopt(s, to.level, to.option, static_cast<const char*>(value), length));
}

void check_reading(SOCKET s, const row& each, int expected)
{
    const got four(s, each, 4);
    REQUIRE(four.error == 0);
    if (each.size == bytes) {
        CHECK(four.length == expected);
        return;
    }
    if (expected != none) {
        CHECK(four.value() == (each.size == one ? (0x55555500 | expected) : expected));
    }
    CHECK(four.length == (each.size == one ? 1 : 4));
    const got eight(s, each, 8);
    CHECK(eight.error == 0);
    CHECK(eight.length == four.length);
    const got single(s, each, 1);
    if (each.size == whole) {
        CHECK(single.error == WSAEFAULT);
        CHECK(single.length == (is_ip(each) ? 0 : 1));
    } else {
        CHECK(single.error == 0);
        CHECK(single.length == 1);
        CHECK((expected == none || single.bytes[0] == static_cast<unsigned char>(expected)));
        CHECK(single.bytes[1] == 0x55);
    }
    CHECK(got(s, each, 0).error == WSAEFAULT);
    CHECK(got(s, each, -1).error == WSAEFAULT);
    int room = 4;
    CHECK(error_of(getsockopt(s, each.level, each.option, nullptr, &room)) == WSAEFAULT);
    char byte = 0;
    CHECK(error_of(getsockopt(s, each.level, each.option, &byte, nullptr)) == WSAEFAULT);
}

void check_setting(SOCKET s, const row& each)
{
    const std::array<char, 512> zeros{};
    if (each.size == bytes) {
        if (each.least > 0) {
            CHECK(set(s, each, zeros.data(), each.least - 1) == WSAEFAULT);
            CHECK(set(s, each, nullptr, each.least) == WSAEFAULT);
            CHECK(set(s, each, zeros.data(), each.least) == WSAEINVAL);  // no group
        }
        return;
    }
    CHECK(set(s, each, nullptr, 4) == WSAEFAULT);
    CHECK(set(s, each, zeros.data(), 0) == (each.size == b && !is_ip(each) && each.level == SOL_SOCKET ? 0 : WSAEFAULT));
    if (each.size == whole) {
        CHECK(set(s, each, zeros.data(), 3) == WSAEFAULT);
    }
    if (each.sample == none) {
        return;
    }
    std::array<char, 42> wide{};
    std::memcpy(wide.data(), &each.sample, sizeof each.sample);
    CHECK(set(s, each, wide.data(), 4) == 0);
    if (each.option != SO_SNDBUF) {
        check_reading(s, each, each.sample);
    }
    CHECK(set(s, each, wide.data(), 42) == 0);
    if (each.size != whole) {
        CHECK(set(s, each, wide.data(), 1) == 0);
        check_reading(s, each, each.sample);
    }
}

void check_row(SOCKET s, const row& each, unsigned kind)
{
    const std::array<char, 512> zeros{};
    const int mismatch = is_ip(each) ? WSAEINVAL : WSAENOPROTOOPT;
    if ((each.who & kind) == 0) {
        const bool directionless = each.get_error == noopt;
        CHECK(got(s, each, 512).error == (directionless ? noopt : mismatch));
        CHECK(set(s, each, zeros.data(), 512) == (each.set_error == noopt ? noopt : mismatch));
        return;
    }
    if (each.get_error != 0) {
        CHECK(got(s, each, 512).error == each.get_error);
    } else {
        check_reading(s, each, each.by_default);
    }
    if (each.set_error != 0) {
        CHECK(set(s, each, zeros.data(), 512) == each.set_error);
    } else {
        check_setting(s, each);
    }
}

unique_socket open(const kind_row& kind)
{
    return unique_socket(socket(kind.family, kind.type, kind.protocol));
}

}  // namespace

TEST_CASE("OPT-12, OPT-14, T-SOL, T-TCP, T-IP, T-IP6, T-UDP every option has its type, length, default and errors", "[api][option]")
{
    const winsock started;
    for (const auto& kind : kinds) {
        for (const auto& each : rows) {
            INFO(each.name << " on " << kind.name);
            if (each.split && (each.who & kind.bit) == 0) {
                continue;
            }
            const auto s = open(kind);
            if (s.get() == INVALID_SOCKET && (kind.bit & (r4 | r6)) != 0) {
                CHECK(WSAGetLastError() == WSAEACCES);
                break;
            }
            REQUIRE(s.get() != INVALID_SOCKET);
            check_row(s, each, kind.bit);
        }
    }
}

TEST_CASE("T-IP/IP_DONTFRAGMENT, T-IP6/IPV6_DONTFRAG only sockets of the version have it", "[api][option]")
{
    const winsock started;
    const row ipv4{"IP_DONTFRAGMENT", IPPROTO_IP, IP_DONTFRAGMENT, tur4, b, none, none};
    const row ipv6{"IPV6_DONTFRAG", IPPROTO_IPV6, IPV6_DONTFRAG, tur6, b, none, none};
    CHECK(got(udp(AF_INET6), ipv4, 4).error == WSAEINVAL);
    CHECK(got(udp(), ipv6, 4).error == WSAEINVAL);
}

TEST_CASE("OPT-9, OPT-13, T-IP, T-IP6, T-TCP, T-SOL values out of range are refused", "[api][option]")
{
    const winsock started;
    struct refusal {
        int level;
        int option;
        int value;
        int error;
        int family = AF_INET;
    };
    const refusal of_udp[] = {
        {IPPROTO_IP, IP_TTL, 256, WSAEINVAL},
        {IPPROTO_IP, IP_TTL, -1, WSAEINVAL},
        {IPPROTO_IP, IP_TOS, 256, WSAEINVAL},
        {IPPROTO_IP, IP_MULTICAST_TTL, 256, WSAEINVAL},
        {IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_NOT_SET, WSAEINVAL},
        {IPPROTO_IP, IP_MTU_DISCOVER, 4, WSAEINVAL},
        {IPPROTO_IP, IP_RECVERR, 1, WSAENOPROTOOPT},
        {IPPROTO_IP, IP_USER_MTU, 1400, WSAENOPROTOOPT},
        {IPPROTO_UDP, UDP_SEND_MSG_SIZE, 70000, WSAEINVAL},
        {IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, 65535, WSAENOPROTOOPT},
        {IPPROTO_IPV6, IPV6_UNICAST_HOPS, 256, WSAEINVAL, AF_INET6},
        {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 256, WSAEINVAL, AF_INET6},
        {IPPROTO_IPV6, IPV6_MTU_DISCOVER, IP_PMTUDISC_NOT_SET, WSAEINVAL, AF_INET6},
        {IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, 15, WSAEINVAL, AF_INET6},
        {IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, PROTECTION_LEVEL_RESTRICTED, WSAENOPROTOOPT, AF_INET6},
        {IPPROTO_IPV6, IPV6_RECVRTHDR, 1, WSAENOPROTOOPT, AF_INET6},
        {IPPROTO_UDP, UDP_NOCHECKSUM, 1, WSAENOPROTOOPT, AF_INET6},
    };
    for (const auto& each : of_udp) {
        INFO("level " << each.level << ", option " << each.option << ", value " << each.value);
        const auto s = udp(each.family);
        CHECK(error_of(setsockopt(s, each.level, each.option, reinterpret_cast<const char*>(&each.value), 4)) == each.error);
    }
    const refusal of_tcp[] = {
        {IPPROTO_TCP, TCP_MAXRT, -2, WSAEINVAL},        {IPPROTO_TCP, TCP_KEEPCNT, 256, WSAEINVAL},
        {IPPROTO_TCP, TCP_KEEPIDLE, 0, WSAEINVAL},      {SOL_SOCKET, SO_SNDBUF, -1, WSAEINVAL},
        {SOL_SOCKET, SO_PAUSE_ACCEPT, 1, WSAENOPROTOOPT},
    };
    for (const auto& each : of_tcp) {
        INFO("level " << each.level << ", option " << each.option << ", value " << each.value);
        CHECK(error_of(setsockopt(tcp(), each.level, each.option, reinterpret_cast<const char*>(&each.value), 4)) ==
              each.error);
    }
}

TEST_CASE("OPT-1, OPT-2 unknown levels and names", "[api][option]")
{
    const winsock started;
    const auto s = udp();
    int value = 1;
    int length = sizeof value;
    for (const int level : {-1, 0x8000, 255, 58}) {
        CHECK(error_of(getsockopt(s, level, 1, reinterpret_cast<char*>(&value), &length)) == WSAEINVAL);
        CHECK(error_of(setsockopt(s, level, 1, nullptr, 0)) == WSAEINVAL);
    }
    for (const int level : {SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP}) {
        CHECK(error_of(getsockopt(s, level, 0x5F5F, nullptr, nullptr)) == WSAENOPROTOOPT);
        CHECK(error_of(setsockopt(s, level, 0x5F5F, nullptr, 0)) == WSAENOPROTOOPT);
    }
    CHECK(error_of(getsockopt(INVALID_SOCKET, -1, 0x5F5F, nullptr, nullptr)) == WSAENOTSOCK);
    CHECK(error_of(setsockopt(INVALID_SOCKET, -1, 0x5F5F, nullptr, 0)) == WSAENOTSOCK);
    // SO_OPENTYPE is the thread's and needs no socket.
    value = SO_SYNCHRONOUS_NONALERT;
    for (const SOCKET any : {s.get(), INVALID_SOCKET}) {
        CHECK(setsockopt(any, SOL_SOCKET, SO_OPENTYPE, reinterpret_cast<const char*>(&value), 4) == 0);
        CHECK(get_option(any, SOL_SOCKET, SO_OPENTYPE) == SO_SYNCHRONOUS_NONALERT);
    }
    value = 0;
    CHECK(setsockopt(s, SOL_SOCKET, SO_OPENTYPE, reinterpret_cast<const char*>(&value), 4) == 0);
}

TEST_CASE("OPT-4, OPT-5, OPT-6, OPT-7, OPT-8 how many bytes of a value count", "[api][option]")
{
    const winsock started;
    const auto stream = tcp();
    const auto set_bytes = [&](int level, int name, const void* value, int length) {
        return error_of(setsockopt(stream, level, name, static_cast<const char*>(value), length));
    };
    const int one = 1;
    const int high = 0x100;
    // Length -1 is taken at SOL_SOCKET, but for options of one byte.
    CHECK(set_bytes(SOL_SOCKET, SO_DEBUG, &one, -1) == 0);
    CHECK(get_option(stream, SOL_SOCKET, SO_DEBUG) == 1);
    CHECK(set_bytes(SOL_SOCKET, SO_KEEPALIVE, &one, -1) == WSAENOBUFS);
    CHECK(set_bytes(IPPROTO_TCP, TCP_NODELAY, &one, -1) == WSAENOBUFS);
    CHECK(set_bytes(IPPROTO_IP, IP_TTL, &one, -1) == WSAENOBUFS);
    CHECK(set_bytes(SOL_SOCKET, SO_DEBUG, &high, 4) == 0);
    CHECK(get_option(stream, SOL_SOCKET, SO_DEBUG) == 1);
    CHECK(set_bytes(SOL_SOCKET, SO_KEEPALIVE, &high, 4) == 0);
    unsigned char keep = 9;
    int length = 1;
    CHECK(getsockopt(stream, SOL_SOCKET, SO_KEEPALIVE, reinterpret_cast<char*>(&keep), &length) == 0);
    CHECK(keep == 0);
    const int low_bytes = 0x0A21;
    CHECK(set_bytes(IPPROTO_IP, IP_TTL, &low_bytes, 1) == 0);
    CHECK(get_option(stream, IPPROTO_IP, IP_TTL) == 0x21);
    // What a get that is too short leaves behind.
    length = 3;
    CHECK(error_of(getsockopt(stream, SOL_SOCKET, SO_SNDBUF, reinterpret_cast<char*>(&keep), &length)) == WSAEFAULT);
    CHECK(length == 3);
    CHECK(error_of(getsockopt(stream, IPPROTO_IP, IP_MTU_DISCOVER, reinterpret_cast<char*>(&keep), &length)) ==
          WSAEFAULT);
    CHECK(length == 0);
}

TEST_CASE("T-SOL/SO_RANDOMIZE_PORT, T-SOL/SO_PORT_SCALABILITY, T-SOL/SO_REUSE_UNICASTPORT count at bind time",
          "[api][option]")
{
    const winsock started;
    const auto s = tcp();
    set_option(s, SOL_SOCKET, SO_REUSE_UNICASTPORT, 1);
    const int one = 1;
    CHECK(error_of(setsockopt(s, SOL_SOCKET, SO_RANDOMIZE_PORT, reinterpret_cast<const char*>(&one), 4)) == WSAEINVAL);
    REQUIRE(bind_to(s, loopback(AF_INET)) == 0);
    for (const int name : {SO_RANDOMIZE_PORT, SO_PORT_SCALABILITY, SO_REUSE_UNICASTPORT}) {
        CHECK(error_of(setsockopt(s, SOL_SOCKET, name, reinterpret_cast<const char*>(&one), 4)) == WSAEINVAL);
    }
    // The port comes with the connection.
    const auto listening = listener();
    REQUIRE(connect_to(s, local_of(listening)) == 0);
    const auto accepted = accept_from(listening);
    CHECK(local_of(s).port() != 0);
    CHECK(peer_of(accepted) == local_of(s));
}

TEST_CASE("T-UDP/UDP_SEND_MSG_SIZE a send becomes datagrams of that size", "[api][option]")
{
    const winsock started;
    const auto receiver = bound_udp();
    const auto sender = udp();
    set_option(sender, IPPROTO_UDP, UDP_SEND_MSG_SIZE, 10);
    const auto where = local_of(receiver);
    const std::string text = "0123456789abcdefghijXYZ";
    REQUIRE(sendto(sender, text.data(), static_cast<int>(text.size()), 0, where.get(), where.length) ==
            static_cast<int>(text.size()));
    CHECK(receive_text(receiver, 10) == "0123456789");
    CHECK(receive_text(receiver, 10) == "abcdefghij");
    CHECK(receive_text(receiver, 3) == "XYZ");
}

TEST_CASE("T-UDP/UDP_NOCHECKSUM, T-UDP/UDP_CHECKSUM_COVERAGE are two sides of one setting", "[api][option]")
{
    const winsock started;
    const auto s = udp();
    CHECK(get_option(s, IPPROTO_UDP, UDP_CHECKSUM_COVERAGE) == 1);
    set_option(s, IPPROTO_UDP, UDP_NOCHECKSUM, 1);
    CHECK(get_option(s, IPPROTO_UDP, UDP_CHECKSUM_COVERAGE) == 0);
    set_option(s, IPPROTO_UDP, UDP_CHECKSUM_COVERAGE, 1);
    CHECK(get_option(s, IPPROTO_UDP, UDP_NOCHECKSUM) == 0);
}

TEST_CASE("T-TCP/TCP_MAXRT, T-TCP/TCP_MAXRTMS, T-TCP/TCP_MAXSEG, T-TCP/TCP_TIMESTAMPS of a connection", "[api][option]")
{
    const winsock started;
    const tcp_pair pair;
    CHECK(get_option(pair.client, IPPROTO_TCP, TCP_MAXSEG) > 500);
    const int timestamps = get_option(pair.client, IPPROTO_TCP, TCP_TIMESTAMPS);
    CHECK(timestamps == get_option(pair.server, IPPROTO_TCP, TCP_TIMESTAMPS));
    set_option(pair.client, IPPROTO_TCP, TCP_MAXRTMS, 2500);
    CHECK(get_option(pair.client, IPPROTO_TCP, TCP_MAXRT) == 3);
    set_option(pair.client, IPPROTO_TCP, TCP_MAXRT, -1);
    CHECK(get_option(pair.client, IPPROTO_TCP, TCP_MAXRTMS) == -1);
}

TEST_CASE("T-IP/IP_MTU, T-IP6/IPV6_MTU_DISCOVER-MTU, LNX-35 the path's limit and who heeds it", "[api][option]")
{
    const winsock started;
    const int family = GENERATE(AF_INET, AF_INET6);
    const int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
    const int dont_fragment = family == AF_INET ? IP_DONTFRAGMENT : IPV6_DONTFRAG;
    const auto receiver = bound_udp(family);
    const auto sender = udp(family);
    const auto where = local_of(receiver);
    REQUIRE(connect_to(sender, where) == 0);
    const int limit = get_option(sender, level, family == AF_INET ? IP_MTU : IPV6_MTU);
    CHECK(limit >= 1280);
    if (limit > 60000) {
        return;  // no datagram is longer than this
    }
    const std::vector<char> longer(static_cast<std::size_t>(limit) + 100);
    const auto send_it = [&] { return send(sender, longer.data(), static_cast<int>(longer.size()), 0); };
    CHECK(send_it() == static_cast<int>(longer.size()));  // in fragments, by default
    set_option(sender, level, dont_fragment, 1);
    CHECK(error_of(send_it()) == WSAEMSGSIZE);
    set_option(sender, level, dont_fragment, 0);
    CHECK(send_it() == static_cast<int>(longer.size()));
    set_option(sender, level, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
    CHECK(error_of(send_it()) == WSAEMSGSIZE);
    set_option(sender, level, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
    CHECK(send_it() == static_cast<int>(longer.size()));
}

TEST_CASE("T-IP/IP_UNICAST_IF, T-IP6/UNICAST_IF an index goes in as the network's and comes out as the host's",
          "[api][option]")
{
    const winsock started;
    const auto s = udp();
    set_option(s, IPPROTO_IP, IP_UNICAST_IF, static_cast<int>(htonl(1)));
    CHECK(get_option(s, IPPROTO_IP, IP_UNICAST_IF) == 1);
    const auto six = udp(AF_INET6);
    set_option(six, IPPROTO_IPV6, IPV6_UNICAST_IF, 1);
    CHECK(get_option(six, IPPROTO_IPV6, IPV6_UNICAST_IF) == 1);
    const auto receiver = bound_udp();
    const auto where = local_of(receiver);
    CHECK(sendto(s, "by lo", 5, 0, where.get(), where.length) == 5);
    CHECK(receive_text(receiver, 5) == "by lo");
}

TEST_CASE("T-IP/IP_OPTIONS header options are read back and reach the system", "[api][option]")
{
    const winsock started;
    const auto s = udp();
    const std::array<char, 4> no_operations{1, 1, 1, 1};
    REQUIRE(setsockopt(s, IPPROTO_IP, IP_OPTIONS, no_operations.data(), 4) == 0);
    std::array<char, 40> got_bytes{};
    int length = sizeof got_bytes;
    REQUIRE(getsockopt(s, IPPROTO_IP, IP_OPTIONS, got_bytes.data(), &length) == 0);
    CHECK(length == 4);
    CHECK(std::memcmp(got_bytes.data(), no_operations.data(), 4) == 0);
    length = 3;
    CHECK(error_of(getsockopt(s, IPPROTO_IP, IP_OPTIONS, got_bytes.data(), &length)) == WSAEFAULT);
    const std::array<char, 44> too_long{};
    CHECK(error_of(setsockopt(s, IPPROTO_IP, IP_OPTIONS, too_long.data(), sizeof too_long)) == WSAEINVAL);
    CHECK(setsockopt(s, IPPROTO_IP, IP_OPTIONS, nullptr, 0) == 0);
    length = sizeof got_bytes;
    CHECK(getsockopt(s, IPPROTO_IP, IP_OPTIONS, got_bytes.data(), &length) == 0);
    CHECK(length == 0);
}

TEST_CASE("GROUP-1, GROUP-5 groups are accepted and ignored", "[api][option]")
{
    const winsock started;
    for (const GROUP group : {0U, 1U, 2U, 4711U}) {
        const unique_socket s(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, group, WSA_FLAG_OVERLAPPED));
        REQUIRE(s.get() != INVALID_SOCKET);
        CHECK(get_option(s, SOL_SOCKET, SO_GROUP_ID) == 0);
        set_option(s, SOL_SOCKET, SO_GROUP_PRIORITY, 7);
        CHECK(get_option(s, SOL_SOCKET, SO_GROUP_PRIORITY) == 7);
    }
}

TEST_CASE("OPT-10, OPT-11 options are kept by connections and go over to accepted ones", "[api][option]")
{
    const winsock started;
    const auto listening = listener();
    struct inherited {
        int level;
        int option;
        int value;
    };
    const inherited all[] = {
        {SOL_SOCKET, SO_REUSEADDR, 1},   {SOL_SOCKET, SO_OOBINLINE, 1},  {SOL_SOCKET, SO_SNDBUF, 54321},
        {SOL_SOCKET, SO_RCVBUF, 54321},  {SOL_SOCKET, SO_SNDTIMEO, 555}, {SOL_SOCKET, SO_RCVTIMEO, 555},
        {SOL_SOCKET, SO_LINGER, 0x022B0001},
    };
    for (const auto& each : all) {
        set_option(listening, each.level, each.option, each.value);
    }
    const std::pair<int, int> flags[] = {{SOL_SOCKET, SO_KEEPALIVE}, {IPPROTO_TCP, TCP_NODELAY}};
    for (const auto& [level, option] : flags) {
        set_option(listening, level, option, 1);
    }
    const auto client = connect_to_listener(listening);
    const auto accepted = accept_from(listening);
    for (const auto& each : all) {
        INFO("option " << each.option);
        CHECK(get_option(accepted, each.level, each.option) == each.value);
        CHECK(get_option(listening, each.level, each.option) == each.value);
    }
    for (const auto& [level, option] : flags) {
        char on = 0;
        int length = 1;
        CHECK(getsockopt(accepted, level, option, &on, &length) == 0);
        CHECK(on == 1);
    }
}
