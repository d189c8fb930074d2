// The entries that exist without any file or set-up, as data. Raw sockets' are hidden from enumeration. Flags and sizes are those of the catalog that Windows shows for its own provider (T-CAT);
// names and provider ids are Spindle's own, as they must be for a provider that is not Microsoft's.
#pragma once

#include "host/provider_model.hpp"
#include "host/winsock.hpp"

#include <array>

namespace spindle::host {

struct builtin_row {
    DWORD catalog_entry_id;
    GUID provider_id;
    const char16_t* name;
    int af;
    int type;
    int protocol;
    DWORD service_flags;
    DWORD message_size;
    int max_address;
    int min_address;
    DWORD provider_flags = PFL_MATCHES_PROTOCOL_ZERO;
    int protocol_max_offset = 0;
};

inline constexpr GUID ipv4_provider_id{
    0x5b0a7c1e, 0x93d4, 0x4f26, {0xa1, 0x6e, 0x2f, 0xc8, 0x47, 0x90, 0xbd, 0x35}};
inline constexpr GUID ipv6_provider_id{
    0x8f3e21d6, 0x4c07, 0x4b9a, {0x9d, 0x52, 0x71, 0x0e, 0xe6, 0xa8, 0x3c, 0x14}};
inline constexpr GUID unix_provider_id{
    0xc94d60b2, 0x7ea8, 0x4135, {0xb3, 0x0f, 0x58, 0x9c, 0x1d, 0x62, 0xf7, 0xe9}};

inline constexpr DWORD stream_flags =
    XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | provider_handle_flags;
inline constexpr DWORD datagram_flags = XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST |
                                        XP1_SUPPORT_MULTIPOINT | provider_handle_flags;

inline constexpr DWORD raw_flags = PFL_MATCHES_PROTOCOL_ZERO | PFL_HIDDEN;

inline constexpr std::array builtin_rows{
    builtin_row{1001, ipv4_provider_id, u"Spindle Tcpip [TCP/IP]", AF_INET, SOCK_STREAM, IPPROTO_TCP,
                stream_flags | XP1_EXPEDITED_DATA, 0, 16, 16},
    builtin_row{1002, ipv4_provider_id, u"Spindle Tcpip [UDP/IP]", AF_INET, SOCK_DGRAM, IPPROTO_UDP,
                datagram_flags, 0xFFBB, 16, 16},
    builtin_row{1006, ipv4_provider_id, u"Spindle Tcpip [RAW/IP]", AF_INET, SOCK_RAW, 0, datagram_flags, 0x8000, 16, 16,
                raw_flags, 255},
    builtin_row{1003, ipv6_provider_id, u"Spindle Tcpip [TCP/IPv6]", AF_INET6, SOCK_STREAM, IPPROTO_TCP,
                stream_flags | XP1_EXPEDITED_DATA, 0, 28, 28},
    builtin_row{1004, ipv6_provider_id, u"Spindle Tcpip [UDP/IPv6]", AF_INET6, SOCK_DGRAM, IPPROTO_UDP,
                datagram_flags, 0xFFBB, 28, 28},
    builtin_row{1007, ipv6_provider_id, u"Spindle Tcpip [RAW/IPv6]", AF_INET6, SOCK_RAW, 0, datagram_flags, 0x8000, 28, 28,
                raw_flags, 255},
    builtin_row{1005, unix_provider_id, u"Spindle AF_UNIX", AF_UNIX, SOCK_STREAM, 0, stream_flags, 0, 110, 2},
};

}  // namespace spindle::host
