// The catalog's fields, and raw sockets: whom they are given, echo requests over loopback, headers of one's own. Answers to the
// pages "WSAPROTOCOL_INFOW", "TCP/IP Raw Sockets". Where the process may not have raw sockets, the tests say so and end.
#include "support/catch.hpp"

#include "support/api_fixture.hpp"

#include <ws2spi.h>

#include <array>
#include <cstring>
#include <numeric>

using namespace spindle::test;

namespace {

std::vector<WSAPROTOCOL_INFOW> catalog(bool hidden_too)
{
    DWORD size = 0;
    int error = 0;
    (void)(hidden_too ? WSCEnumProtocols(nullptr, nullptr, &size, &error) : WSAEnumProtocolsW(nullptr, nullptr, &size));
    std::vector<WSAPROTOCOL_INFOW> entries(size / sizeof(WSAPROTOCOL_INFOW));
    const int count = hidden_too ? WSCEnumProtocols(nullptr, entries.data(), &size, &error)
                                 : WSAEnumProtocolsW(nullptr, entries.data(), &size);
    REQUIRE(count == static_cast<int>(entries.size()));
    return entries;
}

struct expected_entry {
    const char* name;
    int family;
    int type;
    int protocol;
    DWORD service_flags;
    DWORD provider_flags;
    int largest_address;
    int smallest_address;
    DWORD message_size;
};

// T-CAT, but for the names and ids, which are the provider's own.
constexpr expected_entry expected[] = {
    {"[TCP/IP]", AF_INET, SOCK_STREAM, IPPROTO_TCP, 0x20066, 8, 16, 16, 0},
    {"[UDP/IP]", AF_INET, SOCK_DGRAM, IPPROTO_UDP, 0x20609, 8, 16, 16, 0xFFBB},
    {"[RAW/IP]", AF_INET, SOCK_RAW, 0, 0x20609, 12, 16, 16, 0x8000},
    {"[TCP/IPv6]", AF_INET6, SOCK_STREAM, IPPROTO_TCP, 0x20066, 8, 28, 28, 0},
    {"[UDP/IPv6]", AF_INET6, SOCK_DGRAM, IPPROTO_UDP, 0x20609, 8, 28, 28, 0xFFBB},
    {"[RAW/IPv6]", AF_INET6, SOCK_RAW, 0, 0x20609, 12, 28, 28, 0x8000},
    {"AF_UNIX", AF_UNIX, SOCK_STREAM, 0, 0x20026, 8, 110, 2, 0},
};

bool ends_with(const WCHAR* text, const std::string& end)
{
    std::string narrow;
    for (; *text != 0; ++text) {
        narrow.push_back(static_cast<char>(*text));
    }
    return narrow.size() >= end.size() && narrow.compare(narrow.size() - end.size(), end.size(), end) == 0;
}

/// A raw socket, or none with a message when the process may not have any.
unique_socket raw_socket(int family, int protocol)
{
    unique_socket made(socket(family, SOCK_RAW, protocol));
    if (made.get() == INVALID_SOCKET) {
        REQUIRE(WSAGetLastError() == WSAEACCES);  // SOCK-23
        WARN("this process may not have raw sockets");
    } else {
        set_option(made, SOL_SOCKET, SO_RCVTIMEO, 20'000);
    }
    return made;
}

unsigned short checksum(const unsigned char* bytes, std::size_t size)
{
    unsigned long sum = 0;
    for (std::size_t at = 0; at < size; at += 2) {
        sum += static_cast<unsigned long>(bytes[at] << 8) + (at + 1 < size ? bytes[at + 1] : 0);
    }
    while (sum > 0xFFFF) {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return static_cast<unsigned short>(~sum & 0xFFFF);
}

using packet = std::array<unsigned char, 16>;

packet echo_request(unsigned char type, unsigned short id)
{
    packet made{type, 0, 0, 0, static_cast<unsigned char>(id >> 8), static_cast<unsigned char>(id & 0xFF), 0, 1,
                's',  'p', 'i', 'n', 'd', 'l', 'e', '!'};
    const auto sum = checksum(made.data(), made.size());
    made[2] = static_cast<unsigned char>(sum >> 8);
    made[3] = static_cast<unsigned char>(sum & 0xFF);
    return made;
}

/// Receives until a packet with this type and id comes; its data begins at `offset`.
bool wait_for_echo(SOCKET s, unsigned char type, unsigned short id, std::size_t offset, endpoint& from)
{
    for (int others = 0; others < 1000; ++others) {
        std::array<unsigned char, 256> got{};
        from.length = sizeof from.storage;
        const int size = recvfrom(s, reinterpret_cast<char*>(got.data()), static_cast<int>(got.size()), 0, from.get(),
                                  &from.length);
        if (size == SOCKET_ERROR) {
            return false;
        }
        if (static_cast<std::size_t>(size) == offset + sizeof(packet) && got[offset] == type &&
            got[offset + 4] == id >> 8 && got[offset + 5] == (id & 0xFF)) {
            return std::memcmp(&got[offset + 8], "spindle!", 8) == 0;
        }
    }
    return false;
}

constexpr unsigned short our_id = 0x5D1E;

}  // namespace

TEST_CASE("CAT-1, CAT-3, CAT-4, T-CAT the entries of the catalog", "[api][catalog]")
{
    const winsock started;
    const auto all = catalog(true);
    REQUIRE(all.size() == std::size(expected));
    for (std::size_t at = 0; at < all.size(); ++at) {
        const auto& info = all[at];
        const auto& wanted = expected[at];
        INFO(wanted.name);
        CHECK(ends_with(info.szProtocol, wanted.name));
        CHECK(info.iAddressFamily == wanted.family);
        CHECK(info.iSocketType == wanted.type);
        CHECK(info.iProtocol == wanted.protocol);
        CHECK(info.dwServiceFlags1 == wanted.service_flags);
        CHECK(info.dwServiceFlags2 == 0);
        CHECK(info.dwServiceFlags3 == 0);
        CHECK(info.dwServiceFlags4 == 0);
        CHECK(info.dwProviderFlags == wanted.provider_flags);
        CHECK(info.iMaxSockAddr == wanted.largest_address);
        CHECK(info.iMinSockAddr == wanted.smallest_address);
        CHECK(info.dwMessageSize == wanted.message_size);
        CHECK(info.ProtocolChain.ChainLen == 1);
        CHECK(info.iVersion == 2);
        CHECK(info.iProtocolMaxOffset == (wanted.type == SOCK_RAW ? 255 : 0));
        CHECK(info.iNetworkByteOrder == BIGENDIAN);
        CHECK(info.iSecurityScheme == SECURITY_PROTOCOL_NONE);
        CHECK(info.dwProviderReserved == 0);
        CHECK(info.dwCatalogEntryId != 0);
    }
    // PFL_HIDDEN: not for programs, and they match protocol 0 all the same.
    for (const auto& info : catalog(false)) {
        CHECK(info.iSocketType != SOCK_RAW);
    }
}

TEST_CASE("CAT-2 a socket tells its entry", "[api][catalog]")
{
    const winsock started;
    for (const auto& wanted : expected) {
        if (wanted.type == SOCK_RAW) {
            continue;
        }
        INFO(wanted.name);
        const unique_socket s(socket(wanted.family, wanted.type, wanted.protocol));
        REQUIRE(s.get() != INVALID_SOCKET);
        WSAPROTOCOL_INFOW wide{};
        WSAPROTOCOL_INFOA narrow{};
        int length = sizeof wide;
        REQUIRE(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&wide), &length) == 0);
        length = sizeof narrow;
        REQUIRE(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, reinterpret_cast<char*>(&narrow), &length) == 0);
        CHECK(std::memcmp(&wide, &narrow, offsetof(WSAPROTOCOL_INFOW, szProtocol)) == 0);
        bool found = false;
        for (const auto& info : catalog(false)) {
            found = found || std::memcmp(&info, &wide, sizeof wide) == 0;
        }
        CHECK(found);
    }
}

