// Core's integer options as the base provider's: one table of level and name per family, and the few that are
// ioctls or need nothing. Pages: "SOL_SOCKET Socket Options", "IPPROTO_IP", "IPPROTO_IPV6", "IPPROTO_TCP
// Socket Options".
#include <array>

#include "winsock.hpp"

namespace spindle::native {
namespace {

// Not in all versions of mingw-w64's headers.
constexpr int tcp_keep_idle = 3;
constexpr int tcp_maximum_segment = 4;
constexpr int tcp_keep_count = 16;
constexpr int tcp_keep_interval = 17;
constexpr int ip_dont_fragment = 14;
constexpr int ipv6_traffic_class = 39;
constexpr int ip_packet_info = 19;    // both IP versions
constexpr int ip_receive_hop_limit = 21;
constexpr int ip_receive_traffic_class = 40;
constexpr int ip_unicast_interface = 31;            // both IP versions
constexpr int ip_path_discovery = 71;               // ditto
constexpr int ip_path_mtu = 73;
constexpr int ipv6_path_mtu = 72;
constexpr int ipv6_checksum = 26;
constexpr int tcp_retransmission_limit_ms = 14;
constexpr int tcp_fast_open = 15;
constexpr int udp_no_checksum = 1;
constexpr int udp_send_message_size = 2;
constexpr int reuse_unicast_port = 0x3007;
constexpr DWORD udp_connection_reset = 0x9800000C;  // SIO_UDP_CONNRESET
constexpr DWORD tcp_initial_rto = 0x98000011;       // SIO_TCP_INITIAL_RTO
constexpr DWORD peer_process_id = 0x58000100;       // SIO_AF_UNIX_GETPEERPID

struct base_option {
    int level = -1;
    int name = -1;
};

struct option_row {
    lower_option option;
    base_option ipv4;
    base_option ipv6;
    bool inverted = false;
};

constexpr base_option of_socket(int name) noexcept
{
    return {SOL_SOCKET, name};
}
constexpr base_option of_tcp(int name) noexcept
{
    return {IPPROTO_TCP, name};
}
constexpr base_option none{};

constexpr auto option_rows = std::to_array<option_row>({
    {lower_option::keep_alive, of_socket(SO_KEEPALIVE), of_socket(SO_KEEPALIVE)},
    {lower_option::no_delay, of_tcp(TCP_NODELAY), of_tcp(TCP_NODELAY)},
    {lower_option::broadcast, of_socket(SO_BROADCAST), of_socket(SO_BROADCAST)},
    {lower_option::dont_route, of_socket(SO_DONTROUTE), of_socket(SO_DONTROUTE)},
    {lower_option::send_buffer, of_socket(SO_SNDBUF), of_socket(SO_SNDBUF)},
    {lower_option::receive_buffer, of_socket(SO_RCVBUF), of_socket(SO_RCVBUF)},
    {lower_option::v6_only, none, {IPPROTO_IPV6, IPV6_V6ONLY}},
    {lower_option::share_port, of_socket(SO_REUSEADDR), of_socket(SO_REUSEADDR)},
    {lower_option::fragment, {IPPROTO_IP, ip_dont_fragment}, {IPPROTO_IPV6, ip_dont_fragment}, true},
    {lower_option::keep_alive_idle, of_tcp(tcp_keep_idle), of_tcp(tcp_keep_idle)},
    {lower_option::keep_alive_interval, of_tcp(tcp_keep_interval), of_tcp(tcp_keep_interval)},
    {lower_option::keep_alive_count, of_tcp(tcp_keep_count), of_tcp(tcp_keep_count)},
    {lower_option::maximum_segment, of_tcp(tcp_maximum_segment), of_tcp(tcp_maximum_segment)},
    {lower_option::unicast_hops, {IPPROTO_IP, IP_TTL}, {IPPROTO_IPV6, IPV6_UNICAST_HOPS}},
    {lower_option::type_of_service, {IPPROTO_IP, IP_TOS}, {IPPROTO_IPV6, ipv6_traffic_class}},
    {lower_option::path_discovery, {IPPROTO_IP, ip_path_discovery}, {IPPROTO_IPV6, ip_path_discovery}},
    {lower_option::path_mtu, {IPPROTO_IP, ip_path_mtu}, {IPPROTO_IPV6, ipv6_path_mtu}},
    {lower_option::late_port, of_socket(reuse_unicast_port), of_socket(reuse_unicast_port)},
    {lower_option::user_timeout, of_tcp(tcp_retransmission_limit_ms), of_tcp(tcp_retransmission_limit_ms)},
    {lower_option::fast_open, of_tcp(tcp_fast_open), of_tcp(tcp_fast_open)},
    {lower_option::no_checksum, {IPPROTO_UDP, udp_no_checksum}, none},
    {lower_option::segment_size, {IPPROTO_UDP, udp_send_message_size}, {IPPROTO_UDP, udp_send_message_size}},
    {lower_option::header_included, {IPPROTO_IP, IP_HDRINCL}, {IPPROTO_IPV6, IPV6_HDRINCL}},
    {lower_option::checksum_offset, none, {IPPROTO_IPV6, ipv6_checksum}},
    {lower_option::multicast_hops, {IPPROTO_IP, IP_MULTICAST_TTL}, {IPPROTO_IPV6, IPV6_MULTICAST_HOPS}},
    {lower_option::receive_packet_info, {IPPROTO_IP, ip_packet_info}, {IPPROTO_IPV6, ip_packet_info}},
    {lower_option::receive_hop_limit, {IPPROTO_IP, ip_receive_hop_limit}, {IPPROTO_IPV6, ip_receive_hop_limit}},
    {lower_option::receive_traffic_class,
     {IPPROTO_IP, ip_receive_traffic_class},
     {IPPROTO_IPV6, ip_receive_traffic_class}},
});

const option_row* find(lower_option option) noexcept
{
    for (const auto& row : option_rows) {
        if (row.option == option) {
            return &row;
        }
    }
    return nullptr;
}

base_option in_family(const option_row* row, const socket_kind& kind) noexcept
{
    if (row == nullptr) {
        return none;
    }
    const bool socket_level = row->ipv4.level == SOL_SOCKET;
    if (kind.family == address_family::ipv6) {
        return row->ipv6;
    }
    return kind.family == address_family::ipv4 || socket_level ? row->ipv4 : none;
}

template <class Value>
result<void> control(handle socket, DWORD code, Value value) noexcept
{
    DWORD returned = 0;
    return win32::to_result(::WSAIoctl(win32::to_socket(socket), code, &value, sizeof(value), nullptr, 0, &returned,
                                       nullptr, nullptr));
}

result<void> report_unreachable(handle socket, const socket_kind&, int value) noexcept
{
    return control(socket, udp_connection_reset, BOOL{value != 0 ? TRUE : FALSE});
}

// The page "TCP_INITIAL_RTO_PARAMETERS": all ones leave the time as it is.
result<void> set_syn_retries(handle socket, const socket_kind&, int value) noexcept
{
    struct {
        USHORT rtt = 0xFFFF;
        UCHAR retransmissions = 0;
    } parameters;
    parameters.retransmissions = static_cast<UCHAR>(value);
    return control(socket, tcp_initial_rto, parameters);
}

// An interface by its index: IPv4's options take it in network order.
result<void> set_interface(handle socket, const socket_kind& kind, int name, int index) noexcept
{
    const bool ipv6 = kind.family == address_family::ipv6;
    const DWORD value = ipv6 ? static_cast<DWORD>(index) : ::htonl(static_cast<ULONG>(index));
    return win32::to_result(::setsockopt(win32::to_socket(socket), ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, name,
                                         reinterpret_cast<const char*>(&value), sizeof(value)));
}

struct special_row {
    lower_option option;
    result<void> (*set)(handle socket, const socket_kind& kind, int value);
};
constexpr auto special_rows = std::to_array<special_row>({
    {lower_option::report_unreachable, report_unreachable},
    {lower_option::syn_retries, set_syn_retries},
    {lower_option::multicast_interface,
     [](handle socket, const socket_kind& kind, int index) {
         return set_interface(socket, kind, IP_MULTICAST_IF, index);
     }},
    {lower_option::unicast_interface,
     [](handle socket, const socket_kind& kind, int index) {
         return set_interface(socket, kind, ip_unicast_interface, index);
     }},
});
static_assert(IP_MULTICAST_IF == IPV6_MULTICAST_IF);

}  // namespace

result<void> set_option(handle socket, const socket_kind& kind, lower_option option, int value) noexcept
{
    for (const auto& row : special_rows) {
        if (row.option == option) {
            return row.set(socket, kind, value);
        }
    }
    if (option == lower_option::restart_bind && value != 0) {
        return {};  // Windows' rule for every socket; its SO_REUSEADDR would allow taking a port in use
    }
    const auto* row = find(option);
    const auto target = in_family(row, kind);
    if (target.level == -1) {
        return errc::no_protocol_option;
    }
    const int given = row->inverted ? (value == 0 ? 1 : 0) : value;
    const auto* bytes = reinterpret_cast<const char*>(&given);
    auto done = win32::to_result(
        ::setsockopt(win32::to_socket(socket), target.level, target.name, bytes, sizeof(given)));
    if (done && target.level == IPPROTO_IPV6 && row->ipv4.level == IPPROTO_IP) {
        // A dual-stack socket has IPv4's setting apart; an IPv6-only one has no use for it.
        ::setsockopt(win32::to_socket(socket), row->ipv4.level, row->ipv4.name, bytes, sizeof(given));
    }
    return done;
}

result<void> set_header_options(handle socket, const socket_kind& kind, header_options which,
                                std::span<const std::byte> bytes) noexcept
{
    const bool hop_by_hop = which == header_options::hop_options;
    if (kind.family != (hop_by_hop ? address_family::ipv6 : address_family::ipv4)) {
        return errc::invalid_argument;
    }
    return win32::to_result(::setsockopt(win32::to_socket(socket), hop_by_hop ? IPPROTO_IPV6 : IPPROTO_IP,
                                         hop_by_hop ? IPV6_HOPOPTS : IP_OPTIONS,
                                         reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size())));
}

result<int> get_option(handle socket, const socket_kind& kind, lower_option option) noexcept
{
    if (option == lower_option::peer_process) {
        ULONG id = 0;
        DWORD returned = 0;
        const int asked = ::WSAIoctl(win32::to_socket(socket), peer_process_id, nullptr, 0, &id, sizeof(id), &returned,
                                     nullptr, nullptr);
        return asked == SOCKET_ERROR ? result<int>(win32::last_error()) : result<int>(static_cast<int>(id));
    }
    const auto* row = find(option);
    const auto source = in_family(row, kind);
    if (source.level == -1) {
        return errc::no_protocol_option;
    }
    int value = 0;
    int size = sizeof(value);
    if (::getsockopt(win32::to_socket(socket), source.level, source.name, reinterpret_cast<char*>(&value),
                     &size) == SOCKET_ERROR) {
        return win32::last_error();
    }
    return row->inverted ? (value == 0 ? 1 : 0) : value;
}

}  // namespace spindle::native
