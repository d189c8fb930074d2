// The record of one socket's network events as pure logic: what was recorded, what the client has been told and not
// yet re-enabled, what it wants to be told. Which conditions hold is found out elsewhere (socket_events.cpp); who is
// told, by event_notifier.hpp. Answers to WSPEventSelect and WSPAsyncSelect as observed; contract EVT, decision D-10.
#pragma once

#include "spindle/network_events.hpp"

namespace spindle {

/// Not thread-safe. The functions that return a set return what the client is to be told now.
class network_event_record {
public:
    /// Replaces the registration; an empty `wanted` or no target cancels it. `holding`: the conditions that hold now, with
    /// their codes; all that matter have to be there.
    unsigned select(const network_event_target& target, unsigned wanted,
                    const network_events& holding) noexcept;
    /// Something happened: conditions that began to hold, or that were renewed although they held before.
    unsigned occurred(const network_events& news) noexcept;
    /// A function that re-enables `events` was called; `holding` is what of them holds afterwards.
    unsigned enable(unsigned events, const network_events& holding) noexcept;
    /// What was recorded of the wanted events; it counts as told from now on.
    network_events take() noexcept;
    /// A new connection or attempt: nothing of `events` has happened yet.
    void forget(unsigned events) noexcept;

    [[nodiscard]] const network_event_target& target() const noexcept { return target_; }
    [[nodiscard]] unsigned wanted() const noexcept { return wanted_; }
    /// What is wanted and neither recorded nor told: its occurrence would be news.
    [[nodiscard]] unsigned open() const noexcept { return wanted_ & ~(recorded_ | told_); }
    [[nodiscard]] const network_events& codes() const noexcept { return codes_; }

private:
    [[nodiscard]] bool by_event() const noexcept
    {
        return target_.told_by == network_event_target::form::event;
    }
    void keep_codes(unsigned events, const network_events& from) noexcept;
    unsigned record(unsigned events, const network_events& from) noexcept;
    unsigned post(unsigned events, const network_events& from) noexcept;

    network_event_target target_;
    unsigned wanted_ = 0;
    unsigned recorded_ = 0;
    unsigned told_ = 0;     // and no function has re-enabled it since
    network_events codes_;  // of recorded and told ones
};

}  // namespace spindle
