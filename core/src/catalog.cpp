// The entries the provider serves and the rules by which a (family, type, protocol) request finds one; see
// catalog.hpp. The numbers are those of Windows' own entries of the same protocols (T-CAT, SO_MAX_MSG_SIZE in
// T-SOL).
#include "spindle/catalog.hpp"

#include <algorithm>
#include <array>

namespace spindle {

namespace {

constexpr int tcp = 6;
constexpr int udp = 17;

// XP1_ bits: guaranteed delivery and order, graceful close, expedited data; connectionless, message-oriented,
// broadcast, multipoint.
constexpr std::uint32_t stream_service = 0x2 | 0x4 | 0x20 | 0x40;
constexpr std::uint32_t local_service = 0x2 | 0x4 | 0x20;
constexpr std::uint32_t datagram_service = 0x1 | 0x8 | 0x200 | 0x400;

// Raw sockets: whatever fits into a packet besides its header (of IPv6: the whole payload).
constexpr std::array<catalog_entry, 7> entries{{
    {{address_family::ipv4, socket_type::stream, tcp}, stream_service, 0, 0, "Spindle TCP/IP"},
    {{address_family::ipv4, socket_type::datagram, udp}, datagram_service, 0xFFBB, 65507, "Spindle UDP/IP"},
    {{address_family::ipv4, socket_type::raw, 0}, datagram_service, 0x8000, 65515, "Spindle RAW/IP"},
    {{address_family::ipv6, socket_type::stream, tcp}, stream_service, 0, 0, "Spindle TCP/IPv6"},
    {{address_family::ipv6, socket_type::datagram, udp}, datagram_service, 0xFFBB, 65527, "Spindle UDP/IPv6"},
    {{address_family::ipv6, socket_type::raw, 0}, datagram_service, 0x8000, 65535, "Spindle RAW/IPv6"},
    {{address_family::local, socket_type::stream, 0}, local_service, 0, 0, "Spindle AF_UNIX"},
}};

/// A request as numbers; 0 stands for "any".
struct wanted {
    int family;
    int type;
    int protocol;
};

constexpr int family_of(const socket_kind& kind) noexcept
{
    return static_cast<int>(kind.family);
}
constexpr int type_of(const socket_kind& kind) noexcept
{
    return static_cast<int>(kind.type);
}

constexpr bool agrees(int asked, int offered) noexcept
{
    return asked == 0 || asked == offered;
}

/// Raw entries serve every protocol, and only who asks for raw sockets.
constexpr bool serves(const socket_kind& entry, const wanted& request) noexcept
{
    constexpr int highest_protocol = 255;
    if (entry.type == socket_type::raw) {
        return request.type == type_of(entry) && agrees(request.family, family_of(entry)) && request.protocol >= 0 &&
               request.protocol <= highest_protocol;
    }
    return agrees(request.family, family_of(entry)) && agrees(request.type, type_of(entry)) &&
           agrees(request.protocol, entry.protocol);
}

template <class Predicate>
bool any_entry(Predicate predicate) noexcept
{
    return std::any_of(entries.begin(), entries.end(),
                       [&](const catalog_entry& entry) { return predicate(entry.kind); });
}

/// Why no entry matches, in the documented precedence (SOCK-8). A family that has sockets but none of that
/// type counts as a type without support.
errc why_not(const wanted& request) noexcept
{
    const auto has_type = [&](const socket_kind& kind) { return agrees(request.type, type_of(kind)); };
    const auto has_family = [&](const socket_kind& kind) { return agrees(request.family, family_of(kind)); };
    if (!any_entry(has_type)) {
        return errc::socket_type_not_supported;
    }
    if (!any_entry(has_family)) {
        return errc::address_family_not_supported;
    }
    if (!any_entry([&](const socket_kind& kind) { return has_type(kind) && has_family(kind); })) {
        return errc::socket_type_not_supported;
    }
    return errc::protocol_not_supported;
}

result<socket_kind> first_match(const wanted& request)
{
    for (const catalog_entry& entry : entries) {
        if (serves(entry.kind, request)) {
            const bool raw = entry.kind.type == socket_type::raw;
            return socket_kind{entry.kind.family, entry.kind.type, raw ? request.protocol : entry.kind.protocol};
        }
    }
    return why_not(request);
}

/// The client's value, or the entry's where the client left it open.
constexpr int filled(int asked, int from_entry) noexcept
{
    return asked == 0 || asked == from_catalog_entry ? from_entry : asked;
}

constexpr int without_mark(int asked) noexcept
{
    return asked == from_catalog_entry ? 0 : asked;
}

result<socket_kind> resolve_with_entry(const wanted& request, const socket_kind& entry)
{
    const wanted whole{filled(request.family, family_of(entry)), filled(request.type, type_of(entry)),
                       filled(request.protocol, entry.protocol)};
    const socket_kind kind{static_cast<address_family>(whole.family), static_cast<socket_type>(whole.type),
                           whole.protocol};
    if (find_entry(kind) != nullptr) {
        return kind;
    }
    // An entry without a family does not stand for "any family" (SOCK-11).
    if (whole.family == 0) {
        return errc::address_family_not_supported;
    }
    // The client overrode a part of its entry (SOCK-10): what it left open follows from what it said.
    return first_match({whole.family, without_mark(request.type), without_mark(request.protocol)});
}

}  // namespace

bool same_entry(const socket_kind& left, const socket_kind& right) noexcept
{
    return left.family == right.family && left.type == right.type &&
           (left.protocol == right.protocol || left.type == socket_type::raw);
}

std::span<const catalog_entry> catalog_entries() noexcept
{
    return entries;
}

const catalog_entry* find_entry(const socket_kind& kind) noexcept
{
    const auto match = std::find_if(entries.begin(), entries.end(),
                                    [&](const catalog_entry& entry) { return same_entry(entry.kind, kind); });
    return match == entries.end() ? nullptr : &*match;
}

result<socket_kind> resolve_kind(int family, int type, int protocol, const socket_kind* entry)
{
    const wanted request{family, type, protocol};
    if (entry != nullptr) {
        return resolve_with_entry(request, *entry);
    }
    if (family == 0 && protocol == 0) {
        return errc::invalid_argument;
    }
    return first_match(request);
}

}  // namespace spindle
