// Levels IPPROTO_TCP and IPPROTO_UDP: pages "IPPROTO_TCP Socket Options", "IPPROTO_UDP Socket Options", contract T-TCP, T-UDP,
// and the settings that Winsock reaches by ioctls, whose codes serve as names.
#include <array>

#include "option_values.hpp"
#include "spindle/options.hpp"

namespace spindle {
namespace {

namespace number {
constexpr int tcp_keep_idle = 3;
constexpr int tcp_maximum_segment = 4;
constexpr int tcp_retransmission_limit = 5;
constexpr int tcp_standard_urgent = 6;
constexpr int tcp_no_urgent = 7;
constexpr int tcp_at_mark = 8;
constexpr int tcp_no_syn_retries = 9;
constexpr int tcp_timestamps = 10;
constexpr int tcp_congestion_algorithm = 12;
constexpr int tcp_retransmission_limit_ms = 14;
constexpr int tcp_fast_open = 15;
constexpr int tcp_keep_count = 16;
constexpr int tcp_keep_interval = 17;
constexpr int tcp_fail_connect_on_icmp = 18;
constexpr int tcp_icmp_error = 19;
constexpr int tcp_bsd_urgent = 0x7000;
constexpr int udp_no_checksum = 1;
constexpr int udp_send_message_size = 2;
constexpr int udp_coalesced_size = 3;
constexpr int udp_checksum_coverage = 20;
}  // namespace number

using namespace option_values;
using option = lower_option;
using values = socket_options;
using enum length_rule;

constexpr option_row tcp(int name, length_rule length, number_getter get, number_setter set) noexcept
{
    return number_option(option_level::tcp, name, owners::tcp, length, get, set);
}
constexpr option_row udp(int name, unsigned who, length_rule length, number_getter get, number_setter set) noexcept
{
    return number_option(option_level::udp, name, who, length, get, set);
}

constexpr auto rows = std::to_array<option_row>({
    tcp(tcp_option::no_delay, one_byte, stored<&values::no_delay>, set_flag<option::no_delay, &values::no_delay>),
    tcp(tcp_option::expedited_1122, boolean, stored<&values::expedited_1122>, set_expedited),
    tcp(number::tcp_bsd_urgent, boolean, bsd_urgent, set_bsd_urgent),
    tcp(number::tcp_keep_idle, whole, stored<&values::keep_alive_idle>,
        set_keep_alive<option::keep_alive_idle, &values::keep_alive_idle, 32767>),
    tcp(number::tcp_keep_interval, whole, stored<&values::keep_alive_interval>,
        set_keep_alive<option::keep_alive_interval, &values::keep_alive_interval, 32767>),
    tcp(number::tcp_keep_count, whole, stored<&values::keep_alive_count>,
        set_keep_alive<option::keep_alive_count, &values::keep_alive_count, 255>),
    tcp(number::tcp_maximum_segment, whole, lower_value<option::maximum_segment>, nullptr),
    tcp(number::tcp_retransmission_limit, whole, retransmission_limit<1000>, set_retransmission_limit<1000>),
    tcp(number::tcp_retransmission_limit_ms, whole, retransmission_limit<1>, set_retransmission_limit<1>),
    tcp(number::tcp_at_mark, boolean, at_urgent_mark, nullptr),
    tcp(number::tcp_timestamps, boolean, uses_timestamps, nullptr),
    tcp(number::tcp_fast_open, boolean, kept_value<kept::fast_open, 0>,
        set_kept_flag<option::fast_open, kept::fast_open>),
    tcp(number::tcp_fail_connect_on_icmp, boolean, kept_value<kept::fail_on_icmp, 0>, keep_flag<kept::fail_on_icmp>),
    tcp(ioctl_setting::tcp_syn_retries, whole, kept_value<kept::syn_retries, 0>,
        before_connect<set_kept<option::syn_retries, kept::syn_retries, 1, 127>>),
    refused_option(option_level::tcp, number::tcp_standard_urgent),
    refused_option(option_level::tcp, number::tcp_no_urgent),
    refused_option(option_level::tcp, number::tcp_no_syn_retries),
    refused_option(option_level::tcp, number::tcp_congestion_algorithm),
    refused_option(option_level::tcp, number::tcp_icmp_error),

    udp(number::udp_no_checksum, owners::udp4, boolean, kept_value<kept::no_checksum, 0>,
        set_kept_flag<option::no_checksum, kept::no_checksum>),
    udp(number::udp_checksum_coverage, owners::udp4, boolean, has_checksum, set_has_checksum),
    udp(number::udp_send_message_size, owners::udp, whole, kept_value<kept::segment_size, 0>,
        set_kept<option::segment_size, kept::segment_size, 0, 65535>),
    udp(number::udp_coalesced_size, owners::udp, whole, always<0>, nothing_but<0>),
    udp(ioctl_setting::udp_report_reset, owners::datagrams, boolean, stored<&values::report_reset>,
        set_report<&values::report_reset>),
    udp(ioctl_setting::udp_report_expired, owners::datagrams, boolean, stored<&values::report_expired>,
        set_report<&values::report_expired>),
});

}  // namespace

std::span<const option_row> transport_level_options() noexcept
{
    return rows;
}

}  // namespace spindle
