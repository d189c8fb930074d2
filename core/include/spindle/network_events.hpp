// Network events of a socket: which there are, who is told of them, what a client gets when it asks (Winsock:
// WSPEventSelect, WSPAsyncSelect, WSPEnumNetworkEvents).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "spindle/error.hpp"

namespace spindle {

/// A set of network events; the numbers are Winsock's FD_ values, bit n belongs to entry n of the errors.
namespace network_event {
inline constexpr unsigned read = 0x1;
inline constexpr unsigned write = 0x2;
inline constexpr unsigned out_of_band = 0x4;
inline constexpr unsigned accept = 0x8;
inline constexpr unsigned connect = 0x10;
inline constexpr unsigned close = 0x20;
inline constexpr unsigned quality_of_service = 0x40;
inline constexpr unsigned group_quality_of_service = 0x80;
inline constexpr unsigned routing_interface_change = 0x100;
inline constexpr unsigned address_list_change = 0x200;
inline constexpr std::size_t count = 10;
inline constexpr unsigned all = (1U << count) - 1;
}  // namespace network_event

/// Whom a socket tells of its network events, both as the host knows them: an event object that is set, or a window
/// that a message is posted to for each event.
struct network_event_target {
    enum class form : std::uint8_t { none, event, message };

    form told_by = form::none;
    std::uintptr_t object = 0;
    unsigned message = 0;
    /// The handle that messages name; 0: the socket's own.
    std::uintptr_t socket = 0;
};

/// Events and, of those in the set, how each came out; the other codes say nothing.
struct network_events {
    unsigned events = 0;
    std::array<errc, network_event::count> errors{};

    /// One event.
    void add(unsigned event, errc code = errc::success) noexcept
    {
        events |= event;
        errors[bit_of(event)] = code;
    }
    [[nodiscard]] errc code_of(unsigned event) const noexcept { return errors[bit_of(event)]; }
    [[nodiscard]] static std::size_t bit_of(unsigned event) noexcept
    {
        return static_cast<std::size_t>(std::countr_zero(event));
    }
};

}  // namespace spindle
