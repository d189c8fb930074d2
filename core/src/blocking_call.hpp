// A blocking call in progress: it waits on the calling thread and can be woken by close, by the last cleanup, by
// progress of another thread, by cancel_blocking_call() from inside the thread's blocking hook, and by another thread
// through the host. Answers to the pages "Blocking Hook" of the SPI guide, WSPCancelBlockingCall, "CancelSynchronousIo".
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "spindle/host.hpp"
#include "spindle/result.hpp"
#include "spindle/transport.hpp"

namespace spindle {

class basic_socket;
class provider_life;

/// What wakes one waiting thread. Lives in the pool of the provider's life; used by one blocking call at a time.
struct waiter {
    std::unique_ptr<interrupter> wake;
    std::atomic<errc> reason{errc::success};  ///< success: look again
    errc close_code = errc::interrupted;      ///< the reason when the socket is closed meanwhile (CAN-11)

    /// True for the first reason; a later one changes nothing.
    bool end(errc why) noexcept
    {
        auto none = errc::success;
        const bool first = reason.compare_exchange_strong(none, why, std::memory_order_acq_rel);
        wake->interrupt();
        return first;
    }
    void nudge() noexcept { wake->interrupt(); }
};

/// Idle waiters with their descriptors, so that a call that must wait makes no descriptor of its own.
class waiter_pool {
public:
    explicit waiter_pool(transport& net) noexcept : net_(net) {}

    /// Null when the system has no descriptor left.
    [[nodiscard]] std::unique_ptr<waiter> take();
    void give_back(std::unique_ptr<waiter> idle) noexcept;

private:
    transport& net_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<waiter>> idle_;
};

/// Whether another thread may cancel the call (CAN-14, CAN-15).
enum class cancelling : bool { no, yes };

/// What all blocking calls share: the waiter, the hook, alertable waiting, being cancelled. What is waited for is the
/// derived class's affair.
class waiting_call {
public:
    waiting_call(const waiting_call&) = delete;
    waiting_call& operator=(const waiting_call&) = delete;

    void cancel() noexcept
    {
        if (waiter_) {
            waiter_->end(errc::interrupted);
        }
    }

protected:
    waiting_call(provider_life& life, clock::time_point deadline);
    virtual ~waiting_call();

    /// To be called once by the derived constructor, when what ends the wait can find the waiter.
    void begin(std::uint32_t catalog_entry_id, cancelling by_others);
    result<void> wait_until(readiness wanted, clock::time_point until);
    /// The wait itself, until the time given; may see the waiter's interrupter (interrupted).
    virtual readiness wait_once(readiness wanted, clock::time_point until) noexcept = 0;

    provider_life& life_;
    std::unique_ptr<waiter> waiter_;  ///< null: refused_ says so
    clock::time_point deadline_;
    errc refused_ = errc::success;  ///< the socket was closed, or the cleanup began, before the wait
    bool expired_ = false;
    bool routines_first_ = true;  ///< routines that are queued run although what is waited for is there already
    readiness seen_ = readiness::none;

private:
    result<void> wait_alertably(readiness wanted, clock::time_point until);
    void routine_queued() noexcept
    {
        routines_.store(true, std::memory_order_release);
        waiter_->wake->interrupt();
    }
    [[nodiscard]] result<void> reason_to_end() const;
    result<void> finish_wait(readiness seen, clock::time_point until);
    result<void> run_hook(readiness wanted, clock::time_point until);

    blocking_hook hook_{};
    blocked_call for_host_{};
    host* told_ = nullptr;
    waiting_call* outer_ = nullptr;
    std::atomic<bool> routines_{false};  // queued to this thread while it waited
};

/// A call that waits in one socket. Made when it turns out to have to wait; registered with its socket until destroyed.
class blocking_call final : public waiting_call {
public:
    /// `close_code` is what the call reports when the socket is closed by another thread.
    blocking_call(basic_socket& socket, errc close_code, std::chrono::milliseconds timeout,
                  cancelling by_others = cancelling::yes);
    ~blocking_call() override;

    /// Waits for a condition of the socket's descriptor. Success: look again. Errors: timed_out, or the reason of the wake-up.
    result<void> wait(readiness wanted) { return wait_until(wanted, deadline_); }
    /// The same with an earlier end; a passed `until` is success with `expired()` true.
    result<void> wait_at_most(readiness wanted, std::chrono::milliseconds limit);
    /// Waits for nudge() only.
    result<void> wait_for_nudge();
    [[nodiscard]] bool expired() const noexcept { return expired_; }
    /// What the last wait saw.
    [[nodiscard]] readiness seen() const noexcept { return seen_; }

private:
    readiness wait_once(readiness wanted, clock::time_point until) noexcept override;

    basic_socket& socket_;
};

/// Ends the calling thread's innermost blocking call; false when there is none.
bool cancel_current_call() noexcept;

/// Marks that the calling thread runs client code from inside one of the provider's calls.
class call_out {
public:
    call_out() noexcept;
    call_out(const call_out&) = delete;
    call_out& operator=(const call_out&) = delete;
    ~call_out();

    [[nodiscard]] static bool in_progress() noexcept;
};

}  // namespace spindle
