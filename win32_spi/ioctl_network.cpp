// Control codes about the system's interfaces, addresses and routes. Pages: "SIO_GET_INTERFACE_LIST" in "Using UNIX ioctls in
// Winsock", "SIO_ADDRESS_LIST_QUERY", "SIO_ADDRESS_LIST_SORT", "SIO_ROUTING_INTERFACE_QUERY" in "WSPIoctl".
#include <algorithm>
#include <array>
#include <vector>

#include "convert.hpp"
#include "ioctl_row.hpp"

namespace spindle::spi {

namespace {

namespace code {
constexpr DWORD get_interface_list = 0x4004747F;
constexpr DWORD routing_interface_query = 0xC8000014;
constexpr DWORD routing_interface_change = 0x88000015;
constexpr DWORD address_list_query = 0x48000016;
constexpr DWORD address_list_change = 0x28000017;
constexpr DWORD address_list_sort = 0xC8000019;
}  // namespace code

bool is_ip(const socket& it) noexcept
{
    return it.kind().family != address_family::local;
}

void put(sockaddr_gen& to, const socket_address& from) noexcept
{
    std::memcpy(static_cast<void*>(&to), from.data(), std::min(from.size(), sizeof to));
}

INTERFACE_INFO describe(const network_interface& from) noexcept
{
    struct flag {
        bool network_interface::*holds;
        ULONG bit;
    };
    constexpr flag flags[] = {{&network_interface::up, 1},
                              {&network_interface::can_broadcast, 2},
                              {&network_interface::loopback, 4},
                              {&network_interface::point_to_point, 8},
                              {&network_interface::multicast, 16}};
    INTERFACE_INFO made{};
    for (const auto& each : flags) {
        made.iiFlags |= from.*each.holds ? each.bit : 0U;
    }
    put(made.iiAddress, from.address);
    put(made.iiNetmask, from.netmask);
    if (from.can_broadcast) {
        put(made.iiBroadcastAddress, from.broadcast);
    }
    return made;
}

result<void> get_interface_list(socket& it, ioctl_call& call)
{
    if (!is_ip(it)) {
        return errc::operation_not_supported;
    }
    const auto all = network_interfaces(it);
    if (!all) {
        return all.error();
    }
    std::vector<INTERFACE_INFO> list;
    for (const auto& each : *all) {
        if (each.address.family() == address_family::ipv4) {
            list.push_back(describe(each));
        }
    }
    return call.write_bytes(list.data(), list.size() * sizeof(INTERFACE_INFO));
}

/// The bytes of a SOCKET_ADDRESS_LIST: the count, the entries, then the addresses they point to. `base` is where they are
/// going to be.
std::vector<std::byte> list_of(const std::vector<socket_address>& addresses, void* base)
{
    constexpr std::size_t header = offsetof(SOCKET_ADDRESS_LIST, Address);
    const std::size_t behind = header + addresses.size() * sizeof(SOCKET_ADDRESS);
    std::vector<std::byte> bytes(behind);
    const auto count = static_cast<INT>(addresses.size());
    std::memcpy(bytes.data(), &count, sizeof count);
    std::size_t entry = header;
    for (const auto& each : addresses) {
        SOCKET_ADDRESS place{};
        place.lpSockaddr = reinterpret_cast<LPSOCKADDR>(static_cast<std::byte*>(base) + bytes.size());
        place.iSockaddrLength = static_cast<INT>(each.size());
        std::memcpy(bytes.data() + entry, &place, sizeof place);
        entry += sizeof place;
        bytes.insert(bytes.end(), each.data(), each.data() + each.size());
        bytes.resize((bytes.size() + alignof(SOCKET_ADDRESS) - 1) & ~(alignof(SOCKET_ADDRESS) - 1));
    }
    return bytes;
}

/// CTL-29: what a list that finds no room leaves behind.
result<void> write_list(const std::vector<socket_address>& addresses, ioctl_call& call)
{
    const auto bytes = list_of(addresses, call.out);
    if (!call.takes(bytes.size())) {
        if (call.out != nullptr && call.out_size != 0 && call.out_size < sizeof(INT)) {
            return errc::invalid_argument;
        }
        call.needed = static_cast<DWORD>(bytes.size());
        return errc::fault;
    }
    return call.write_bytes(bytes.data(), bytes.size());
}

/// CTL-30: what can be bound, but for loopback.
result<void> query_address_list(socket& it, ioctl_call& call)
{
    if (!is_ip(it)) {
        return errc::operation_not_supported;
    }
    const auto all = network_interfaces(it);
    if (!all) {
        return all.error();
    }
    std::vector<socket_address> addresses;
    for (const auto& each : *all) {
        if (each.address.family() == it.kind().family && !each.loopback && each.up && each.settled) {
            addresses.push_back(each.address);
        }
    }
    return write_list(addresses, call);
}

/// A list that the client made: its entries as they are, and what they point to.
struct client_list {
    std::vector<SOCKET_ADDRESS> entries;
    std::vector<socket_address> addresses;
};

result<client_list> read_list(const ioctl_call& call)
{
    constexpr std::size_t header = offsetof(SOCKET_ADDRESS_LIST, Address);
    INT count = 0;
    if (!call.read(count)) {
        return errc::fault;
    }
    const auto room = call.in_size < header ? 0 : (call.in_size - header) / sizeof(SOCKET_ADDRESS);
    if (count < 0 || static_cast<std::size_t>(count) > room) {
        return errc::fault;
    }
    client_list list;
    for (std::size_t at = 0; at < static_cast<std::size_t>(count); ++at) {
        SOCKET_ADDRESS entry{};
        std::memcpy(&entry, static_cast<const std::byte*>(call.in) + header + at * sizeof entry, sizeof entry);
        const auto address = read_address(entry.lpSockaddr, entry.iSockaddrLength);
        if (!address) {
            return address.error();
        }
        if (address->family() != address_family::ipv6) {
            return errc::invalid_argument;
        }
        list.entries.push_back(entry);
        list.addresses.push_back(*address);
    }
    return list;
}

/// The list in its own place: the entries change places, what they point to stays where it is.
result<void> reorder_entries(const client_list& list, const std::vector<socket_address>& sorted, ioctl_call& call)
{
    constexpr std::size_t header = offsetof(SOCKET_ADDRESS_LIST, Address);
    const std::size_t size = header + sorted.size() * sizeof(SOCKET_ADDRESS);
    if (!call.takes(size)) {
        call.needed = static_cast<DWORD>(size);
        return errc::fault;
    }
    std::vector<bool> used(sorted.size());
    std::byte* to = static_cast<std::byte*>(call.out) + header;
    for (const auto& wanted : sorted) {
        std::size_t at = 0;
        while (used[at] || !(list.addresses[at] == wanted)) {
            ++at;
        }
        used[at] = true;
        std::memcpy(to, &list.entries[at], sizeof(SOCKET_ADDRESS));
        to += sizeof(SOCKET_ADDRESS);
    }
    call.returned = static_cast<DWORD>(size);
    return {};
}

result<void> sort_address_list(socket& it, ioctl_call& call)
{
    if (it.kind().family != address_family::ipv6) {
        return errc::operation_not_supported;
    }
    const auto list = read_list(call);
    if (!list) {
        return list.error();
    }
    auto sorted = list->addresses;
    sort_destinations(it, sorted);
    return call.out == call.in ? reorder_entries(*list, sorted, call) : write_list(sorted, call);
}

result<void> query_routing_interface(socket& it, ioctl_call& call)
{
    if (!is_ip(it)) {
        return errc::operation_not_supported;
    }
    const auto destination = socket_address::from_bytes(call.in, call.in_size);
    if (!destination) {
        return destination.error() == errc::fault ? errc::invalid_argument : destination.error();
    }
    const auto local = route_to(it, *destination);
    if (!local) {
        return local.error();
    }
    if (call.out != nullptr && call.out_size < local->size()) {
        call.needed = static_cast<DWORD>(local->size());
    }
    return call.write_bytes(local->data(), local->size());
}

constexpr auto rows = std::to_array<ioctl_row>({
    {code::get_interface_list, get_interface_list, as_request::pends},
    {code::routing_interface_query, query_routing_interface, as_request::at_once, failed_count::kept},
    {code::routing_interface_change, nullptr, as_request::pends, failed_count::kept, network_change::routing_interface},
    {code::address_list_query, query_address_list},
    {code::address_list_change, nullptr, as_request::pends, failed_count::kept, network_change::address_list},
    {code::address_list_sort, sort_address_list},
});

}  // namespace

std::span<const ioctl_row> network_ioctls() noexcept
{
    return rows;
}

}  // namespace spindle::spi
