// Multicast memberships and what else of a network's traffic a socket takes: options of the base provider with the same
// meaning. Pages: "IPPROTO_IP Socket Options", "IPPROTO_IPV6 Socket Options", "Multicast Socket Option Behavior".
#include <array>
#include <cstring>

#include "winsock.hpp"

namespace spindle::native {
namespace {

// Not in all versions of mingw-w64's headers. The same at both levels.
constexpr std::array group_options{41, 42, 43, 44, 45, 46};
constexpr int interface_list = 28;
constexpr int add_interface = 29;
constexpr int receive_broadcast = 22;

int level_of(const socket_kind& kind) noexcept
{
    return kind.family == address_family::ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
}

template <class Value>
result<void> set(handle socket, int level, int name, const Value& value) noexcept
{
    return win32::to_result(::setsockopt(win32::to_socket(socket), level, name, reinterpret_cast<const char*>(&value),
                                         sizeof(value)));
}

/// group_source_req; group_req is its beginning.
struct group_request {
    ULONG interface_index;
    SOCKADDR_STORAGE group;
    SOCKADDR_STORAGE source;
};

result<void> set_interface_list(handle socket, int level, const reception_rules& rules) noexcept
{
    // Off and on again empties the list.
    auto done = set(socket, level, interface_list, DWORD{0});
    if (!done || !rules.only_listed) {
        return done;
    }
    done = set(socket, level, interface_list, DWORD{1});
    for (const auto index : rules.interfaces) {
        done = done ? set(socket, level, add_interface, static_cast<DWORD>(index)) : done;
    }
    return done;
}

}  // namespace

result<void> change_group(handle socket, const socket_kind& kind, const group_change& change) noexcept
{
    group_request request{};
    request.interface_index = change.interface_index;
    std::memcpy(&request.group, change.group.data(), change.group.size());
    std::memcpy(&request.source, change.source.data(), change.source.size());
    const bool plain = change.action == group_action::join || change.action == group_action::leave;
    const auto size = plain ? offsetof(group_request, source) : sizeof(request);
    return win32::to_result(::setsockopt(win32::to_socket(socket), level_of(kind),
                                         group_options[static_cast<std::size_t>(change.action)],
                                         reinterpret_cast<const char*>(&request), static_cast<int>(size)));
}

result<void> set_reception(handle socket, const socket_kind& kind, const reception_rules& rules) noexcept
{
    constexpr int reuse_multicast_port = 0x3008;
    const int level = level_of(kind);
    if (kind.type != socket_type::stream) {
        auto done = set(socket, level, IP_MULTICAST_LOOP, DWORD{rules.local_multicasts ? 1U : 0U});
        if (done && kind.family == address_family::ipv4) {
            done = set(socket, level, receive_broadcast, DWORD{rules.broadcasts ? 1U : 0U});
        }
        if (done && rules.only_multicasts) {
            done = set(socket, SOL_SOCKET, reuse_multicast_port, DWORD{1});
        }
        if (!done) {
            return done;
        }
    }
    return set_interface_list(socket, level, rules);
}

}  // namespace spindle::native
