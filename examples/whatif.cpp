// What if one asked? Prints what the providers of this machine offer, as tables: the entries of the catalog, and for a socket
// of each kind every option's value and every control code's answer, or the error it gives.
//
//     whatif [--options | --codes]
//
// Plain Winsock: run it on Windows and on Linux and compare.
#include <winsock2.h>
#include <ws2tcpip.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

// Numbers instead of names: not every version of the headers has all of them.
struct option {
    const char* name;
    int level;
    int number;
};

constexpr int sol = 0xFFFF;
constexpr option options[] = {
    {"SO_DEBUG", sol, 0x1},
    {"SO_ACCEPTCONN", sol, 0x2},
    {"SO_REUSEADDR", sol, 0x4},
    {"SO_KEEPALIVE", sol, 0x8},
    {"SO_DONTROUTE", sol, 0x10},
    {"SO_BROADCAST", sol, 0x20},
    {"SO_LINGER", sol, 0x80},
    {"SO_OOBINLINE", sol, 0x100},
    {"SO_DONTLINGER", sol, ~0x80},
    {"SO_EXCLUSIVEADDRUSE", sol, ~0x4},
    {"SO_SNDBUF", sol, 0x1001},
    {"SO_RCVBUF", sol, 0x1002},
    {"SO_SNDTIMEO", sol, 0x1005},
    {"SO_RCVTIMEO", sol, 0x1006},
    {"SO_ERROR", sol, 0x1007},
    {"SO_TYPE", sol, 0x1008},
    {"SO_MAX_MSG_SIZE", sol, 0x2003},
    {"SO_CONDITIONAL_ACCEPT", sol, 0x3002},
    {"SO_PAUSE_ACCEPT", sol, 0x3003},
    {"SO_RANDOMIZE_PORT", sol, 0x3005},
    {"SO_PORT_SCALABILITY", sol, 0x3006},
    {"SO_REUSE_UNICASTPORT", sol, 0x3007},
    {"SO_REUSE_MULTICASTPORT", sol, 0x3008},
    {"SO_CONNECT_TIME", sol, 0x700C},
    {"TCP_NODELAY", IPPROTO_TCP, 1},
    {"TCP_EXPEDITED_1122", IPPROTO_TCP, 2},
    {"TCP_KEEPIDLE", IPPROTO_TCP, 3},
    {"TCP_MAXSEG", IPPROTO_TCP, 4},
    {"TCP_MAXRT", IPPROTO_TCP, 5},
    {"TCP_TIMESTAMPS", IPPROTO_TCP, 10},
    {"TCP_MAXRTMS", IPPROTO_TCP, 14},
    {"TCP_FASTOPEN", IPPROTO_TCP, 15},
    {"TCP_KEEPCNT", IPPROTO_TCP, 16},
    {"TCP_KEEPINTVL", IPPROTO_TCP, 17},
    {"TCP_FAIL_CONNECT_ON_ICMP_ERROR", IPPROTO_TCP, 18},
    {"IP_TOS", IPPROTO_IP, 3},
    {"IP_TTL", IPPROTO_IP, 4},
    {"IP_MULTICAST_IF", IPPROTO_IP, 9},
    {"IP_MULTICAST_TTL", IPPROTO_IP, 10},
    {"IP_MULTICAST_LOOP", IPPROTO_IP, 11},
    {"IP_DONTFRAGMENT", IPPROTO_IP, 14},
    {"IP_PKTINFO", IPPROTO_IP, 19},
    {"IP_RECVTTL", IPPROTO_IP, 21},
    {"IP_RECEIVE_BROADCAST", IPPROTO_IP, 22},
    {"IP_IFLIST", IPPROTO_IP, 28},
    {"IP_UNICAST_IF", IPPROTO_IP, 31},
    {"IP_MTU_DISCOVER", IPPROTO_IP, 71},
    {"IP_MTU", IPPROTO_IP, 73},
    {"IP_USER_MTU", IPPROTO_IP, 76},
    {"IPV6_UNICAST_HOPS", IPPROTO_IPV6, 4},
    {"IPV6_MULTICAST_IF", IPPROTO_IPV6, 9},
    {"IPV6_MULTICAST_HOPS", IPPROTO_IPV6, 10},
    {"IPV6_MULTICAST_LOOP", IPPROTO_IPV6, 11},
    {"IPV6_DONTFRAG", IPPROTO_IPV6, 14},
    {"IPV6_PKTINFO", IPPROTO_IPV6, 19},
    {"IPV6_PROTECTION_LEVEL", IPPROTO_IPV6, 23},
    {"IPV6_V6ONLY", IPPROTO_IPV6, 27},
    {"IPV6_UNICAST_IF", IPPROTO_IPV6, 31},
    {"IPV6_MTU_DISCOVER", IPPROTO_IPV6, 71},
    {"IPV6_MTU", IPPROTO_IPV6, 72},
    {"UDP_NOCHECKSUM", IPPROTO_UDP, 1},
    {"UDP_SEND_MSG_SIZE", IPPROTO_UDP, 2},
    {"UDP_RECV_MAX_COALESCED_SIZE", IPPROTO_UDP, 3},
};

struct control_code {
    const char* name;
    DWORD code;
};

