// Multicast memberships as options: from the client's structures (ip_mreq, ip_mreq_source, ipv6_mreq, group_req,
// group_source_req of ws2ipdef.h) to a change of the socket's groups. Contract MCS-1 to MCS-6.
#pragma once

#include <cstddef>
#include <span>

#include "option_row.hpp"

namespace spindle::group_options {

/// Makes the change if the table of the socket's groups allows it and the system agrees. Errors as T-MC;
/// invalid_argument: no multicast address, a source of another version; address_not_available: no such interface.
result<void> change_group(basic_socket& target, const group_change& change);

result<void> from_ip_mreq(basic_socket& target, group_action action, std::span<const std::byte> value);
result<void> from_ip_mreq_source(basic_socket& target, group_action action, std::span<const std::byte> value);
result<void> from_ipv6_mreq(basic_socket& target, group_action action, std::span<const std::byte> value);
result<void> from_group_req(basic_socket& target, group_action action, std::span<const std::byte> value);

/// The interface by which a leaf joins: of the bound address if it is a single one, else the one of the multicast interface
/// option; 0: the system's choice.
result<std::uint32_t> interface_for_leaf(basic_socket& target);

/// IP_MULTICAST_IF: an address of the interface or 0.x.x.x, its index, in network order (MCS-1).
result<void> set_multicast_interface(basic_socket& target, int value);

template <group_action Action>
result<void> change_ipv4(basic_socket& target, std::span<const std::byte> value)
{
    return from_ip_mreq(target, Action, value);
}
template <group_action Action>
result<void> change_ipv4_source(basic_socket& target, std::span<const std::byte> value)
{
    return from_ip_mreq_source(target, Action, value);
}
template <group_action Action>
result<void> change_ipv6(basic_socket& target, std::span<const std::byte> value)
{
    return from_ipv6_mreq(target, Action, value);
}
template <group_action Action>
result<void> change_any(basic_socket& target, std::span<const std::byte> value)
{
    return from_group_req(target, Action, value);
}

/// MCAST_JOIN_GROUP and its like, the same at both levels.
[[nodiscard]] constexpr option_row group_option(int level, group_action action, unsigned who) noexcept
{
    struct named {
        int name;
        block_setter set;
        std::size_t least;
    };
    // In the order of group_action.
    constexpr std::size_t group_only = 136;
    constexpr std::size_t with_source = 264;
    constexpr named options[] = {
        {41, change_any<group_action::join>, group_only},
        {42, change_any<group_action::leave>, group_only},
        {43, change_any<group_action::block>, with_source},
        {44, change_any<group_action::unblock>, with_source},
        {45, change_any<group_action::join_source>, with_source},
        {46, change_any<group_action::leave_source>, with_source},
    };
    const named& found = options[static_cast<std::size_t>(action)];
    return block_option(level, found.name, who, found.least, nullptr, found.set);
}

}  // namespace spindle::group_options
