// Settings that few sockets ever change, so that the others do not carry them: numbers by name, group memberships, what is
// received at all, header options. Part of socket_options, under the socket's state mutex.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "group_table.hpp"
#include "spindle/transport.hpp"

namespace spindle {

/// A number as the client gave it.
enum class kept : unsigned char {
    randomize_port,
    port_scalability,
    reuse_unicast_port,
    reuse_multicast_port,
    fast_open,
    fail_on_icmp,
    maximum_retransmission_ms,
    no_checksum,
    segment_size,
    header_included,
    dont_fragment,
    path_discovery,
    multicast_interface,
    multicast_hops,
    unicast_interface,
    ipv6_unicast_interface,
    protection_level,
    checksum_offset,
    syn_retries,
    last = syn_retries,
};

class kept_numbers {
public:
    [[nodiscard]] int get(kept which, int otherwise) const noexcept
    {
        for (const auto& [name, value] : numbers_) {
            if (name == which) {
                return value;
            }
        }
        return otherwise;
    }
    [[nodiscard]] bool has(kept which) const noexcept
    {
        for (const auto& each : numbers_) {
            if (each.first == which) {
                return true;
            }
        }
        return false;
    }
    /// Throws bad_alloc.
    void put(kept which, int value)
    {
        for (auto& [name, present] : numbers_) {
            if (name == which) {
                present = value;
                return;
            }
        }
        numbers_.emplace_back(which, value);
    }

private:
    std::vector<std::pair<kept, int>> numbers_;
};

struct rare_options {
    kept_numbers numbers;
    group_table groups;
    reception_rules reception;
    std::vector<std::byte> ip_options;
    std::vector<std::byte> hop_options;
};

}  // namespace spindle
