// Overlapped requests that wait for input, what all sockets share: queueing, serving in issue order when something has
// come in, cancelling. What one try of a request does is the socket type's affair (try_input). Readiness comes from a
// loop the socket joined, as edges, or from one-shot waits. Answers to "Overlapped I/O"; contract OVL-16, CAN.
#include <array>
#include <thread>

#include "basic_socket.hpp"
#include "provider_life.hpp"
#include "spindle/thread_mark.hpp"

namespace spindle {

const void* this_thread_token() noexcept
{
    return thread_mark();
}

errc basic_socket::start_receive(io_request& request, io_outcome& outcome)
{
    const use guard(*this, request.counted);
    if (!guard) {
        return guard.error();
    }
    if (const auto code = check_input(request); code != errc::success) {
        return code;
    }
    const auto flags = request.flags;  // a pending request may be gone
    const auto code = start_input(request, outcome);
    note_receive(flags, {}, false, 0);
    return code;
}

errc basic_socket::start_input(io_request& request, io_outcome& outcome)
{
    std::unique_lock lock(input_.mutex);
    if (is_retired()) {
        return errc::not_socket;
    }
    if (!has(state::serving)) {
        set_state(state::serving);
    }
    if (input_.telling && request.in_order) {
        input_.pending.push_back(request);
        input_.look_again = true;
        return errc::io_pending;
    }
    if (!input_.pending.empty() && request.work_ == io_request::work::accept) {
        // Those ahead may wait for first data only, and what this one needs may have been announced already.
        input_.pending.push_back(request);
        const bool looks = input_.joined ? input_.maybe_ready : !input_.readable_armed;
        lock.unlock();
        if (looks) {
            serve_input(readiness::none);
        }
        return errc::io_pending;
    }
    auto step = request_step::waits;
    if (input_.pending.empty() && (input_.joined ? input_.maybe_ready : input_.habit.tries_first())) {
        step = try_input(request, readiness::none, outcome);
    }
    if (step == request_step::done) {
        return outcome.code;
    }
    if (!input_.joined && step == request_step::waits) {
        const bool urgent = (request.flags & message_flag::out_of_band) != 0;
        if (auto armed = arm_input(urgent ? readiness::urgent : readiness::readable); !armed) {
            return to_errc(armed.error());
        }
    }
    input_.pending.push_back(request);
    return errc::io_pending;
}

result<void> basic_socket::arm_input(readiness condition)
{
    bool& armed = condition == readiness::urgent ? input_.urgent_armed : input_.readable_armed;
    if (armed) {
        return {};
    }
    hold_descriptor();
    auto waiting = lower().async_wait(condition, [self = shared_from_this(), condition](readiness seen) {
        self->on_input_wait(condition, seen);
    });
    if (!waiting) {
        drop_descriptor();
        return waiting;
    }
    armed = true;
    return {};
}

void basic_socket::on_input_wait(readiness condition, readiness seen)
{
    {
        const std::scoped_lock lock(input_.mutex);
        (condition == readiness::urgent ? input_.urgent_armed : input_.readable_armed) = false;
    }
    if (!is_retired()) {
        serve_input(seen);
        after_input(seen);
        note_progress();  // the wait says what holds, not what is new
    }
    drop_descriptor();
}

std::size_t basic_socket::on_ready(readiness seen, std::uint64_t look) noexcept
{
    std::size_t bytes = 0;
    hold_descriptor();
    if (!is_retired()) {
        if (has_any(seen, readiness::readable | readiness::urgent | readiness::failed)) {
            bytes = serve_input(seen);
            after_input(seen);
        }
        if (has_any(seen, readiness::writable | readiness::failed)) {
            serve_output(seen);
        }
        look_for_network_events(settled(seen), look);
    }
    drop_descriptor();
    return bytes;
}

// The order in which requests are told of is the order in which they finished: one thread at a time does both.
std::size_t basic_socket::serve_input(readiness seen) noexcept
{
    std::size_t bytes = 0;
    bool for_others = false;
    for (bool again = true; again;) {
        request_list finished;
        {
            const std::scoped_lock lock(input_.mutex);
            input_.maybe_ready = true;
            input_.hung_up = input_.hung_up || has_any(seen, readiness::failed);
            if (input_.telling) {
                input_.look_again = true;
                return bytes;
            }
            bytes += serve_input_locked(seen, finished);
            input_.telling = !finished.empty();
        }
        if (finished.empty()) {
            break;
        }
        tell(finished);
        const std::scoped_lock lock(input_.mutex);
        input_.telling = false;
        again = std::exchange(input_.look_again, false);
        for_others = for_others || again;
    }
    if (for_others) {
        note_progress();  // what the requests left of the news that the others brought
    }
    return bytes;
}

// Urgent receives and ordinary ones wait for different things; each kind is served in order until one has to wait.
std::size_t basic_socket::serve_input_locked(readiness seen, request_list& finished)
{
    std::size_t bytes = 0;
    std::array<bool, 2> blocked{};
    request_list waiting;
    while (!input_.pending.empty()) {
        auto& request = input_.pending.pop_front();
        const bool urgent = (request.flags & message_flag::out_of_band) != 0;
        io_outcome outcome;
        if (!blocked[urgent ? 1 : 0]) {
            auto step = request_step::done;
            try {
                step = try_input(request, seen, outcome);
            } catch (const std::bad_alloc&) {
                outcome.code = errc::no_buffer_space;
            }
            if (step == request_step::done) {
                finished.push_finished(request, outcome);
                bytes += outcome.bytes;
                continue;
            }
            if (step == request_step::waits_alone) {
                waiting.push_back(request);
                continue;
            }
            blocked[urgent ? 1 : 0] = true;
            if (!input_.joined && !arm_input(urgent ? readiness::urgent : readiness::readable)) {
                finished.push_finished(request, {errc::no_buffer_space, 0, 0, false});
                continue;
            }
        }
        waiting.push_back(request);
        if (!has(state::urgent_interest)) {
            break;  // there is one kind only, and it waits
        }
    }
    waiting.append(input_.pending);
    input_.pending.append(waiting);
    return bytes;
}

void basic_socket::tell(request_list& finished) noexcept
{
    if (finished.empty()) {
        return;
    }
    // Once the last cleanup has begun it tells nobody, whatever ended the request: a peer of this process that was closed
    // before it, for instance (CLEAN-5). What is being told when it begins is told before it goes on.
    const provider::call told(*owner_);
    if (!told) {
        finished.for_each([](io_request& each) {
            auto& outcome = each.outcome_;
            outcome = outcome.code == errc::success ? io_outcome{errc::success, outcome.bytes, outcome.flags, true}
                                                    : io_outcome{errc::operation_aborted, 0, 0, true};
        });
    }
    finished.tell_all();
    if (request_waiters_.load(std::memory_order_seq_cst) != 0) {
        nudge_waiters();
    }
    levels_changed();  // what comes in from now on may be nobody's
}

std::size_t basic_socket::cancel(const request_filter& which)
{
    const use guard(*this);
    if (!guard) {
        return 0;
    }
    return cancel_matching(which);
}

std::size_t basic_socket::cancel_matching(const request_filter& which)
{
    request_list taken;
    std::size_t count = 0;
    {
        const std::scoped_lock lock(input_.mutex);
        count = input_.pending.move_if(taken, which);
    }
    count += take_output(taken, which, true);
    count += life_->changes.take(*this, taken, which);
    tell_outcome(taken, {errc::operation_aborted, 0, 0, false});
    return count;
}

namespace {

constexpr auto every_request = [](const io_request&) { return true; };

}  // namespace

void basic_socket::end_requests(errc input_code, bool silent, bool output_too) noexcept
{
    request_list taken;
    {
        const std::scoped_lock lock(input_.mutex);
        input_.pending.move_if(taken, every_request);
    }
    tell_outcome(taken, {input_code, 0, 0, silent});
    end_network_changes(errc::operation_aborted, silent);
    if (output_too) {
        end_output_requests(silent);
    }
}

void basic_socket::end_input_for_cleanup() noexcept
{
    end_requests(errc::operation_aborted, true, false);
}

void basic_socket::end_output_requests(bool silent) noexcept
{
    request_list taken;
    take_output(taken, every_request, false);
    tell_outcome(taken, {errc::operation_aborted, 0, 0, silent});
}

void basic_socket::tell_outcome(request_list& taken, const io_outcome& outcome) noexcept
{
    request_list finished;
    while (!taken.empty()) {
        auto& request = taken.pop_front();
        dropped(request);
        finished.push_finished(request, outcome);
    }
    tell(finished);
}

bool basic_socket::has_input_requests()
{
    const std::scoped_lock lock(input_.mutex);
    return !input_.pending.empty();
}

result<void> basic_socket::wait_for_requests(const std::function<bool()>& done)
{
    return wait_until_finished(done, cancelling::no);
}

result<void> basic_socket::wait_until_finished(const std::function<bool()>& done, cancelling by_others)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (done()) {
        return {};
    }
    blocking_call call(*this, errc::operation_aborted, std::chrono::milliseconds{0}, by_others);
    request_waiters_.fetch_add(1, std::memory_order_seq_cst);
    result<void> waited;
    while (waited && !done()) {
        waited = call.wait_for_nudge();
    }
    request_waiters_.fetch_sub(1, std::memory_order_relaxed);
    // A close ends the requests after it has woken the waiters: what they came to counts.
    return done() ? result<void>() : waited;
}

