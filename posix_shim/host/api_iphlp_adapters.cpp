// GetAdaptersAddresses: the system's interfaces as one list in the caller's buffer. Answers to the pages
// "GetAdaptersAddresses" and "IP_ADAPTER_ADDRESSES_LH structure" (clauses IPH-1 to IPH-6).
#include "host/caller_buffer.hpp"
#include "host/iphlp.hpp"
#include "host/name_errors.hpp"

#include <algorithm>

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr ULONG for_ever = 0xFFFFFFFF;

struct adapter_query {
    resolver::family family;
    ULONG flags;

    [[nodiscard]] bool asks_for(ULONG flag) const noexcept { return (flags & flag) != 0; }
    [[nodiscard]] bool wants(const resolver::address& where) const noexcept
    {
        return family == resolver::family::any || family == where.kind;
    }
    [[nodiscard]] bool wants(const interfaces::interface& each) const noexcept
    {
        return asks_for(GAA_FLAG_INCLUDE_ALL_INTERFACES) ||
               std::any_of(each.addresses.begin(), each.addresses.end(),
                           [this](const auto& own) { return wants(own.where); });
    }
};

// Puts one entry for each wanted address at the end of the list; `fill` sees the new entry.
template <class Entry, class List, class AddressOf, class Fill>
void pack_list(Entry** last, const List& list, const adapter_query& query, caller_buffer& target,
               AddressOf address_of, Fill fill)
{
    for (const auto& each : list) {
        const resolver::address& where = address_of(each);
        if (query.wants(where)) {
            auto* const made = target.make<Entry>();
            made->Length = sizeof(Entry);
            made->Address = pack_address(where, target);
            fill(*made, each);
            *last = made;
            last = &made->Next;
        }
    }
}

template <class Entry>
void pack_plain_list(Entry** first, const std::vector<resolver::address>& list, const adapter_query& query,
                     caller_buffer& target)
{
    pack_list(
        first, list, query, target, [](const auto& each) -> const auto& { return each; },
        [](Entry&, const auto&) {});
}

NL_DAD_STATE state_of(const interfaces::unicast_address& address) noexcept
{
    return address.duplicate    ? IpDadStateDuplicate
           : address.tentative  ? IpDadStateTentative
           : address.deprecated ? IpDadStateDeprecated
                                : IpDadStatePreferred;
}

bool is_link_local(const resolver::address& where) noexcept
{
    return where.kind == resolver::family::ipv6 && where.bytes[0] == 0xFE && (where.bytes[1] & 0xC0) == 0x80;
}

void fill_unicast(IP_ADAPTER_UNICAST_ADDRESS& entry, const interfaces::unicast_address& address,
                  bool loopback) noexcept
{
    const bool well_known = loopback || is_link_local(address.where);
    entry.Flags = loopback ? 0 : IP_ADAPTER_ADDRESS_DNS_ELIGIBLE;
    entry.PrefixOrigin = well_known ? IpPrefixOriginWellKnown : IpPrefixOriginOther;
    entry.SuffixOrigin = loopback                       ? IpSuffixOriginWellKnown
                         : is_link_local(address.where) ? IpSuffixOriginLinkLayerAddress
                                                        : IpSuffixOriginOther;
    entry.DadState = state_of(address);
    entry.ValidLifetime = for_ever;
    entry.PreferredLifetime = for_ever;
    entry.LeaseLifetime = for_ever;
    entry.OnLinkPrefixLength = static_cast<UINT8>(address.prefix_length);
}

