// The older answers of the IP helper, IPv4 only, and the way to an address. Answers to the pages "GetAdaptersInfo",
// "GetNetworkParams", "GetIpAddrTable", "GetNumberOfInterfaces" and "GetBestInterfaceEx" (clauses IPH-7 to IPH-10).
#include "host/iphlp.hpp"
#include "host/sockaddr_text.hpp"

#include <algorithm>

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr DWORD longest_datagram = 65'535;

DWORD number_of(const resolver::address& where) noexcept
{
    DWORD number = 0;
    std::memcpy(&number, where.bytes.data(), sizeof number);
    return number;
}

DWORD mask_of(unsigned prefix_length) noexcept
{
    return prefix_length == 0 ? 0 : htonl(0xFFFFFFFFu << (32 - prefix_length));
}

std::string ipv4_text(DWORD number)
{
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &number, sizeof number);
    return resolver::address_text(resolver::family::ipv4, bytes.data());
}

struct address_and_mask {
    DWORD address;
    DWORD mask;
};

// The first entry lies in the structure that the list belongs to, the others behind it.
void pack_strings(IP_ADDR_STRING& first, const std::vector<address_and_mask>& list, const char* if_empty,
                  caller_buffer& target)
{
    copy_terminated<char>(if_empty, first.IpAddress.String, sizeof first.IpAddress.String);
    copy_terminated<char>(if_empty, first.IpMask.String, sizeof first.IpMask.String);
    IP_ADDR_STRING* entry = nullptr;
    for (const address_and_mask& each : list) {
        IP_ADDR_STRING* const next = entry == nullptr ? &first : target.make<IP_ADDR_STRING>();
        if (entry != nullptr) {
            entry->Next = next;
        }
        entry = next;
        copy_terminated<char>(ipv4_text(each.address), entry->IpAddress.String,
                              sizeof entry->IpAddress.String);
        copy_terminated<char>(ipv4_text(each.mask), entry->IpMask.String, sizeof entry->IpMask.String);
        entry->Context = each.address;
    }
}

std::vector<address_and_mask> ipv4_of(const std::vector<resolver::address>& list, DWORD mask)
{
    std::vector<address_and_mask> chosen;
    for (const auto& each : list) {
        if (each.kind == resolver::family::ipv4) {
            chosen.push_back({number_of(each), mask});
        }
    }
    return chosen;
}

std::vector<address_and_mask> ipv4_of(const interfaces::interface& from)
{
    std::vector<address_and_mask> chosen;
    for (const auto& each : from.addresses) {
        if (each.where.kind == resolver::family::ipv4) {
            chosen.push_back({number_of(each.where), mask_of(each.prefix_length)});
        }
    }
    return chosen;
}

// The page leaves out the loopback interface; one that is off and has no address is as good as not there.
bool is_adapter(const interfaces::interface& each) noexcept
{
    return each.kind != interfaces::medium::loopback && (each.up || each.has(resolver::family::ipv4));
}

void pack_adapter(IP_ADAPTER_INFO& entry, const interfaces::interface& from, caller_buffer& target)
{
    copy_terminated<char>(from.name, entry.AdapterName, sizeof entry.AdapterName);
    copy_terminated<char>(from.name, entry.Description, sizeof entry.Description);
    entry.AddressLength = static_cast<UINT>(std::min(from.hardware_address.size(), sizeof entry.Address));
    std::copy_n(from.hardware_address.begin(), entry.AddressLength, entry.Address);
    entry.ComboIndex = from.index;
    entry.Index = from.index;
    entry.Type = type_of(from.kind);
    pack_strings(entry.IpAddressList, ipv4_of(from), "0.0.0.0", target);
    pack_strings(entry.GatewayList, ipv4_of(from.gateways, 0xFFFFFFFF), "0.0.0.0", target);
    pack_strings(entry.DhcpServer, {}, "", target);
    pack_strings(entry.PrimaryWinsServer, {}, "", target);
    pack_strings(entry.SecondaryWinsServer, {}, "", target);
}

std::vector<MIB_IPADDRROW> address_rows(bool sorted)
{
    std::vector<MIB_IPADDRROW> rows;
    for (const auto& each : interfaces::all()) {
        unsigned short kind = MIB_IPADDR_PRIMARY;
        for (const address_and_mask& own : ipv4_of(each)) {
            rows.push_back(
                {own.address, each.index, own.mask, own.address | ~own.mask, longest_datagram, 0, kind});
            kind = 0;
        }
    }
    if (sorted) {
        std::sort(rows.begin(), rows.end(), [](const auto& left, const auto& right) {
            return ntohl(left.dwAddr) < ntohl(right.dwAddr);
        });
    }
    return rows;
}

