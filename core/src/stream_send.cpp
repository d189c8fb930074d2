// Stream sockets: sending (page WSPSend) and the provider's own send queue. Every send first goes to the system on
// the caller's thread; what the system does not take is queued here, or waited for by a blocking caller (XFR-16 to
// XFR-20). Messages of several threads never interleave: a sender that must wait holds its place in line_.
#include <algorithm>
#include <new>
#include <vector>

#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {
namespace {

constexpr unsigned known_flags = message_flag::out_of_band | message_flag::dont_route | message_flag::always_wait;

// A blocking sender whose peer takes nothing for this long leaves the rest to the queue if there is room: Windows
// accepts a send of any length while the queue is below SO_SNDBUF (XFR-18), and a program that sends and receives on one
// thread relies on it. As long as the peer reads, waiting saves the copy.
constexpr std::chrono::milliseconds patience{50};

// The buffers behind the first `skip` bytes, without the last `spare` ones.
class rest_of {
public:
    rest_of(const_buffers buffers, std::size_t skip, std::size_t spare)
    {
        std::size_t left = total_size(buffers) - skip - spare;
        if (skip == 0 && spare == 0) {
            view_ = buffers;
            return;
        }
        for (const auto& buffer : buffers) {
            const std::size_t passed = std::min(skip, buffer.size);
            skip -= passed;
            const std::size_t taken = std::min(buffer.size - passed, left);
            if (taken > 0) {
                parts_.push_back({static_cast<const std::byte*>(buffer.data) + passed, taken});
                left -= taken;
            }
        }
        view_ = parts_;
    }

    [[nodiscard]] const_buffers view() const noexcept { return view_; }

private:
    std::vector<const_buffer> parts_;
    const_buffers view_;
};

/// Hosts are told without locks that a blocking call is over.
struct released_at_end {
    std::unique_lock<constant_mutex>& lock;

    ~released_at_end()
    {
        if (lock.owns_lock()) {
            lock.unlock();
        }
    }
};

}  // namespace

errc stream_socket::check_send(unsigned flags)
{
    update_connect_state();
    if (!has(state::connected)) {
        return errc::not_connected;
    }
    if (const auto code = sending_over(); code != errc::success) {
        return code;
    }
    return (flags & ~known_flags) != 0 ? errc::operation_not_supported : errc::success;
}

errc stream_socket::sending_over() const noexcept
{
    if (is_retired()) {
        return errc::connection_aborted;  // closed by another thread meanwhile (CAN-11)
    }
    if (has(state::send_shut)) {
        return errc::shut_down;
    }
    return has(state::broken) ? failure() : errc::success;
}

result<std::size_t> stream_socket::send_to(const_buffers buffers, unsigned flags, const socket_address*)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (const auto code = check_send(flags); code != errc::success) {
        return code;
    }
    const std::size_t total = total_size(buffers);
    if (total == 0) {
        return std::size_t{0};
    }
    const bool urgent = (flags & message_flag::out_of_band) != 0;
    std::unique_lock lock(send_mutex_);
    // Again under the lock: a shutdown or close of another thread may have come between, and what is sent behind the
    // end of the stream would break a healthy connection.
    if (const auto code = sending_over(); code != errc::success) {
        return code;
    }
    std::size_t done = 0;
    if (line_.empty() && queue_.empty()) {
        auto pushed = push(buffers, 0, urgent);
        if (!pushed) {
            return pushed;
        }
        done = pushed.value();
        if (done == total) {
            return total;
        }
    }
    if (!waits(flags)) {
        if (!line_.empty() || !has_room(done)) {
            lock.unlock();
            note_blocked_send();
            return errc::would_block;
        }
        return queue_rest(buffers, done, urgent);
    }
    return send_blocking(lock, buffers, done, urgent);
}

// MSG-1.
result<std::size_t> stream_socket::send_message(const_buffers, unsigned, const socket_address*, const message_control&)
{
    const use guard(*this);
    return guard ? errc::invalid_argument : guard.error();
}