// The network that the address lies in.
resolver::address network_of(const interfaces::unicast_address& address) noexcept
{
    resolver::address network = address.where;
    for (unsigned bit = address.prefix_length; bit < 128; ++bit) {
        network.bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    return network;
}

void pack_prefixes(IP_ADAPTER_PREFIX** last, const interfaces::interface& from, const adapter_query& query,
                   caller_buffer& target)
{
    for (const auto& each : from.addresses) {
        if (query.wants(each.where)) {
            auto* const made = target.make<IP_ADAPTER_PREFIX>();
            made->Length = sizeof *made;
            made->Address = pack_address(network_of(each), target);
            made->PrefixLength = each.prefix_length;
            *last = made;
            last = &made->Next;
        }
    }
}

void fill_state(IP_ADAPTER_ADDRESSES& entry, const interfaces::interface& from) noexcept
{
    const bool v4 = from.has(resolver::family::ipv4);
    const bool v6 = from.has(resolver::family::ipv6);
    entry.Length = sizeof entry;
    entry.IfIndex = v4 || !v6 ? from.index : 0;
    entry.Ipv6IfIndex = v6 ? from.index : 0;
    std::copy_n(from.hardware_address.begin(),
                std::min(from.hardware_address.size(), sizeof entry.PhysicalAddress), entry.PhysicalAddress);
    entry.PhysicalAddressLength =
        static_cast<ULONG>(std::min(from.hardware_address.size(), sizeof entry.PhysicalAddress));
    entry.Flags =
        (v4 ? IP_ADAPTER_IPV4_ENABLED : 0U) | (v6 ? IP_ADAPTER_IPV6_ENABLED : 0U) |
        (from.multicast || from.kind == interfaces::medium::loopback ? 0U : IP_ADAPTER_NO_MULTICAST);
    entry.Mtu = from.mtu;
    entry.IfType = type_of(from.kind);
    entry.OperStatus = from.running ? IfOperStatusUp : IfOperStatusDown;
    // One zone for everything that reaches further than the link.
    for (ULONG scope = 1; scope < 16; ++scope) {
        entry.ZoneIndices[scope] = scope <= 2 ? from.index : 1;
    }
    entry.TransmitLinkSpeed = entry.ReceiveLinkSpeed = from.bits_per_second;
    entry.Ipv4Metric = from.metric;
    entry.Luid = luid_of(from);
    entry.CompartmentId = NET_IF_COMPARTMENT_ID_PRIMARY;
    entry.ConnectionType = NET_IF_CONNECTION_DEDICATED;
    entry.TunnelType = from.kind == interfaces::medium::tunnel ? TUNNEL_TYPE_OTHER : TUNNEL_TYPE_NONE;
}

void pack_adapter(IP_ADAPTER_ADDRESSES& entry, const interfaces::interface& from,
                  const interfaces::resolver_settings& settings, const adapter_query& query,
                  caller_buffer& target)
{
    const bool loopback = from.kind == interfaces::medium::loopback;
    fill_state(entry, from);
    entry.AdapterName = target.text<char>(from.name);
    entry.Description = target.text<WCHAR>(from.name);
    entry.FriendlyName =
        query.asks_for(GAA_FLAG_SKIP_FRIENDLY_NAME) ? nullptr : target.text<WCHAR>(from.name);
    entry.DnsSuffix = target.text<WCHAR>(loopback ? std::string() : settings.domain);
    if (!query.asks_for(GAA_FLAG_SKIP_UNICAST)) {
        pack_list(
            &entry.FirstUnicastAddress, from.addresses, query, target,
            [](const auto& each) -> const auto& { return each.where; },
            [=](auto& made, const auto& each) { fill_unicast(made, each, loopback); });
    }
    if (!query.asks_for(GAA_FLAG_SKIP_MULTICAST)) {
        pack_plain_list(&entry.FirstMulticastAddress, from.groups, query, target);
    }
    if (!query.asks_for(GAA_FLAG_SKIP_DNS_SERVER) && from.running && !loopback) {
        pack_plain_list(&entry.FirstDnsServerAddress, settings.servers, query, target);
    }
    if (query.asks_for(GAA_FLAG_INCLUDE_PREFIX)) {
        pack_prefixes(&entry.FirstPrefix, from, query, target);
    }
    if (query.asks_for(GAA_FLAG_INCLUDE_GATEWAYS)) {
        pack_plain_list(&entry.FirstGatewayAddress, from.gateways, query, target);
    }
}

ULONG adapters_addresses(const adapter_query& query, void* buffer, ULONG& size)
{
    const auto list = interfaces::all();
    const auto settings = interfaces::read_resolver_settings();
    if (std::none_of(list.begin(), list.end(), [&](const auto& each) { return query.wants(each); })) {
        return ERROR_NO_DATA;
    }
    return give_packed(buffer, size, ERROR_BUFFER_OVERFLOW, [&](caller_buffer& target) {
        IP_ADAPTER_ADDRESSES* first = nullptr;
        IP_ADAPTER_ADDRESSES** last = &first;
        for (const auto& each : list) {
            if (query.wants(each)) {
                auto* const made = target.make<IP_ADAPTER_ADDRESSES>();
                pack_adapter(*made, each, settings, query, target);
                *last = made;
                last = &made->Next;
            }
        }
    });
}

}  // namespace

ULONG WINAPI GetAdaptersAddresses(ULONG Family, ULONG Flags, PVOID, PIP_ADAPTER_ADDRESSES AdapterAddresses,
                                  PULONG SizePointer)
{
    return out_of_memory_checked([&]() -> ULONG {
        const auto family = family_of(static_cast<int>(Family));
        if (SizePointer == nullptr || family == resolver::family::other) {
            return ERROR_INVALID_PARAMETER;
        }
        return adapters_addresses({family, Flags}, AdapterAddresses, *SizePointer);
    });
}
