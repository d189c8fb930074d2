// Waiting for changes of the catalog: what a notification handle stands for, and the waits that are pending on it. Answers
// to the page "WSAProviderConfigChange" (clause CTG-22).
#pragma once

#include "host/winsock.hpp"
#include "kernel/object.hpp"

#include <atomic>

namespace spindle::host {

/// Signalled as a file is: when a request without an event has completed.
class change_notification final : public kernel::waitable {
public:
    static constexpr kernel::object_kind static_kind = kernel::object_kind::provider_change;

    change_notification() noexcept : waitable(static_kind) {}

    void signal() noexcept { set(true); }
    void reset() noexcept { set(false); }

    void handle_added() noexcept override { handles_.fetch_add(1, std::memory_order_relaxed); }
    /// The last handle takes the waits with it: they end as cancelled.
    void handle_removed() noexcept override;

private:
    ~change_notification() override = default;

    void set(bool signalled) noexcept
    {
        const std::lock_guard lock(mutex_);
        signalled_ = signalled;
        poke_waiters_locked();
    }
    [[nodiscard]] bool signalled_locked() noexcept override { return signalled_; }
    kernel::take_result take_locked() noexcept override { return kernel::take_result::taken; }

    bool signalled_ = false;
    std::atomic<unsigned> handles_{0};
};

/// Returns when the catalog has changed since the call: 0, WSAEINTR (the last cleanup), WSA_OPERATION_ABORTED (the handle
/// was closed), or WSAEOPNOTSUPP (the catalog's file cannot be watched).
[[nodiscard]] int wait_for_change(change_notification& source) noexcept;

/// Begins an overlapped wait. Returns WSA_IO_PENDING, WSAENOBUFS or WSAEOPNOTSUPP; in the latter cases nothing is begun.
/// It ends once: with the first change, cancelled, or silently with the last cleanup.
[[nodiscard]] int begin_change_wait(change_notification& source, OVERLAPPED& request,
                                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) noexcept;

/// Cancels overlapped waits: of that request or of any (null), of the calling thread alone or of every one. The number.
unsigned cancel_change_waits(const change_notification& source, const OVERLAPPED* request, bool own_only) noexcept;

/// Completes the waits that began before the last change.
void tell_of_catalog_changes() noexcept;

/// For the last cleanup: ends all waits, and the thread that watches the catalog's file.
void end_change_waits() noexcept;

void lock_change_waits_for_fork() noexcept;
void unlock_change_waits_after_fork(bool in_child) noexcept;

}  // namespace spindle::host
