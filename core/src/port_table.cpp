// The bind matrix and the rules for dual-stack sockets; see the header.
#include "port_table.hpp"

#include <algorithm>
#include <array>

namespace spindle {
namespace {

// A bind to the wildcard or to one specific address.
enum class reach : std::size_t { wildcard = 0, specific = 1 };

constexpr errc ok = errc::success;
constexpr errc use = errc::address_in_use;
constexpr errc acc = errc::access_denied;

// Row: first socket (mode, reach). Column: second socket (mode, reach). T-BIND cell for cell; specific against
// specific means the same address.
constexpr std::array<std::array<errc, 6>, 6> bind_matrix{{
    //  standard    reuse       exclusive   of the second: W, S each
    {use, ok, acc, ok, use, ok},     // standard W
    {ok, use, ok, acc, use, use},    // standard S
    {use, ok, ok, ok, use, ok},      // reuse W
    {ok, use, ok, ok, use, use},     // reuse S
    {use, acc, acc, acc, use, acc},  // exclusive W
    {ok, use, ok, acc, use, use},    // exclusive S
}};

struct view {
    address_family family;
    reach scope;
    std::vector<std::byte> host;
};

// An IPv4-mapped IPv6 address is the IPv4 address (BND-9).
view view_of(const bound_port& port)
{
    const auto host = port.address.host();
    view seen{port.address.family(), port.address.is_wildcard() ? reach::wildcard : reach::specific,
              {host.begin(), host.end()}};
    if (port.address.is_ipv4_mapped()) {
        seen.family = address_family::ipv4;
        seen.host.erase(seen.host.begin(), seen.host.begin() + 12);
    }
    return seen;
}

bool is_dual_wildcard(const bound_port& port, const view& seen)
{
    return seen.family == address_family::ipv6 && seen.scope == reach::wildcard && port.dual_stack;
}

std::size_t matrix_index(bind_mode mode, reach scope)
{
    return static_cast<std::size_t>(mode) * 2 + static_cast<std::size_t>(scope);
}

struct comparison {
    bool overlap = false;
    errc code = errc::success;
};

// One socket on the IPv6 wildcard for both stacks, the other on IPv4 (BND-7, BND-8).
comparison compare_stacks(const bound_port& first, bool first_is_dual, const bound_port& second, const view& other)
{
    const bool exclusive = (first_is_dual ? first : second).mode == bind_mode::exclusive;
    if (!exclusive) {
        return {true, ok};
    }
    if (first_is_dual) {
        return {true, acc};
    }
    return {true, other.scope == reach::specific ? use : ok};
}

comparison compare(const bound_port& first, const bound_port& second)
{
    if (first.type != second.type || first.address.port() != second.address.port()) {
        return {};
    }
    const view one = view_of(first);
    const view two = view_of(second);
    if (one.family != two.family) {
        if (is_dual_wildcard(first, one)) {
            return compare_stacks(first, true, second, two);
        }
        if (is_dual_wildcard(second, two)) {
            return compare_stacks(first, false, second, one);
        }
        return {};
    }
    if (one.scope == reach::specific && two.scope == reach::specific && one.host != two.host) {
        return {};
    }
    return {true, bind_matrix[matrix_index(first.mode, one.scope)][matrix_index(second.mode, two.scope)]};
}

}  // namespace

port_table::verdict port_table::check(const bound_port& candidate) const
{
    verdict found;
    if (candidate.address.port() == 0) {
        return found;
    }
    const std::scoped_lock lock(mutex_);
    for (const auto& bound : bound_) {
        const auto seen = compare(bound, candidate);
        if (!seen.overlap) {
            continue;
        }
        if (seen.code != errc::success) {
            return {seen.code, {}};
        }
        found.share_with.push_back(bound.owner);
    }
    return found;
}

void port_table::add(const bound_port& bound)
{
    const std::scoped_lock lock(mutex_);
    bound_.push_back(bound);
}

void port_table::remove(const void* owner) noexcept
{
    const std::scoped_lock lock(mutex_);
    std::erase_if(bound_, [owner](const bound_port& bound) { return bound.owner == owner; });
}

}  // namespace spindle
