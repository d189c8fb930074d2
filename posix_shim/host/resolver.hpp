// Names of hosts, services and protocols, in terms of neither libc's nor Winsock's structures: libc's socket
// headers and Winsock's cannot meet in one source file. resolver.cpp answers with libc; api_getaddrinfo.cpp
// and api_netdb.cpp turn the answers into Winsock's structures and codes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace spindle::resolver {

enum class failure {
    none,
    address_family,
    bad_flags,
    buffer_too_small,
    host_not_found,
    no_data,
    no_memory,
    no_recovery,
    service_not_found,
    socket_type,
    try_again
};

enum class family : std::uint8_t { any, ipv4, ipv6, other };

struct address {
    family kind = family::ipv4;
    std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 uses the first four
    std::uint16_t port = 0;                // host order
    std::uint32_t scope_id = 0;
    std::uint32_t flow_info = 0;  // network order
};

struct query {
    const char* node = nullptr;     // nullptr: none given
    const char* service = nullptr;  // nullptr: none given
    family kind = family::any;
    int socket_type = 0;  // the numbers are the same on both sides
    int protocol = 0;
    bool passive = false;
    bool canonical_name = false;
    bool numeric_host = false;
    bool numeric_service = false;
    bool v4_mapped = false;
    bool all = false;
    bool address_config = false;
};

struct found_address {
    address where;
    int socket_type = 0;
    int protocol = 0;
};

struct answer {
    std::vector<found_address> addresses;
    std::string canonical_name;
};

struct name_query {
    bool numeric_host = false;
    bool numeric_service = false;
    bool name_required = false;
    bool local_name_only = false;
    bool datagram = false;
};

/// A record of one of the classic databases.
struct record {
    std::string name;
    std::vector<std::string> aliases;
    // Hosts only.
    family kind = family::ipv4;
    std::vector<std::array<std::uint8_t, 16>> addresses;
    // Services and protocols.
    std::string protocol_name;
    int number = 0;  // port in host order, or protocol number
};

/// All of these may throw std::bad_alloc. An output pointer may be null when that part is not wanted.
[[nodiscard]] failure look_up(const query& wanted, answer& result);
[[nodiscard]] failure name_of(const address& where, const name_query& how, std::string* host,
                              std::string* service);
[[nodiscard]] failure host_by_name(const char* name, record& result);
[[nodiscard]] failure host_by_address(const address& where, record& result);
[[nodiscard]] bool service_by_name(const char* name, const char* protocol, record& result);
[[nodiscard]] bool service_by_port(int port, const char* protocol, record& result);
[[nodiscard]] bool protocol_by_name(const char* name, record& result);
[[nodiscard]] bool protocol_by_number(int number, record& result);
[[nodiscard]] std::string local_host_name();

/// Strict text forms, without port, scope or missing parts.
[[nodiscard]] bool parse_address(family kind, const char* text, std::uint8_t* bytes) noexcept;
[[nodiscard]] std::string address_text(family kind, const std::uint8_t* bytes);

}  // namespace spindle::resolver
