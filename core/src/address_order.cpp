// See the header.
#include "address_order.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace spindle {
namespace {

using bytes16 = std::array<std::uint8_t, 16>;

/// An address as IPv6, IPv4 in mapped form.
bytes16 bytes_of(const socket_address& address) noexcept
{
    bytes16 all{};
    const auto host = address.host();
    if (host.size() == 4) {
        all[10] = all[11] = 0xFF;
    }
    std::transform(host.begin(), host.end(), all.end() - static_cast<std::ptrdiff_t>(host.size()),
                   [](std::byte each) { return std::to_integer<std::uint8_t>(each); });
    return all;
}

/// RFC 6724, section 2.1: the policy table.
struct policy {
    bytes16 prefix;
    int length;
    int precedence;
    int label;
};

constexpr auto policies = std::to_array<policy>({
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, 50, 0},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96, 35, 4},
    {{}, 96, 1, 3},
    {{0x20, 0x01}, 32, 5, 5},
    {{0x20, 0x02}, 16, 30, 2},
    {{0x3F, 0xFE}, 16, 1, 12},
    {{0xFE, 0xC0}, 10, 1, 11},
    {{0xFC}, 7, 3, 13},
    {{}, 0, 40, 1},
});

int common_bits(const bytes16& left, const bytes16& right) noexcept
{
    int bits = 0;
    for (std::size_t at = 0; at < left.size(); ++at) {
        const auto differing = static_cast<std::uint8_t>(left[at] ^ right[at]);
        bits += std::countl_zero(differing);
        if (differing != 0) {
            break;
        }
    }
    return bits;
}

const policy& policy_of(const bytes16& address) noexcept
{
    return *std::ranges::find_if(policies,
                                 [&](const policy& each) { return common_bits(each.prefix, address) >= each.length; });
}

/// Section 3.1 and 3.2: link-local 2, site-local 5, global 14, as multicast scopes have it.
int scope_of(const bytes16& address) noexcept
{
    constexpr int link_local = 2;
    constexpr int site_local = 5;
    constexpr int global = 14;
    const bool ipv4 = common_bits(policies[1].prefix, address) >= 96;
    if (ipv4) {
        return address[12] == 127 || (address[12] == 169 && address[13] == 254) ? link_local : global;
    }
    if (address[0] == 0xFF) {
        return address[1] & 0x0F;
    }
    const bool loopback = common_bits(policies[0].prefix, address) == 128;
    if (loopback || (address[0] == 0xFE && (address[1] & 0xC0) == 0x80)) {
        return link_local;
    }
    return address[0] == 0xFE && (address[1] & 0xC0) == 0xC0 ? site_local : global;
}

/// Larger is better, from the first member to the last: rules 1, 2, 5, 6, 8 and 9.
struct rank {
    bool reachable;
    bool same_scope;
    bool same_label;
    int precedence;
    int narrow_scope;
    int common_prefix;

    friend auto operator<=>(const rank&, const rank&) = default;
};

rank rank_of(const route_choice& choice) noexcept
{
    const auto destination = bytes_of(choice.destination);
    const auto& own = policy_of(destination);
    rank made{choice.source.has_value(), false, false, own.precedence, -scope_of(destination), 0};
    if (choice.source) {
        const auto source = bytes_of(*choice.source);
        made.same_scope = scope_of(source) == scope_of(destination);
        made.same_label = policy_of(source).label == own.label;
        const bool ipv4 = own.label == policies[1].label;
        made.common_prefix = ipv4 ? 0 : std::min(common_bits(source, destination), 64);
    }
    return made;
}

}  // namespace

bool better_destination(const route_choice& left, const route_choice& right) noexcept
{
    return rank_of(left) > rank_of(right);
}

}  // namespace spindle
