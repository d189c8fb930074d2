// Stream sockets: overlapped receives and sends. A receive is tried when something came in; a send takes its place in
// the line of senders (stream_send.cpp) and goes on whenever there is room, on the thread that is told so. Answers to
// WSPSend and WSPRecv with an OVERLAPPED; contract XFR-19, XFR-20, OVL-16, LING-11, D-1.
#include <algorithm>
#include <array>
#include <utility>

#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {
namespace {

constexpr std::chrono::milliseconds unbuffered_look{2};

}  // namespace

errc stream_socket::check_input(const io_request& request)
{
    if (request.buffers().empty()) {
        return errc::invalid_argument;
    }
    const auto code = check_receive(request.flags | message_flag::always_wait);
    if (code == errc::success && (request.flags & message_flag::out_of_band) != 0) {
        set_state(state::urgent_interest);
    }
    return code;
}

request_step stream_socket::try_input(io_request& request, readiness seen, io_outcome& outcome)
{
    if (request.work_ == io_request::work::accept) {
        return try_accept(static_cast<accept_request&>(request), outcome);
    }
    const bool urgent = (request.flags & message_flag::out_of_band) != 0;
    const bool peek = (request.flags & message_flag::peek) != 0;
    const std::size_t total = total_size(request.buffers());
    if (total == 0 && !urgent) {
        return try_empty_receive(outcome);
    }
    for (;;) {
        auto got = receive_some(request.buffers(), request.done_, request.flags);
        if (!got && is_would_block(got.error())) {
            input_.maybe_ready = false;
            if (seen == readiness::none) {
                note_vain_try();
            }
            if (urgent && has_any(seen, readiness::failed)) {
                // Nothing urgent can come any more.
                const auto alive = lower().connect_result();
                outcome = {alive ? errc::success : to_errc(alive.error()), 0, 0, false};
                return request_step::done;
            }
            return request_step::waits;
        }
        if (!got && request.done_ == 0) {
            outcome.code = to_errc(got.error());
            return request_step::done;
        }
        if (seen == readiness::none) {
            input_.habit.found();
        }
        const std::size_t bytes = got ? got->bytes : 0;
        const bool drained = got && got->unread ? *got->unread == 0 : request.done_ + bytes < total;
        if (!urgent && !peek && drained && !input_.hung_up && !has(state::urgent_interest)) {
            // The buffer is empty, as a short read proves too; whatever comes later is told (port loops only).
            input_.maybe_ready = false;
        }
        request.done_ += bytes;
        if ((request.flags & message_flag::wait_all) == 0 || bytes == 0 || request.done_ == total) {
            outcome.bytes = request.done_;
            outcome.flags = urgent ? message_flag::out_of_band : 0;
            return request_step::done;
        }
    }
}

// A message that just fills its buffer does not prove that nothing is behind it, so the next receive tries in vain. A program
// that this happens to every time has the system tell what a receive left: that costs less than a system call that fails.
void stream_socket::note_vain_try()
{
    if (input_.habit.found_nothing() && input_.joined && !has(state::tells_unread)) {
        set_state(state::tells_unread);
        (void)lower().set_option(lower_option::report_unread, 1);  // where it cannot be had, receives go on without
    }
}

// XFR-47, LNX-26: completes when there is something to read, an end or an error, and takes nothing.
request_step stream_socket::try_empty_receive(io_outcome& outcome)
{
    std::byte first{};
    const std::array<mutable_buffer, 1> one{{{&first, 1}}};
    const auto got = receive_once(one, message_flag::peek);
    if (!got && is_would_block(got.error())) {
        input_.maybe_ready = false;
        return request_step::waits;
    }
    outcome.code = got ? errc::success : to_errc(got.error());
    return request_step::done;
}

errc stream_socket::start_send(io_request& request, io_outcome& outcome)
{
    const use guard(*this, request.counted);
    if (!guard) {
        return guard.error();
    }
    request_list finished;
    const auto code = start_send_in_line(request, outcome, finished);
    tell(finished);
    return code;
}

errc stream_socket::start_send_in_line(io_request& request, io_outcome& outcome, request_list& finished)
{
    if (const auto code = check_send(request.flags); code != errc::success) {
        return code;
    }
    const bool goes_on = disconnects(request);
    const std::scoped_lock lock(send_mutex_);
    if (const auto code = sending_over(); code != errc::success) {
        return code;
    }
    if (size_of(request) == 0 && line_.empty() && !goes_on) {
        return errc::success;
    }
    if (line_.empty() && queue_.empty()) {
        auto pushed = push_request(request);
        if (!pushed) {
            return to_errc(pushed.error());
        }
        request.done_ = pushed.value();
        const bool buffered = options().send_buffer.load(std::memory_order_relaxed) != 0;
        if (request.done_ == size_of(request) && buffered && !goes_on) {
            outcome.bytes = request.done_;
            return errc::success;
        }
    }
    line_.push_back({next_ticket_++, &request});
    serve_line(finished);  // again: room that came since the first try is told to nobody
    request_list own;
    finished.move_if(own, [&](const io_request& each) { return &each == &request; });
    if (own.empty()) {
        return errc::io_pending;
    }
    outcome = request.outcome_;
    return outcome.code;
}

