// Threads as far as Winsock's contract names them: something that can be identified, that APCs are queued to
// and that runs them when it waits alertably. Threads are not created here; any thread of the process gets
// its object when it is first asked for. Answers to the pages "Asynchronous Procedure Calls", "WPUQueueApc",
// "WPUOpenCurrentThread".
#pragma once

#include "kernel/object.hpp"

#include <cstdint>
#include <vector>

namespace spindle::kernel {

/// One queued call. `invoke` knows the routine's true type, calls it with the context, and may decide not to.
struct apc {
    using routine_type = void (*)();
    void (*invoke)(routine_type routine, std::uintptr_t context) = nullptr;
    routine_type routine = nullptr;
    std::uintptr_t context = 0;
};

class thread final : public waitable {
public:
    static constexpr object_kind static_kind = object_kind::thread;

    thread() noexcept : waitable(static_kind) {}

    /// False when the thread has ended or memory is short; then nothing was queued.
    [[nodiscard]] bool queue(const apc& call) noexcept;

    /// Runs, on the calling thread, every call queued up to now; true if there was any.
    bool run_queued() noexcept;

    /// Drops what was queued with this `invoke` and has not started.
    void discard(decltype(apc::invoke) invoke) noexcept;

    /// Names the waiter to poke when a call is queued (nullptr: none); returns the one before and tells
    /// through `pending` whether calls are queued already.
    waiter* listen(waiter* alertable, bool& pending) noexcept;

    /// The thread has ended: its object becomes signalled and takes no further calls.
    void end() noexcept;

    [[nodiscard]] bool signalled_locked() const noexcept override { return ended_; }
    void take_locked() noexcept override {}

private:
    ~thread() override = default;

    std::vector<apc> queue_;
    waiter* alertable_ = nullptr;
    bool ended_ = false;
};

/// The calling thread's object, made at the first call, together with a handle of it that stays valid until
/// the thread ends. handle 0: memory or handles are short.
struct current_thread_id {
    thread* object = nullptr;
    std::uint32_t handle = 0;
};
current_thread_id current_thread() noexcept;

/// In the child of a fork: the thread gets a new object when next asked for. The old one, whose lock another
/// thread may have held, is left behind together with what was queued to it.
void forget_current_thread_after_fork() noexcept;

}  // namespace spindle::kernel
