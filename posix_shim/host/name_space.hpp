// The one name space provider there is: the system's resolver, as NS_DNS. Answers to the pages
// "WSAEnumNameSpaceProvidersW" and "GetAddrInfoExW".
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

inline constexpr GUID dns_provider_id = {
    0x4E1A2C86, 0x7D53, 0x4B0F, {0x9A, 0x61, 0x3C, 0x52, 0xB8, 0x0D, 0xE7, 0x14}};
inline constexpr DWORD dns_provider_version = 1;

[[nodiscard]] constexpr bool serves_name_space(DWORD name_space) noexcept
{
    return name_space == NS_ALL || name_space == NS_DNS;
}

/// Whether a program that may have named a provider means this one.
[[nodiscard]] inline bool is_dns_provider(const GUID* chosen) noexcept
{
    return chosen == nullptr || *chosen == dns_provider_id;
}

}  // namespace spindle::host
