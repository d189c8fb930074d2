// Finding hosts, services and protocols as the functions of Winsock 1.1 do, for those that wait and those that end with a
// message. Each returns 0 or the Winsock code, and may throw std::bad_alloc.
#pragma once

#include "host/name_errors.hpp"

namespace spindle::host {

inline int find_host(const char* name, resolver::record& found)
{
    const bool local = name == nullptr || *name == '\0';
    return code_of(resolver::host_by_name(local ? resolver::local_host_name().c_str() : name, found));
}

/// Takes the address apart; 0 or why it is none.
inline int read_address(const char* bytes, int length, int type, resolver::address& where) noexcept
{
    where.kind = family_of(type);
    if (where.kind != resolver::family::ipv4 && where.kind != resolver::family::ipv6) {
        return WSAEAFNOSUPPORT;
    }
    const int needed = where.kind == resolver::family::ipv6 ? 16 : 4;
    if (bytes == nullptr || length < needed) {
        return WSAEFAULT;
    }
    std::memcpy(where.bytes.data(), bytes, static_cast<std::size_t>(needed));
    return 0;
}

inline int found_or_no_data(bool found) noexcept
{
    return found ? 0 : WSANO_DATA;
}

inline int find_service(const char* name, const char* protocol, resolver::record& found)
{
    return found_or_no_data(resolver::service_by_name(name, protocol, found));
}

/// The port is in network order.
inline int find_service(int port, const char* protocol, resolver::record& found)
{
    return found_or_no_data(resolver::service_by_port(ntohs(static_cast<u_short>(port)), protocol, found));
}

inline int find_protocol(const char* name, resolver::record& found)
{
    return found_or_no_data(resolver::protocol_by_name(name, found));
}

inline int find_protocol(int number, resolver::record& found)
{
    return found_or_no_data(resolver::protocol_by_number(number, found));
}

}  // namespace spindle::host
