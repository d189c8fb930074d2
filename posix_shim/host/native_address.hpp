// The neutral address of resolver.hpp to and from libc's structures. For sources that see no Winsock header.
#pragma once

#include "host/resolver.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace spindle::resolver {

/// False: neither IPv4 nor IPv6.
[[nodiscard]] bool from_native(const sockaddr* native, address& where) noexcept;

/// Returns the length.
[[nodiscard]] socklen_t to_native(const address& where, sockaddr_storage& native) noexcept;

}  // namespace spindle::resolver