TEST_CASE("SOCK-23 raw sockets are for those who may have them", "[api][raw]")
{
    const winsock started;
    const auto s = raw_socket(AF_INET, IPPROTO_ICMP);
    if (s.get() == INVALID_SOCKET) {
        return;
    }
    CHECK(get_option(s, SOL_SOCKET, SO_TYPE) == SOCK_RAW);
    WSAPROTOCOL_INFOW info{};
    int length = sizeof info;
    REQUIRE(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&info), &length) == 0);
    CHECK(info.iSocketType == SOCK_RAW);
    CHECK(info.iProtocol == IPPROTO_ICMP);
    CHECK(error_of(listen(s, 1)) == WSAEOPNOTSUPP);
    REQUIRE(bind_to(s, loopback(AF_INET, 99)) == 0);
    CHECK(local_of(s) == loopback(AF_INET, 0));
}

TEST_CASE("T-CAT echo requests over loopback", "[api][raw]")
{
    const winsock started;
    const auto s = raw_socket(AF_INET, IPPROTO_ICMP);
    if (s.get() == INVALID_SOCKET) {
        return;
    }
    const auto request = echo_request(8, our_id);
    const auto where = loopback(AF_INET, 0);
    const bool connected = GENERATE(false, true);
    if (connected) {
        REQUIRE(connect_to(s, where) == 0);
        REQUIRE(send(s, reinterpret_cast<const char*>(request.data()), sizeof request, 0) == sizeof request);
    } else {
        REQUIRE(sendto(s, reinterpret_cast<const char*>(request.data()), sizeof request, 0, where.get(), where.length) ==
                sizeof request);
    }
    endpoint from;
    CHECK(wait_for_echo(s, 0, our_id, 20, from));
    CHECK(from == where);
}

