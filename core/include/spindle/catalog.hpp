// The transport protocols the provider serves and how a (family, type, protocol) request is matched against
// them (Winsock SPI: WSPSocket; WSAPROTOCOL_INFOW). Installing and ordering entries is the host's affair.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "spindle/result.hpp"
#include "spindle/transport.hpp"

namespace spindle {

/// Takes a field of a socket request from the catalog entry (Winsock: FROM_PROTOCOL_INFO).
inline constexpr int from_catalog_entry = -1;

struct catalog_entry {
    socket_kind kind;
    std::uint32_t service_flags = 0;     ///< XP1_ bits without XP1_IFS_HANDLES
    std::uint32_t message_size = 0;      ///< 0 for streams
    std::uint32_t largest_datagram = 0;  ///< SO_MAX_MSG_SIZE; 0 for streams
    std::string_view name;
};

/// What the provider serves, in matching order.
[[nodiscard]] std::span<const catalog_entry> catalog_entries() noexcept;
/// Whether one entry serves both: raw ones differ by protocol.
[[nodiscard]] bool same_entry(const socket_kind& left, const socket_kind& right) noexcept;
/// The entry of a resolved triple, or null.
[[nodiscard]] const catalog_entry* find_entry(const socket_kind& kind) noexcept;

/// Resolves a request. `entry` is the kind of the entry the client named, or null; fields of the request that are 0
/// or from_catalog_entry are filled from it when all three are (SOCK-10, SOCK-11), else from the first match (SOCK-7).
/// Errors as SOCK-8 and SOCK-9: invalid_argument, socket_type_not_supported, address_family_not_supported,
/// protocol_not_supported.
[[nodiscard]] result<socket_kind> resolve_kind(int family, int type, int protocol, const socket_kind* entry);

}  // namespace spindle