// Those that only ask.
constexpr control_code codes[] = {
    {"FIONREAD", 0x4004667F},
    {"SIOCATMARK", 0x40047307},
    {"SIO_GET_INTERFACE_LIST", 0x4004747F},
    {"SIO_IDEAL_SEND_BACKLOG_QUERY", 0x4004747B},
    {"SIO_GET_BROADCAST_ADDRESS", 0x48000005},
    {"SIO_ADDRESS_LIST_QUERY", 0x48000016},
    {"SIO_BSP_HANDLE", 0x4800001B},
    {"SIO_BSP_HANDLE_SELECT", 0x4800001C},
    {"SIO_BSP_HANDLE_POLL", 0x4800001D},
    {"SIO_BASE_HANDLE", 0x48000022},
    {"SIO_QUERY_RSS_PROCESSOR_INFO", 0x48000025},
    {"SIO_TCP_INFO", 0xD8000027},
    {"SIO_AF_UNIX_GETPEERPID", 0x58000100},
    {"SIO_FLUSH", 0x28000004},
    {"SIO_ENABLE_CIRCULAR_QUEUEING", 0x28000002},
};

struct kind {
    const char* name;
    int family;
    int type;
    int protocol;
};
constexpr kind kinds[] = {{"TCP/IPv4", AF_INET, SOCK_STREAM, IPPROTO_TCP},
                          {"UDP/IPv4", AF_INET, SOCK_DGRAM, IPPROTO_UDP},
                          {"TCP/IPv6", AF_INET6, SOCK_STREAM, IPPROTO_TCP},
                          {"UDP/IPv6", AF_INET6, SOCK_DGRAM, IPPROTO_UDP}};

struct open_kind {
    const kind* of;
    SOCKET s;
};

std::string narrow(const WCHAR* text)
{
    std::string made;
    for (; *text != 0; ++text) {
        made.push_back(*text < 0x7F ? static_cast<char>(*text) : '?');
    }
    return made;
}

bool print_catalog()
{
    DWORD size = 0;
    WSAEnumProtocolsW(nullptr, nullptr, &size);
    std::vector<WSAPROTOCOL_INFOW> entries(size / sizeof(WSAPROTOCOL_INFOW) + 1);
    size = static_cast<DWORD>(entries.size() * sizeof(WSAPROTOCOL_INFOW));
    const int count = WSAEnumProtocolsW(nullptr, entries.data(), &size);
    std::printf("%-36s %6s %5s %6s %10s %8s %8s %11s\n", "catalog entry", "family", "type", "proto", "services", "flags",
                "address", "message");
    for (int at = 0; at < count; ++at) {
        const WSAPROTOCOL_INFOW& each = entries[static_cast<std::size_t>(at)];
        std::printf("%-36s %6d %5d %6d %#10lx %#8lx %4d-%-3d %#11lx\n", narrow(each.szProtocol).c_str(), each.iAddressFamily,
                    each.iSocketType, each.iProtocol, static_cast<unsigned long>(each.dwServiceFlags1),
                    static_cast<unsigned long>(each.dwProviderFlags), each.iMinSockAddr, each.iMaxSockAddr,
                    static_cast<unsigned long>(each.dwMessageSize));
    }
    return count > 0;
}

void print_heading(const char* what, const std::vector<open_kind>& sockets)
{
    std::printf("\n%-36s", what);
    for (const open_kind& each : sockets) {
        std::printf(" %14s", each.of->name);
    }
    std::printf("\n");
}

void print_options(const std::vector<open_kind>& sockets)
{
    print_heading("option", sockets);
    for (const option& asked : options) {
        std::printf("%-36s", asked.name);
        for (const open_kind& each : sockets) {
            int value = 0;
            int length = sizeof value;
            if (getsockopt(each.s, asked.level, asked.number, reinterpret_cast<char*>(&value), &length) == 0) {
                std::printf(" %14d", value);
            } else {
                std::printf("    error %5d", WSAGetLastError());
            }
        }
        std::printf("\n");
    }
}

void print_codes(const std::vector<open_kind>& sockets)
{
    print_heading("control code", sockets);
    for (const control_code& asked : codes) {
        std::printf("%-36s", asked.name);
        for (const open_kind& each : sockets) {
            DWORD version = 0;
            DWORD returned = 0;
            std::vector<char> out(65536);
            if (WSAIoctl(each.s, asked.code, &version, sizeof version, out.data(), static_cast<DWORD>(out.size()), &returned,
                         nullptr, nullptr) == 0) {
                std::printf("  %7lu bytes", static_cast<unsigned long>(returned));
            } else {
                std::printf("    error %5d", WSAGetLastError());
            }
        }
        std::printf("\n");
    }
}

std::vector<open_kind> open_all()
{
    std::vector<open_kind> sockets;
    for (const kind& each : kinds) {
        const SOCKET s = socket(each.family, each.type, each.protocol);
        if (s != INVALID_SOCKET) {
            sockets.push_back({&each, s});
        }
    }
    return sockets;
}

}  // namespace

int main(int argc, char** argv)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        std::fprintf(stderr, "no Winsock\n");
        return 1;
    }
    const std::string only = argc > 1 ? argv[1] : "";
    const bool any = only.empty() ? print_catalog() : true;
    const std::vector<open_kind> sockets = open_all();
    if (only != "--codes") {
        print_options(sockets);
    }
    if (only != "--options") {
        print_codes(sockets);
    }
    for (const open_kind& each : sockets) {
        closesocket(each.s);
    }
    WSACleanup();
    return any && !sockets.empty() ? 0 : 1;
}
