// Waitable timers, which need no thread: whoever looks at a timer works out from the clock what has happened to
// it, a wait sleeps no longer than until the timer is due, and the call of a completion routine is one that
// the thread that set the timer finds due in an alertable wait. The functions programs call are in
// api_timer.cpp. Answers to the pages "Waitable Timer Objects" and "SetWaitableTimer".
#pragma once

#include "kernel/names.hpp"
#include "kernel/thread.hpp"

namespace spindle::kernel {

class waitable_timer final : public nameable {
public:
    static constexpr object_kind static_kind = object_kind::timer;

    explicit waitable_timer(bool manual_reset) noexcept : nameable(static_kind), manual_reset_(manual_reset)
    {}

    /// Nonsignalled and armed on return; what an earlier call armed is cancelled. With `call.invoke` the
    /// calling thread is called back, until it ends. period 0: once. False: memory is short, and the timer is
    /// not armed.
    [[nodiscard]] bool set(clock::time_point due, clock::duration period, const apc& call) noexcept;

    /// Not armed on return; a signalled timer stays so.
    void cancel() noexcept;

    [[nodiscard]] clock::time_point next_change() noexcept override;

private:
    ~waitable_timer() override;
    [[nodiscard]] bool signalled_locked() noexcept override;
    take_result take_locked() noexcept override;
    void catch_up_locked() noexcept;
    void disarm_locked() noexcept;

    const bool manual_reset_;
    bool signalled_ = false;
    clock::time_point due_ = no_deadline;  // not armed
    clock::duration period_{};
    object_ref<thread> called_;  // whom the completion routine's call goes to
};

}  // namespace spindle::kernel
