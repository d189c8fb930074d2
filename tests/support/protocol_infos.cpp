// The table behind protocol_infos.hpp; values as the page of WSAPROTOCOL_INFO and the contract's table T-CAT
// give them.
#include "support/protocol_infos.hpp"

#include <cstddef>
#include <string_view>

namespace spindle::test {
namespace {

struct entry {
    DWORD id;
    int family;
    int type;
    int protocol;
    int largest_address;
    int smallest_address;
    DWORD flags;
    DWORD message_size;
    std::string_view name;
};

constexpr DWORD stream_flags = XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE;
constexpr DWORD datagram_flags =
    XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST | XP1_SUPPORT_MULTIPOINT;

constexpr entry tcp4_entry{
    1401, AF_INET,           SOCK_STREAM, IPPROTO_TCP, 16, 16, stream_flags | XP1_EXPEDITED_DATA,
    0,    "Spindle TCP/IPv4"};
constexpr entry udp4_entry{1402, AF_INET,        SOCK_DGRAM, IPPROTO_UDP,       16,
                           16,   datagram_flags, 0xFFBB,     "Spindle UDP/IPv4"};
constexpr entry tcp6_entry{
    1601, AF_INET6,          SOCK_STREAM, IPPROTO_TCP, 28, 28, stream_flags | XP1_EXPEDITED_DATA,
    0,    "Spindle TCP/IPv6"};
constexpr entry udp6_entry{1602, AF_INET6,       SOCK_DGRAM, IPPROTO_UDP,       28,
                           28,   datagram_flags, 0xFFBB,     "Spindle UDP/IPv6"};
constexpr entry unix_entry{1101, AF_UNIX, SOCK_STREAM, 0, 110, 2, stream_flags, 0, "Spindle AF_UNIX"};

WSAPROTOCOL_INFOW make(const entry& values, handle_model model)
{
    WSAPROTOCOL_INFOW info = {};
    info.dwServiceFlags1 = values.flags | (model == handle_model::ifs ? DWORD{XP1_IFS_HANDLES} : 0);
    info.dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
    info.ProviderId = {0x5b1d1e00, 0x7e57, 0x4c0d, {0x9a, 0x11, 0x5b, 0x1d, 0x1e, 0x7e, 0x57, 0x01}};
    info.dwCatalogEntryId = values.id;
    info.ProtocolChain.ChainLen = BASE_PROTOCOL;
    info.ProtocolChain.ChainEntries[0] = values.id;
    info.iVersion = 2;
    info.iAddressFamily = values.family;
    info.iMaxSockAddr = values.largest_address;
    info.iMinSockAddr = values.smallest_address;
    info.iSocketType = values.type;
    info.iProtocol = values.protocol;
    info.iNetworkByteOrder = BIGENDIAN;
    info.iSecurityScheme = SECURITY_PROTOCOL_NONE;
    info.dwMessageSize = values.message_size;
    for (std::size_t i = 0; i < values.name.size(); ++i) {
        info.szProtocol[i] = static_cast<WCHAR>(values.name[i]);
    }
    return info;
}

}  // namespace

WSAPROTOCOL_INFOW tcp4(handle_model model)
{
    return make(tcp4_entry, model);
}

WSAPROTOCOL_INFOW udp4(handle_model model)
{
    return make(udp4_entry, model);
}

WSAPROTOCOL_INFOW tcp6(handle_model model)
{
    return make(tcp6_entry, model);
}

WSAPROTOCOL_INFOW udp6(handle_model model)
{
    return make(udp6_entry, model);
}

WSAPROTOCOL_INFOW unix_stream(handle_model model)
{
    return make(unix_entry, model);
}

}  // namespace spindle::test
