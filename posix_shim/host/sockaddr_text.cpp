// Conversions of addresses, see sockaddr_text.hpp.
#include "host/sockaddr_text.hpp"

#include <cstring>

namespace spindle::host {

std::size_t store_address(const resolver::address& from, SOCKADDR_STORAGE& to) noexcept
{
    to = {};
    if (from.kind == resolver::family::ipv4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(from.port);
        std::memcpy(&v4.sin_addr, from.bytes.data(), sizeof v4.sin_addr);
        std::memcpy(&to, &v4, sizeof v4);
        return sizeof v4;
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(from.port);
    v6.sin6_flowinfo = from.flow_info;
    v6.sin6_scope_id = from.scope_id;
    std::memcpy(&v6.sin6_addr, from.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&to, &v6, sizeof v6);
    return sizeof v6;
}

int read_address(const SOCKADDR* from, int length, resolver::address& to) noexcept
{
    if (from == nullptr || length < static_cast<int>(sizeof from->sa_family)) {
        return WSAEFAULT;
    }
    if (from->sa_family == AF_INET) {
        sockaddr_in v4{};
        if (length < static_cast<int>(sizeof v4)) {
            return WSAEFAULT;
        }
        std::memcpy(&v4, from, sizeof v4);
        to.kind = resolver::family::ipv4;
        to.port = ntohs(v4.sin_port);
        std::memcpy(to.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
        return 0;
    }
    if (from->sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        if (length < static_cast<int>(sizeof v6)) {
            return WSAEFAULT;
        }
        std::memcpy(&v6, from, sizeof v6);
        to.kind = resolver::family::ipv6;
        to.port = ntohs(v6.sin6_port);
        to.flow_info = v6.sin6_flowinfo;
        to.scope_id = v6.sin6_scope_id;
        std::memcpy(to.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
        return 0;
    }
    return WSAEAFNOSUPPORT;
}

}  // namespace spindle::host
