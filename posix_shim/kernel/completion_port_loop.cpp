// A completion port and the event loop that a provider runs for it: who is inside, who comes next, how it ends. The
// thread that waits for packets runs the loop itself, so a packet needs no hop. While all workers are away the
// provider stands in (left(), unattended()): a worker that is expected back soon is cheaper to wait for than another
// one is to wake, which would also pull the connection to another processor.
#include "kernel/port_thread.hpp"
#include "kernel/port_waiting.hpp"

namespace spindle::kernel {

bool completion_port::comes_back_soon_locked() const noexcept
{
    return loop_usable_locked() && average_absence_ <= short_absence_ && (leader_ == nullptr || leader_ticks_);
}

bool completion_port::turn_locked(std::unique_lock<constant_mutex>& lock, waiting_thread& me,
                                  std::int32_t milliseconds) noexcept
{
    leader_ = &me;
    taken_since_turn_ = 0;
    const exchange::provider_functions& provider = *source_->functions;
    exchange::loop* const loop = loop_;
    lock.unlock();
    this_port_thread.leading = this;
    const bool served = provider.turn(loop, milliseconds);
    this_port_thread.leading = nullptr;
    lock.lock();
    leader_woken_ = false;
    leader_ticks_ = false;
    return served;
}

void completion_port::lead_locked(std::unique_lock<constant_mutex>& lock, waiting_thread& me,
                                  time_limit& limit) noexcept
{
    const std::int32_t remaining = limit.remaining();
    // The first time that a tick passes idly, workers that are away have stopped being quick: wait in earnest.
    const bool tick = !me.ticked && running_ > 0 && average_absence_ <= short_absence_ &&
                      (remaining < 0 || remaining > tick_milliseconds);
    leader_ticks_ = tick;
    const bool served = turn_locked(lock, me, tick ? tick_milliseconds : remaining);
    me.ticked = me.ticked || (tick && !served);
}

void completion_port::step_down_locked(const waiting_thread& me) noexcept
{
    if (leader_ == &me) {
        leader_ = nullptr;
        if (closing_) {
            tell_change_locked();
        }
    }
}

// Somebody left the loop, or works without anybody being there: the next leader comes at once, or the provider looks
// after the loop until one comes back.
void completion_port::attend_locked(wakeups& wakes, bool with_packets) noexcept
{
    if (!loop_usable_locked() || leader_ != nullptr) {
        return;
    }
    if (parked_ != nullptr && !(with_packets && average_absence_ <= short_absence_)) {
        leader_ = &pop_parked_locked();
        wakes.add(*leader_);
    } else {
        source_->functions->left(loop_);
    }
}

void completion_port::wake_leader_locked() noexcept
{
    if (!leader_woken_) {
        leader_woken_ = true;
        source_->functions->wake(loop_);
    }
}

void completion_port::push_in_turn(const packet& added) noexcept
{
    if (batch_count_ == batch_.size()) {
        std::lock_guard lock(mutex_);
        flush_batch_locked(0);
    }
    batch_[batch_count_++] = added;
}

void completion_port::unattended() noexcept
{
    wakeups wakes;
    std::lock_guard lock(mutex_);
    if (!loop_usable_locked() || leader_ != nullptr) {
        return;
    }
    dispatch_locked(wakes);
    if (parked_ != nullptr) {
        attend_locked(wakes, false);
    }
}

completion_port::loop_use completion_port::pin_loop(loop_source& source, exchange::loop*& pinned) noexcept
{
    std::lock_guard opening(opening_);
    {
        std::lock_guard lock(mutex_);
        if (abandoned_) {
            return loop_use::failed;
        }
        if (loop_ != nullptr) {
            if (source_ != &source || closing_) {
                return loop_use::none;
            }
            ++pins_;
            pinned = loop_;
            return loop_use::joined;
        }
    }
    exchange::loop* const opened = source.functions->open_loop(reinterpret_cast<exchange::port*>(this));
    if (opened == nullptr) {
        return loop_use::failed;
    }
    wakeups wakes;
    std::unique_lock lock(mutex_);
    if (abandoned_) {
        lock.unlock();
        source.functions->close_loop(opened);
        return loop_use::failed;
    }
    source.open_loops.fetch_add(1, std::memory_order_relaxed);
    acquire();  // the loop's own, given back once it is closed
    pinned = opened;
    loop_ = opened;
    source_ = &source;
    pins_ = 1;
    attend_locked(wakes, false);
    return loop_use::joined;
}

void completion_port::unpin_loop() noexcept
{
    std::lock_guard lock(mutex_);
    if (--pins_ == 0 && closing_) {
        tell_change_locked();
    }
}

void completion_port::tell_change_locked() noexcept
{
    changes_.fetch_add(1, std::memory_order_seq_cst);  // before the look for waiters in notify_all()
    changes_.notify_all();
}

void completion_port::wait_for_change_locked(std::unique_lock<constant_mutex>& lock) noexcept
{
    const unsigned seen = changes_.load(std::memory_order_relaxed);
    lock.unlock();
    changes_.wait(seen, std::memory_order_relaxed);
    lock.lock();
}

void completion_port::give_up_loop(const loop_source* source) noexcept
{
    std::unique_lock lock(mutex_);
    while (closing_) {
        wait_for_change_locked(lock);
    }
    if (loop_ == nullptr || (source != nullptr && source_ != source)) {
        return;
    }
    closing_ = true;
    while (leader_ != nullptr || pins_ > 0) {
        if (leader_ != nullptr) {
            wake_leader_locked();
        }
        wait_for_change_locked(lock);
    }
    exchange::loop* const closed = loop_;
    loop_source& owner = *source_;
    lock.unlock();
    owner.functions->close_loop(closed);
    owner.open_loops.fetch_sub(1, std::memory_order_release);
    wakeups wakes;
    lock.lock();
    loop_ = nullptr;
    source_ = nullptr;
    closing_ = false;
    tell_change_locked();
    dispatch_locked(wakes);
    lock.unlock();
    wakes.run();
    release();
}

}  // namespace spindle::kernel
