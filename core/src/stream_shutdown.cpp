// Stream sockets: shutting down one or both directions (pages WSPShutdown, WSPRecvDisconnect, WSPSendDisconnect).
#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {

result<void> stream_socket::shutdown(shutdown_direction direction)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    update_connect_state();
    if (!has(state::connected) || has(state::default_context)) {
        return errc::not_connected;
    }
    const bool stop_sending = direction != shutdown_direction::receive && !has(state::send_shut);
    const bool stop_receiving = direction != shutdown_direction::send && !has(state::receive_shut);
    if ((stop_sending || stop_receiving) && has(state::broken)) {
        return failure();
    }
    if (stop_sending) {
        const std::scoped_lock lock(send_mutex_);
        set_state(state::send_shut);
        settle_send_shutdown();
    }
    if (stop_receiving) {
        set_state(state::receive_shut);
        watch_discarded_input();
    }
    return {};
}

result<void> stream_socket::disable_receive()
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    update_connect_state();
    if (!has(state::connected)) {
        return errc::not_connected;
    }
    set_state(state::receive_shut);
    return {};
}

// SHUT-8: data that nobody can take any more reset the connection, now or when they arrive; a receive that was
// waiting before the shutdown still gets them (D-12). SHUT-9: an end of stream does nothing.
void stream_socket::watch_discarded_input()
{
    const std::scoped_lock lock(input_.mutex);
    set_state(state::discarding);
    (void)arm_input(readiness::readable);
}

void stream_socket::after_input(readiness seen)
{
    if (has(state::accepting)) {
        tell_acceptor(seen);
    }
    if (!has(state::discarding)) {
        return;
    }
    const auto unread = lower().readable_bytes();
    const bool data = has_any(seen, readiness::readable) && unread && unread.value() > 0;
    if (!data) {
        return;
    }
    if (receivers_.load() == 0 && !has_input_requests()) {
        lose_connection(errc::connection_aborted);
        lower().abort();
        nudge_waiters();
        return;
    }
    // The waiting receive is about to take the data; look again when it has had the time.
    hold_descriptor();
    auto self = std::static_pointer_cast<stream_socket>(shared_from_this());
    const auto later = life().net->after(std::chrono::milliseconds{1}, [self] {
        if (!self->is_retired()) {
            self->watch_discarded_input();
        }
        self->drop_descriptor();
    });
    if (!later) {
        drop_descriptor();
    }
}

result<void> stream_socket::join_leaf(const socket_address&, bool)
{
    const use guard(*this);
    return guard ? errc::operation_not_supported : guard.error();
}

}  // namespace spindle
