// Queueing, waiting and handing out packets; what concerns the loop is in completion_port_loop.cpp.
#include "kernel/completion_port.hpp"

#include "kernel/port_thread.hpp"
#include "kernel/port_waiting.hpp"
#include "kernel/thread.hpp"

#include <exception>
#include <limits>
#include <sched.h>
#include <thread>

namespace spindle::kernel {

namespace {

constexpr std::int64_t time_to_wake = 50'000;
/// With one processor two workers only take turns, unless one blocks, which the provider's look at the loop finds.
constexpr std::int64_t any_absence = std::numeric_limits<std::int64_t>::max();

std::int64_t now_in_nanoseconds() noexcept
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now().time_since_epoch()).count();
}

}  // namespace

/// What an APC pokes when its thread waits at a port.
class port_waiter final : public waiter {
public:
    port_waiter(completion_port& port, waiting_thread& waiting) noexcept : port_(port), waiting_(waiting) {}
    void poke() noexcept override { port_.interrupt(waiting_); }

private:
    completion_port& port_;
    waiting_thread& waiting_;
};

object_ref<completion_port> completion_port::make(unsigned concurrency) noexcept
{
    const unsigned processors = std::thread::hardware_concurrency();
    const unsigned wanted = concurrency != 0 ? concurrency : std::max(processors, 1u);
    object_ref<completion_port> made(new (std::nothrow) completion_port(wanted));
    return made && made->queue_.reserve() ? std::move(made) : object_ref<completion_port>();
}

completion_port::taken completion_port::take(std::span<packet> into, unsigned milliseconds,
                                             bool alertable) noexcept
{
    waiting_thread me;
    me.into = into;
    thread* const self = alertable ? current_thread().object : nullptr;
    if (self == nullptr) {
        return take(me, milliseconds);
    }
    port_waiter woken_by_apc(*this, me);
    waiter* const outer = self->listen(&woken_by_apc, me.interrupted);
    const taken result = take(me, milliseconds);
    bool pending = false;
    self->listen(outer, pending);
    if (result.how == outcome::apcs_ran) {
        self->run_queued();
    }
    return result;
}

completion_port::taken completion_port::take(waiting_thread& me, unsigned milliseconds) noexcept
{
    port_thread& self = this_port_thread;
    if (self.port != this) {
        self.join(*this);
        note_processors();
    }
    const std::int64_t away = self.left_at != 0 ? now_in_nanoseconds() - self.left_at : 0;
    time_limit limit(milliseconds);
    wakeups wakes;
    std::unique_lock lock(mutex_);
    note_return_locked(self, away);
    if (packet_due_locked() && taken_since_turn_ >= packets_per_turn && loop_usable_locked() &&
        leader_ == nullptr) {
        turn_locked(lock, me, 0);
    }
    const outcome how = wait_locked(lock, me, limit);
    if (lock.owns_lock()) {
        leave_locked(me, how, wakes);
        lock.unlock();
    }
    wakes.run();
    self.running = how == outcome::packets;
    self.left_at = me.measured ? now_in_nanoseconds() : 0;
    return {how, me.count};
}

void completion_port::note_processors() noexcept
{
    cpu_set_t of_thread;
    const bool known = sched_getaffinity(0, sizeof of_thread, &of_thread) == 0;
    std::lock_guard lock(mutex_);
    if (known) {
        CPU_OR(&processors_, &processors_, &of_thread);
    }
    short_absence_ = known && CPU_COUNT(&processors_) == 1 ? any_absence : time_to_wake;
}

void completion_port::note_return_locked(port_thread& self, std::int64_t away) noexcept
{
    if (self.running) {
        self.running = false;
        --running_;
    }
    if (self.left_at != 0) {
        average_absence_ += (std::min(away, counted_absence) - average_absence_) / 8;
    }
}

// Returns with the lock, or without it when the thread that woke this one has filled in the packets.
completion_port::outcome completion_port::wait_locked(std::unique_lock<constant_mutex>& lock, waiting_thread& me,
                                                      time_limit& limit) noexcept
{
    for (;;) {
        if (abandoned_) {
            return outcome::abandoned;
        }
        if (fill_locked(me)) {
            return outcome::packets;
        }
        if (me.interrupted) {
            return outcome::apcs_ran;
        }
        if (limit.expired()) {
            return outcome::timed_out;
        }
        if (leader_ == &me && closing_) {
            step_down_locked(me);
        }
        if (leader_ == &me || (leader_ == nullptr && loop_usable_locked())) {
            lead_locked(lock, me, limit);
        } else if (limit.polls()) {
            return outcome::timed_out;
        } else {
            park_locked(lock, me, limit);
            if (!lock.owns_lock()) {
                return outcome::packets;
            }
        }
    }
}

