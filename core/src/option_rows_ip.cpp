// Level IPPROTO_IP: page "IPPROTO_IP Socket Options", contract T-IP.
#include <array>

#include "group_options.hpp"
#include "option_values.hpp"
#include "spindle/options.hpp"

namespace spindle {
namespace {

namespace number {
constexpr int options = 1;
constexpr int header_included = 2;
constexpr int type_of_service = 3;
constexpr int time_to_live = 4;
constexpr int multicast_interface = 9;
constexpr int multicast_hops = 10;
constexpr int multicast_loop = 11;
constexpr int add_membership = 12;
constexpr int drop_membership = 13;
constexpr int dont_fragment = 14;
constexpr int add_source_membership = 15;
constexpr int drop_source_membership = 16;
constexpr int block_source = 17;
constexpr int unblock_source = 18;
constexpr int packet_info = 19;
constexpr int receive_hop_limit = 21;
constexpr int receive_broadcast = 22;
constexpr int receive_interface = 24;
constexpr int receive_destination = 25;
constexpr int interface_list = 28;
constexpr int add_interface = 29;
constexpr int delete_interface = 30;
constexpr int unicast_interface = 31;
constexpr int routing_header = 32;
constexpr int get_interface_list = 33;
constexpr int receive_type_of_service = 40;
constexpr int arrival_interface = 47;
constexpr int congestion_mark = 50;
constexpr int packet_info_ex = 51;
constexpr int path_discovery = 71;
constexpr int path_mtu = 73;
constexpr int receive_errors = 75;
constexpr int user_mtu = 76;
}  // namespace number

using namespace option_values;
using namespace group_options;
using option = lower_option;
using enum length_rule;
constexpr int ip = option_level::ip;
constexpr unsigned ur = owners::udp4 | owners::raw4;
// An IPv6 socket asks for these as well, for what it receives as a dual-stack socket.
constexpr unsigned receivers = owners::datagrams;

constexpr option_row row(int name, unsigned who, length_rule length, number_getter get, number_setter set) noexcept
{
    return number_option(ip, name, who, length, get, set);
}

template <unsigned Bit>
constexpr option_row control(int name, length_rule length) noexcept
{
    return number_option(ip, name, receivers, length, control_wanted<Bit>, set_control_wanted<Bit>);
}

constexpr auto rows = std::to_array<option_row>({
    block_option(ip, number::options, owners::ipv4, 0, header_option_bytes<&rare_options::ip_options>,
                 set_header_option_bytes<header_options::ip_options, &rare_options::ip_options>),
    row(number::header_included, owners::raw4, boolean, kept_value<kept::header_included, 0>,
        set_kept_flag<option::header_included, kept::header_included>),
    row(number::type_of_service, owners::ipv4, octet, lower_value<option::type_of_service>,
        set_lower<option::type_of_service>),
    row(number::time_to_live, owners::ipv4, octet, lower_value<option::unicast_hops>, set_lower<option::unicast_hops>),
    row(number::multicast_interface, ur, whole, kept_value<kept::multicast_interface, 0>, set_multicast_interface),
    row(number::multicast_hops, ur, octet, kept_value<kept::multicast_hops, 1>,
        set_kept<option::multicast_hops, kept::multicast_hops>),
    row(number::multicast_loop, ur, boolean, reception_rule<&reception_rules::local_multicasts>,
        set_reception_rule<&reception_rules::local_multicasts>),
    block_option(ip, number::add_membership, ur, 8, nullptr, change_ipv4<group_action::join>),
    block_option(ip, number::drop_membership, ur, 8, nullptr, change_ipv4<group_action::leave>),
    row(number::dont_fragment, owners::ipv4, boolean, dont_fragment, set_dont_fragment),
    block_option(ip, number::add_source_membership, ur, 12, nullptr, change_ipv4_source<group_action::join_source>),
    block_option(ip, number::drop_source_membership, ur, 12, nullptr, change_ipv4_source<group_action::leave_source>),
    block_option(ip, number::block_source, ur, 12, nullptr, change_ipv4_source<group_action::block>),
    block_option(ip, number::unblock_source, ur, 12, nullptr, change_ipv4_source<group_action::unblock>),
    control<control_bit::ip_packet>(number::packet_info, whole),
    control<control_bit::ip_hops>(number::receive_hop_limit, whole),
    row(number::receive_broadcast, ur, boolean, reception_rule<&reception_rules::broadcasts>,
        set_reception_rule<&reception_rules::broadcasts>),
    control<control_bit::ip_interface>(number::receive_interface, boolean),
    control<control_bit::ip_destination>(number::receive_destination, boolean),
    row(number::interface_list, owners::ipv4, whole, reception_rule<&reception_rules::only_listed>,
        set_reception_rule<&reception_rules::only_listed>),
    row(number::add_interface, owners::ipv4, whole, nullptr, add_interface),
    row(number::delete_interface, owners::ipv4, whole, nullptr, remove_interface),
    block_option(ip, number::get_interface_list, owners::ipv4, 0, listed_interfaces, nullptr),
    row(number::unicast_interface, owners::ipv4, whole, kept_value<kept::unicast_interface, 0>,
        set_ipv4_unicast_interface),
    refused_option(ip, number::routing_header),
    control<control_bit::ip_class>(number::receive_type_of_service, whole),
    control<control_bit::ip_arrival>(number::arrival_interface, boolean),
    control<control_bit::ip_mark>(number::congestion_mark, boolean),
    control<control_bit::ip_packet_ex>(number::packet_info_ex, boolean),
    row(number::path_discovery, owners::ipv4, whole, kept_value<kept::path_discovery, 0>,
        set_kept<option::path_discovery, kept::path_discovery, 1, 3>),
    row(number::path_mtu, owners::ipv4, whole, lower_value<option::path_mtu>, nullptr),
    row(number::receive_errors, owners::udp4, boolean, always<0>, nothing_but<0>),
    row(number::user_mtu, owners::ipv4, whole, always<-1>, nothing_but<-1>),
    group_option(ip, group_action::join, ur),
    group_option(ip, group_action::leave, ur),
    group_option(ip, group_action::block, ur),
    group_option(ip, group_action::unblock, ur),
    group_option(ip, group_action::join_source, ur),
    group_option(ip, group_action::leave_source, ur),
});

}  // namespace

std::span<const option_row> ip_level_options() noexcept
{
    return rows;
}

}  // namespace spindle
