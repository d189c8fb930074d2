// The snapshot of each socket type: from the system's readiness and core's own state to levels; see the public header. Answers
// to WSPSelect, "WSAPoll", WSPEventSelect; contract SEL-13 to SEL-18, POL-9 to POL-15, OOB-8, LNX-12, LNX-21, LNX-32.
#include <array>

#include "datagram_socket.hpp"
#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {
namespace {

constexpr auto input = level::connection | level::data | level::end_of_stream | level::broken;

/// What the system says may have made of an attempt to connect.
constexpr auto attempt_news = readiness::writable | readiness::readable | readiness::failed;

}  // namespace

readiness stream_socket::system_interest(level asked) noexcept
{
    auto wanted = readiness::none;
    if (has(state::listening)) {
        return has_any(asked, level::connection) ? readiness::readable : wanted;
    }
    if (has(state::connecting) && has_any(asked, level::writable | level::connected | level::connect_failed)) {
        wanted = readiness::writable;  // how the system tells of the attempt's end
    }
    if (has_any(asked, level::data) && !has(state::receive_shut)) {
        // Where urgent bytes belong into the stream, or stand in its way, they count.
        wanted = wanted | readiness::readable | readiness::peer_closed;
        wanted = has(state::urgent_interest) ? wanted | readiness::urgent : wanted;
    } else if (has_any(asked, input)) {
        wanted = wanted | readiness::peer_closed;
    }
    if (has_any(asked, level::urgent)) {
        wanted = wanted | readiness::urgent;
    }
    if (has_any(asked, level::writable) && options().send_buffer.load(std::memory_order_relaxed) == 0) {
        wanted = wanted | readiness::writable;  // XFR-19: only the system's room counts
    }
    return wanted;
}

socket_levels stream_socket::levels(readiness polled, level asked)
{
    if (has(state::connecting) && has_any(polled, attempt_news)) {
        update_connect_state();
    }
    if (has(state::listening)) {
        if (has(state::deferring)) {
            return {level::connection};
        }
        return {has_any(polled, readiness::readable) ? unless_requested(level::connection) : level::none};
    }
    if (has(state::connected)) {
        return connected_levels(polled, asked);
    }
    if (has(state::connecting)) {
        return attempt_levels(polled);
    }
    // A socket that never tried is in no set, whatever the system calls it (SEL-16).
    return has(state::connect_failed)
               ? socket_levels{level::connect_failed, connect_failure_.load(std::memory_order_relaxed)}
               : socket_levels{};
}

// An attempt that another thread or a request waits for, who will bring the state up to date.
socket_levels stream_socket::attempt_levels(readiness polled)
{
    if (!has_any(polled, attempt_news)) {
        return {};
    }
    const auto outcome = lower().connect_result();
    if (outcome) {
        return {level::connected | level::writable};
    }
    return is_would_block(outcome.error()) ? socket_levels{}
                                           : socket_levels{level::connect_failed, to_errc(outcome.error())};
}

socket_levels stream_socket::connected_levels(readiness polled, level asked)
{
    socket_levels now{level::connected};
    const bool ended = has_any(polled, readiness::peer_closed | readiness::failed);
    if (has(state::broken)) {
        now = {now.holds | level::broken, failure()};
    } else if (has_any(polled, readiness::error)) {
        now = {now.holds | level::broken, errc::connection_reset};
    } else if (ended) {
        now.holds |= level::end_of_stream;
    }
    const bool broken = has_any(now.holds, level::broken);
    if (has_any(asked, level::data | level::urgent)) {
        now.holds |= input_levels(polled, ended || broken);
    }
    if (has_any(asked, level::writable) && (broken || takes_message(has_any(polled, readiness::writable)))) {
        now.holds |= level::writable;
    }
    return now;
}

level stream_socket::input_levels(readiness polled, bool ended)
{
    auto found = level::none;
    if (has(state::urgent_interest) || has_any(polled, readiness::urgent)) {
        found = urgent_levels(polled);
        if (has_any(found, level::data) && has_input_requests()) {
            found = (found & level::urgent) | level::requested;
        }
    } else if (!ended) {
        found = has_any(polled, readiness::readable) ? unless_requested(level::data) : level::none;
    } else if (const auto unread = lower().readable_bytes(); unread && *unread > 0) {
        found = unless_requested(level::data);  // the system calls the end readable, too (POL-11)
    }
    return has(state::receive_shut) ? found & level::urgent : found;
}

level basic_socket::unless_requested(level found)
{
    if (!has(state::serving)) {
        return found;
    }
    if (has_input_requests()) {
        return level::requested;
    }
    // They may have taken what was there when the system was asked.
    return has_any(lower().poll(readiness::readable), readiness::readable) ? found : level::none;
}

// From here on core keeps the urgent bytes, as after any other sign of interest.
level stream_socket::urgent_levels(readiness polled)
{
    set_state(state::urgent_interest);
    const std::scoped_lock lock(receive_mutex_);
    if (polled == readiness::none && !urgent_) {
        return level::none;
    }
    auto& pending = pulled_urgent();
    auto found = level::none;
    if (!pending.empty()) {
        found = options().oob_inline.load(std::memory_order_relaxed) ? level::data : level::urgent;
    }
    if (has_any(polled, readiness::readable | readiness::failed | readiness::peer_closed) && skip_duplicates(pending)) {
        const auto plain = pending.readable_bytes(lower());
        found |= plain && *plain > 0 ? level::data : level::none;
    }
    return found;
}

// LNX-21: what send() does with a message is decided by the queue's room, not by the system's.
bool stream_socket::takes_message(bool system_has_room)
{
    const std::scoped_lock lock(send_mutex_);
    if (!line_.empty()) {
        return false;
    }
    return has_room(0) || (queue_.empty() && system_has_room);
}

readiness datagram_socket::system_interest(level asked) noexcept
{
    return has_any(asked, level::data) && !has(state::receive_shut) ? readiness::readable : readiness::none;
}

socket_levels datagram_socket::levels(readiness polled, level asked)
{
    socket_levels now{level::writable};  // bound or not (SEL-14, POL-15)
    if (!has_any(asked, level::data) || has(state::receive_shut)) {
        return now;
    }
    if (has_any(polled, readiness::error)) {
        look_for_failure();
    }
    if (failure_ahead_.load(std::memory_order_acquire) != errc::success) {
        now.holds |= level::data;
    } else if (has_any(polled, readiness::readable) && has_datagram()) {
        now.holds |= unless_requested(level::data);
    }
    return now;
}

// Datagrams of others that were queued before the peer was set are dropped by the receive, so they do not count.
bool datagram_socket::has_datagram()
{
    if (!filter_queued_.load(std::memory_order_acquire)) {
        return true;
    }
    std::byte first{};
    const std::array<mutable_buffer, 1> one{{{&first, 1}}};
    const auto got = receive_once(one, transfer_flags::peek, nullptr, nullptr);
    return got || !is_would_block(got.error());
}

// The system calls errors ready that Winsock never mentions; a receive must not be promised something for them.
void datagram_socket::look_for_failure()
{
    if (failure_ahead_.load(std::memory_order_acquire) != errc::success) {
        return;
    }
    const auto found = pending_failure(true);
    if (found) {
        return;
    }
    failure_ahead_.store(to_errc(found.error()), std::memory_order_release);
    // Whoever waits for the system to tell of it would wait in vain now.
    nudge_waiters();
    levels_changed();
    if (has_input_requests()) {
        serve_input(readiness::readable);
    }
}

}  // namespace spindle