void completion_port::leave_locked(waiting_thread& me, outcome how, wakeups& wakes) noexcept
{
    const bool led = leader_ == &me;
    const bool with_packets = how == outcome::packets;
    step_down_locked(me);
    // What workers have queued for themselves stays theirs as long as they are expected; what a turn brought does not.
    if (led || !comes_back_soon_locked()) {
        dispatch_locked(wakes);
    }
    if (led || with_packets) {
        attend_locked(wakes, with_packets);
    }
    taken_since_turn_ += me.count;
    me.measured = with_packets && measured_locked();
}

// Returns with the lock, unless packets were filled in.
void completion_port::park_locked(std::unique_lock<constant_mutex>& lock, waiting_thread& me,
                                  time_limit& limit) noexcept
{
    clock::time_point deadline = limit.deadline();
    me.word.store(0, std::memory_order_relaxed);
    push_parked_locked(me);
    lock.unlock();
    while (me.word.load(std::memory_order_acquire) == 0) {
        if (!futex_wait(&me.word, 0, deadline)) {
            lock.lock();
            if (me.parked) {
                unlink_parked_locked(me);
                return;
            }
            lock.unlock();
            deadline = no_deadline;  // somebody is about to wake this thread
        }
    }
    if (me.count == 0) {
        lock.lock();
    }
}

bool completion_port::fill_locked(waiting_thread& me) noexcept
{
    const bool leads = leader_ == &me;
    if (running_ >= concurrency_) {
        if (leads) {
            flush_batch_locked(0);
        }
        return false;
    }
    if (leads && queue_.empty()) {
        me.count = std::min(batch_count_, me.into.size());
        std::copy_n(batch_.begin(), me.count, me.into.begin());
        flush_batch_locked(me.count);
    } else {
        if (leads) {
            flush_batch_locked(0);
        }
        while (me.count < me.into.size() && !queue_.empty()) {
            me.into[me.count++] = queue_.pop();
        }
    }
    if (me.count == 0) {
        return false;
    }
    ++running_;
    return true;
}

bool completion_port::push(const packet& added, bool posted) noexcept
{
    if (this_port_thread.leading == this) {
        push_in_turn(added);
        return true;
    }
    wakeups wakes;
    std::lock_guard lock(mutex_);
    if (abandoned_) {
        return true;  // nobody can take it any more
    }
    if (!queue_.push(added, posted)) {
        if (!posted) {
            std::terminate();
        }
        return false;
    }
    const port_thread& self = this_port_thread;
    const bool own = self.running && self.port == this;
    if (!own || !comes_back_soon_locked()) {
        dispatch_locked(wakes);
    }
    return true;
}

void completion_port::flush_batch_locked(std::size_t from) noexcept
{
    for (; from < batch_count_; ++from) {
        if (!queue_.push(batch_[from], false)) {
            std::terminate();
        }
    }
    batch_count_ = 0;
}

// Hands waiting packets to waiting threads, as many as may run.
void completion_port::dispatch_locked(wakeups& wakes) noexcept
{
    bool handed = false;
    while (parked_ != nullptr && packet_due_locked()) {
        waiting_thread& woken = pop_parked_locked();
        handed = fill_locked(woken);
        woken.measured = measured_locked();
        wakes.add(woken);
    }
    if (leader_ != nullptr && packet_due_locked()) {
        wake_leader_locked();
    }
    if (handed) {
        attend_locked(wakes, true);
    }
}

void completion_port::interrupt(waiting_thread& waiting) noexcept
{
    wakeups wakes;
    std::lock_guard lock(mutex_);
    waiting.interrupted = true;
    if (waiting.parked) {
        unlink_parked_locked(waiting);
        wakes.add(waiting);
    } else if (leader_ == &waiting) {
        wake_leader_locked();
    }
}

void completion_port::stop_running() noexcept
{
    wakeups wakes;
    std::lock_guard lock(mutex_);
    --running_;
    dispatch_locked(wakes);
}

void completion_port::run_again() noexcept
{
    std::lock_guard lock(mutex_);
    ++running_;
}

void completion_port::last_handle_closed() noexcept
{
    {
        wakeups wakes;
        std::lock_guard lock(mutex_);
        abandoned_ = true;
        queue_.clear();
        while (parked_ != nullptr) {
            wakes.add(pop_parked_locked());
        }
    }
    give_up_loop(nullptr);
}

void completion_port::push_parked_locked(waiting_thread& waiting) noexcept
{
    waiting.parked = true;
    waiting.above = nullptr;
    waiting.below = parked_;
    if (parked_ != nullptr) {
        parked_->above = &waiting;
    }
    parked_ = &waiting;
}

void completion_port::unlink_parked_locked(waiting_thread& waiting) noexcept
{
    waiting.parked = false;
    (waiting.above != nullptr ? waiting.above->below : parked_) = waiting.below;
    if (waiting.below != nullptr) {
        waiting.below->above = waiting.above;
    }
}

waiting_thread& completion_port::pop_parked_locked() noexcept
{
    waiting_thread& top = *parked_;
    unlink_parked_locked(top);
    return top;
}

}  // namespace spindle::kernel
