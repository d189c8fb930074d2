// Waitable timers, see waitable_timer.hpp. Lock order: timer, then thread.
#include "kernel/waitable_timer.hpp"

#include <algorithm>

namespace spindle::kernel {

waitable_timer::~waitable_timer()
{
    disarm_locked();
}

void waitable_timer::disarm_locked() noexcept
{
    due_ = no_deadline;
    if (called_) {
        called_->disarm(this);
        called_ = object_ref<thread>();
    }
}

void waitable_timer::catch_up_locked() noexcept
{
    if (due_ == no_deadline) {
        return;
    }
    // A thread that ends takes the timers with it that call it; their state stays what it was.
    const auto end = called_ ? called_->end_time() : no_deadline;
    const auto now = std::min(clock::now(), end);
    if (now >= due_) {
        signalled_ = true;
        due_ = period_.count() == 0 ? no_deadline : due_ + period_ * ((now - due_) / period_ + 1);
    }
    if (end != no_deadline) {
        due_ = no_deadline;
    }
}

bool waitable_timer::set(clock::time_point due, clock::duration period, const apc& call) noexcept
{
    std::lock_guard lock(mutex_);
    disarm_locked();
    signalled_ = false;
    if (call.invoke != nullptr) {
        thread* self = current_thread_object();
        timed_apc timed{call, due, period};
        timed.call.timer = this;
        if (self == nullptr || !self->arm(timed)) {
            return false;
        }
        self->acquire();
        called_ = object_ref<thread>(self);
    }
    due_ = due;
    period_ = period;
    poke_waiters_locked();  // they sleep until a time that is no longer right
    return true;
}

void waitable_timer::cancel() noexcept
{
    std::lock_guard lock(mutex_);
    catch_up_locked();
    disarm_locked();
}

clock::time_point waitable_timer::next_change() noexcept
{
    std::lock_guard lock(mutex_);
    catch_up_locked();
    return due_;
}

bool waitable_timer::signalled_locked() noexcept
{
    catch_up_locked();
    return signalled_;
}

take_result waitable_timer::take_locked() noexcept
{
    signalled_ = manual_reset_;
    return take_result::taken;
}

}  // namespace spindle::kernel
