// How threads wait at a completion port; of completion_port*.cpp alone.
#pragma once

#include "kernel/completion_port.hpp"
#include "kernel/futex.hpp"

#include <algorithm>

namespace spindle::kernel {

/// A thread in take(), on its stack. Everything but `word` is guarded by the port's lock, or belongs to the thread that
/// has taken it off the parked ones until `word` is set.
struct waiting_thread {
    std::span<packet> into;
    std::size_t count = 0;
    bool measured = false;  // a clock reading is wanted when it leaves
    bool interrupted = false;
    bool ticked = false;  // has led for a tick in vain
    bool parked = false;
    waiting_thread* below = nullptr;
    waiting_thread* above = nullptr;
    waiting_thread* next_woken = nullptr;
    std::atomic<std::uint32_t> word{0};
};

/// Threads that were taken off the parked ones and are to be woken once the port's lock is free.
class wakeups {
public:
    wakeups() noexcept = default;
    wakeups(const wakeups&) = delete;
    wakeups& operator=(const wakeups&) = delete;
    ~wakeups() { run(); }

    void add(waiting_thread& woken) noexcept
    {
        woken.next_woken = first_;
        first_ = &woken;
    }

    void run() noexcept
    {
        while (first_ != nullptr) {
            auto* const word = &first_->word;
            first_ = first_->next_woken;
            word->store(1, std::memory_order_release);
            futex_wake(word, 1);  // it may be gone by now: the address names it to the system and is not read
        }
    }

private:
    waiting_thread* first_ = nullptr;
};

/// A time-out as GetQueuedCompletionStatus takes it; the clock is first read when there is something to wait for.
class time_limit {
public:
    explicit time_limit(unsigned milliseconds) noexcept : milliseconds_(milliseconds) {}

    [[nodiscard]] bool polls() const noexcept { return milliseconds_ == 0; }

    [[nodiscard]] clock::time_point deadline() noexcept
    {
        if (!started_) {
            started_ = true;
            deadline_ = deadline_after(milliseconds_);
        }
        return deadline_;
    }

    [[nodiscard]] bool expired() const noexcept
    {
        return started_ && deadline_ != no_deadline && clock::now() >= deadline_;
    }

    /// What is left, for a loop: rounded up, -1 for ever.
    [[nodiscard]] std::int32_t remaining() noexcept
    {
        constexpr std::int64_t longest = 0x7FFFFFFF;
        if (deadline() == no_deadline) {
            return -1;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - clock::now()).count();
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(left, 0, longest));
    }

private:
    const unsigned milliseconds_;
    bool started_ = false;
    clock::time_point deadline_{};
};

}  // namespace spindle::kernel
