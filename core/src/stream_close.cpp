// Stream sockets: the end. close() follows the matrix of close_policy.hpp; what is left to send is flushed in the
// background within its bound (decision D-3): send, half-close, wait for the acknowledgement, because input that comes to
// a closed descriptor makes Linux throw unacknowledged data away (decisions D-4, D-30), then close.
#include <algorithm>
#include <array>

#include "close_policy.hpp"
#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {
namespace {

constexpr std::chrono::milliseconds slowest_look{50};
constexpr std::chrono::milliseconds talking_look{2};

}  // namespace

// Accepted from the client and not acknowledged. What an AF_UNIX peer has not read is in its own queue already
// and outlives this end.
std::size_t stream_socket::unsent_bytes()
{
    std::size_t unsent = queued_bytes();
    {
        const std::scoped_lock lock(send_mutex_);
        unsent += requested_bytes();
    }
    if (kind().family != address_family::local && !has(state::broken)) {
        if (const auto outstanding = lower().unacknowledged_bytes()) {
            unsent += outstanding.value();
        }
    }
    return unsent;
}

result<void> stream_socket::close_last()
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (is_deciding()) {
        return errc::in_progress;
    }
    update_connect_state();
    close_situation now;
    {
        const std::scoped_lock lock(state_mutex());
        now.linger = options().linger;
    }
    const bool was_shared = shares();
    if (leaves_to_others(now.linger)) {
        end_output_requests(false);
        if (!retire()) {
            return errc::not_socket;
        }
        end_requests(has(state::connected) ? errc::connection_aborted : errc::operation_aborted, false);
        tell_acceptor(readiness::none);
        let_go();
        release_handles();
        return {};
    }
    now.connected_stream = has(state::connected) && !has(state::broken);
    now.blocking = !has(state::nonblocking);
    const bool sending_over = has(state::send_shut);
    now.unsent_bytes = now.connected_stream ? unsent_bytes() : 0;
    // LING-8: after WSPShutdown close returns at once; what is left goes out in the background.
    if (sending_over && now.linger.on != 0 && now.linger.seconds != 0 && !now.blocking) {
        now.linger = {};
    }
    const auto plan = plan_close(now);
    if (plan.action == close_action::refuse) {
        return errc::would_block;
    }
    const errc receives_end = now.connected_stream ? errc::connection_aborted : errc::operation_aborted;  // CAN-2
    end_output_requests(false);  // before any linger wait (LING-11)
    if (plan.action == close_action::drain_blocking) {
        if (auto waited = end_blocking(plan.limit); !waited) {
            return waited;
        }
    }
    if (!retire()) {
        return errc::not_socket;
    }
    end_requests(receives_end, false);
    tell_acceptor(readiness::none);
    if (plan.action == close_action::drain_background) {
        end_background(clock::time_point::max());
    } else {
        if (was_shared && plan.action == close_action::finish) {
            // A process that was started meanwhile may have inherited the descriptor, which is not to hold up the end.
            (void)lower().shutdown(shutdown_direction::send);
        }
        end_now(plan.action == close_action::abort);
    }
    release_handles();
    return {};
}

// The rows that end at once. The descriptor itself goes with its last user, which may be another thread; a listener must
// not hold its port and its queued connections for so long (CLOSE-11, CLOSE-14).
void stream_socket::end_now(bool reset)
{
    if (reset) {
        {
            const std::scoped_lock lock(send_mutex_);
            break_connection(errc::connection_aborted);
            drop_queue();
        }
        lower().abort();
    }
    if (has(state::listening)) {
        (void)lower().shutdown(shutdown_direction::both);
    }
    lower().cancel_waits();
    const std::scoped_lock lock(state_mutex());
    for (auto& request : deferred_) {
        request.socket->abort();
    }
    deferred_.clear();
    clear_state(state::deferring);
}

// {1,N} on a blocking socket: the caller's thread flushes. On return the connection has ended, by FIN or, when the
// limit passed, by RST (LING-4, LING-5). An interrupted wait leaves the socket as it is (LING-6).
result<void> stream_socket::end_blocking(std::chrono::seconds limit)
{
    blocking_call call(*this, errc::interrupted, std::chrono::duration_cast<std::chrono::milliseconds>(limit),
                       cancelling::no);
    std::chrono::milliseconds look{1};
    for (;;) {
        bool queue_left = false;
        {
            const std::scoped_lock lock(send_mutex_);
            if (has(state::broken) || (line_.empty() && !flush_queue())) {
                return {};
            }
            queue_left = !queue_.empty() || !line_.empty();
        }
        if (!queue_left && unsent_bytes() == 0) {
            return {};
        }
        const auto waited = queue_left ? call.wait(readiness::writable)
                                       : call.wait_at_most(readiness::interrupted, look);
        look = std::min(look * 2, slowest_look);
        if (waited) {
            continue;
        }
        if (waited.error() != make_error_code(errc::timed_out)) {
            return waited;
        }
        {
            const std::scoped_lock lock(send_mutex_);
            break_connection(errc::connection_aborted);
            drop_queue();
        }
        lower().abort();
        return {};
    }
}

