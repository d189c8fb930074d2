// Finds the base provider's catalog entry for a socket. Sockets are opened with that entry by name, because
// asking for (family, type, protocol) would lead back to this very provider where it stands first in the
// catalog.
#pragma once

#include <winsock2.h>

#include <cstddef>

#include "spindle/transport.hpp"

namespace spindle::win32 {

/// The provider ids that are this library's own, never to be opened. The array must live as long as the
/// library; the SPI layer names it before the first socket.
void set_own_providers(const GUID* ids, std::size_t count) noexcept;

/// Fills the entry. Errors: address_family_not_supported, protocol_not_supported when there is none.
result<void> find_base_entry(const socket_kind& kind, WSAPROTOCOL_INFOW& entry) noexcept;

}  // namespace spindle::win32
