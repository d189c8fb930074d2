// Datagram sockets: default peer, messages, ICMP-driven failures (pages WSPConnect, WSPSendTo, WSPRecvFrom).
#include "datagram_socket.hpp"

#include <algorithm>

#include "group_options.hpp"
#include "provider_life.hpp"

namespace spindle {
namespace {

constexpr unsigned known_send_flags = message_flag::dont_route | message_flag::always_wait;
constexpr unsigned known_receive_flags =
    message_flag::peek | message_flag::push_immediate | message_flag::partial | message_flag::always_wait;

bool is(const std::error_code& error, errc code) noexcept
{
    return error == make_error_code(code);
}

}  // namespace

result<void> datagram_socket::listen(int)
{
    const use guard(*this);
    return guard ? errc::operation_not_supported : guard.error();
}

result<accept_outcome> datagram_socket::accept(const accept_condition&)
{
    const use guard(*this);
    return guard ? errc::operation_not_supported : guard.error();
}

result<void> datagram_socket::connect(const socket_address& peer)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    auto connected = set_peer(peer);
    if (connected) {
        note_progress();
    }
    return connected;
}

result<void> datagram_socket::set_peer(const socket_address& peer)
{
    const std::scoped_lock lock(state_mutex());
    const bool dissolve = peer.family() == address_family::unspecified ||
                          (peer.family() == kind().family && peer.is_wildcard());
    if (dissolve) {
        if (auto done = lower().disconnect(); !done) {
            return done;
        }
        clear_state(state::connected);
        filter_queued_ = false;
        peer_ = {};
        return {};
    }
    if (const auto code = check_family(peer); code != errc::success) {
        return code;
    }
    if (peer.port() == 0 && kind().type != socket_type::raw) {
        return errc::address_not_available;
    }
    if (peer.is_limited_broadcast() && !options().broadcast) {
        return errc::access_denied;
    }
    const socket_address host = without_foreign_port(peer);
    if (auto done = lower().connect(host); !done) {
        return done;
    }
    if (peer_ != host) {
        filter_queued_ = true;
    }
    peer_ = host;
    note_attempt();
    set_state(state::connected | state::bound);
    return {};
}

errc datagram_socket::check_send(unsigned flags, const socket_address* to) const
{
    if (has(state::send_shut)) {
        return errc::shut_down;
    }
    if ((flags & ~known_send_flags) != 0) {
        return errc::operation_not_supported;
    }
    if (to == nullptr) {
        return has(state::connected) ? errc::success : errc::not_connected;
    }
    if (const auto code = check_family(*to); code != errc::success) {
        return code;
    }
    return to->is_wildcard() || (to->port() == 0 && kind().type != socket_type::raw) ? errc::address_not_available : errc::success;
}

errc datagram_socket::check_destination(unsigned flags, const socket_address* to)
{
    if (const auto code = check_send(flags, to); code != errc::success) {
        return code;
    }
    if (to != nullptr && to->is_limited_broadcast()) {
        const std::scoped_lock lock(state_mutex());
        if (!options().broadcast) {
            return errc::access_denied;
        }
    }
    return errc::success;
}

result<std::size_t> datagram_socket::send_to(const_buffers buffers, unsigned flags, const socket_address* to)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (const auto code = check_destination(flags, to); code != errc::success) {
        return code;
    }
    return send_waiting(buffers, flags, to, nullptr);
}

result<std::size_t> datagram_socket::send_waiting(const_buffers buffers, unsigned flags, const socket_address* to,
                                                  const message_control* control)
{
    std::optional<blocking_call> call;
    for (;;) {
        auto sent = send_now(buffers, flags, to, control);
        if (sent) {
            note_named();
            return sent;
        }
        if (!is(sent.error(), errc::would_block)) {
            return sent;
        }
        if (!waits(flags)) {
            note_blocked_send();
            return sent;
        }
        if (!call) {
            call.emplace(*this, errc::interrupted, send_timeout());
        }
        if (auto waited = call->wait(readiness::writable); !waited) {
            return waited.error();
        }
    }
}

// NAME-7, EVT-28: the first send gives the socket a name.
void datagram_socket::note_named()
{
    if (!has(state::bound)) {
        set_state(state::bound);
        note_progress();
    }
}

errc datagram_socket::check_receive(unsigned flags) const
{
    if (has(state::receive_shut)) {
        return errc::shut_down;
    }
    if (!has(state::bound)) {
        return errc::invalid_argument;
    }
    return (flags & ~known_receive_flags) != 0 ? errc::operation_not_supported : errc::success;
}

result<receive_outcome> datagram_socket::receive(mutable_buffers buffers, unsigned flags, socket_address* from)
{
    const use guard(*this);
    return guard ? receive_waiting(buffers, flags, from, nullptr) : result<receive_outcome>(guard.error());
}

result<receive_outcome> datagram_socket::receive_waiting(mutable_buffers buffers, unsigned flags,
                                                         socket_address* from, message_control* control)
{
    if (buffers.empty()) {
        return errc::invalid_argument;
    }
    if (const auto code = check_receive(flags); code != errc::success) {
        return code;
    }
    const auto news_before = news_so_far();
    auto got = receive_until_done(buffers, flags, from, control);
    note_receive(flags, got ? std::error_code() : got.error(), !got && is(got.error(), errc::would_block),
                 news_before);
    return got;
}