// Starts the graceful end of a retired socket. Holds the descriptor until finish_end().
void stream_socket::end_background(clock::time_point deadline, bool releasing)
{
    lower().cancel_waits();
    hold_descriptor();
    life().flushes.begin();
    {
        const std::scoped_lock lock(send_mutex_);
        end_ = std::make_unique<graceful_end>();
        end_->self = shared_from_this();
        end_->deadline = deadline;
        end_->releasing = releasing;
        end_->last_progress = clock::now();
        end_->unsent_at_begin = queue_.size() + requested_bytes();
        set_state(state::send_shut);
        watch_output();
    }
    advance_end();
}

clock::time_point stream_socket::give_up_time(const graceful_end& end) const
{
    return std::min(end.deadline, end.last_progress + life().stall_limit);
}

// At most one timer more than needed: a later look waits for the one that is under way.
void stream_socket::schedule_look(clock::time_point when)
{
    {
        const std::scoped_lock lock(send_mutex_);
        if (when >= end_->look_at) {
            return;
        }
        end_->look_at = when;
    }
    // The timer holds neither the descriptor nor the socket: both may be gone long before it fires.
    std::weak_ptr<basic_socket> watched = weak_from_this();
    const auto delay = std::max(std::chrono::milliseconds{1},
                                std::chrono::ceil<std::chrono::milliseconds>(when - clock::now()));
    const auto scheduled = life().net->after(delay, [watched, when] {
        if (const auto self = std::static_pointer_cast<stream_socket>(watched.lock())) {
            self->look_now(when);
        }
    });
    if (!scheduled) {
        // No timer to be had: nothing would ever end this flush, so it ends now.
        finish_end(flush_outcome::failed);
    }
}

void stream_socket::look_now(clock::time_point scheduled_for)
{
    {
        const std::scoped_lock lock(send_mutex_);
        if (end_->look_at == scheduled_for) {
            end_->look_at = clock::time_point::max();
        }
    }
    advance_end();
}

// Moves the graceful end forward; called when the socket became writable and when a look is due.
void stream_socket::advance_end()
{
    std::optional<flush_outcome> outcome;
    std::optional<clock::time_point> look;
    {
        const std::scoped_lock lock(send_mutex_);
        if (!end_ || end_->stage == close_stage::ended) {
            return;
        }
        const bool all_sent = end_->stage == close_stage::flushing && queue_.empty() && line_.empty() &&
                              !has(state::broken);
        if (all_sent && end_->releasing) {
            end_->releasing = !leave_share();
        }
        if (all_sent && end_->releasing) {
            outcome = flush_outcome::flushed;
        } else if (all_sent) {
            (void)lower().shutdown(shutdown_direction::send);
            end_->stage = close_stage::awaiting_acknowledgement;
        }
        if (end_->stage == close_stage::awaiting_acknowledgement && look_for_acknowledgement(*end_)) {
            outcome = flush_outcome::flushed;
        }
        const bool talking = !end_->releasing && discard_input(*end_);
        if (!outcome && end_->stage == close_stage::flushing) {
            (void)look_for_acknowledgement(*end_);  // a peer that reads slowly makes progress long before the
        }                                           // system calls the socket writable again
        const auto now = clock::now();
        if (has(state::broken)) {
            outcome = flush_outcome::failed;
        } else if (!outcome && now >= give_up_time(*end_)) {
            outcome = system_will_go_on(*end_) ? flush_outcome::flushed : flush_outcome::timed_out;
        }
        if (!outcome) {
            const auto pause = talking                                  ? talking_look
                               : end_->stage == close_stage::flushing ? life().stall_limit / 4
                                                                      : end_->next_look;
            look = std::min(now + pause, give_up_time(*end_));
        }
    }
    if (outcome) {
        finish_end(*outcome);
    } else {
        schedule_look(*look);
    }
}

// A peer that waits for room in our input before it reads on, as an echo server does, would never take the rest.
bool stream_socket::discard_input(graceful_end& end)
{
    std::array<std::byte, 16 * 1024> dropped;
    const std::array<mutable_buffer, 1> one{{{dropped.data(), dropped.size()}}};
    constexpr int most_turns = 64;
    bool talking = false;
    for (int turn = 0; turn < most_turns; ++turn) {
        const auto got = lower().receive(one, transfer_flags::none, nullptr);
        if (!got || got->bytes == 0) {
            break;
        }
        talking = true;
    }
    end.discarded_input = end.discarded_input || talking;
    return talking;
}

