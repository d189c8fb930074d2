// What a socket has for its network events once a client has asked for any: most never do. See socket_events.cpp.
#pragma once

#include <atomic>
#include <cstdint>

#include "event_notifier.hpp"

namespace spindle {

struct socket_events {
    explicit socket_events(event_notifier::tell_function tell) : notifier(std::move(tell)) {}

    event_notifier notifier;
    std::atomic<unsigned> looks{0};  ///< at conditions because of news; changed under the notifier's lock
    std::atomic<bool> awaits_room{
        false};  ///< a send would have had to wait, and there was no room since; ditto
    std::atomic<bool> has_loop{
        false};            ///< the socket joined the provider's loop for this; changed under input_.mutex
    unsigned attempt = 0;  ///< the socket's attempts_ at the last look; under the notifier's lock
    std::uint64_t taken_at = 0;  ///< provider_life::news_look() when input was last taken; under the notifier's lock
    std::atomic<bool> settling{false};  ///< joined just now: the first report is of what held already
};

}  // namespace spindle
