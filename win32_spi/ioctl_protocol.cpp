// Control codes of single protocols: TCP's keep-alive, figures and first retransmission, UDP's error reports, multicast,
// reception of everything by raw sockets, AF_UNIX peers. Pages: "SIO_KEEPALIVE_VALS", "SIO_TCP_INFO" and their like.
#include <algorithm>
#include <array>

#include "ioctl_row.hpp"

namespace spindle::spi {

namespace {

// Codes and layouts of mswsock.h, mstcpip.h and afunix.h, not all of which every version of the headers has.
namespace code {
constexpr DWORD multipoint_loopback = 0x88000009;
constexpr DWORD multicast_scope = 0x8800000A;
constexpr DWORD ideal_send_backlog = 0x4004747B;
constexpr DWORD receive_all = 0x98000001;
constexpr DWORD receive_all_multicast = 0x98000002;
constexpr DWORD receive_all_igmp = 0x98000003;
constexpr DWORD keepalive_vals = 0x98000004;
constexpr DWORD udp_connreset = 0x9800000C;
constexpr DWORD udp_netreset = 0x9800000F;
constexpr DWORD loopback_fast_path = 0x98000010;
constexpr DWORD tcp_initial_rto = 0x98000011;
constexpr DWORD tcp_info = 0xD8000027;
constexpr DWORD peer_process = 0x58000100;
}  // namespace code

constexpr int tcp_keepidle = 3;
constexpr int tcp_keepintvl = 17;

bool is_tcp(const socket& it) noexcept
{
    return it.kind().type == socket_type::stream && it.kind().protocol == IPPROTO_TCP;
}

bool is_udp(const socket& it) noexcept
{
    return it.kind().type == socket_type::datagram;
}

/// Milliseconds of the ioctl as the seconds of the option, rounded up; zero keeps what is there (CTL-22).
result<void> set_rounded_seconds(socket& it, int name, ULONG milliseconds)
{
    constexpr ULONG highest = 32767;
    const ULONG seconds = std::min(milliseconds / 1000 + (milliseconds % 1000 != 0 ? 1U : 0U), highest);
    return seconds == 0 ? result<void>() : set_number(it, option_level::tcp, name, static_cast<int>(seconds));
}

result<void> set_keepalive(socket& it, ioctl_call& call)
{
    struct {
        ULONG on;
        ULONG idle_milliseconds;
        ULONG interval_milliseconds;
    } values{};
    if (it.kind().protocol != IPPROTO_TCP) {
        return errc::no_protocol_option;
    }
    if (!call.read(values)) {
        return errc::fault;
    }
    if (values.on != 0) {
        if (auto idle = set_rounded_seconds(it, tcp_keepidle, values.idle_milliseconds); !idle) {
            return idle;
        }
        if (auto interval = set_rounded_seconds(it, tcp_keepintvl, values.interval_milliseconds); !interval) {
            return interval;
        }
    }
    return set_number(it, option_level::socket, socket_option::keep_alive, values.on != 0 ? 1 : 0);
}

/// Core keeps these settings among its options, under the ioctls' codes.
template <int Setting>
result<void> set_report(socket& it, ioctl_call& call)
{
    BOOL report = 0;
    if (!is_udp(it)) {
        return errc::operation_not_supported;
    }
    return call.read(report) ? set_number(it, option_level::udp, Setting, report) : result<void>(errc::fault);
}

/// CTL-37: another name for an option of the socket's IP version, which differ by level only.
template <int Option>
result<void> set_multicast(socket& it, ioctl_call& call)
{
    int value = 0;
    if (it.kind().type == socket_type::stream) {
        return errc::operation_not_supported;
    }
    const bool ipv6 = it.kind().family == address_family::ipv6;
    return call.read(value) ? set_number(it, ipv6 ? option_level::ipv6 : option_level::ip, Option, value)
                            : result<void>(errc::fault);
}
static_assert(IP_MULTICAST_LOOP == IPV6_MULTICAST_LOOP && IP_MULTICAST_TTL == IPV6_MULTICAST_HOPS);

/// CTL-38: what the provider takes beyond what the system has is SO_SNDBUF; more need not be outstanding.
result<void> get_send_backlog(socket& it, ioctl_call& call)
{
    constexpr int least = 0x10000;
    if (!is_tcp(it)) {
        return errc::operation_not_supported;
    }
    if (!call.takes(sizeof(ULONG))) {
        return errc::fault;
    }
    if (const auto figures = figures_of(it); !figures) {
        return figures.error();
    }
    const auto buffer = get_number(it, option_level::socket, socket_option::send_buffer);
    return buffer ? call.write(static_cast<ULONG>(std::max(*buffer, least))) : result<void>(buffer.error());
}

struct info_v0 {
    int state;
    ULONG maximum_segment;
    ULONG64 connection_ms;
    BOOLEAN timestamps;
    ULONG round_trip_us;
    ULONG shortest_round_trip_us;
    ULONG bytes_in_flight;
    ULONG congestion_window;
    ULONG send_window;
    ULONG receive_window;
    ULONG receive_buffer;
    ULONG64 bytes_out;
    ULONG64 bytes_in;
    ULONG bytes_reordered;
    ULONG bytes_retransmitted;
    ULONG fast_retransmissions;
    ULONG duplicate_acknowledgements;
    ULONG timeouts;
    UCHAR syn_retransmitted;
};

struct limit {
    ULONG transitions;
    ULONG milliseconds;
    ULONG64 bytes;
};

struct info_v1 {
    info_v0 before;
    limit by_receiver;
    limit by_congestion;
    limit by_sender;
};
static_assert(sizeof(info_v0) == 88 && sizeof(info_v1) == 136);

ULONG in_milliseconds(std::uint64_t microseconds) noexcept
{
    return static_cast<ULONG>(std::min<std::uint64_t>(microseconds / 1000, ~ULONG{0}));
}

info_v1 layout_of(const connection_figures& figures) noexcept
{
    const tcp_statistics& counted = figures.counted;
    info_v1 made{};
    made.before.state = static_cast<int>(counted.state);
    made.before.maximum_segment = counted.maximum_segment;
    made.before.connection_ms = static_cast<ULONG64>(figures.age.count());
    made.before.timestamps = counted.timestamps ? 1 : 0;
    made.before.round_trip_us = counted.round_trip_us;
    made.before.shortest_round_trip_us = counted.shortest_round_trip_us;
    made.before.bytes_in_flight = counted.bytes_in_flight;
    made.before.congestion_window = counted.congestion_window;
    made.before.send_window = counted.send_window;
    made.before.receive_window = counted.receive_window;
    made.before.receive_buffer = static_cast<ULONG>(figures.receive_buffer);
    made.before.bytes_out = counted.bytes_out;
    made.before.bytes_in = counted.bytes_in;
    made.before.bytes_reordered = counted.bytes_reordered;
    made.before.bytes_retransmitted = counted.bytes_retransmitted;
    made.before.timeouts = counted.timeouts;
    made.before.syn_retransmitted = static_cast<UCHAR>(std::min(counted.syn_retransmitted, 255U));
    made.by_receiver.milliseconds = in_milliseconds(counted.limited_by_receiver_us);
    made.by_congestion.milliseconds = in_milliseconds(counted.limited_by_congestion_us);
    made.by_sender.milliseconds = in_milliseconds(counted.limited_by_sender_us);
    return made;
}

result<void> get_tcp_info(socket& it, ioctl_call& call)
{
    DWORD version = 0;
    if (!is_tcp(it)) {
        return errc::operation_not_supported;
    }
    if (!call.read(version)) {
        return errc::fault;
    }
    if (version > 1) {
        return errc::invalid_argument;
    }
    const std::size_t size = version == 0 ? sizeof(info_v0) : sizeof(info_v1);
    if (!call.takes(size)) {
        return errc::fault;
    }
    const auto figures = figures_of(it);
    if (!figures) {
        return figures.error();
    }
    const info_v1 info = layout_of(*figures);
    return call.write_bytes(&info, size);
}

/// CTL-40. The first round trip's assumed time cannot be chosen here; a wish for no retransmission becomes the least there is.
result<void> set_initial_rto(socket& it, ioctl_call& call)
{
    struct {
        USHORT round_trip_ms;
        UCHAR retransmissions;
    } wanted{};
    constexpr USHORT unspecified_time = 0xFFFF;
    constexpr UCHAR unspecified_count = 0xFF;
    constexpr UCHAR no_retransmission = 0xFE;
    if (!is_tcp(it)) {
        return errc::operation_not_supported;
    }
    if (!call.read(wanted)) {
        return errc::fault;
    }
    if (wanted.round_trip_ms != unspecified_time && wanted.round_trip_ms != 0) {
        return errc::operation_not_supported;
    }
    if (wanted.retransmissions == unspecified_count || wanted.retransmissions == 0) {
        return {};
    }
    const int count = wanted.retransmissions == no_retransmission ? 1 : wanted.retransmissions;
    return set_number(it, option_level::tcp, ioctl_setting::tcp_syn_retries, count);
}

/// CTL-41: loopback has no slower path here.
result<void> set_fast_path(socket& it, ioctl_call& call)
{
    BOOL on = 0;
    if (!is_tcp(it)) {
        return errc::operation_not_supported;
    }
    return call.read(on) ? result<void>() : result<void>(errc::fault);
}

/// CTL-42: a raw socket gets its own protocol's packets and no others; turning off what is never on is no lie.
result<void> set_receive_all(socket& it, ioctl_call& call)
{
    constexpr DWORD highest = 3;
    DWORD wanted = 0;
    if (it.kind().type != socket_type::raw) {
        return errc::operation_not_supported;
    }
    if (!call.read(wanted)) {
        return errc::fault;
    }
    const auto local = it.local_address();
    if (!local || local->is_wildcard() || wanted > highest) {
        return errc::invalid_argument;
    }
    return wanted == 0 ? result<void>() : result<void>(errc::operation_not_supported);
}

result<void> get_peer_process(socket& it, ioctl_call& call)
{
    const auto id = peer_process(it);
    return id ? call.write(ULONG{*id}) : result<void>(id.error());
}

constexpr auto rows = std::to_array<ioctl_row>({
    {code::multipoint_loopback, set_multicast<IP_MULTICAST_LOOP>},
    {code::multicast_scope, set_multicast<IP_MULTICAST_TTL>},
    {code::ideal_send_backlog, get_send_backlog},
    {code::receive_all, set_receive_all},
    {code::receive_all_multicast, set_receive_all},
    {code::receive_all_igmp, set_receive_all},
    {code::keepalive_vals, set_keepalive},
    {code::udp_connreset, set_report<ioctl_setting::udp_report_reset>},
    {code::udp_netreset, set_report<ioctl_setting::udp_report_expired>},
    {code::loopback_fast_path, set_fast_path},
    {code::tcp_initial_rto, set_initial_rto},
    {code::tcp_info, get_tcp_info},
    {code::peer_process, get_peer_process},
});

}  // namespace

std::span<const ioctl_row> protocol_ioctls() noexcept
{
    return rows;
}

}  // namespace spindle::spi
