// Completion ports: packets first in, first out, waiting threads last in, first out, at most so many of them running.
// Where packets come from sockets whose provider runs an event loop for the port (spindle/exchange.hpp), one of the
// waiting threads, the leader, runs that loop: a packet then reaches a thread without a hop. Handles, last errors and
// the mapping of statuses are the host's. Answers to the page "I/O Completion Ports" (clauses CP-13 to CP-23).
#pragma once

#include "kernel/loop_source.hpp"
#include "kernel/object.hpp"
#include "kernel/packet_queue.hpp"

#include <array>
#include <cstddef>
#include <sched.h>
#include <span>
#include <spindle/constant_mutex.hpp>

namespace spindle::kernel {

struct port_thread;
struct waiting_thread;
class time_limit;
class wakeups;

/// Threads: everything from any thread at any time.
class completion_port final : public object {
public:
    static constexpr object_kind static_kind = object_kind::completion_port;

    /// `concurrency` 0: the number of processors (CP-1). Empty: no memory.
    [[nodiscard]] static object_ref<completion_port> make(unsigned concurrency) noexcept;

    enum class outcome : unsigned char { packets, timed_out, abandoned, apcs_ran };
    struct taken {
        outcome how = outcome::timed_out;
        std::size_t count = 0;
    };

    /// Waits for a packet and takes up to into.size() of them (at least 1 must fit).
    /// Units: milliseconds; 0 polls, 0xFFFFFFFF waits without limit. Alertable: queued APCs end the wait if no packet
    /// is there, and have run on return.
    /// Threads: the caller counts as running from a return with packets until it comes back here, waits elsewhere or
    /// ends (CP-23). The caller holds a reference.
    [[nodiscard]] taken take(std::span<packet> into, unsigned milliseconds, bool alertable) noexcept;

    /// A packet that a program posts; false: no memory, nothing was queued.
    [[nodiscard]] bool post(const packet& posted) noexcept { return push(posted, true); }
    /// The packet of a finished request. It is never lost: without memory the process ends.
    void complete(const packet& finished) noexcept { (void)push(finished, false); }

    /// How the port can serve sockets of a provider.
    enum class loop_use : unsigned char {
        joined,  // with its loop, which was made if the port had none; pinned until unpin_loop()
        none,    // the loop of the port is another provider's: packets are just queued
        failed,  // the provider has no memory or descriptors for a loop, or the port is closed
    };
    [[nodiscard]] loop_use pin_loop(loop_source& source, exchange::loop*& pinned) noexcept;
    void unpin_loop() noexcept;

    /// No thread is in the loop of this source any more, and it is closed, when this returns; null: whosever it is.
    /// Threads that wait go on waiting for packets.
    void give_up_loop(const loop_source* source) noexcept;

    /// The provider has served the loop, since no thread has been there for a while.
    void unattended() noexcept;

private:
    friend struct port_thread;
    friend class blocking_elsewhere;
    friend class port_waiter;

    /// One long absence does not hide many short ones after it for long.
    static constexpr std::int64_t counted_absence = 1'000'000;
    /// Workers that take packet after packet without waiting give the loop a turn after so many. Else the provider would
    /// stand in for them, a few events at a time, and keep the queue from ever becoming empty.
    static constexpr std::size_t packets_per_turn = 64;
    /// As long as the leader looks at the queue this often, workers need not wake it for what they queue themselves.
    static constexpr std::int32_t tick_milliseconds = 2;

    explicit completion_port(unsigned concurrency) noexcept : object(static_kind), concurrency_(concurrency) {}
    ~completion_port() override = default;
    void handle_added() noexcept override { handles_.fetch_add(1, std::memory_order_relaxed); }
    void handle_removed() noexcept override
    {
        if (handles_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            last_handle_closed();
        }
    }
    void last_handle_closed() noexcept;

    [[nodiscard]] bool push(const packet& added, bool posted) noexcept;
    void push_in_turn(const packet& added) noexcept;
    void flush_batch_locked(std::size_t from) noexcept;

    taken take(waiting_thread& me, unsigned milliseconds) noexcept;
    outcome wait_locked(std::unique_lock<constant_mutex>& lock, waiting_thread& me, time_limit& limit) noexcept;
    void leave_locked(waiting_thread& me, outcome how, wakeups& wakes) noexcept;
    bool turn_locked(std::unique_lock<constant_mutex>& lock, waiting_thread& me,
                     std::int32_t milliseconds) noexcept;
    void lead_locked(std::unique_lock<constant_mutex>& lock, waiting_thread& me, time_limit& limit) noexcept;
    void park_locked(std::unique_lock<constant_mutex>& lock, waiting_thread& me, time_limit& limit) noexcept;
    [[nodiscard]] bool fill_locked(waiting_thread& me) noexcept;
    void step_down_locked(const waiting_thread& me) noexcept;
    void interrupt(waiting_thread& waiting) noexcept;

    [[nodiscard]] bool loop_usable_locked() const noexcept { return loop_ != nullptr && !closing_; }
    [[nodiscard]] bool packet_due_locked() const noexcept
    {
        return !queue_.empty() && running_ < concurrency_;
    }
    [[nodiscard]] bool comes_back_soon_locked() const noexcept;
    [[nodiscard]] bool measured_locked() const noexcept { return parked_ != nullptr && loop_ != nullptr; }
    /// Of a thread that has come to the port for the first time.
    void note_processors() noexcept;
    void note_return_locked(port_thread& self, std::int64_t away) noexcept;
    void dispatch_locked(wakeups& wakes) noexcept;
    void attend_locked(wakeups& wakes, bool with_packets) noexcept;
    void wake_leader_locked() noexcept;
    void tell_change_locked() noexcept;
    void wait_for_change_locked(std::unique_lock<constant_mutex>& lock) noexcept;
    void push_parked_locked(waiting_thread& waiting) noexcept;
    void unlink_parked_locked(waiting_thread& waiting) noexcept;
    waiting_thread& pop_parked_locked() noexcept;

    void stop_running() noexcept;
    void run_again() noexcept;

    constant_mutex mutex_;
    std::atomic<unsigned> handles_{0};
    const unsigned concurrency_;
    /// Workers that stay away for less come back before another one, woken instead, would be of use. Nanoseconds.
    std::int64_t short_absence_ = 0;
    cpu_set_t processors_{};  // that may run any of the workers
    unsigned running_ = 0;
    std::size_t taken_since_turn_ = 0;
    bool abandoned_ = false;
    packet_queue queue_;
    waiting_thread* parked_ = nullptr;  // the last that came in is first
    std::int64_t average_absence_ = 0;  // nanoseconds

    waiting_thread* leader_ = nullptr;
    bool leader_woken_ = false;
    bool leader_ticks_ = false;
    // Written by the leader during its turn, without the lock.
    std::array<packet, 64> batch_;
    std::size_t batch_count_ = 0;

    exchange::loop* loop_ = nullptr;
    loop_source* source_ = nullptr;
    unsigned pins_ = 0;
    bool closing_ = false;
    std::atomic<unsigned> changes_{0};  // of leader_, pins_, loop_, while closing_
    std::mutex opening_;  // held before mutex_: one thread opens the loop
};

}  // namespace spindle::kernel
