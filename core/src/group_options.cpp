// See the header.
#include "group_options.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "provider_life.hpp"

namespace spindle::group_options {
namespace {

using ipv4_bytes = std::array<std::uint8_t, 4>;

template <class Value>
Value read(std::span<const std::byte> value, std::size_t offset) noexcept
{
    Value got{};
    std::memcpy(&got, value.data() + offset, sizeof got);
    return got;
}

socket_address ipv4_at(std::span<const std::byte> value, std::size_t offset) noexcept
{
    return socket_address::ipv4(read<ipv4_bytes>(value, offset), 0);
}

result<std::uint32_t> index_of(basic_socket& target, const socket_address& address)
{
    const auto all = target.life().net->interfaces();
    if (!all) {
        return all.error();
    }
    const auto found = std::ranges::find(*all, address, &network_interface::address);
    return found == all->end() ? result<std::uint32_t>(errc::address_not_available) : found->index;
}

/// The index of an interface named by an address of its own or by 0.x.x.x, its index; 0.0.0.0 is the system's choice
/// (MCS-1, MCS-4).
result<std::uint32_t> interface_of(basic_socket& target, const ipv4_bytes& name)
{
    if (name[0] == 0) {
        return static_cast<std::uint32_t>(name[1]) << 16U | static_cast<std::uint32_t>(name[2]) << 8U | name[3];
    }
    return index_of(target, socket_address::ipv4(name, 0));
}

result<void> change_on(basic_socket& target, const ipv4_bytes& interface_name, group_change change)
{
    const auto index = interface_of(target, interface_name);
    if (!index) {
        return index.error();
    }
    change.interface_index = *index;
    return change_group(target, change);
}

constexpr bool has_source(group_action action) noexcept
{
    return action != group_action::join && action != group_action::leave;
}

}  // namespace

result<void> change_group(basic_socket& target, const group_change& change)
{
    const auto family = target.kind().family;
    if (!change.group.is_multicast() || change.group.family() != family ||
        (has_source(change.action) && (change.source.family() != family || change.source.is_multicast()))) {
        return errc::invalid_argument;
    }
    const std::scoped_lock lock(target.state_mutex());
    group_table& groups = target.options().rare().groups;
    if (const auto code = groups.check(change); code != errc::success) {
        return code;
    }
    group_table after = groups;
    after.note(change);
    if (auto done = target.lower().change_group(change); !done) {
        return done;
    }
    groups = std::move(after);
    return {};
}

// {group, interface}
result<void> from_ip_mreq(basic_socket& target, group_action action, std::span<const std::byte> value)
{
    return change_on(target, read<ipv4_bytes>(value, 4), {action, 0, ipv4_at(value, 0), {}});
}

// {group, source, interface}: not the order of Linux (MCS-3).
result<void> from_ip_mreq_source(basic_socket& target, group_action action, std::span<const std::byte> value)
{
    return change_on(target, read<ipv4_bytes>(value, 8), {action, 0, ipv4_at(value, 0), ipv4_at(value, 4)});
}

// {group, interface index}
result<void> from_ipv6_mreq(basic_socket& target, group_action action, std::span<const std::byte> value)
{
    const auto group = socket_address::ipv6(read<std::array<std::uint8_t, 16>>(value, 0), 0);
    return change_group(target, {action, read<std::uint32_t>(value, 16), group, {}});
}

// {interface index, group}, with a source behind it {…, source}; each address in 128 bytes aligned to 8.
result<void> from_group_req(basic_socket& target, group_action action, std::span<const std::byte> value)
{
    constexpr std::size_t group_offset = 8;
    constexpr std::size_t storage = 128;
    group_change change{action, read<std::uint32_t>(value, 0), {}, {}};
    const auto group = socket_address::from_bytes(value.data() + group_offset, storage);
    if (!group) {
        return errc::invalid_argument;
    }
    change.group = *group;
    if (has_source(action)) {
        const auto source = socket_address::from_bytes(value.data() + group_offset + storage, storage);
        if (!source) {
            return errc::invalid_argument;
        }
        change.source = *source;
    }
    return change_group(target, change);
}

result<std::uint32_t> interface_for_leaf(basic_socket& target)
{
    const bool ipv4 = target.kind().family == address_family::ipv4;
    if (const auto local = target.local_address(); local && !local->is_wildcard()) {
        if (!ipv4 && local->scope_id() != 0) {
            return local->scope_id();
        }
        socket_address host = *local;
        host.set_port(0);
        return index_of(target, host);
    }
    int option = 0;
    {
        const std::scoped_lock lock(target.state_mutex());
        if (const auto* rare = target.options().rare_if_any()) {
            option = rare->numbers.get(kept::multicast_interface, 0);
        }
    }
    return ipv4 ? interface_of(target, std::bit_cast<ipv4_bytes>(option)) : static_cast<std::uint32_t>(option);
}

result<void> set_multicast_interface(basic_socket& target, int value)
{
    const auto index = interface_of(target, std::bit_cast<ipv4_bytes>(value));
    if (!index) {
        return index.error();
    }
    const std::scoped_lock lock(target.state_mutex());
    kept_numbers& numbers = target.options().rare().numbers;
    if (auto set = target.lower().set_option(lower_option::multicast_interface, static_cast<int>(*index)); !set) {
        return set;
    }
    numbers.put(kept::multicast_interface, value);
    return {};
}

}  // namespace spindle::group_options
