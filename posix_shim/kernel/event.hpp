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

    void set() noexcept
    {
        std::lock_guard lock(mutex_);
        if (!signalled_) {
            signalled_ = true;
            poke_waiters_locked();
        }
    }

    void reset() noexcept
    {
        std::lock_guard lock(mutex_);
        signalled_ = false;
    }

    /// Lets the present waiters through, one of them if the event resets itself; nonsignalled on return.
    void pulse() noexcept
    {
        std::lock_guard lock(mutex_);
        pulse_waiters_locked(manual_reset_);
        signalled_ = false;
    }

private:
    [[nodiscard]] bool signalled_locked() noexcept override { return signalled_; }
    take_result take_locked() noexcept override
    {
        signalled_ = manual_reset_;
        return take_result::taken;
    }

    const bool manual_reset_;
    bool signalled_;
};

}  // namespace spindle::kernel