result<receive_outcome> datagram_socket::receive_until_done(mutable_buffers buffers, unsigned flags,
                                                            socket_address* from, message_control* control)
{
    std::optional<blocking_call> call;
    for (;;) {
        // What comes in belongs to pending requests first (OVL-16).
        auto got = has_input_requests() ? result<receive_outcome>(errc::would_block)
                                        : receive_now(buffers, flags, from, control, true);
        if (got || !is(got.error(), errc::would_block) || !waits(flags)) {
            return got;
        }
        if (has_input_requests()) {
            if (auto served = wait_until_finished([this] { return !has_input_requests(); }, cancelling::yes); !served) {
                return served.error();
            }
            continue;
        }
        if (!call) {
            call.emplace(*this, errc::interrupted, receive_timeout());
        }
        if (auto waited = call->wait(readiness::readable); !waited) {
            return waited.error();
        }
    }
}

// A datagram, or a failure that the socket has to tell of, or would_block.
result<receive_outcome> datagram_socket::receive_now(mutable_buffers buffers, unsigned flags, socket_address* from,
                                                     message_control* control, bool ask_for_failures)
{
    const auto lower_flags = (flags & message_flag::peek) != 0 ? transfer_flags::peek : transfer_flags::none;
    auto got = receive_once(buffers, lower_flags, from, control);
    if (!got && is(got.error(), errc::would_block)) {
        if (auto healthy = pending_failure(ask_for_failures); !healthy) {
            return healthy.error();
        }
    }
    return got;
}

// XFR-49, LNX-28: one failure per ICMP message, and only those the client wants to know of.
result<void> datagram_socket::pending_failure(bool ask)
{
    if (const auto ahead = failure_ahead_.exchange(errc::success, std::memory_order_acq_rel); ahead != errc::success) {
        return ahead;
    }
    while (ask) {
        const auto error = lower().take_error();
        if (!error) {
            break;
        }
        if (wants_to_know(error)) {
            return error;
        }
    }
    return {};
}

// SIO_UDP_CONNRESET FALSE: unreachable ports are nobody's concern; SIO_UDP_NETRESET the same of expired lifetimes.
bool datagram_socket::wants_to_know(const std::error_code& error) const
{
    const std::scoped_lock lock(state_mutex());
    return !(is(error, errc::connection_reset) && !options().report_reset) &&
           !(is(error, errc::network_reset) && !options().report_expired);
}

result<receive_outcome> datagram_socket::receive_once(mutable_buffers buffers, transfer_flags flags,
                                                      socket_address* from, message_control* control)
{
    const bool filtering = filter_queued_.load(std::memory_order_acquire);
    for (;;) {
        socket_address sender;
        auto got = take_datagram(buffers, flags, filtering ? &sender : from, control);
        if (!got) {
            if (is(got.error(), errc::would_block)) {
                filter_queued_.store(false, std::memory_order_release);
                return got;
            }
            if (wants_to_know(got.error())) {
                return got;
            }
            continue;
        }
        if (!filtering) {
            return got;
        }
        const std::scoped_lock lock(state_mutex());
        if (!has(state::connected) || sender == peer_) {
            if (from != nullptr) {
                *from = sender;
            }
            return got;
        }
        if (has_any(flags, transfer_flags::peek)) {
            (void)lower().receive(buffers, transfer_flags::none, nullptr);
        }
    }
}

result<void> datagram_socket::shutdown(shutdown_direction direction)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (direction != shutdown_direction::receive) {
        set_state(state::send_shut);
    }
    if (direction != shutdown_direction::send) {
        set_state(state::receive_shut);
    }
    return {};
}

result<void> datagram_socket::disable_receive()
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (!has(state::connected)) {
        return errc::not_connected;
    }
    set_state(state::receive_shut);
    return {};
}

result<void> datagram_socket::join_leaf(const socket_address& group, bool receives)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (const auto code = check_family(group); code != errc::success) {
        return code;
    }
    if (!group.is_multicast()) {
        return errc::address_not_available;
    }
    if (has(state::leaf)) {
        return errc::already_connected;
    }
    if (receives) {
        const auto by = group.scope_id() != 0 ? result<std::uint32_t>(group.scope_id())
                                              : group_options::interface_for_leaf(*this);
        if (!by) {
            return by.error();
        }
        if (auto joined = group_options::change_group(*this, {group_action::join, *by, group, {}}); !joined) {
            return joined;
        }
    }
    set_state(state::leaf);
    return {};
}

result<void> datagram_socket::close_last()
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (!retire()) {
        return errc::not_socket;
    }
    (void)leave_share();
    end_requests(errc::operation_aborted, false);
    lower().cancel_waits();
    release_handles();
    return {};
}

void datagram_socket::close_for_cleanup()
{
    hold_descriptor();
    if (retire()) {
        end_requests(errc::operation_aborted, true);
        life().flushes.note(flush_outcome::closed);
        lower().cancel_waits();
    }
    drop_descriptor();
}

result<std::size_t> datagram_socket::readable_bytes()
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    return has(state::bound) ? lower().readable_bytes() : result<std::size_t>(std::size_t{0});
}

result<bool> datagram_socket::at_urgent_mark()
{
    const use guard(*this);
    return guard ? result<bool>(true) : result<bool>(guard.error());
}

}  // namespace spindle