// At the stall limit: a peer that is silent, not talking, leaves the rest to the system, which outlives the provider
// (CLEAN-12). Unread input would make the system destroy it, and {1,N} asks for a reset at its end.
bool stream_socket::system_will_go_on(const graceful_end& end) const
{
    return end.stage == close_stage::awaiting_acknowledgement && end.deadline == clock::time_point::max() &&
           !end.discarded_input;
}

// True when the peer has everything. Until then the descriptor stays open: whatever the peer sends to a closed one makes
// Linux throw the unacknowledged data away (D-30). What an AF_UNIX peer has not read is
// its own already. The system has no event for that, so it is asked with growing pauses.
bool stream_socket::look_for_acknowledgement(graceful_end& end)
{
    const auto outstanding = lower().unacknowledged_bytes();
    if (!outstanding || outstanding.value() == 0 || kind().family == address_family::local) {
        end.unacknowledged = 0;
        return true;
    }
    if (const auto alive = lower().connect_result(); !alive && alive.error() != make_error_code(errc::would_block)) {
        // A connection that ended in order in the meantime has nothing outstanding any more.
        const auto left = lower().unacknowledged_bytes();
        if (!left || left.value() == 0) {
            end.unacknowledged = 0;
            return true;
        }
        break_connection(to_errc(alive.error()));
        return false;
    }
    if (outstanding.value() != end.unacknowledged) {
        end.unacknowledged = outstanding.value();
        end.last_progress = clock::now();
    }
    if (end.stage == close_stage::awaiting_acknowledgement) {
        end.next_look = std::min(end.next_look * 2, slowest_look);
    }
    return false;
}

void stream_socket::finish_end(flush_outcome outcome)
{
    std::size_t lost = 0;
    std::size_t lost_in_system = 0;
    bool reset_at_end = false;
    std::size_t unsent_at_begin = 0;
    std::shared_ptr<basic_socket> self;  // released when this function is done with the members
    request_list finished;
    {
        const std::scoped_lock lock(send_mutex_);
        if (end_->stage == close_stage::ended) {
            return;
        }
        end_->stage = close_stage::ended;
        self = std::move(end_->self);
        unsent_at_begin = end_->unsent_at_begin;
        if (outcome != flush_outcome::flushed) {
            break_connection(errc::connection_aborted);
            drop_queue();
            abandon_line(finished);
        } else {
            settle_unbuffered(finished);
        }
        if (disconnecting_ != nullptr) {
            const bool in_order = outcome == flush_outcome::flushed;
            auto& request = *std::exchange(disconnecting_, nullptr);
            finished.push_finished(request, {in_order ? errc::success : errc::operation_aborted,
                                             in_order ? request.done_ : 0, 0, true});
        }
        lost = end_->lost;
        reset_at_end = end_->discarded_input;
        lost_in_system = outcome == flush_outcome::flushed ? 0 : end_->unacknowledged;
    }
    if (outcome != flush_outcome::flushed || reset_at_end) {
        lower().abort();
    }
    lower().cancel_waits();
    tell(finished);
    life().flushes.end(outcome, unsent_at_begin - std::min(unsent_at_begin, lost), lost + lost_in_system);
    drop_descriptor();
}

// Last cleanup (CLEAN-9 to CLEAN-14): as close(), but nobody waits here; {1,N} gets its N seconds in the background.
void stream_socket::close_for_cleanup()
{
    hold_descriptor();  // the gate is shut, so this is no ordinary call
    linger_option linger;
    {
        const std::scoped_lock lock(state_mutex());
        update_connect_state_locked();
        linger = options().linger;
    }
    const bool live = has(state::connected) && !has(state::broken);
    const bool to_others = leaves_to_others(linger);
    if (!retire()) {
        drop_descriptor();
        return;
    }
    if (to_others) {
        end_requests(errc::operation_aborted, true, false);
        let_go();
        if (!end_) {
            life().flushes.note(flush_outcome::closed);
        }
        drop_descriptor();
        return;
    }
    const bool flushed = live && (linger.on == 0 || linger.seconds != 0);
    end_requests(errc::operation_aborted, true, !flushed);  // pending sends are unsent data (D-1)
    if (!live) {
        life().flushes.note(has(state::broken) ? flush_outcome::failed : flush_outcome::closed);
        end_now(false);
    } else if (linger.on != 0 && linger.seconds == 0) {
        life().flushes.note(flush_outcome::reset_as_asked);
        end_now(true);
    } else {
        end_background(linger.on != 0 ? clock::now() + std::chrono::seconds{linger.seconds}
                                      : clock::time_point::max());
    }
    drop_descriptor();
}

}  // namespace spindle
