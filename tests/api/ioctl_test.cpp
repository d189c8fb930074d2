// Control codes: what all of them share, those of every socket and those of single protocols. Answers to the pages of
// WSPIoctl and ioctlsocket; the codes about interfaces and routes are ioctl_network_test.cpp's.
#include "support/catch.hpp"

#include "support/api_fixture.hpp"
#include "support/libc_peer.hpp"

#include <afunix.h>
#include <mstcpip.h>
#include <mswsock.h>

#include <array>
#include <cstring>

using namespace spindle::test;

namespace {

constexpr DWORD untouched = 0xDEADBEEF;

struct outcome {
    int error;
    DWORD count;
};

outcome control(SOCKET s, DWORD code, const void* in = nullptr, DWORD in_size = 0, void* out = nullptr,
                DWORD out_size = 0, LPWSAOVERLAPPED overlapped = nullptr)
{
    DWORD count = untouched;
    const int error = error_of(
        WSAIoctl(s, code, const_cast<void*>(in), in_size, out, out_size, &count, overlapped, nullptr));
    return {error, count};
}

template <class Value>
outcome put(SOCKET s, DWORD code, const Value& value)
{
    return control(s, code, &value, sizeof value);
}

template <class Value>
outcome get(SOCKET s, DWORD code, Value& value)
{
    return control(s, code, nullptr, 0, &value, sizeof value);
}

/// A port that tells of the requests of a socket.
struct watched_port {
    explicit watched_port(SOCKET s) : port(CreateIoCompletionPort(reinterpret_cast<HANDLE>(s), nullptr, 7, 0))
    {
        REQUIRE(port != nullptr);
    }
    watched_port(const watched_port&) = delete;
    watched_port& operator=(const watched_port&) = delete;
    ~watched_port() { CloseHandle(port); }