// Gives the system what it takes at once; fewer bytes than asked mean that its buffer is full.
result<std::size_t> stream_socket::push(const_buffers buffers, std::size_t done, bool urgent)
{
    const std::size_t total = total_size(buffers);
    // The urgent byte goes alone: the system would mark the last byte of whatever part it took.
    const std::size_t spare = urgent ? 1 : 0;
    if (done + spare < total) {
        const rest_of rest(buffers, done, spare);
        auto sent = lower().send(rest.view(), transfer_flags::none, nullptr);
        if (!sent) {
            return is_would_block(sent.error()) ? result<std::size_t>(done) : note_send_failure(sent.error());
        }
        done += sent.value();
    }
    if (urgent && done + 1 == total) {
        const rest_of last(buffers, done, 0);
        auto sent = lower().send(last.view(), transfer_flags::out_of_band, nullptr);
        if (!sent) {
            return is_would_block(sent.error()) ? result<std::size_t>(done) : note_send_failure(sent.error());
        }
        ++done;
    }
    return done;
}

// XFR-18; with SO_SNDBUF 0 nothing is buffered beyond the rest of a message the system has begun to take.
bool stream_socket::has_room(std::size_t done) const noexcept
{
    const auto limit = static_cast<std::size_t>(std::max(options().send_buffer.load(std::memory_order_relaxed), 0));
    return done > 0 || queue_.size() < limit;
}

result<std::size_t> stream_socket::queue_rest(const_buffers buffers, std::size_t done, bool urgent)
{
    if (auto armed = arm_drain(); !armed) {
        if (done > 0) {
            tear_message();
        }
        return armed.error();
    }
    try {
        queue_.append(buffers, done, urgent);
    } catch (const std::bad_alloc&) {
        if (done > 0) {
            tear_message();
        }
        return errc::no_buffer_space;
    }
    return total_size(buffers);
}

result<std::size_t> stream_socket::send_blocking(std::unique_lock<constant_mutex>& lock, const_buffers buffers,
                                                 std::size_t done, bool urgent)
{
    const bool begun = done > 0;
    if (!begun && line_.empty() && has_room(0) && !queue_.empty()) {
        return queue_rest(buffers, 0, urgent);
    }
    const auto ticket = next_ticket_++;
    line_.push_back({ticket, nullptr});
    try {
        return send_in_line(lock, buffers, done, urgent, ticket);
    } catch (const std::bad_alloc&) {
        if (!lock.owns_lock()) {
            lock.lock();
        }
        if (begun) {
            tear_message();
        }
        leave_line(ticket);
        return errc::no_buffer_space;
    }
}

// The sender whose ticket is first waits for the peer, the others for their turn. Returns without the lock.
result<std::size_t> stream_socket::send_in_line(std::unique_lock<constant_mutex>& lock, const_buffers buffers,
                                                std::size_t done, bool urgent, std::uint64_t ticket)
{
    const std::size_t total = total_size(buffers);
    lock.unlock();
    blocking_call call(*this, errc::connection_aborted, send_timeout());
    lock.lock();
    const released_at_end before_call_ends{lock};
    auto state_of_wait = wait_for_turn(lock, call, ticket);
    auto last_progress = clock::now();
    while (state_of_wait) {
        const std::size_t held_before = queue_.size();
        const std::size_t done_before = done;
        if (auto flushed = flush_queue(); !flushed) {
            leave_line(ticket);
            return flushed.error();
        }
        if (queue_.empty()) {
            auto pushed = push(buffers, done, urgent);
            if (!pushed) {
                leave_line(ticket);
                return pushed;
            }
            done = pushed.value();
        }
        if (done == total) {
            leave_line(ticket);
            return total;
        }
        const auto now = clock::now();
        if (done != done_before || queue_.size() != held_before) {
            last_progress = now;
        }
        const auto limit = static_cast<std::size_t>(std::max(options().send_buffer.load(), 0));
        if (queue_.size() < limit && (!queue_.empty() || now - last_progress >= patience)) {
            leave_line(ticket);
            return queue_rest(buffers, done, urgent);
        }
        lock.unlock();
        state_of_wait = call.wait_at_most(readiness::writable, patience);
        lock.lock();
        if (state_of_wait && has(state::broken)) {
            state_of_wait = failure();
        }
    }
    if (done > 0 && state_of_wait.error() != make_error_code(errc::timed_out)) {
        tear_message();
    }
    leave_line(ticket);
    return state_of_wait.error();
}