result<void> basic_socket::wait_or_cancel(const io_request& request, const std::function<bool()>& done)
{
    const auto waited = wait_until_finished(done, cancelling::yes);
    if (waited) {
        return waited;
    }
    // Not a call of its own: the last cleanup, which may be what ended the wait, admits none and waits for this thread.
    hold_descriptor();
    bool finishes_itself = false;
    if (!is_retired()) {  // else its close ends the request
        finishes_itself = cancel_matching([&](const io_request& each) { return &each == &request; }) == 0;
    }
    drop_descriptor();
    while (!done()) {
        std::this_thread::yield();  // another thread is in the middle of ending it
    }
    // What came to its own end before it could be cancelled was not cancelled (CAN-14).
    return finishes_itself && !is_retired() ? result<void>() : waited;
}

result<void> basic_socket::join(const std::shared_ptr<event_loop>& loop)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    {
        const std::scoped_lock lock(input_.mutex);
        if (loop_) {
            return errc::invalid_argument;
        }
        loop_ = loop;
    }
    ignore_news();  // from now on they come from this loop
    constexpr auto everything = readiness::readable | readiness::writable | readiness::urgent;
    if (auto joined = lower().join(loop, weak_from_this(), everything); !joined) {
        {
            const std::scoped_lock lock(input_.mutex);
            loop_.reset();
        }
        resume_news();
        return joined;
    }
    {
        const std::scoped_lock lock(input_.mutex);
        input_.joined = true;
    }
    serve_input(readiness::none);
    serve_output(readiness::none);
    return {};
}

void basic_socket::leave(const event_loop& loop) noexcept
{
    const use guard(*this);
    if (!guard) {
        return;
    }
    {
        const std::scoped_lock lock(input_.mutex);
        if (loop_.get() != &loop) {
            return;
        }
        input_.joined = false;
    }
    lower().leave();
    {
        const std::scoped_lock lock(input_.mutex);
        left_loop_ = true;
    }
    resume_news();
    serve_input(readiness::none);
    serve_output(readiness::none);
}

void basic_socket::attach(std::shared_ptr<void> companion)
{
    const std::scoped_lock lock(state_mutex_);
    if (!companion_owner_) {
        companion_owner_ = std::move(companion);
        companion_.store(companion_owner_.get(), std::memory_order_release);
    }
}

}  // namespace spindle