// Sends for the requests at the head of the line, and from the queue before them. Under send_mutex_.
void stream_socket::serve_line(request_list& finished)
{
    output_waits_.store(true, std::memory_order_seq_cst);
    if (connecting_ != nullptr) {
        serve_connect(finished);
    }
    while (!has(state::broken)) {
        if (line_.empty() || line_.front().request != nullptr) {
            (void)flush_queue();
        }
        if (line_.empty() || line_.front().request == nullptr || !queue_.empty()) {
            break;
        }
        auto& request = *line_.front().request;
        auto pushed = push_request(request);
        if (!pushed) {
            line_.erase(line_.begin());
            finished.push_finished(request, {to_errc(pushed.error()), 0, 0, end_ != nullptr});
            continue;
        }
        request.done_ = pushed.value();
        if (request.done_ < size_of(request)) {
            break;
        }
        line_.erase(line_.begin());
        complete_send(request, finished);
    }
    if (has(state::broken)) {
        abandon_line(finished);
    }
    watch_output();
}

// The system has taken all of it.
void stream_socket::complete_send(io_request& request, request_list& finished)
{
    if (end_) {
        finished.push_finished(request, {errc::success, request.done_, 0, true});
    } else if (disconnects(request)) {
        const auto code = begin_disconnect(request, static_cast<transmit_request&>(request).reuse);
        if (code != errc::io_pending) {
            finished.push_finished(request, {code, 0, 0, false});
        }
    } else if (options().send_buffer.load(std::memory_order_relaxed) == 0) {
        unbuffered_.push_back(request);
        look_for_unbuffered();
    } else {
        finished.push_finished(request, {errc::success, request.done_, 0, false});
    }
}

// What waits for room is told of it by the loop or, for bytes of the queue and without a loop, by a wait of its own.
void stream_socket::watch_output()
{
    if (!line_.empty() && line_.front().request == nullptr) {
        nudge_waiters();
    }
    const bool request_waits = connecting_ != nullptr || (!line_.empty() && line_.front().request != nullptr);
    output_waits_.store(request_waits, std::memory_order_seq_cst);
    const bool told_by_loop = input_.joined.load(std::memory_order_relaxed) && !is_retired();
    if (!has(state::broken) && ((!queue_.empty() && line_.empty()) || (request_waits && !told_by_loop))) {
        (void)arm_drain();
    }
    levels_changed();  // the queue may have room again, the line may be empty
}

// The connection is over: none of the requests in line can go on.
void stream_socket::abandon_line(request_list& finished)
{
    const bool ending = end_ != nullptr;
    const io_outcome outcome{ending ? errc::operation_aborted : failure(), 0, 0, ending};
    if (ending) {
        end_->lost += requested_bytes();
    }
    std::erase_if(line_, [&](const place_in_line& each) {
        if (each.request != nullptr) {
            finished.push_finished(*each.request, outcome);
        }
        return each.request != nullptr;
    });
    while (!unbuffered_.empty()) {
        finished.push_finished(unbuffered_.pop_front(), outcome);
    }
    output_waits_.store(false, std::memory_order_relaxed);
}

void stream_socket::serve_output(readiness) noexcept
{
    if (!output_waits_.load(std::memory_order_seq_cst)) {
        return;
    }
    request_list finished;
    {
        const std::scoped_lock lock(send_mutex_);
        serve_line(finished);
        settle_send_shutdown();
    }
    tell(finished);
}

std::size_t stream_socket::take_output(request_list& to, const request_filter& which, bool torn)
{
    const std::scoped_lock lock(send_mutex_);
    std::size_t count = 0;
    bool begun = false;
    std::erase_if(line_, [&](const place_in_line& each) {
        if (each.request == nullptr || !which(*each.request)) {
            return false;
        }
        begun = begun || each.request->done_ > 0;
        to.push_back(*each.request);
        ++count;
        return true;
    });
    count += unbuffered_.move_if(to, which);
    if (connecting_ != nullptr && which(*connecting_)) {
        to.push_back(*std::exchange(connecting_, nullptr));
        fail_requested_connect(errc::operation_aborted);
        ++count;
    }
    if (disconnecting_ != nullptr && which(*disconnecting_)) {
        to.push_back(*std::exchange(disconnecting_, nullptr));
        ++count;
    }
    if (begun && torn) {
        tear_message();
    }
    watch_output();
    return count;
}

std::size_t stream_socket::requested_bytes() const
{
    std::size_t bytes = 0;
    for (const auto& each : line_) {
        bytes += each.request != nullptr ? size_of(*each.request) - each.request->done_ : 0;
    }
    return bytes;
}

// XFR-19: without a send buffer a request completes when the peer's system has its bytes. The system has no event for
// that, so it is asked.
void stream_socket::look_for_unbuffered()
{
    hold_descriptor();
    auto self = std::static_pointer_cast<stream_socket>(shared_from_this());
    const auto scheduled = life().net->after(unbuffered_look, [self] {
        request_list finished;
        {
            const std::scoped_lock lock(self->send_mutex_);
            self->settle_unbuffered(finished);
        }
        self->tell(finished);
        self->drop_descriptor();
    });
    if (!scheduled) {
        drop_descriptor();
    }
}

void stream_socket::settle_unbuffered(request_list& finished)
{
    if (unbuffered_.empty()) {
        return;
    }
    const auto outstanding = lower().unacknowledged_bytes();
    if (has(state::broken)) {
        abandon_line(finished);
    } else if (outstanding && outstanding.value() != 0 && !end_ && !is_retired()) {
        look_for_unbuffered();
    } else {
        while (!unbuffered_.empty()) {
            auto& request = unbuffered_.pop_front();
            finished.push_finished(request, {errc::success, request.done_, 0, end_ != nullptr});
        }
    }
}

}  // namespace spindle