DWORD best_interface(const resolver::address& where, PDWORD index)
{
    if (index == nullptr) {
        return ERROR_INVALID_PARAMETER;
    }
    const unsigned found = interfaces::towards(where);
    if (found == 0) {
        return ERROR_NETWORK_UNREACHABLE;
    }
    *index = found;
    return NO_ERROR;
}

}  // namespace

ULONG WINAPI GetAdaptersInfo(PIP_ADAPTER_INFO AdapterInfo, PULONG SizePointer)
{
    return out_of_memory_checked([&]() -> DWORD {
        if (SizePointer == nullptr) {
            return ERROR_INVALID_PARAMETER;
        }
        const auto list = interfaces::all();
        if (std::none_of(list.begin(), list.end(), &is_adapter)) {
            return ERROR_NO_DATA;
        }
        return give_packed(AdapterInfo, *SizePointer, ERROR_BUFFER_OVERFLOW, [&](caller_buffer& target) {
            IP_ADAPTER_INFO* first = nullptr;
            IP_ADAPTER_INFO** last = &first;
            for (const auto& each : list) {
                if (is_adapter(each)) {
                    auto* const made = target.make<IP_ADAPTER_INFO>();
                    pack_adapter(*made, each, target);
                    *last = made;
                    last = &made->Next;
                }
            }
        });
    });
}

DWORD WINAPI GetNetworkParams(PFIXED_INFO pFixedInfo, PULONG pOutBufLen)
{
    return out_of_memory_checked([&]() -> DWORD {
        if (pOutBufLen == nullptr) {
            return ERROR_INVALID_PARAMETER;
        }
        const auto settings = interfaces::read_resolver_settings();
        const auto servers = ipv4_of(settings.servers, 0);
        return give_packed(pFixedInfo, *pOutBufLen, ERROR_BUFFER_OVERFLOW, [&](caller_buffer& target) {
            auto* const made = target.make<FIXED_INFO>();
            copy_terminated<char>(resolver::local_host_name(), made->HostName, sizeof made->HostName);
            copy_terminated<char>(settings.domain, made->DomainName, sizeof made->DomainName);
            pack_strings(made->DnsServerList, servers, "", target);
            made->NodeType = BROADCAST_NODETYPE;  // no WINS server is ever asked
            made->EnableRouting = interfaces::forwards() ? 1 : 0;
            made->EnableDns = settings.servers.empty() ? 0 : 1;
        });
    });
}

DWORD WINAPI GetIpAddrTable(PMIB_IPADDRTABLE pIpAddrTable, PULONG pdwSize, BOOL bOrder)
{
    return out_of_memory_checked([&]() -> DWORD {
        if (pdwSize == nullptr) {
            return ERROR_INVALID_PARAMETER;
        }
        const auto rows = address_rows(bOrder != FALSE);
        const std::size_t needed = offsetof(MIB_IPADDRTABLE, table) + rows.size() * sizeof(MIB_IPADDRROW);
        if (pIpAddrTable == nullptr || *pdwSize < needed) {
            *pdwSize = static_cast<ULONG>(needed);
            return ERROR_INSUFFICIENT_BUFFER;
        }
        pIpAddrTable->dwNumEntries = static_cast<DWORD>(rows.size());
        std::copy(rows.begin(), rows.end(), pIpAddrTable->table);
        return NO_ERROR;
    });
}

DWORD WINAPI GetNumberOfInterfaces(PDWORD pdwNumIf)
{
    return out_of_memory_checked([&]() -> DWORD {
        if (pdwNumIf == nullptr) {
            return ERROR_INVALID_PARAMETER;
        }
        *pdwNumIf = static_cast<DWORD>(interfaces::all().size());
        return NO_ERROR;
    });
}

DWORD WINAPI GetBestInterface(IPAddr dwDestAddr, PDWORD pdwBestIfIndex)
{
    return out_of_memory_checked([&] {
        resolver::address where;
        std::memcpy(where.bytes.data(), &dwDestAddr, sizeof dwDestAddr);
        return best_interface(where, pdwBestIfIndex);
    });
}

// The page gives the address no length: that of its family.
DWORD WINAPI GetBestInterfaceEx(sockaddr* pDestAddr, PDWORD pdwBestIfIndex)
{
    return out_of_memory_checked([&]() -> DWORD {
        if (pDestAddr == nullptr || (pDestAddr->sa_family != AF_INET && pDestAddr->sa_family != AF_INET6)) {
            return ERROR_INVALID_PARAMETER;
        }
        const int length = pDestAddr->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
        resolver::address where;
        return read_address(pDestAddr, length, where) == 0 ? best_interface(where, pdwBestIfIndex)
                                                           : ERROR_INVALID_PARAMETER;
    });
}
