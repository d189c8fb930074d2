// Which control information the client has asked for by options, and what of it a received datagram's client gets. Which
// option is which bit stands in option_table.cpp. Contract MSG-6, MSG-12 to MSG-14.
#pragma once

#include "basic_socket.hpp"

namespace spindle {

/// socket_options::control_wanted. An IPv6 socket has those of IPv4 as well, for what it receives as a dual-stack socket.
namespace control_bit {
inline constexpr unsigned ip_packet = 1U << 0;
inline constexpr unsigned ipv6_packet = 1U << 1;
inline constexpr unsigned ip_hops = 1U << 2;
inline constexpr unsigned ipv6_hops = 1U << 3;
inline constexpr unsigned ip_class = 1U << 4;
inline constexpr unsigned ipv6_class = 1U << 5;
inline constexpr unsigned ip_mark = 1U << 6;
inline constexpr unsigned ipv6_mark = 1U << 7;
inline constexpr unsigned ip_interface = 1U << 9;
inline constexpr unsigned ipv6_interface = 1U << 10;
inline constexpr unsigned ip_destination = 1U << 11;
inline constexpr unsigned ipv6_destination = 1U << 12;
inline constexpr unsigned ip_arrival = 1U << 13;
inline constexpr unsigned ip_packet_ex = 1U << 14;
inline constexpr unsigned ipv6_packet_ex = 1U << 15;
inline constexpr unsigned delivery = 1U << 8;  ///< no option: the destination tells broadcasts and multicasts
}  // namespace control_bit

/// The system tells something as long as one bit asks for it. Errors: those of the system's option.
result<void> want_control(basic_socket& target, unsigned bit, bool on);

/// Leaves in `control` what the bits ask for.
void keep_wanted(message_control& control, unsigned wanted, address_family of_socket) noexcept;

}  // namespace spindle
