// What one thread is to be called back for: calls in the order in which they were queued, and calls that
// timers will queue when they are due. Knows no lock and no thread; thread.hpp has both. Answers to the pages
// "Asynchronous Procedure Calls" and "Waitable Timer Objects".
#pragma once

#include "kernel/sync.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spindle::kernel {

/// One queued call. `invoke` knows the routine's true type, calls it with the context, and may decide not to.
struct apc {
    using routine_type = void (*)();
    void (*invoke)(const apc& call) = nullptr;
    routine_type routine = nullptr;
    std::uintptr_t context = 0;
    /// For calls of timers: which timer, and when it was due as a file time.
    const void* timer = nullptr;
    std::uint64_t due_file_time = 0;
};

struct timed_apc {
    apc call;
    clock::time_point due;
    clock::duration period{};  // 0: once
};

/// Functions that take memory throw std::bad_alloc and then have changed nothing.
class apc_queue {
public:
    void push(const apc& call);
    /// The next call; false when there is none. Timed calls that are due are queued before.
    [[nodiscard]] bool pop(apc& call) noexcept;
    [[nodiscard]] bool empty() noexcept;
    void erase(decltype(apc::invoke) invoke) noexcept;
    void clear() noexcept;

    void arm(const timed_apc& call);
    /// Forgets what the timer queued or would queue.
    void disarm(const void* timer) noexcept;
    /// When empty() may become false without a push.
    [[nodiscard]] clock::time_point next_due() const noexcept;

private:
    void make_room(std::size_t timers);
    void append(const apc& call) noexcept;  // room has been made
    void queue_due_calls() noexcept;
    [[nodiscard]] std::vector<apc>::iterator waiting() noexcept
    {
        return calls_.begin() + static_cast<std::ptrdiff_t>(first_);
    }
    [[nodiscard]] bool holds_call_of(const void* timer) noexcept;

    std::vector<apc> calls_;  // those before first_ have been taken
    std::size_t first_ = 0;
    std::vector<timed_apc> timed_;  // calls_ always has room for one more call of each
};

}  // namespace spindle::kernel
