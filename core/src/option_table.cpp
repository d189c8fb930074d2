// THE table of socket options: level, name, who has it, how long its value is, how it is read and set (pages
// "SOL_SOCKET Socket Options", "IPPROTO_TCP Socket Options", "IPPROTO_IP Socket Options", "IPPROTO_IPV6
// Socket Options"). Every value here is 32 bits wide; options whose values are client structures with
// pointers are the SPI layer's.
#include "option_table.hpp"

#include <algorithm>
#include <bit>
#include <climits>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "option_values.hpp"

namespace spindle {

namespace {

// Who has an option; `other` is what the rest get.
enum class owners { all, streams, datagrams, tcp, ipv4, ipv6, ipv6_datagrams };

// How many bytes a value has (OPT-3 to OPT-9).
enum class length_rule {
    one_byte,  ///< set: 1 or more, the first counts; get: 1
    boolean,   ///< set: 1 or more; get: 4, or 1 into a shorter buffer
    octet,     ///< as boolean, a number up to 255
    whole,     ///< 4 or more
};

using getter = result<int> (*)(basic_socket&);
using setter = result<void> (*)(basic_socket&, int);

/// Names without a documented constant in options.hpp.
namespace number {
constexpr int use_loopback = 0x40;
constexpr int send_low_water = 0x1003;
constexpr int receive_low_water = 0x1004;
constexpr int largest_datagram = 0x7009;
constexpr int largest_path_datagram = 0x700A;
constexpr int tcp_keep_idle = 3;
constexpr int tcp_maximum_segment = 4;
constexpr int tcp_keep_count = 16;
constexpr int tcp_keep_interval = 17;
constexpr int tcp_bsd_urgent = 0x7000;
constexpr int ip_type_of_service = 3;
constexpr int ip_time_to_live = 4;
constexpr int ipv6_unicast_hops = 4;
// The same at both levels.
constexpr int packet_info = 19;
constexpr int receive_hop_limit = 21;
constexpr int receive_traffic_class = 40;
constexpr int receive_congestion_mark = 50;
// SIO_UDP_CONNRESET: a setting that Winsock reaches by an ioctl; its code serves as the name.
constexpr int udp_report_reset = static_cast<int>(0x9800000CU);
}  // namespace number

struct option_row {
    int level;
    int name;
    owners who;
    length_rule length;
    getter get;  ///< null: refused with `refusal`
    setter set;  ///< null: refused with `refusal`
    errc refusal = errc::no_protocol_option;
};

using namespace option_values;
using option = lower_option;
using values = socket_options;
namespace so = socket_option;
using enum length_rule;
using enum owners;
constexpr int sol = option_level::socket;

constexpr option_row table[] = {
    {sol, so::debug, all, boolean, stored<&values::debug>, store_flag<&values::debug>},
    {sol, so::accept_connections, all, boolean, is_listening, nullptr},
    {sol, so::reuse_address, all, boolean, is_bind_mode<bind_mode::reuse>,
     set_bind_mode<bind_mode::reuse, bind_mode::exclusive>},
    {sol, so::exclusive_address_use, all, boolean, is_bind_mode<bind_mode::exclusive>,
     set_bind_mode<bind_mode::exclusive, bind_mode::reuse>},
    {sol, so::keep_alive, streams, one_byte, stored<&values::keep_alive>, switch_keep_alive},
    {sol, so::dont_route, all, one_byte, stored<&values::dont_route>, store_flag<&values::dont_route>},
    {sol, so::broadcast, all, boolean, stored<&values::broadcast>, set_broadcast},
    {sol, so::linger, streams, whole, linger_value, set_linger_value},
    {sol, so::dont_linger, streams, boolean, dont_linger, set_dont_linger},
    {sol, so::oob_inline, streams, boolean, stored<&values::oob_inline>, set_oob_inline},
    {sol, so::send_buffer, all, whole, stored<&values::send_buffer>,
     set_buffer<option::send_buffer, &values::send_buffer>},
    {sol, so::receive_buffer, all, whole, stored<&values::receive_buffer>,
     set_buffer<option::receive_buffer, &values::receive_buffer>},
    {sol, so::send_timeout, all, whole, stored<&values::send_timeout_ms>,
     store_milliseconds<&values::send_timeout_ms>},
    {sol, so::receive_timeout, all, whole, stored<&values::receive_timeout_ms>,
     store_milliseconds<&values::receive_timeout_ms>},
    {sol, so::error, all, whole, pending_error, set_pending_error},
    {sol, so::type, all, whole, type_number, refuse_type},
    {sol, so::group_id, all, whole, no_group, nullptr},
    {sol, so::group_priority, all, whole, stored<&values::group_priority>,
     store_number<&values::group_priority>},
    {sol, so::max_message_size, datagrams, whole, largest_datagram, nullptr},
    {sol, number::largest_datagram, datagrams, whole, largest_datagram, nullptr},
    {sol, number::largest_path_datagram, datagrams, whole, largest_datagram, nullptr},
    {sol, so::conditional_accept, streams, boolean, stored<&values::conditional_accept>,
     set_conditional_accept},
    {sol, so::connect_time, all, whole, connect_seconds, nullptr},
    {sol, number::use_loopback, all, boolean, nullptr, nullptr, errc::invalid_argument},
    {sol, number::send_low_water, all, whole, nullptr, nullptr, errc::invalid_argument},
    {sol, number::receive_low_water, all, whole, nullptr, nullptr, errc::invalid_argument},

    {option_level::tcp, tcp_option::no_delay, tcp, one_byte, stored<&values::no_delay>,
     set_flag<option::no_delay, &values::no_delay>},
    {option_level::tcp, tcp_option::expedited_1122, tcp, boolean, stored<&values::expedited_1122>,
     set_expedited},
    {option_level::tcp, number::tcp_bsd_urgent, tcp, boolean, bsd_urgent, set_bsd_urgent},
    {option_level::tcp, number::tcp_keep_idle, tcp, whole, stored<&values::keep_alive_idle>,
     set_keep_alive<option::keep_alive_idle, &values::keep_alive_idle, 32767>},
    {option_level::tcp, number::tcp_keep_interval, tcp, whole, stored<&values::keep_alive_interval>,
     set_keep_alive<option::keep_alive_interval, &values::keep_alive_interval, 32767>},
    {option_level::tcp, number::tcp_keep_count, tcp, whole, stored<&values::keep_alive_count>,
     set_keep_alive<option::keep_alive_count, &values::keep_alive_count, 255>},
    {option_level::tcp, number::tcp_maximum_segment, tcp, whole, lower_value<option::maximum_segment>,
     nullptr},

    {option_level::udp, number::udp_report_reset, datagrams, boolean, stored<&values::report_reset>,
     set_flag<option::report_unreachable, &values::report_reset>},

    {option_level::ip, number::ip_time_to_live, ipv4, octet, lower_value<option::unicast_hops>,
     set_lower<option::unicast_hops>, errc::invalid_argument},
    {option_level::ip, number::ip_type_of_service, ipv4, octet, lower_value<option::type_of_service>,
     set_lower<option::type_of_service>, errc::invalid_argument},
    {option_level::ip, number::packet_info, datagrams, whole, control_wanted<control_bit::ip_packet>,
     set_control_wanted<control_bit::ip_packet>, errc::invalid_argument},
    {option_level::ip, number::receive_hop_limit, datagrams, whole, control_wanted<control_bit::ip_hops>,
     set_control_wanted<control_bit::ip_hops>, errc::invalid_argument},
    {option_level::ip, number::receive_traffic_class, datagrams, whole, control_wanted<control_bit::ip_class>,
     set_control_wanted<control_bit::ip_class>, errc::invalid_argument},
    {option_level::ip, number::receive_congestion_mark, datagrams, boolean, control_wanted<control_bit::ip_mark>,
     set_control_wanted<control_bit::ip_mark>, errc::invalid_argument},

    {option_level::ipv6, number::ipv6_unicast_hops, ipv6, octet, lower_value<option::unicast_hops>,
     set_lower<option::unicast_hops>, errc::invalid_argument},
    {option_level::ipv6, number::packet_info, ipv6_datagrams, whole, control_wanted<control_bit::ipv6_packet>,
     set_control_wanted<control_bit::ipv6_packet>, errc::invalid_argument},
    {option_level::ipv6, number::receive_hop_limit, ipv6_datagrams, whole, control_wanted<control_bit::ipv6_hops>,
     set_control_wanted<control_bit::ipv6_hops>, errc::invalid_argument},
    {option_level::ipv6, number::receive_traffic_class, ipv6_datagrams, whole, control_wanted<control_bit::ipv6_class>,
     set_control_wanted<control_bit::ipv6_class>, errc::invalid_argument},
    {option_level::ipv6, number::receive_congestion_mark, ipv6_datagrams, boolean, control_wanted<control_bit::ipv6_mark>,
     set_control_wanted<control_bit::ipv6_mark>, errc::invalid_argument},
    {option_level::ipv6, ipv6_option::v6_only, all, one_byte, stored<&values::v6_only>, set_v6_only},
};

constexpr int known_levels[] = {option_level::socket, option_level::tcp, option_level::udp, option_level::ip,
                                option_level::ipv6};

bool belongs_to(owners who, const socket_kind& kind) noexcept
{
    switch (who) {
    case owners::all:
        return true;
    case owners::streams:
        return kind.type == socket_type::stream;
    case owners::datagrams:
        return kind.type == socket_type::datagram;
    case owners::tcp:
        return kind.type == socket_type::stream && kind.family != address_family::local;
    case owners::ipv4:
        return kind.family == address_family::ipv4;
    case owners::ipv6:
        return kind.family == address_family::ipv6;
    case owners::ipv6_datagrams:
        return kind.family == address_family::ipv6 && kind.type == socket_type::datagram;
    }
    return false;
}

/// The row, checked for level, name and type of socket, in this order (OPT-1, OPT-12).
result<const option_row*> find_row(const basic_socket& target, int level, int name)
{
    if (std::find(std::begin(known_levels), std::end(known_levels), level) == std::end(known_levels)) {
        return errc::invalid_argument;
    }
    const auto row = std::find_if(std::begin(table), std::end(table), [&](const option_row& candidate) {
        return candidate.level == level && candidate.name == name;
    });
    if (row == std::end(table)) {
        return errc::no_protocol_option;
    }
    if (!belongs_to(row->who, target.kind())) {
        return row->refusal;
    }
    return &*row;
}

/// A client's negative length arrives as a huge one. SOL_SOCKET takes the bytes the option needs, other
/// levels and one-byte options do not (OPT-5).
bool is_negative(std::size_t length) noexcept
{
    return length > static_cast<std::size_t>(INT_MAX);
}

/// How many bytes of the value count; 0 means: accepted, without effect.
result<std::size_t> counted_bytes(const option_row& row, std::size_t length)
{
    const bool socket_level = row.level == option_level::socket;
    if (is_negative(length) && (!socket_level || row.length == one_byte)) {
        return errc::no_buffer_space;
    }
    switch (row.length) {
    case one_byte:
        return length == 0 ? result<std::size_t>(errc::fault) : result<std::size_t>(1);
    case whole:
        return length < sizeof(int) ? result<std::size_t>(errc::fault) : result<std::size_t>(sizeof(int));
    case boolean:
    case octet:
        break;
    }
    if (length == 0 && !socket_level) {
        return errc::fault;
    }
    return std::min(length, sizeof(int));
}

int little_endian(const std::byte* bytes, std::size_t count) noexcept
{
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, count);
    return static_cast<int>(value);
}

std::size_t put(std::span<std::byte> target, int number, std::size_t count) noexcept
{
    std::memcpy(target.data(), &number, count);
    return count;
}

}  // namespace

