// Waiting on the caller's thread; see the header. A wait costs no thread and, with a warm pool, no descriptor.
#include "blocking_call.hpp"

#include <algorithm>
#include <utility>

#include "basic_socket.hpp"
#include "provider_life.hpp"

namespace spindle {
namespace {

// Trivial thread-locals: they need no destructor and so do not pin an unloadable library.
thread_local waiting_call* innermost_call = nullptr;
thread_local unsigned call_outs = 0;

clock::time_point deadline_after(std::chrono::milliseconds timeout)
{
    return timeout.count() == 0 ? clock::time_point::max() : clock::now() + timeout;
}

}  // namespace

std::unique_ptr<waiter> waiter_pool::take()
{
    {
        const std::scoped_lock lock(mutex_);
        if (!idle_.empty()) {
            auto ready = std::move(idle_.back());
            idle_.pop_back();
            return ready;
        }
    }
    auto fresh = std::make_unique<waiter>();
    fresh->wake = net_.make_interrupter();
    return fresh->wake ? std::move(fresh) : nullptr;  // no descriptor to be had
}

void waiter_pool::give_back(std::unique_ptr<waiter> idle) noexcept
{
    idle->wake->reset();
    idle->reason.store(errc::success, std::memory_order_relaxed);
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(idle));
}

waiting_call::waiting_call(provider_life& life, clock::time_point deadline)
    : life_(life), waiter_(life.waiters.take()), deadline_(deadline),
      refused_(waiter_ ? errc::success : errc::no_buffer_space), outer_(std::exchange(innermost_call, this))
{
}

void waiting_call::begin(std::uint32_t catalog_entry_id, cancelling by_others)
{
    if (refused_ != errc::success) {
        return;
    }
    hook_ = life_.services().query_blocking_hook(catalog_entry_id);
    if (by_others == cancelling::yes) {
        for_host_.cancel = [](void* waiting) { static_cast<waiter*>(waiting)->end(errc::operation_aborted); };
        for_host_.context = waiter_.get();
        told_ = &life_.services();
        told_->begin_blocking_call(for_host_);
    }
}

waiting_call::~waiting_call()
{
    if (told_ != nullptr) {
        told_->end_blocking_call(for_host_);
    }
    if (waiter_) {
        life_.waiters.give_back(std::move(waiter_));
    }
    innermost_call = outer_;
}

blocking_call::blocking_call(basic_socket& socket, errc close_code, std::chrono::milliseconds timeout,
                             cancelling by_others)
    : waiting_call(socket.life(), deadline_after(timeout)), socket_(socket)
{
    if (waiter_) {
        waiter_->close_code = close_code;
        refused_ = socket_.add_waiter(*waiter_);
    }
    begin(socket_.catalog_entry_id(), by_others);
}

blocking_call::~blocking_call()
{
    if (waiter_) {
        socket_.remove_waiter(*waiter_);
    }
}

result<void> blocking_call::wait_at_most(readiness wanted, std::chrono::milliseconds limit)
{
    return wait_until(wanted, std::min(deadline_, clock::now() + limit));
}

result<void> blocking_call::wait_for_nudge()
{
    return wait_until(readiness::interrupted, deadline_);
}

result<void> waiting_call::wait_until(readiness wanted, clock::time_point until)
{
    expired_ = false;
    if (refused_ != errc::success) {
        return refused_;
    }
    if (auto ended = reason_to_end(); !ended) {
        return ended;
    }
    if (hook_.call != nullptr) {
        return run_hook(wanted, until);
    }
    return wait_alertably(wanted, until);
}

// BLK-16: completion routines that are due to the thread run during the wait, which then goes on. They may do anything
// but end this call, so they count as a call out.
result<void> waiting_call::wait_alertably(readiness wanted, clock::time_point until)
{
    auto& services = life_.services();
    for (;;) {
        const auto due_in = services.begin_alertable_wait(
            [](void* self) { static_cast<waiting_call*>(self)->routine_queued(); }, this);
        const bool queued = due_in == due_in.zero();
        const auto now = clock::now();
        const auto look = due_in >= until - now ? until : now + due_in;
        const auto seen = wait_once(wanted, look);
        services.end_alertable_wait();
        const bool fell_due = seen == readiness::none && look < until;
        const bool woken = routines_.exchange(false, std::memory_order_acq_rel);
        const bool found = !has_any(seen, readiness::interrupted) && seen != readiness::none;
        if ((!woken && !queued && !fell_due) || (found && !routines_first_)) {
            return finish_wait(seen, until);
        }
        // Whose wake-up is taken back may have been meant for the caller as well, who therefore looks again.
        const bool looks_again = woken || seen != readiness::none;
        const auto outcome = looks_again ? finish_wait(seen | readiness::interrupted, until) : reason_to_end();
        {
            const call_out marked;
            services.run_queued_routines();
        }
        if (!outcome || looks_again) {
            return outcome;
        }
        if (const auto end = clock::now(); end >= until) {  // routines that keep coming hold no time-out back
            return finish_wait(wait_once(wanted, end), until);
        }
    }
}

readiness blocking_call::wait_once(readiness wanted, clock::time_point until) noexcept
{
    if (wanted == readiness::interrupted) {
        return waiter_->wake->wait(until) ? readiness::interrupted : readiness::none;
    }
    return socket_.lower().wait(wanted, *waiter_->wake, until);
}

result<void> waiting_call::reason_to_end() const
{
    const auto why = waiter_->reason.load(std::memory_order_acquire);
    return why != errc::success ? result<void>(why) : result<void>();
}

result<void> waiting_call::finish_wait(readiness seen, clock::time_point until)
{
    seen_ = seen;
    if (has_any(seen, readiness::interrupted)) {
        waiter_->wake->reset();
    }
    // The reason is read after the reset: end() stores it before it interrupts.
    if (auto ended = reason_to_end(); !ended) {
        return ended;
    }
    if (seen == readiness::none) {
        if (until == deadline_) {
            return errc::timed_out;
        }
        expired_ = true;
    }
    return {};
}

// The hook of Winsock 1.1: poll, call the hook, poll again (BLK-5). The hook is expected to wait for messages or
// to yield; this loop adds no sleep of its own.
result<void> waiting_call::run_hook(readiness wanted, clock::time_point until)
{
    for (;;) {
        const auto now = clock::now();
        const auto seen = wait_once(wanted, now);
        if (seen != readiness::none || now >= until) {
            return finish_wait(seen, until);
        }
        bool go_on = false;
        {
            const call_out marked;
            go_on = hook_.call(hook_.context);
        }
        if (auto ended = reason_to_end(); !ended) {
            return ended;
        }
        if (!go_on) {
            return errc::interrupted;
        }
    }
}

bool cancel_current_call() noexcept
{
    if (innermost_call == nullptr) {
        return false;
    }
    innermost_call->cancel();
    return true;
}

call_out::call_out() noexcept
{
    ++call_outs;
}

call_out::~call_out()
{
    --call_outs;
}

bool call_out::in_progress() noexcept
{
    return call_outs != 0;
}

}  // namespace spindle
