// From the resolver's failures to Winsock codes: getaddrinfo and getnameinfo return them, the older functions
// store them as last error. Answers to the return values on the pages "getaddrinfo" and "gethostbyname".
#pragma once

#include "host/resolver.hpp"
#include "host/thread_state.hpp"

#include <cstring>

namespace spindle::host {

constexpr int code_of(resolver::failure failure) noexcept
{
    switch (failure) {
    case resolver::failure::none:
        return 0;
    case resolver::failure::address_family:
        return WSAEAFNOSUPPORT;
    case resolver::failure::bad_flags:
        return WSAEINVAL;
    case resolver::failure::buffer_too_small:
        return WSAEFAULT;
    case resolver::failure::host_not_found:
        return WSAHOST_NOT_FOUND;
    case resolver::failure::no_data:
        return WSANO_DATA;
    case resolver::failure::no_memory:
        return WSA_NOT_ENOUGH_MEMORY;
    case resolver::failure::no_recovery:
        return WSANO_RECOVERY;
    case resolver::failure::service_not_found:
        return WSATYPE_NOT_FOUND;
    case resolver::failure::socket_type:
        return WSAESOCKTNOSUPPORT;
    case resolver::failure::try_again:
        return WSATRY_AGAIN;
    }
    return WSANO_RECOVERY;
}

constexpr resolver::family family_of(int af) noexcept
{
    switch (af) {
    case AF_UNSPEC:
        return resolver::family::any;
    case AF_INET:
        return resolver::family::ipv4;
    case AF_INET6:
        return resolver::family::ipv6;
    default:
        return resolver::family::other;
    }
}

}  // namespace spindle::host
