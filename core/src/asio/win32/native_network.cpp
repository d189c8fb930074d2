// The system's interfaces and the figures of a TCP connection. Pages: "GetAdaptersAddresses", "SIO_TCP_INFO".
#include "winsock.hpp"

#include <iphlpapi.h>

#include <array>
#include <cstring>
#include <memory>
#include <new>

namespace spindle::native {
namespace {

socket_address address_from(const SOCKET_ADDRESS& given) noexcept
{
    const auto address =
        socket_address::from_bytes(given.lpSockaddr, static_cast<std::size_t>(given.iSockaddrLength));
    return address ? *address : socket_address();
}

void describe(const IP_ADAPTER_ADDRESSES& adapter, std::vector<network_interface>& to)
{
    for (const auto* each = adapter.FirstUnicastAddress; each != nullptr; each = each->Next) {
        network_interface made;
        made.address = address_from(each->Address);
        if (made.address.size() == 0) {
            continue;
        }
        const bool ipv6 = made.address.family() == address_family::ipv6;
        made.index = ipv6 ? adapter.Ipv6IfIndex : adapter.IfIndex;
        made.up = adapter.OperStatus == IfOperStatusUp;
        made.loopback = adapter.IfType == IF_TYPE_SOFTWARE_LOOPBACK;
        made.point_to_point = adapter.IfType == IF_TYPE_PPP;
        made.can_broadcast = !made.loopback && !made.point_to_point && !ipv6;
        made.multicast = (adapter.Flags & IP_ADAPTER_NO_MULTICAST) == 0;
        made.settled = each->DadState == IpDadStatePreferred || each->DadState == IpDadStateDeprecated;
        if (!ipv6 && each->OnLinkPrefixLength <= 32) {
            const ULONG mask = each->OnLinkPrefixLength == 0 ? 0 : ~ULONG{0} << (32 - each->OnLinkPrefixLength);
            std::array<std::uint8_t, 4> bytes{};
            const ULONG in_network_order = ::htonl(mask);
            std::memcpy(bytes.data(), &in_network_order, sizeof(in_network_order));
            made.netmask = socket_address::ipv4(bytes, 0);
            if (made.can_broadcast) {
                std::array<std::uint8_t, 4> host{};
                std::memcpy(host.data(), made.address.host().data(), host.size());
                for (std::size_t at = 0; at < host.size(); ++at) {
                    host[at] = static_cast<std::uint8_t>(host[at] | static_cast<std::uint8_t>(~bytes[at]));
                }
                made.broadcast = socket_address::ipv4(host, 0);
            }
        }
        to.push_back(made);
    }
}

}  // namespace

result<std::vector<network_interface>> interfaces() noexcept
try {
    constexpr ULONG skipped = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    ULONG size = 16384;
    std::unique_ptr<std::byte[]> memory;
    ULONG outcome = ERROR_BUFFER_OVERFLOW;
    for (int attempt = 0; attempt < 4 && outcome == ERROR_BUFFER_OVERFLOW; ++attempt) {
        memory = std::make_unique<std::byte[]>(size);
        outcome = ::GetAdaptersAddresses(AF_UNSPEC, skipped, nullptr,
                                         reinterpret_cast<IP_ADAPTER_ADDRESSES*>(memory.get()), &size);
    }
    std::vector<network_interface> all;
    if (outcome == ERROR_NO_DATA) {
        return all;
    }
    if (outcome != ERROR_SUCCESS) {
        return errc::no_buffer_space;
    }
    for (const auto* each = reinterpret_cast<const IP_ADAPTER_ADDRESSES*>(memory.get()); each != nullptr;
         each = each->Next) {
        describe(*each, all);
    }
    return all;
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

// The base provider tells of changes by requests only, which are no sockets.
result<handle> open_change_source(bool) noexcept
{
    return errc::operation_not_supported;
}

result<tcp_statistics> statistics(handle socket, const socket_kind& kind) noexcept
{
    constexpr DWORD tcp_info = 0xD8000027;  // SIO_TCP_INFO, newer than mingw-w64's headers
    struct info_v0 {
        int state;
        ULONG maximum_segment;
        ULONG64 connection_ms;
        BOOLEAN timestamps;
        ULONG round_trip_us;
        ULONG shortest_round_trip_us;
        ULONG bytes_in_flight;
        ULONG congestion_window;
        ULONG send_window;
        ULONG receive_window;
        ULONG receive_buffer;
        ULONG64 bytes_out;
        ULONG64 bytes_in;
        ULONG bytes_reordered;
        ULONG bytes_retransmitted;
        ULONG fast_retransmissions;
        ULONG duplicate_acknowledgements;
        ULONG timeouts;
        UCHAR syn_retransmitted;
    };
    if (kind.type != socket_type::stream || kind.family == address_family::local) {
        return errc::operation_not_supported;
    }
    info_v0 info{};
    DWORD version = 0;
    DWORD returned = 0;
    if (::WSAIoctl(win32::to_socket(socket), tcp_info, &version, sizeof(version), &info, sizeof(info), &returned,
                   nullptr, nullptr) == SOCKET_ERROR) {
        return win32::last_error();
    }
    tcp_statistics made;
    made.state = static_cast<tcp_state>(info.state);
    made.maximum_segment = info.maximum_segment;
    made.timestamps = info.timestamps != 0;
    made.round_trip_us = info.round_trip_us;
    made.shortest_round_trip_us = info.shortest_round_trip_us;
    made.bytes_in_flight = info.bytes_in_flight;
    made.congestion_window = info.congestion_window;
    made.send_window = info.send_window;
    made.receive_window = info.receive_window;
    made.bytes_out = info.bytes_out;
    made.bytes_in = info.bytes_in;
    made.bytes_reordered = info.bytes_reordered;
    made.bytes_retransmitted = info.bytes_retransmitted;
    made.timeouts = info.timeouts;
    made.syn_retransmitted = info.syn_retransmitted;
    return made;
}

}  // namespace spindle::native
