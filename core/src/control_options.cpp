// See the header.
#include "control_options.hpp"

#include <algorithm>
#include <array>

namespace spindle {
namespace {

struct told_together {
    lower_option option;
    unsigned bits;
};

namespace bit = control_bit;

/// In which form a bit of either version asks for the packet info.
struct asked_form {
    unsigned of_ip;
    unsigned of_ipv6;
    unsigned form;
};
constexpr auto forms = std::to_array<asked_form>({
    {bit::ip_packet, bit::ipv6_packet, packet_form::whole},
    {bit::ip_interface, bit::ipv6_interface, packet_form::interface_only},
    {bit::ip_destination, bit::ipv6_destination, packet_form::destination_only},
    {bit::ip_arrival, 0, packet_form::arrival_interface},
    {bit::ip_packet_ex, bit::ipv6_packet_ex, packet_form::with_scope},
});

constexpr unsigned packet_bits = [] {
    unsigned all = bit::delivery;
    for (const auto& each : forms) {
        all |= each.of_ip | each.of_ipv6;
    }
    return all;
}();

constexpr auto groups = std::to_array<told_together>({
    {lower_option::receive_packet_info, packet_bits},
    {lower_option::receive_hop_limit, bit::ip_hops | bit::ipv6_hops},
    {lower_option::receive_traffic_class, bit::ip_class | bit::ipv6_class | bit::ip_mark | bit::ipv6_mark},
});

constexpr int mark_bits = 3;

}  // namespace

result<void> want_control(basic_socket& target, unsigned bit, bool on)
{
    const auto group =
        std::ranges::find_if(groups, [&](const told_together& each) { return (each.bits & bit) != 0; });
    const std::scoped_lock lock(target.state_mutex());
    auto& wanted = target.options().control_wanted;
    const unsigned before = wanted.load(std::memory_order_relaxed);
    const unsigned after = on ? before | bit : before & ~bit;
    if (auto set = target.lower().set_option(group->option, (after & group->bits) != 0 ? 1 : 0); !set) {
        return set;
    }
    wanted.store(after, std::memory_order_release);
    return {};
}

void keep_wanted(message_control& control, unsigned wanted, address_family of_socket) noexcept
{
    const bool ipv4 = control.family == address_family::ipv4;
    const auto asked = [&](unsigned of_ip, unsigned of_ipv6) {
        return (wanted & (ipv4 ? of_ip : of_ipv6)) != 0;
    };
    const bool dual = ipv4 && of_socket == address_family::ipv6;
    control.packet_forms = 0;
    for (const auto& each : forms) {
        const bool both_wanted = !dual || (wanted & each.of_ipv6) != 0;  // MSG-14
        control.packet_forms |= asked(each.of_ip, each.of_ipv6) && both_wanted ? each.form : 0U;
    }
    if (control.packet_forms == 0) {
        control.packet.reset();
    }
    if (!asked(bit::ip_hops, bit::ipv6_hops)) {
        control.hop_limit.reset();
    }
    if (asked(bit::ip_mark, bit::ipv6_mark) && control.traffic_class) {
        control.congestion_mark = *control.traffic_class & mark_bits;
    }
    if (!asked(bit::ip_class, bit::ipv6_class)) {
        control.traffic_class.reset();
    }
}

}  // namespace spindle
