// Core's integer options as the kernel's: one table of level and name per family, and the few values that
// differ. Pages: socket(7), ip(7), ipv6(7), tcp(7); contract LNX-8, LNX-22, LNX-28, LNX-34, LNX-35.
#include <algorithm>
#include <array>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "asio/posix/descriptor.hpp"

namespace spindle::native {
namespace {

struct kernel_option {
    int level = -1;
    int name = -1;
};

/// How a value of core's becomes the kernel's and back.
enum class value_kind { same, doubled, fragmenting, discovering, queue_length, probes };

struct option_row {
    lower_option option;
    kernel_option any_family;
    kernel_option ipv4;
    kernel_option ipv6;
    value_kind kind = value_kind::same;
};

constexpr kernel_option none{};

// linux/udp.h and linux/in6.h cannot be included beside glibc's own.
constexpr int udp_segment = 103;
constexpr int ipv6_header_included = 36;
constexpr int ipv6_unicast_interface = 76;
constexpr int bind_to_interface = 62;

constexpr auto option_rows = std::to_array<option_row>({
    {lower_option::keep_alive, {SOL_SOCKET, SO_KEEPALIVE}, none, none},
    {lower_option::no_delay, none, {IPPROTO_TCP, TCP_NODELAY}, {IPPROTO_TCP, TCP_NODELAY}},
    {lower_option::broadcast, {SOL_SOCKET, SO_BROADCAST}, none, none},
    {lower_option::dont_route, {SOL_SOCKET, SO_DONTROUTE}, none, none},
    {lower_option::send_buffer, {SOL_SOCKET, SO_SNDBUF}, none, none, value_kind::doubled},
    {lower_option::receive_buffer, {SOL_SOCKET, SO_RCVBUF}, none, none, value_kind::doubled},
    {lower_option::v6_only, none, none, {IPPROTO_IPV6, IPV6_V6ONLY}},
    {lower_option::restart_bind, {SOL_SOCKET, SO_REUSEADDR}, none, none},
    {lower_option::share_port, {SOL_SOCKET, SO_REUSEPORT}, none, none},
    {lower_option::urgent_inline, {SOL_SOCKET, SO_OOBINLINE}, none, none},
    {lower_option::fragment,
     none,
     {IPPROTO_IP, IP_MTU_DISCOVER},
     {IPPROTO_IPV6, IPV6_MTU_DISCOVER},
     value_kind::fragmenting},
    {lower_option::report_unreachable, none, {IPPROTO_IP, IP_RECVERR}, {IPPROTO_IPV6, IPV6_RECVERR}},
    {lower_option::keep_alive_idle, none, {IPPROTO_TCP, TCP_KEEPIDLE}, {IPPROTO_TCP, TCP_KEEPIDLE}},
    {lower_option::keep_alive_interval, none, {IPPROTO_TCP, TCP_KEEPINTVL}, {IPPROTO_TCP, TCP_KEEPINTVL}},
    {lower_option::keep_alive_count,
     none,
     {IPPROTO_TCP, TCP_KEEPCNT},
     {IPPROTO_TCP, TCP_KEEPCNT},
     value_kind::probes},
    {lower_option::maximum_segment, none, {IPPROTO_TCP, TCP_MAXSEG}, {IPPROTO_TCP, TCP_MAXSEG}},
    {lower_option::unicast_hops, none, {IPPROTO_IP, IP_TTL}, {IPPROTO_IPV6, IPV6_UNICAST_HOPS}},
    {lower_option::type_of_service, none, {IPPROTO_IP, IP_TOS}, {IPPROTO_IPV6, IPV6_TCLASS}},
    {lower_option::path_discovery,
     none,
     {IPPROTO_IP, IP_MTU_DISCOVER},
     {IPPROTO_IPV6, IPV6_MTU_DISCOVER},
     value_kind::discovering},
    {lower_option::path_mtu, none, {IPPROTO_IP, IP_MTU}, {IPPROTO_IPV6, IPV6_MTU}},
    {lower_option::late_port, {IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT}, none, none},
    {lower_option::user_timeout, none, {IPPROTO_TCP, TCP_USER_TIMEOUT}, {IPPROTO_TCP, TCP_USER_TIMEOUT}},
    {lower_option::fast_open,
     none,
     {IPPROTO_TCP, TCP_FASTOPEN},
     {IPPROTO_TCP, TCP_FASTOPEN},
     value_kind::queue_length},
    {lower_option::syn_retries, none, {IPPROTO_TCP, TCP_SYNCNT}, {IPPROTO_TCP, TCP_SYNCNT}},
    {lower_option::no_checksum, {SOL_SOCKET, SO_NO_CHECK}, none, none},
    {lower_option::segment_size, {IPPROTO_UDP, udp_segment}, none, none},
    {lower_option::header_included, none, {IPPROTO_IP, IP_HDRINCL}, {IPPROTO_IPV6, ipv6_header_included}},
    {lower_option::checksum_offset, none, none, {IPPROTO_IPV6, IPV6_CHECKSUM}},
    {lower_option::multicast_hops, none, {IPPROTO_IP, IP_MULTICAST_TTL}, {IPPROTO_IPV6, IPV6_MULTICAST_HOPS}},
    {lower_option::multicast_interface, none, none, {IPPROTO_IPV6, IPV6_MULTICAST_IF}},
    {lower_option::receive_packet_info, none, {IPPROTO_IP, IP_PKTINFO}, {IPPROTO_IPV6, IPV6_RECVPKTINFO}},
    {lower_option::report_unread, none, {IPPROTO_TCP, TCP_INQ}, {IPPROTO_TCP, TCP_INQ}},
    {lower_option::receive_hop_limit, none, {IPPROTO_IP, IP_RECVTTL}, {IPPROTO_IPV6, IPV6_RECVHOPLIMIT}},
    {lower_option::receive_traffic_class, none, {IPPROTO_IP, IP_RECVTOS}, {IPPROTO_IPV6, IPV6_RECVTCLASS}},
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

kernel_option in_family(const option_row& row, address_family family) noexcept
{
    if (row.any_family.level != -1) {
        return row.any_family;
    }
    if (family == address_family::ipv4) {
        return row.ipv4;
    }
    return family == address_family::ipv6 ? row.ipv6 : none;
}

int to_kernel(value_kind kind, int value) noexcept
{
    if (kind == value_kind::fragmenting) {
        return value != 0 ? IP_PMTUDISC_DONT : IP_PMTUDISC_DO;
    }
    if (kind == value_kind::discovering) {
        constexpr std::array states{IP_PMTUDISC_WANT, IP_PMTUDISC_DO, IP_PMTUDISC_DONT, IP_PMTUDISC_PROBE};
        return states[static_cast<std::size_t>(value)];
    }
    constexpr int most_probes = 127;  // the kernel's own limit
    if (kind == value_kind::probes) {
        return std::min(value, most_probes);
    }
    constexpr int longest_queue = 1024;
    return kind == value_kind::queue_length && value != 0 ? longest_queue : value;
}

int from_kernel(value_kind kind, int value) noexcept
{
    if (kind == value_kind::fragmenting) {
        return value == IP_PMTUDISC_DONT ? 1 : 0;
    }
    // LNX-22: the kernel keeps room for its own bookkeeping and reports twice what was asked.
    return kind == value_kind::doubled ? value / 2 : value;
}

// The kernel spreads connections over the listeners that share a port; a program that always picks the first of the
// group makes it one queue (socket(7), SO_ATTACH_REUSEPORT_CBPF).
result<void> prefer_first_listener(int number) noexcept
{
    sock_filter pick_first{BPF_RET | BPF_K, 0, 0, 0};
    const sock_fprog program{1, &pick_first};
    return posix::to_result(
        ::setsockopt(number, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program)));
}

result<void> send_multicasts_by(int number, const socket_kind&, int index) noexcept
{
    ip_mreqn interface{};
    interface.imr_ifindex = index;
    return posix::to_result(::setsockopt(number, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof(interface)));
}

// ip(7), "IP_UNICAST_IF": the kernel heeds it for datagrams; a connection is held to an interface as a whole.
result<void> send_by(int number, const socket_kind& kind, int index) noexcept
{
    if (kind.type == socket_type::stream) {
        return posix::to_result(::setsockopt(number, SOL_SOCKET, bind_to_interface, &index, sizeof(index)));
    }
    const auto in_network_order = htonl(static_cast<std::uint32_t>(index));
    const bool ipv6 = kind.family == address_family::ipv6;
    return posix::to_result(::setsockopt(number, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                         ipv6 ? ipv6_unicast_interface : IP_UNICAST_IF, &in_network_order,
                                         sizeof(in_network_order)));
}

result<int> peer_process(int number) noexcept
{
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(number, SOL_SOCKET, SO_PEERCRED, &peer, &size) == -1) {
        return errc_from_errno(errno);
    }
    return static_cast<int>(peer.pid);
}

/// Options that are more than one kernel option of the same value. `ipv4_only`: IPv6 has its row above.
struct special_row {
    lower_option option;
    bool ipv4_only;
    result<void> (*set)(int number, const socket_kind& kind, int value);
};

constexpr auto special_rows = std::to_array<special_row>({
    {lower_option::first_listener, false,
     [](int number, const socket_kind&, int) { return prefer_first_listener(number); }},
    {lower_option::multicast_interface, true, send_multicasts_by},
    {lower_option::unicast_interface, false, send_by},
});

static_assert(IP_PMTUDISC_DONT == IPV6_PMTUDISC_DONT && IP_PMTUDISC_DO == IPV6_PMTUDISC_DO);

}  // namespace

result<void> set_option(handle socket, const socket_kind& kind, lower_option option, int value) noexcept
{
    for (const auto& row : special_rows) {
        if (row.option == option && (!row.ipv4_only || kind.family == address_family::ipv4)) {
            return row.set(posix::descriptor(socket), kind, value);
        }
    }
    const auto* row = find(option);
    const auto target = row != nullptr ? in_family(*row, kind.family) : none;
    if (target.level == -1) {
        return errc::no_protocol_option;
    }
    const int number = posix::descriptor(socket);
    const int given = to_kernel(row->kind, value);
    auto done = posix::to_result(::setsockopt(number, target.level, target.name, &given, sizeof(given)));
    if (done && target.level == IPPROTO_IPV6 && row->ipv4.level == IPPROTO_IP) {
        // A dual-stack socket sends IPv4 as well, under IPv4's own setting; an IPv6-only one has no use for
        // it.
        ::setsockopt(number, row->ipv4.level, row->ipv4.name, &given, sizeof(given));
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
    return posix::to_result(::setsockopt(posix::descriptor(socket), hop_by_hop ? IPPROTO_IPV6 : IPPROTO_IP,
                                         hop_by_hop ? IPV6_HOPOPTS : IP_OPTIONS, bytes.data(),
                                         static_cast<socklen_t>(bytes.size())));
}

result<int> get_option(handle socket, const socket_kind& kind, lower_option option) noexcept
{
    if (option == lower_option::peer_process) {
        return peer_process(posix::descriptor(socket));
    }
    const auto* row = find(option);
    const auto source = row != nullptr ? in_family(*row, kind.family) : none;
    if (source.level == -1) {
        return errc::no_protocol_option;
    }
    int value = 0;
    socklen_t size = sizeof(value);
    if (::getsockopt(posix::descriptor(socket), source.level, source.name, &value, &size) == -1) {
        return errc_from_errno(errno);
    }
    return from_kernel(row->kind, value);
}

}  // namespace spindle::native
