// Level IPPROTO_IPV6: page "IPPROTO_IPV6 Socket Options", contract T-IP6.
#include <array>

#include "group_options.hpp"
#include "option_values.hpp"
#include "spindle/options.hpp"

namespace spindle {
namespace {

namespace number {
constexpr int hop_options = 1;
constexpr int header_included = 2;
constexpr int unicast_hops = 4;
constexpr int multicast_interface = 9;
constexpr int multicast_hops = 10;
constexpr int multicast_loop = 11;
constexpr int join_group = 12;
constexpr int leave_group = 13;
constexpr int dont_fragment = 14;
constexpr int packet_info = 19;
constexpr int receive_hop_limit = 21;
constexpr int protection_level = 23;
constexpr int receive_interface = 24;
constexpr int receive_destination = 25;
constexpr int checksum = 26;
constexpr int interface_list = 28;
constexpr int add_interface = 29;
constexpr int delete_interface = 30;
constexpr int unicast_interface = 31;
constexpr int get_interface_list = 33;
constexpr int receive_routing_header = 38;
constexpr int receive_traffic_class = 40;
constexpr int congestion_mark = 50;
constexpr int packet_info_ex = 51;
constexpr int path_discovery = 71;
constexpr int path_mtu = 72;
constexpr int receive_errors = 75;
constexpr int user_mtu = 76;
}  // namespace number

using namespace option_values;
using namespace group_options;
using option = lower_option;
using enum length_rule;
constexpr int ipv6 = option_level::ipv6;
constexpr unsigned ur = owners::udp6 | owners::raw6;

constexpr option_row row(int name, unsigned who, length_rule length, number_getter get, number_setter set) noexcept
{
    return number_option(ipv6, name, who, length, get, set);
}

template <unsigned Bit>
constexpr option_row control(int name, length_rule length) noexcept
{
    return number_option(ipv6, name, ur, length, control_wanted<Bit>, set_control_wanted<Bit>);
}

constexpr auto rows = std::to_array<option_row>({
    block_option(ipv6, number::hop_options, owners::ipv6, 0, header_option_bytes<&rare_options::hop_options>,
                 set_header_option_bytes<header_options::hop_options, &rare_options::hop_options>),
    row(number::header_included, owners::raw6, boolean, kept_value<kept::header_included, 0>,
        set_kept_flag<option::header_included, kept::header_included>),
    row(number::unicast_hops, owners::ipv6, octet, lower_value<option::unicast_hops>, set_lower<option::unicast_hops>),
    row(number::multicast_interface, ur, whole, kept_value<kept::multicast_interface, 0>,
        set_kept<option::multicast_interface, kept::multicast_interface, 0>),
    row(number::multicast_hops, ur, octet, kept_value<kept::multicast_hops, 1>,
        set_kept<option::multicast_hops, kept::multicast_hops>),
    row(number::multicast_loop, ur, boolean, reception_rule<&reception_rules::local_multicasts>,
        set_reception_rule<&reception_rules::local_multicasts>),
    block_option(ipv6, number::join_group, ur, 20, nullptr, change_ipv6<group_action::join>),
    block_option(ipv6, number::leave_group, ur, 20, nullptr, change_ipv6<group_action::leave>),
    row(number::dont_fragment, owners::ipv6, boolean, dont_fragment, set_dont_fragment),
    control<control_bit::ipv6_packet>(number::packet_info, whole),
    control<control_bit::ipv6_hops>(number::receive_hop_limit, whole),
    row(number::protection_level, owners::ipv6, whole, kept_value<kept::protection_level, 10>,
        before_bind<set_protection_level>),
    control<control_bit::ipv6_interface>(number::receive_interface, boolean),
    control<control_bit::ipv6_destination>(number::receive_destination, boolean),
    row(number::checksum, owners::raw6, whole, kept_value<kept::checksum_offset, -1>,
        set_kept<option::checksum_offset, kept::checksum_offset, -1>),
    number_option(ipv6, ipv6_option::v6_only, owners::all, one_byte, stored<&socket_options::v6_only>, set_v6_only),
    row(number::interface_list, owners::ipv6, whole, reception_rule<&reception_rules::only_listed>,
        set_reception_rule<&reception_rules::only_listed>),
    row(number::add_interface, owners::ipv6, whole, nullptr, add_interface),
    row(number::delete_interface, owners::ipv6, whole, nullptr, remove_interface),
    block_option(ipv6, number::get_interface_list, owners::ipv6, 0, listed_interfaces, nullptr),
    row(number::unicast_interface, owners::ipv6, whole, kept_value<kept::ipv6_unicast_interface, 0>,
        set_kept<option::unicast_interface, kept::ipv6_unicast_interface, 0>),
    row(number::receive_routing_header, ur, boolean, always<0>, nothing_but<0>),
    control<control_bit::ipv6_class>(number::receive_traffic_class, whole),
    control<control_bit::ipv6_mark>(number::congestion_mark, boolean),
    control<control_bit::ipv6_packet_ex>(number::packet_info_ex, boolean),
    row(number::path_discovery, owners::ipv6, whole, kept_value<kept::path_discovery, 0>,
        set_kept<option::path_discovery, kept::path_discovery, 1, 3>),
    row(number::path_mtu, owners::ipv6, whole, lower_value<option::path_mtu>, nullptr),
    row(number::receive_errors, owners::udp6, boolean, always<0>, nothing_but<0>),
    row(number::user_mtu, owners::ipv6, whole, always<-1>, nothing_but<-1>),
    group_option(ipv6, group_action::join, ur),
    group_option(ipv6, group_action::leave, ur),
    group_option(ipv6, group_action::block, ur),
    group_option(ipv6, group_action::unblock, ur),
    group_option(ipv6, group_action::join_source, ur),
    group_option(ipv6, group_action::leave_source, ur),
});

}  // namespace

std::span<const option_row> ipv6_level_options() noexcept
{
    return rows;
}

}  // namespace spindle
