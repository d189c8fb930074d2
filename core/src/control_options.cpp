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
constexpr auto groups = std::to_array<told_together>({
    {lower_option::receive_packet_info, bit::ip_packet | bit::ipv6_packet | bit::delivery},
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
    if (!asked(bit::ip_packet, bit::ipv6_packet) || (dual && (wanted & bit::ipv6_packet) == 0)) {  // MSG-14
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
