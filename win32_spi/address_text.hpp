// Addresses as text in the forms of WSAAddressToString and WSAStringToAddress (ADR-11, ADR-14 to ADR-17).
// Pure text work without Winsock headers; the buffers and errors around it are in thunks_address.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spindle/address.hpp"

namespace spindle::spi {

/// "a.b.c.d", "a.b.c.d:port", "1::2", "1::2%scope", "[1::2%scope]:port"; the port only when it is not 0. IPv4
/// and IPv6 only.
[[nodiscard]] std::string address_to_text(const socket_address& address);

/// Nothing when the text is no address of the family. IPv4 takes inet_addr's forms, a port takes decimal,
/// octal and hexadecimal.
[[nodiscard]] std::optional<socket_address> address_from_text(address_family family, std::string_view text);

}  // namespace spindle::spi