TEST_CASE("T-CAT echo requests over IPv6 loopback", "[api][raw]")
{
    const winsock started;
    const auto s = raw_socket(AF_INET6, IPPROTO_ICMPV6);
    if (s.get() == INVALID_SOCKET) {
        return;
    }
    const auto request = echo_request(128, our_id);
    const auto where = loopback(AF_INET6, 7);  // the port is nothing to a raw socket
    REQUIRE(sendto(s, reinterpret_cast<const char*>(request.data()), sizeof request, 0, where.get(), where.length) ==
            sizeof request);
    endpoint from;
    CHECK(wait_for_echo(s, 129, our_id, 0, from));
    CHECK(from == loopback(AF_INET6, 0));
}

TEST_CASE("T-IP/IP_HDRINCL a header of one's own", "[api][raw]")
{
    const winsock started;
    const auto s = raw_socket(AF_INET, IPPROTO_ICMP);
    if (s.get() == INVALID_SOCKET) {
        return;
    }
    const auto request = echo_request(8, our_id + 1);
    std::array<unsigned char, 20 + sizeof(packet)> whole{0x45, 0, 0, 20 + sizeof(packet), 0, 0, 0, 0, 77, IPPROTO_ICMP,
                                                         0,    0, 127, 0, 0, 9, 127, 0, 0, 1};
    std::memcpy(&whole[20], request.data(), request.size());
    set_option(s, IPPROTO_IP, IP_HDRINCL, 1);
    REQUIRE(bind_to(s, wildcard(AF_INET)) == 0);
    const auto where = loopback(AF_INET, 0);
    REQUIRE(sendto(s, reinterpret_cast<const char*>(whole.data()), sizeof whole, 0, where.get(), where.length) ==
            sizeof whole);
    // The request itself comes by as well, with the source that the header gave it.
    endpoint from;
    CHECK(wait_for_echo(s, 8, our_id + 1, 20, from));
    CHECK(from.address() == "127.0.0.9");
}
