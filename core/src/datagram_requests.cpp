// Datagram sockets: overlapped receives and sends (pages WSPRecvFrom, WSPSendTo). A send goes out at once but for a
// full system buffer, in which case it waits in order. Transmissions are a sequence of messages.
#include "datagram_socket.hpp"
#include "provider_life.hpp"
#include "transmission.hpp"

namespace spindle {

errc datagram_socket::check_input(const io_request& request)
{
    if (request.buffers().empty()) {
        return errc::invalid_argument;
    }
    const auto code = check_receive(request.flags);
    if (code != errc::success || request.control == nullptr) {
        return code;
    }
    const auto watched = watch_delivery();
    return watched ? errc::success : to_errc(watched.error());
}

request_step datagram_socket::try_input(io_request& request, readiness, io_outcome& outcome)
{
    // A port's loop tells of failures, which the system would have to be asked for with every try in vain otherwise.
    const bool ask = !input_.joined || input_.hung_up;
    const auto got = receive_now(request.buffers(), request.flags, request.address, request.control, ask);
    if (!got && is_would_block(got.error())) {
        input_.maybe_ready = false;
        input_.hung_up = false;  // there are none
        return request_step::waits;
    }
    if (got) {
        outcome.bytes = got->bytes;
        outcome.code = got->truncated ? errc::message_size : errc::success;
    } else {
        outcome.code = to_errc(got.error());
    }
    return request_step::done;
}

errc datagram_socket::start_send(io_request& request, io_outcome& outcome)
{
    const use guard(*this, request.counted);
    if (!guard) {
        return guard.error();
    }
    if (const auto code = check_destination(request.flags, request.address); code != errc::success) {
        return code;
    }
    if (request.control != nullptr) {
        if (const auto code = check_control(*request.control, request.address); code != errc::success) {
            return code;
        }
    }
    const bool named = has(state::bound);
    const auto code = start_output(request, outcome);
    if (!named && has(state::bound)) {
        note_progress();
    }
    return code;
}

// Messages from memory and files, in the order of the array (TXF-9).
errc datagram_socket::start_transmit(transmit_request& request, io_outcome& outcome)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (const auto code = check_send(request.flags, nullptr); code != errc::success) {
        return code;
    }
    if (request.disconnect || request.reuse) {
        return errc::invalid_argument;
    }
    if (const auto settled = transmission::settle(request.parts); !settled) {
        return to_errc(settled.error());
    }
    request.work_ = io_request::work::transmit;
    return start_output(request, outcome);
}

errc datagram_socket::start_output(io_request& request, io_outcome& outcome)
{
    const std::scoped_lock lock(send_mutex_);
    if (is_retired()) {
        return errc::not_socket;
    }
    if (sends_.empty() && try_send(request, outcome)) {
        return outcome.code;
    }
    sends_.push_back(request);
    output_waits_.store(true, std::memory_order_seq_cst);
    if (&sends_.front() == &request && try_send(request, outcome)) {  // room that came meanwhile is told to nobody
        sends_.pop_front();
        return outcome.code;
    }
    if (auto watched = watch_output(); !watched) {
        request_list taken;
        sends_.move_if(taken, [&](const io_request& each) { return &each == &request; });
        return to_errc(watched.error());
    }
    return errc::io_pending;
}

// True when the request is over, at least one message short of the end otherwise.
bool datagram_socket::try_transmit(transmit_request& request, io_outcome& outcome)
try {
    std::vector<std::byte> message;
    for (;;) {
        transmission::position at{request.next_part_, request.within_};
        const auto there = transmission::next_message(request.parts, at, request.message_limit, message);
        if (!there || !*there) {
            outcome.code = there ? errc::success : to_errc(there.error());
            outcome.bytes = there ? request.done_ : 0;
            return true;
        }
        const const_buffer whole{message.data(), message.size()};
        const auto sent = lower().send({&whole, 1}, transfer_flags::none, nullptr);
        if (!sent && is_would_block(sent.error())) {
            return false;
        }
        if (!sent) {
            outcome.code = to_errc(sent.error());
            return true;
        }
        request.done_ += *sent;
        request.next_part_ = at.part;
        request.within_ = at.within;
    }
} catch (const std::bad_alloc&) {
    outcome.code = errc::no_buffer_space;
    return true;
}

// True when the request is over.
bool datagram_socket::try_send(io_request& request, io_outcome& outcome)
{
    if (request.work_ == io_request::work::transmit) {
        return try_transmit(static_cast<transmit_request&>(request), outcome);
    }
    const auto buffers = request.buffers();
    const const_buffers as_const{reinterpret_cast<const const_buffer*>(buffers.data()), buffers.size()};
    const auto sent = send_now(as_const, request.flags, request.address, request.control);
    if (!sent && is_would_block(sent.error())) {
        return false;
    }
    outcome.code = sent ? errc::success : to_errc(sent.error());
    outcome.bytes = sent ? *sent : 0;
    if (sent) {
        set_state(state::bound);
    }
    return true;
}

// Under send_mutex_.
result<void> datagram_socket::watch_output()
{
    output_waits_.store(!sends_.empty(), std::memory_order_seq_cst);
    return sends_.empty() || input_.joined.load(std::memory_order_relaxed) ? result<void>() : await_room();
}

// Under send_mutex_.
result<void> datagram_socket::await_room()
{
    if (room_awaited_) {
        return {};
    }
    hold_descriptor();
    auto self = std::static_pointer_cast<datagram_socket>(shared_from_this());
    auto armed = lower().async_wait(readiness::writable, [self](readiness seen) {
        {
            const std::scoped_lock lock(self->send_mutex_);
            self->room_awaited_ = false;
        }
        if (!self->is_retired()) {
            self->serve_output(seen);
            self->look_for_network_events(seen);
        }
        self->drop_descriptor();
    });
    if (!armed) {
        drop_descriptor();
        return armed;
    }
    room_awaited_ = true;
    return {};
}

void datagram_socket::serve_output(readiness) noexcept
{
    if (!output_waits_.load(std::memory_order_seq_cst)) {
        return;
    }
    request_list finished;
    {
        const std::scoped_lock lock(send_mutex_);
        serve_sends(finished);
        (void)watch_output();
    }
    tell(finished);
}

void datagram_socket::serve_sends(request_list& finished)
{
    io_outcome outcome;
    while (!sends_.empty() && try_send(sends_.front(), outcome)) {
        finished.push_finished(sends_.pop_front(), outcome);
        outcome = {};
    }
}

std::size_t datagram_socket::take_output(request_list& to, const request_filter& which, bool)
{
    const std::scoped_lock lock(send_mutex_);
    const auto count = sends_.move_if(to, which);
    (void)watch_output();
    return count;
}

// The connection-oriented requests, refused as their pages say.
errc datagram_socket::start_accept(accept_request&, io_outcome&)
{
    return errc::invalid_argument;
}

errc datagram_socket::start_connect(connect_request&)
{
    return errc::invalid_argument;
}

errc datagram_socket::start_disconnect(io_request&, bool)
{
    return errc::not_connected;
}

}  // namespace spindle
