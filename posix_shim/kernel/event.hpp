// Event objects, manual-reset and auto-reset: what WSACreateEvent and CreateEvent make. The functions
// programs call are in api_event.cpp. Answers to the pages "Event Objects", "WSACreateEvent" and "PulseEvent".
#pragma once

#include "kernel/names.hpp"

namespace spindle::kernel {

class event final : public nameable {
public:
    static constexpr object_kind static_kind = object_kind::event;

    event(bool manual_reset, bool signalled) noexcept
        : nameable(static_kind), manual_reset_(manual_reset), signalled_(signalled)
    {}

    /// Without the lock unless somebody waits: an event may be set for every message that arrives.
    void set() noexcept
    {
        if (!signalled_.exchange(true, std::memory_order_seq_cst) && has_waiters()) {
            std::lock_guard lock(mutex_);
            poke_waiters_locked();
        }
    }

    /// With the lock where there is a signal to take away: a wait for all of several objects sees them at one moment.
    void reset() noexcept
    {
        if (may_be_signalled()) {
            std::lock_guard lock(mutex_);
            take_away_locked();
        }
    }

    /// Lets the present waiters through, one of them if the event resets itself; nonsignalled on return.
    void pulse() noexcept
    {
        std::lock_guard lock(mutex_);
        pulse_waiters_locked(manual_reset_);
        take_away_locked();
    }

private:
    [[nodiscard]] bool signalled_locked() noexcept override { return may_be_signalled(); }
    [[nodiscard]] bool may_be_signalled() const noexcept override { return signalled_.load(std::memory_order_seq_cst); }
    take_result take_locked() noexcept override
    {
        if (!manual_reset_) {
            take_away_locked();
        }
        return take_result::taken;
    }

    // Not a plain store: what was written before a set() that found the event signalled is seen by who goes on from here.
    void take_away_locked() noexcept { signalled_.exchange(false, std::memory_order_seq_cst); }

    const bool manual_reset_;
    std::atomic<bool> signalled_;  // set without the lock, otherwise changed with it
};

}  // namespace spindle::kernel
