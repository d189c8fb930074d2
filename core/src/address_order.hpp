// Which of several destinations is to be tried first: the rules of RFC 6724, section 6, as far as they can be told from
// addresses and routes. Pure; what SIO_ADDRESS_LIST_SORT rests on.
#pragma once

#include <optional>

#include "spindle/address.hpp"

namespace spindle {

/// A destination, IPv6 or IPv4-mapped, and the source that the system would use for it; none without a route.
struct route_choice {
    socket_address destination;
    std::optional<socket_address> source;
};

/// Whether `left` is to be tried before `right`. A strict weak order.
[[nodiscard]] bool better_destination(const route_choice& left, const route_choice& right) noexcept;

}  // namespace spindle
