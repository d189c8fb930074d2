// Winsock's sockaddr structures to and from the neutral address of resolver.hpp.
#pragma once

#include "host/resolver.hpp"
#include "host/winsock.hpp"

namespace spindle::host {

/// Writes the structure and returns its length.
[[nodiscard]] std::size_t store_address(const resolver::address& from, SOCKADDR_STORAGE& to) noexcept;

/// Returns 0, WSAEFAULT (null or too short) or WSAEAFNOSUPPORT.
[[nodiscard]] int read_address(const SOCKADDR* from, int length, resolver::address& to) noexcept;

}  // namespace spindle::host