static_assert(std::endian::native == std::endian::little, "values shorter than 32 bits are their low bytes");

result<void> set_socket_option(basic_socket& target, int level, int name, std::span<const std::byte> value)
{
    const auto row = find_row(target, level, name);
    if (!row) {
        return row.error();
    }
    const option_row& found = **row;
    if (found.set == nullptr) {
        return found.refusal;
    }
    if (value.data() == nullptr) {
        return errc::fault;
    }
    const auto count = counted_bytes(found, value.size());
    if (!count) {
        return count.error();
    }
    if (*count == 0) {
        return {};
    }
    const int number = little_endian(value.data(), *count);
    if (found.length == octet && (number < 0 || number > 255)) {
        return errc::invalid_argument;
    }
    return found.set(target, number);
}

result<std::size_t> get_socket_option(basic_socket& target, int level, int name, std::span<std::byte> value)
{
    const auto row = find_row(target, level, name);
    if (!row) {
        return row.error();
    }
    const option_row& found = **row;
    if (found.get == nullptr) {
        return found.refusal;
    }
    if (value.data() == nullptr || value.empty() || (found.length == whole && value.size() < sizeof(int))) {
        return errc::fault;
    }
    const auto number = found.get(target);
    if (!number) {
        return number.error();
    }
    const bool short_form = found.length == one_byte || value.size() < sizeof(int);
    return put(value, *number, short_form ? 1 : sizeof(int));
}

void reapply_client_options(basic_socket& target) noexcept
{
    struct setting {
        option name;
        int value;
        bool differs;  // from what a fresh socket has
    };
    const socket_options& options = target.options();
    const int send_buffer = options.send_buffer.load(std::memory_order_relaxed);
    const setting settings[] = {
        {option::keep_alive_idle, options.keep_alive_idle, options.keep_alive},
        {option::keep_alive_interval, options.keep_alive_interval, options.keep_alive},
        {option::keep_alive_count, options.keep_alive_count, options.keep_alive},
        {option::keep_alive, 1, options.keep_alive},
        {option::no_delay, 1, options.no_delay},
        {option::broadcast, 1, options.broadcast && !target.is_stream()},
        {option::send_buffer, send_buffer, send_buffer != default_buffer},
        {option::receive_buffer, options.receive_buffer, options.receive_buffer != default_buffer},
        {option::report_unreachable, 0, !options.report_reset},
    };
    for (const setting& one : settings) {
        if (one.differs) {
            // The system took the same value before; should it refuse now, the connection works without it.
            (void)target.lower().set_option(one.name, one.value);
        }
    }
}

}  // namespace spindle
