// The network interfaces of the system, their addresses and routes, in terms of neither libc's nor Winsock's structures;
// interfaces.cpp reads them from libc and /proc. All of it may throw std::bad_alloc.
#pragma once

#include "host/resolver.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spindle::interfaces {

enum class medium : std::uint8_t { other, ethernet, loopback, point_to_point, tunnel };

struct unicast_address {
    resolver::address where;
    unsigned prefix_length = 0;
    resolver::address broadcast;  // IPv4 only, and only if has_broadcast
    bool has_broadcast = false;
    bool tentative = false;
    bool duplicate = false;
    bool deprecated = false;
};

struct interface {
    unsigned index = 0;
    std::string name;
    medium kind = medium::other;
    unsigned mtu = 0;
    std::uint64_t bits_per_second = 0;  // 0: not known
    bool up = false;                    // switched on
    bool running = false;               // and able to send
    bool multicast = false;
    std::vector<std::uint8_t> hardware_address;
    std::vector<unicast_address> addresses;
    std::vector<resolver::address> groups;  // multicast groups joined by anybody
    std::vector<resolver::address> gateways;
    unsigned metric = 0;  // of the IPv4 default route, 0 without one

    [[nodiscard]] bool has(resolver::family kind) const noexcept;
};

/// In order of their indices.
[[nodiscard]] std::vector<interface> all();

/// The interface through which packets to the address leave; 0 when there is no way.
[[nodiscard]] unsigned towards(const resolver::address& where);

/// 0 and an empty name: there is none.
[[nodiscard]] unsigned index_of(const char* name) noexcept;
[[nodiscard]] std::string name_of(unsigned index);

struct resolver_settings {
    std::vector<resolver::address> servers;
    std::string domain;  // the first one searched
};
[[nodiscard]] resolver_settings read_resolver_settings();

/// Whether the system forwards IPv4 packets.
[[nodiscard]] bool forwards();

}  // namespace spindle::interfaces
