// Event objects, manual-reset and auto-reset: what WSACreateEvent and CreateEvent make. The functions
// programs call are in api_event.cpp. Answers to the pages "Event Objects" and "WSACreateEvent".
#pragma once

#include "kernel/object.hpp"

namespace spindle::kernel {

class event final : public waitable {
public:
    static constexpr object_kind static_kind = object_kind::event;

    event(bool manual_reset, bool signalled) noexcept
        : waitable(static_kind), manual_reset_(manual_reset), signalled_(signalled)
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

    [[nodiscard]] bool signalled_locked() const noexcept override { return signalled_; }
    void take_locked() noexcept override { signalled_ = signalled_ && manual_reset_; }

private:
    const bool manual_reset_;
    bool signalled_;
};

}  // namespace spindle::kernel
