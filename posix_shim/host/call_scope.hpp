// Counting a thread into the library for the duration of one call, so that the last WSACleanup can refuse new
// calls and wait for those in progress. What startup and cleanup do is in runtime.hpp.
#pragma once

#include "host/thread_state.hpp"

#include <spindle/call_gate.hpp>

#include <atomic>

namespace spindle::host {

extern constinit call_gate gate;
/// Changes in the child of a fork: a call that was in progress when its thread forked must not be counted out
/// of a gate that no longer knows it.
extern constinit std::atomic<unsigned> fork_epoch;

class call_scope {
public:
    call_scope() noexcept : epoch_(fork_epoch.load(std::memory_order_relaxed)), entered_(gate.enter())
    {
        if (entered_) {
            ++this_thread.calls;
            outer_ = this_thread.current_provider;
        }
    }
    call_scope(const call_scope&) = delete;
    call_scope& operator=(const call_scope&) = delete;
    ~call_scope()
    {
        if (entered_ && epoch_ == fork_epoch.load(std::memory_order_relaxed)) {
            this_thread.current_provider = outer_;
            --this_thread.calls;
            gate.leave();
        }
    }

    /// False: not started, or the last cleanup is under way.
    explicit operator bool() const noexcept { return entered_; }

    void enter_provider(provider& target) noexcept { this_thread.current_provider = &target; }

private:
    provider* outer_ = nullptr;
    unsigned epoch_;
    bool entered_;
};

}  // namespace spindle::host