    /// The next packet's error, or no_packet.
    int next(DWORD wait = 10'000)
    {
        ULONG_PTR key = 0;
        packet = nullptr;
        bytes = untouched;
        const BOOL got = GetQueuedCompletionStatus(port, &bytes, &key, &packet, wait);
        return got ? 0 : (packet == nullptr ? no_packet : static_cast<int>(GetLastError()));
    }

    static constexpr int no_packet = -5;
    HANDLE port;
    LPOVERLAPPED packet = nullptr;
    DWORD bytes = 0;
};

WSAOVERLAPPED marked()
{
    WSAOVERLAPPED made{};
    made.Internal = untouched;
    made.InternalHigh = untouched;
    return made;
}

constexpr GUID accept_ex = WSAID_ACCEPTEX;

}  // namespace

TEST_CASE("CTL-2, CTL-3, T-IOC codes have their documented values", "[api][ioctl]")
{
    struct value {
        DWORD code;
        DWORD documented;
    };
    const value values[] = {
        {static_cast<DWORD>(FIONBIO), 0x8004667E},
        {static_cast<DWORD>(FIONREAD), 0x4004667F},
        {static_cast<DWORD>(SIOCATMARK), 0x40047307},
        {static_cast<DWORD>(FIOASYNC), 0x8004667D},
        {SIO_GET_INTERFACE_LIST, 0x4004747F},
        {SIO_IDEAL_SEND_BACKLOG_QUERY, 0x4004747B},
        {SIO_IDEAL_SEND_BACKLOG_CHANGE, 0x2000747A},
        {SIO_ASSOCIATE_HANDLE, 0x88000001},
        {SIO_ENABLE_CIRCULAR_QUEUEING, 0x28000002},
        {SIO_FIND_ROUTE, 0x48000003},
        {SIO_FLUSH, 0x28000004},
        {SIO_GET_BROADCAST_ADDRESS, 0x48000005},
        {SIO_GET_EXTENSION_FUNCTION_POINTER, 0xC8000006},
        {SIO_GET_QOS, 0xC8000007},
        {SIO_GET_GROUP_QOS, 0xC8000008},
        {SIO_MULTIPOINT_LOOPBACK, 0x88000009},
        {SIO_MULTICAST_SCOPE, 0x8800000A},
        {SIO_SET_QOS, 0x8800000B},
        {SIO_SET_GROUP_QOS, 0x8800000C},
        {SIO_TRANSLATE_HANDLE, 0xC800000D},
        {SIO_ROUTING_INTERFACE_QUERY, 0xC8000014},
        {SIO_ROUTING_INTERFACE_CHANGE, 0x88000015},
        {SIO_ADDRESS_LIST_QUERY, 0x48000016},
        {SIO_ADDRESS_LIST_CHANGE, 0x28000017},
        {SIO_QUERY_TARGET_PNP_HANDLE, 0x48000018},
        {SIO_ADDRESS_LIST_SORT, 0xC8000019},
        {SIO_BSP_HANDLE, 0x4800001B},
        {SIO_BSP_HANDLE_SELECT, 0x4800001C},
        {SIO_BSP_HANDLE_POLL, 0x4800001D},
        {SIO_EXT_SELECT, 0xC800001E},
        {SIO_EXT_POLL, 0xC800001F},
        {SIO_EXT_SENDMSG, 0xC8000020},
        {SIO_BASE_HANDLE, 0x48000022},
        {SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, 0xC8000024},
        {SIO_QUERY_RSS_PROCESSOR_INFO, 0x48000025},
        {SIO_RCVALL, 0x98000001},
        {SIO_RCVALL_MCAST, 0x98000002},
        {SIO_RCVALL_IGMPMCAST, 0x98000003},
        {SIO_KEEPALIVE_VALS, 0x98000004},
        {SIO_UDP_CONNRESET, 0x9800000C},
        {SIO_UDP_NETRESET, 0x9800000F},
        {SIO_LOOPBACK_FAST_PATH, 0x98000010},
        {SIO_TCP_INITIAL_RTO, 0x98000011},
        {SIO_TCP_INFO, 0xD8000027},
        {SIO_ACQUIRE_PORT_RESERVATION, 0x98000064},
        {SIO_RELEASE_PORT_RESERVATION, 0x98000065},
        {SIO_ASSOCIATE_PORT_RESERVATION, 0x98000066},
        {SIO_AF_UNIX_GETPEERPID, 0x58000100},
        {SIO_SET_COMPATIBILITY_MODE, 0x9800012C},
    };
    for (const auto& each : values) {
        CHECK(each.code == each.documented);
    }
    CHECK(sizeof(u_long) == 4);
}

TEST_CASE("CTL-6, CTL-43, CTL-46, T-IOC codes that are not served", "[api][ioctl]")
{
    const winsock started;
    const auto s = udp();
    const DWORD refused[] = {static_cast<DWORD>(FIOASYNC), SIO_IDEAL_SEND_BACKLOG_CHANGE, SIO_ASSOCIATE_HANDLE,
                             SIO_ENABLE_CIRCULAR_QUEUEING, SIO_FIND_ROUTE, SIO_FLUSH, SIO_GET_BROADCAST_ADDRESS,
                             SIO_GET_QOS, SIO_GET_GROUP_QOS, SIO_SET_QOS, SIO_SET_GROUP_QOS, SIO_TRANSLATE_HANDLE,
                             SIO_QUERY_TARGET_PNP_HANDLE, SIO_EXT_SELECT, SIO_EXT_POLL, SIO_EXT_SENDMSG,
                             SIO_QUERY_RSS_PROCESSOR_INFO, SIO_ACQUIRE_PORT_RESERVATION, SIO_RELEASE_PORT_RESERVATION,
                             SIO_ASSOCIATE_PORT_RESERVATION, SIO_SET_COMPATIBILITY_MODE, 0U, 0x12345678U, 0xFFFFFFFFU};
    for (const DWORD code : refused) {
        INFO(std::hex << code);
        std::array<char, 64> bytes{};
        const auto said = control(s, code, bytes.data(), sizeof bytes, bytes.data(), sizeof bytes);
        CHECK(said.error == WSAEOPNOTSUPP);
        CHECK(said.count == 0);
        CHECK(error_of(WSAIoctl(s, code, nullptr, 0, nullptr, 0, nullptr, nullptr, nullptr)) == WSAEFAULT);  // CTL-1
    }
}

TEST_CASE("CTL-4 a request that is served at once is told of all the same, without a count", "[api][ioctl]")
{
    const winsock started;
    const auto s = tcp();
    watched_port port(s);
    const u_long on = 1;
    u_long number = 0;
    void* function = nullptr;
    struct request {
        DWORD code;
        const void* in;
        DWORD in_size;
        void* out;
        DWORD out_size;
        DWORD count;
    };
    const request requests[] = {
        {static_cast<DWORD>(FIONBIO), &on, sizeof on, nullptr, 0, 0},
        {static_cast<DWORD>(FIONREAD), nullptr, 0, &number, sizeof number, sizeof number},
        {static_cast<DWORD>(SIOCATMARK), nullptr, 0, &number, sizeof number, sizeof number},
        {SIO_GET_EXTENSION_FUNCTION_POINTER, &accept_ex, sizeof accept_ex, &function, sizeof function, sizeof function},
    };
    for (const auto& each : requests) {
        INFO(std::hex << each.code);
        auto overlapped = marked();
        const auto said =
            control(s, each.code, each.in, each.in_size, each.out, each.out_size, &overlapped);
        CHECK(said.error == 0);
        CHECK(said.count == each.count);
        CHECK(port.next() == 0);
        CHECK(port.packet == &overlapped);
        CHECK(port.bytes == 0);
        CHECK(overlapped.Internal == 0);
        CHECK(overlapped.InternalHigh == 0);
    }
}

TEST_CASE("CTL-5, CTL-7 unknown codes and SIO_BASE_HANDLE pend as requests, and end as not supported", "[api][ioctl]")
{
    const winsock started;
    const auto s = tcp();
    watched_port port(s);
    for (const DWORD code : {DWORD{0x12345678}, DWORD{SIO_FLUSH}, DWORD{SIO_BASE_HANDLE}}) {
        INFO(std::hex << code);
        SOCKET base = 0;
        auto overlapped = marked();
        const auto said = control(s, code, nullptr, 0, &base, sizeof base, &overlapped);
        CHECK(said.error == WSA_IO_PENDING);
        CHECK(said.count == untouched);
        CHECK(port.next() == ERROR_NOT_SUPPORTED);
        CHECK(port.packet == &overlapped);
        CHECK(port.bytes == 0);
        CHECK(overlapped.Internal == 0xC00000BB);
        CHECK(base == 0);
    }
}

TEST_CASE("CTL-10 on a socket without overlapped requests the structure is ignored", "[api][ioctl]")
{
    const winsock started;
    const unique_socket s(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, 0));
    auto overlapped = marked();
    u_long on = 1;
    CHECK(control(s, static_cast<DWORD>(FIONBIO), &on, sizeof on, nullptr, 0, &overlapped).error == 0);
    CHECK(control(s, 0x12345678, nullptr, 0, nullptr, 0, &overlapped).error == WSAEOPNOTSUPP);
    CHECK(overlapped.Internal == untouched);
}

