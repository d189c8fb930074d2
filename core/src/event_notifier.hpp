// Tells the client of one socket of its network events: a record under a lock, and upcalls without one. One thread at a
// time tells; what comes up meanwhile is told by it. So a registration that has been replaced or closed is never used
// again once the call that did so has returned, and taking the record and resetting its event object are one step.
#pragma once

#include <functional>
#include <mutex>

#include "network_events.hpp"
#include "spindle/constant_mutex.hpp"
#include "spindle/result.hpp"

namespace spindle {

/// Threads: all members from any thread, with no lock of the socket held. What is given to look() runs under the
/// notifier's lock, which comes before all locks of a socket.
class event_notifier {
public:
    /// Sets the event object, or posts one message for each of the events. Must not call back into the notifier.
    using tell_function = std::function<void(const network_event_target& target, const network_events& news)>;

    explicit event_notifier(tell_function tell) : tell_(std::move(tell)) {}

    /// Changes the record: `change(record)` returns what is to be told.
    template <class Change>
    void look(Change&& change)
    {
        std::unique_lock lock(mutex_);
        tell(lock, change(record_));
    }

    /// Replaces the registration. `holding()` gives the conditions that hold; it is asked under the lock.
    template <class Holding>
    void select(const network_event_target& target, unsigned wanted, Holding&& holding)
    {
        auto lock = lock_when_quiet();
        untold_ = 0;
        tell(lock, record_.select(target, wanted, holding()));
    }

    /// Copies and clears the record and, with `reset`, resets an event object, as one step. `reset` is called without the
    /// lock; when it returns false the record stays as it is and the result is invalid_argument.
    result<network_events> take(const std::function<bool()>& reset);

    /// Cancels the registration for good: nobody is told of anything after the return.
    void close() noexcept;

    /// What is registered for; 0 without a registration. A hint.
    [[nodiscard]] unsigned wanted() noexcept
    {
        const std::scoped_lock lock(mutex_);
        return record_.wanted();
    }
    /// Who is told, and of what.
    [[nodiscard]] std::pair<network_event_target, unsigned> registration() noexcept
    {
        const std::scoped_lock lock(mutex_);
        return {record_.target(), record_.wanted()};
    }

private:
    [[nodiscard]] std::unique_lock<constant_mutex> lock_when_quiet() noexcept;
    void tell(std::unique_lock<constant_mutex>& lock, unsigned events);
    void tell_untold(std::unique_lock<constant_mutex>& lock);

    const tell_function tell_;
    constant_mutex mutex_;
    network_event_record record_;  // this and the rest: under mutex_
    unsigned untold_ = 0;
    bool telling_ = false;
    bool closed_ = false;
};

}  // namespace spindle
