// The linger matrix as a pure function: what closing a socket means for its connection and for the caller.
// Answers to the pages WSPCloseSocket and "Graceful Shutdown, Linger Options, and Socket Closure in the SPI".
#pragma once

#include <chrono>
#include <cstddef>

#include "spindle/options.hpp"

namespace spindle {

enum class close_action {
    release,           ///< not a connected stream: let go of it, whatever the linger setting
    finish,            ///< nothing unsent: FIN, return at once
    drain_background,  ///< return at once; data, then FIN, in the background
    drain_blocking,    ///< wait until sent (FIN) or until the limit (RST); return success either way
    abort,             ///< RST, unsent data dropped
    refuse,            ///< would_block; nothing is touched
};

struct close_situation {
    bool connected_stream = false;
    linger_option linger{};
    bool blocking = true;
    std::size_t unsent_bytes = 0;  ///< accepted from the client and not yet acknowledged
};

struct close_plan {
    close_action action = close_action::release;
    std::chrono::seconds limit{0};  ///< of drain_blocking

    friend bool operator==(const close_plan&, const close_plan&) = default;
};

[[nodiscard]] constexpr close_plan plan_close(const close_situation& now) noexcept
{
    if (!now.connected_stream) {
        return {close_action::release};
    }
    if (now.linger.on != 0 && now.linger.seconds == 0) {
        return {close_action::abort};
    }
    if (now.unsent_bytes == 0) {
        return {close_action::finish};
    }
    if (now.linger.on == 0) {
        return {close_action::drain_background};
    }
    if (!now.blocking) {
        return {close_action::refuse};
    }
    return {close_action::drain_blocking, std::chrono::seconds{now.linger.seconds}};
}

}  // namespace spindle