TEST_CASE("CTL-11, T-IOC/FIONBIO four bytes and more, the output is nobody's", "[api][ioctl]")
{
    const winsock started;
    const auto s = udp();
    const std::array<u_long, 4> on{1};
    const auto listening = bound_udp();
    CHECK(control(s, static_cast<DWORD>(FIONBIO), on.data(), 3).error == WSAEFAULT);
    CHECK(control(s, static_cast<DWORD>(FIONBIO), nullptr, 4).error == WSAEFAULT);
    const auto said = control(listening, static_cast<DWORD>(FIONBIO), on.data(), sizeof on, reinterpret_cast<void*>(8), 4);
    CHECK(said.error == 0);
    CHECK(said.count == 0);
    char byte = 0;
    CHECK(error_of(recv(listening, &byte, 1, 0)) == WSAEWOULDBLOCK);
}

TEST_CASE("CTL-12 a registration for events keeps the socket non-blocking", "[api][ioctl]")
{
    const winsock started;
    const auto s = udp();
    const WSAEVENT event = WSACreateEvent();
    REQUIRE(WSAEventSelect(s, event, FD_READ) == 0);
    const auto said = put(s, static_cast<DWORD>(FIONBIO), u_long{0});
    CHECK(said.error == WSAEINVAL);
    CHECK(said.count == 0);
    REQUIRE(WSAEventSelect(s, event, 0) == 0);
    CHECK(put(s, static_cast<DWORD>(FIONBIO), u_long{0}).error == 0);
    CHECK(WSACloseEvent(event));
}

TEST_CASE("CTL-8 a bad output buffer leaves everything as it was", "[api][ioctl]")
{
    const winsock started;
    const auto s = tcp();
    for (const long code : {static_cast<long>(FIONREAD), static_cast<long>(SIOCATMARK)}) {
        std::array<char, 4> bytes{'a', 'b', 'c', 'd'};
        const auto said = control(s, static_cast<DWORD>(code), nullptr, 0, bytes.data(), 3);
        CHECK(said.error == WSAEFAULT);
        CHECK(said.count == untouched);
        CHECK(bytes == std::array<char, 4>{'a', 'b', 'c', 'd'});
        CHECK(control(s, static_cast<DWORD>(code), nullptr, 0, nullptr, 4).error == WSAEFAULT);
    }
}

