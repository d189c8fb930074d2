// The multicast groups that one socket has joined, and which call comes next: the rules of the page "Multicast Socket Option
// Behavior" as a pure table (contract MCS-5, T-MC). The system's own memberships are the transport's.
#pragma once

#include <cstdint>
#include <vector>

#include "spindle/transport.hpp"

namespace spindle {

class group_table {
public:
    /// Success, or what the change gets after those before: address_not_available, invalid_argument.
    [[nodiscard]] errc check(const group_change& change) const noexcept;
    /// Books a change that was made. Throws bad_alloc, before anything has changed.
    void note(const group_change& change);

private:
    struct membership {
        socket_address group;
        std::uint32_t interface_index = 0;
        bool any_source = true;  ///< all but the sources; else the sources alone
        bool filtered = false;   ///< a source has been blocked since the join
        std::vector<socket_address> sources;
    };

    [[nodiscard]] const membership* find(const group_change& change) const noexcept;
    [[nodiscard]] membership* find(const group_change& change) noexcept;

    std::vector<membership> members_;
};

}  // namespace spindle