result<void> stream_socket::wait_for_turn(std::unique_lock<constant_mutex>& lock, blocking_call& call,
                                          std::uint64_t ticket)
{
    while (line_.front().ticket != ticket) {
        lock.unlock();
        auto waited = call.wait_for_nudge();
        lock.lock();
        if (!waited) {
            return waited;
        }
        if (has(state::broken)) {
            return failure();
        }
    }
    return {};
}

void stream_socket::leave_line(std::uint64_t ticket)
{
    std::erase_if(line_, [ticket](const place_in_line& each) { return each.ticket == ticket; });
    settle_send_shutdown();
    if (!line_.empty() && line_.front().request == nullptr) {
        nudge_waiters();
    } else if (end_ || ((!line_.empty() || !queue_.empty()) && !has(state::broken))) {
        (void)arm_drain();  // also lets a background end that waited for this sender go on
    }
    levels_changed();
}

// A message of which a part is on the wire and the rest will not follow: the stream is no longer whole, so it must
// not end as if it were (BLK-13, D-1).
void stream_socket::tear_message() noexcept
{
    break_connection(errc::connection_aborted);
    drop_queue();
    lower().abort();
}

// What the report calls lost.
void stream_socket::drop_queue() noexcept
{
    if (end_) {
        end_->lost += queue_.size();
    } else if (!queue_.empty()) {
        life().flushes.lose(queue_.size());
    }
    queue_.clear();
}

errc stream_socket::note_send_failure(const std::error_code& error)
{
    auto code = to_errc(error);
    if (is_call_failure(code)) {
        return code;
    }
    if (code == errc::timed_out) {
        code = errc::connection_aborted;  // XFR-28
    } else if (code == errc::shut_down) {
        code = errc::connection_reset;  // the local side has not shut down, or the call would not have come here
    }
    break_connection(code);
    drop_queue();
    return failure();
}

// Sends from the queue until it is empty or the system takes no more.
result<void> stream_socket::flush_queue()
{
    while (!queue_.empty()) {
        const auto next = queue_.front();
        const const_buffer one = next.bytes;
        auto sent = lower().send({&one, 1}, next.urgent ? transfer_flags::out_of_band : transfer_flags::none, nullptr);
        if (!sent) {
            if (is_would_block(sent.error())) {
                return {};
            }
            return note_send_failure(sent.error());
        }
        queue_.consume(sent.value());
        if (sent.value() < one.size) {
            return {};
        }
    }
    return {};
}

result<void> stream_socket::arm_drain()
{
    if (drain_armed_) {
        return {};
    }
    hold_descriptor();
    auto self = std::static_pointer_cast<stream_socket>(shared_from_this());
    auto armed = lower().async_wait(readiness::writable, [self](readiness seen) { self->on_writable(seen); });
    if (!armed) {
        drop_descriptor();
        return armed;
    }
    drain_armed_ = true;
    return {};
}

void stream_socket::on_writable(readiness seen)
{
    request_list finished;
    {
        const std::scoped_lock lock(send_mutex_);
        drain_armed_ = false;
        if (has(state::broken)) {
            abandon_line(finished);
        } else {
            const std::size_t before = queue_.size() + requested_bytes();
            serve_line(finished);
            if (end_ && queue_.size() + requested_bytes() != before) {
                end_->last_progress = clock::now();
            }
            settle_send_shutdown();
        }
    }
    tell(finished);
    advance_end();
    if (seen != readiness::none) {
        look_for_network_events(seen);
    }
    drop_descriptor();
}

// The FIN goes out behind everything accepted before it (SHUT-4).
void stream_socket::settle_send_shutdown()
{
    if (has(state::send_shut) && !has(state::broken) && queue_.empty() && line_.empty()) {
        (void)lower().shutdown(shutdown_direction::send);
    }
}

std::size_t stream_socket::queued_bytes() const
{
    const std::scoped_lock lock(send_mutex_);
    return queue_.size();
}

}  // namespace spindle