TEST_CASE("CTL-15, CTL-16 the urgent mark", "[api][ioctl]")
{
    const winsock started;
    u_long at_mark = 0;
    CHECK(get(tcp(), static_cast<DWORD>(SIOCATMARK), at_mark).error == 0);
    CHECK(at_mark == 1);  // unconnected
    const auto mark = [&](SOCKET s) {
        u_long value = 0;
        CHECK(get(s, static_cast<DWORD>(SIOCATMARK), value).error == 0);
        return value;
    };
    const tcp_pair pair;
    CHECK(mark(pair.server) == 1);
    send_text(pair.client, "!", MSG_OOB);
    CHECK(eventually([&] { return mark(pair.server) == 0; }));  // a separate urgent byte waits
    CHECK(receive_text(pair.server, 1, MSG_OOB) == "!");
    CHECK(mark(pair.server) == 1);

    const tcp_pair inline_pair;
    set_option(inline_pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    send_text(inline_pair.client, "?", MSG_OOB);
    CHECK(wait_readable(inline_pair.server));
    CHECK(mark(inline_pair.server) == 1);  // nothing before it
    send_text(inline_pair.client, "ab");
    CHECK(wait_readable(inline_pair.server, 3));
}

TEST_CASE("CTL-17, CTL-18, T-GUID extension functions", "[api][ioctl]")
{
    const winsock started;
    const GUID known[] = {WSAID_TRANSMITFILE, WSAID_ACCEPTEX, WSAID_GETACCEPTEXSOCKADDRS, WSAID_TRANSMITPACKETS,
                          WSAID_CONNECTEX, WSAID_DISCONNECTEX, WSAID_WSARECVMSG, WSAID_WSASENDMSG, WSAID_WSAPOLL};
    const auto stream = tcp();
    for (const GUID& each : known) {
        INFO(std::hex << each.Data1);
        void* function = nullptr;
        const auto said = control(stream, SIO_GET_EXTENSION_FUNCTION_POINTER, &each, sizeof each, &function, sizeof function);
        CHECK(said.error == 0);
        CHECK(said.count == sizeof function);
        CHECK(function != nullptr);
        // One provider, one function for all of its sockets.
        void* of_another = nullptr;
        CHECK(control(udp(AF_INET6), SIO_GET_EXTENSION_FUNCTION_POINTER, &each, sizeof each, &of_another,
                      sizeof of_another).error == 0);
        CHECK(of_another == function);
    }
    void* function = &function;
    GUID unknown = WSAID_ACCEPTEX;
    unknown.Data4[7] ^= 1;
    watched_port port(stream);
    auto overlapped = marked();
    const auto said = control(stream, SIO_GET_EXTENSION_FUNCTION_POINTER, &unknown, sizeof unknown, &function,
                              sizeof function, &overlapped);
    CHECK(said.error == WSAEINVAL);
    CHECK(function == &function);
    CHECK(overlapped.Internal == untouched);
    CHECK(port.next(0) == watched_port::no_packet);
    CHECK(control(stream, SIO_GET_EXTENSION_FUNCTION_POINTER, &unknown, 15, &function, sizeof function).error == WSAEFAULT);
    CHECK(control(stream, SIO_GET_EXTENSION_FUNCTION_POINTER, &accept_ex, sizeof accept_ex, &function, 7).error == WSAEFAULT);
}

TEST_CASE("CTL-19 extension functions set the thread's last error", "[api][ioctl]")
{
    const winsock started;
    const auto s = tcp();
    LPFN_DISCONNECTEX disconnect = nullptr;
    const GUID wanted = WSAID_DISCONNECTEX;
    REQUIRE(control(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &wanted, sizeof wanted, &disconnect, sizeof disconnect).error == 0);
    WSASetLastError(0);
    CHECK_FALSE(disconnect(s, nullptr, 0, 0));
    CHECK(WSAGetLastError() == WSAENOTCONN);
}

TEST_CASE("CTL-21 a base provider's socket is its own base", "[api][ioctl]")
{
    const winsock started;
    const auto s = udp();
    constexpr DWORD codes[] = {SIO_BASE_HANDLE, SIO_BSP_HANDLE, SIO_BSP_HANDLE_SELECT, SIO_BSP_HANDLE_POLL};
    for (const DWORD code : codes) {
        SOCKET base = 0;
        const auto said = get(s, code, base);
        CHECK(said.error == 0);
        CHECK(said.count == sizeof base);
        CHECK(base == s.get());
        CHECK(control(s, code, nullptr, 0, &base, sizeof base - 1).error == WSAEFAULT);
        CHECK(control(s, code, nullptr, 0, nullptr, sizeof base).error == WSAEFAULT);
    }
}

TEST_CASE("CTL-22, CTL-23, CTL-24, LNX-34, T-IOC/SIO_KEEPALIVE_VALS keep-alive in one call", "[api][ioctl]")
{
    const winsock started;
    const auto s = tcp();
    CHECK(get_option(s, IPPROTO_TCP, TCP_KEEPIDLE) == 7200);
    CHECK(get_option(s, IPPROTO_TCP, TCP_KEEPINTVL) == 1);
    CHECK(get_option(s, IPPROTO_TCP, TCP_KEEPCNT) == 10);
    const auto keeps_alive = [&] {
        char on = 0;
        int length = 1;
        CHECK(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &on, &length) == 0);
        return on != 0;
    };
    auto said = put(s, SIO_KEEPALIVE_VALS, tcp_keepalive{1, 20'500, 1});
    CHECK(said.error == 0);
    CHECK(said.count == 0);
    CHECK(keeps_alive());
    CHECK(get_option(s, IPPROTO_TCP, TCP_KEEPIDLE) == 21);  // whole seconds, rounded up
    CHECK(get_option(s, IPPROTO_TCP, TCP_KEEPINTVL) == 1);
    CHECK(put(s, SIO_KEEPALIVE_VALS, tcp_keepalive{1, 0, 0}).error == 0);
    CHECK(put(s, SIO_KEEPALIVE_VALS, tcp_keepalive{0, 0, 0}).error == 0);
    CHECK_FALSE(keeps_alive());
    const tcp_keepalive values{1, 1000, 1000};
    said = control(s, SIO_KEEPALIVE_VALS, &values, sizeof values - 1);
    CHECK(said.error == WSAEFAULT);
    CHECK(said.count == 0);
    CHECK(control(s, SIO_KEEPALIVE_VALS, nullptr, sizeof values).error == WSAEFAULT);
    CHECK(put(udp(), SIO_KEEPALIVE_VALS, values).error == WSAENOPROTOOPT);
}

TEST_CASE("CTL-35, LNX-28, T-IOC/SIO_UDP_CONNRESET, T-IOC/SIO_UDP_NETRESET whether ICMP errors are told", "[api][ioctl]")
{
    const winsock started;
    const auto s = bound_udp();
    const closed_port closed(AF_INET, SOCK_DGRAM);
    const auto where = [] {
        const auto gone = bound_udp();
        return local_of(gone);
    }();
    const auto other = bound_udp();
    const auto here = local_of(s);
    set_option(s, SOL_SOCKET, SO_RCVTIMEO, 20'000);
    char text[8] = {};
    REQUIRE(sendto(s, "x", 1, 0, where.get(), where.length) == 1);
    CHECK(error_of(recv(s, text, sizeof text, 0)) == WSAECONNRESET);
    for (const DWORD code : {static_cast<DWORD>(SIO_UDP_CONNRESET), static_cast<DWORD>(SIO_UDP_NETRESET)}) {
        CHECK(put(s, code, BOOL{FALSE}).error == 0);
        CHECK(put(s, code, char{0}).error == WSAEFAULT);
        CHECK(put(tcp(), code, BOOL{FALSE}).error == WSAEOPNOTSUPP);
    }
    REQUIRE(sendto(s, "x", 1, 0, where.get(), where.length) == 1);
    REQUIRE(sendto(other, "after", 5, 0, here.get(), here.length) == 5);
    CHECK(recv(s, text, sizeof text, 0) == 5);
    CHECK(put(s, SIO_UDP_CONNRESET, BOOL{TRUE}).error == 0);
    REQUIRE(sendto(s, "x", 1, 0, where.get(), where.length) == 1);
    CHECK(error_of(recv(s, text, sizeof text, 0)) == WSAECONNRESET);
}

TEST_CASE("CTL-37, T-IOC/SIO_MULTIPOINT_LOOPBACK, T-IOC/SIO_MULTICAST_SCOPE mirror options", "[api][ioctl]")
{
    const winsock started;
    const int family = GENERATE(AF_INET, AF_INET6);
    const int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
    const auto s = udp(family);
    CHECK(put(s, SIO_MULTIPOINT_LOOPBACK, BOOL{FALSE}).error == 0);
    CHECK(get_option(s, level, IP_MULTICAST_LOOP) == 0);
    CHECK(put(s, SIO_MULTICAST_SCOPE, int{7}).error == 0);
    CHECK(get_option(s, level, IP_MULTICAST_TTL) == 7);
    CHECK(put(s, SIO_MULTICAST_SCOPE, int{300}).error == WSAEINVAL);
    CHECK(put(s, SIO_MULTICAST_SCOPE, char{1}).error == WSAEFAULT);
    CHECK(put(tcp(family), SIO_MULTICAST_SCOPE, int{7}).error == WSAEOPNOTSUPP);
}

TEST_CASE("CTL-38, CTL-46, T-IOC/SIO_IDEAL_SEND_BACKLOG_QUERY-_CHANGE how much may be outstanding", "[api][ioctl]")
{
    const winsock started;
    ULONG backlog = 0;
    CHECK(get(tcp(), SIO_IDEAL_SEND_BACKLOG_QUERY, backlog).error == WSAENOTCONN);
    CHECK(get(udp(), SIO_IDEAL_SEND_BACKLOG_QUERY, backlog).error == WSAEOPNOTSUPP);
    const tcp_pair pair;
    const auto said = get(pair.client, SIO_IDEAL_SEND_BACKLOG_QUERY, backlog);
    CHECK(said.error == 0);
    CHECK(said.count == sizeof backlog);
    CHECK(backlog == 0x10000);
    CHECK(control(pair.client, SIO_IDEAL_SEND_BACKLOG_QUERY, nullptr, 0, &backlog, 3).error == WSAEFAULT);
}

TEST_CASE("CTL-39, T-IOC/SIO_TCP_INFO what is known of a connection", "[api][ioctl]")
{
    const winsock started;
    const tcp_pair pair;
    const std::string text(1000, 'x');
    send_text(pair.client, text);
    REQUIRE(receive_text(pair.server, text.size()) == text);
    TCP_INFO_v1 info{};
    for (const DWORD version : {0U, 1U}) {
        const DWORD size = version == 0 ? sizeof(TCP_INFO_v0) : sizeof(TCP_INFO_v1);
        const auto said = control(pair.client, SIO_TCP_INFO, &version, sizeof version, &info, size);
        CHECK(said.error == 0);
        CHECK(said.count == size);
        CHECK(info.State == TCPSTATE_ESTABLISHED);
        CHECK(info.Mss > 500);
        CHECK(info.BytesOut == 1000);
        CHECK(info.BytesIn == 0);
        CHECK(info.RttUs > 0);
        CHECK(info.Cwnd > 0);
        CHECK(info.RcvBuf == 65536);
        CHECK(control(pair.client, SIO_TCP_INFO, &version, sizeof version, &info, size - 1).error == WSAEFAULT);
        CHECK(control(tcp(), SIO_TCP_INFO, &version, sizeof version, &info, size).error == WSAENOTCONN);
        CHECK(control(udp(), SIO_TCP_INFO, &version, sizeof version, &info, size).error == WSAEOPNOTSUPP);
    }
    DWORD version = 0;
    CHECK(control(pair.server, SIO_TCP_INFO, &version, sizeof version, &info, sizeof info).error == 0);
    CHECK(info.BytesIn == 1000);
    version = 2;
    CHECK(control(pair.client, SIO_TCP_INFO, &version, sizeof version, &info, sizeof info).error == WSAEINVAL);
    CHECK(control(pair.client, SIO_TCP_INFO, &version, 3, &info, sizeof info).error == WSAEFAULT);
}

TEST_CASE("CTL-40, CTL-41, CTL-46, T-IOC/SIO_TCP_INITIAL_RTO, T-IOC/SIO_LOOPBACK_FAST_PATH before a connect", "[api][ioctl]")
{
    const winsock started;
    const auto rto = [](USHORT time, UCHAR count) { return TCP_INITIAL_RTO_PARAMETERS{time, count}; };
    const auto s = tcp();
    CHECK(put(s, SIO_TCP_INITIAL_RTO, rto(TCP_INITIAL_RTO_UNSPECIFIED_RTT, 3)).error == 0);
    CHECK(put(s, SIO_TCP_INITIAL_RTO,
              rto(TCP_INITIAL_RTO_UNSPECIFIED_RTT, TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS)).error == 0);
    CHECK(put(s, SIO_TCP_INITIAL_RTO,
              rto(TCP_INITIAL_RTO_UNSPECIFIED_RTT, TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS)).error == 0);
    CHECK(put(s, SIO_TCP_INITIAL_RTO, rto(TCP_INITIAL_RTO_UNSPECIFIED_RTT, 200)).error == WSAEINVAL);
    CHECK(put(s, SIO_TCP_INITIAL_RTO, rto(300, 3)).error == WSAEOPNOTSUPP);
    CHECK(put(s, SIO_TCP_INITIAL_RTO, USHORT{0xFFFF}).error == WSAEFAULT);
    CHECK(put(s, SIO_LOOPBACK_FAST_PATH, BOOL{TRUE}).error == 0);
    CHECK(put(s, SIO_LOOPBACK_FAST_PATH, char{1}).error == WSAEFAULT);
    CHECK(put(udp(), SIO_LOOPBACK_FAST_PATH, BOOL{TRUE}).error == WSAEOPNOTSUPP);
    CHECK(put(udp(), SIO_TCP_INITIAL_RTO, rto(TCP_INITIAL_RTO_UNSPECIFIED_RTT, 3)).error == WSAEOPNOTSUPP);
    const tcp_pair pair;
    CHECK(put(pair.client, SIO_TCP_INITIAL_RTO, rto(TCP_INITIAL_RTO_UNSPECIFIED_RTT, 3)).error == WSAEINVAL);
}

TEST_CASE("CTL-42, T-IOC/SIO_RCVALL-_MCAST-_IGMPMCAST everything cannot be had, and is not promised", "[api][ioctl]")
{
    const winsock started;
    const DWORD on = RCVALL_ON;
    CHECK(put(udp(), SIO_RCVALL, on).error == WSAEOPNOTSUPP);
    CHECK(put(tcp(), SIO_RCVALL, on).error == WSAEOPNOTSUPP);
    const unique_socket raw(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    if (raw.get() == INVALID_SOCKET) {
        WARN("this process may not have raw sockets");
        return;
    }
    constexpr DWORD codes[] = {SIO_RCVALL, SIO_RCVALL_MCAST, SIO_RCVALL_IGMPMCAST};
    for (const DWORD code : codes) {
        const unique_socket s(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
        CHECK(put(s, code, on).error == WSAEINVAL);
        REQUIRE(bind_to(s, loopback(AF_INET)) == 0);
        CHECK(put(s, code, DWORD{4}).error == WSAEINVAL);
        CHECK(put(s, code, on).error == WSAEOPNOTSUPP);
        CHECK(put(s, code, DWORD{RCVALL_OFF}).error == 0);
        CHECK(put(s, code, char{1}).error == WSAEFAULT);
    }
}

TEST_CASE("CTL-45, T-IOC/SIO_AF_UNIX_GETPEERPID who is at the other end", "[api][ioctl]")
{
    const winsock started;
    ULONG id = 0;
    CHECK(get(tcp(), SIO_AF_UNIX_GETPEERPID, id).error == WSAEOPNOTSUPP);
    const unique_socket listening(socket(AF_UNIX, SOCK_STREAM, 0));
    const unique_socket client(socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK(get(client, SIO_AF_UNIX_GETPEERPID, id).error == WSAENOTCONN);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::snprintf(&name.sun_path[1], sizeof name.sun_path - 1, "spindle-ioctl-%lu", static_cast<unsigned long>(GetCurrentProcessId()));
    REQUIRE(bind(listening, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    REQUIRE(listen(listening, 1) == 0);
    REQUIRE(connect(client, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
    const auto said = get(client, SIO_AF_UNIX_GETPEERPID, id);
    CHECK(said.error == 0);
    CHECK(said.count == sizeof id);
    CHECK(id == GetCurrentProcessId());
    CHECK(control(client, SIO_AF_UNIX_GETPEERPID, nullptr, 0, &id, 3).error == WSAEFAULT);
}
