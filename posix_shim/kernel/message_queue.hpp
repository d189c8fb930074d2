// The message queue of one thread: posted messages, the end of the loop, timers, messages that other threads send and
// wait for, and what a wait on the queue wakes for. It calls nobody: window procedures are the affair of
// host/window_calls.hpp. Answers to the pages "About Messages and Message Queues", "GetQueueStatus", "SetTimer",
// "MsgWaitForMultipleObjectsEx".
#pragma once

#include "kernel/object.hpp"

#include <cstddef>
#include <deque>
#include <span>
#include <vector>

namespace spindle::kernel {

struct message {
    std::uintptr_t window = 0;  // 0: to the thread
    std::uint32_t id = 0;
    std::uintptr_t wparam = 0;
    std::intptr_t lparam = 0;
    std::uint32_t time = 0;  // milliseconds, as GetTickCount
};

/// What may lie in a queue; the numbers are those of QS_*.
namespace queue_bits {
inline constexpr std::uint32_t posted = 0x0008;
inline constexpr std::uint32_t timer = 0x0010;
inline constexpr std::uint32_t sent = 0x0040;
inline constexpr std::uint32_t all_posted = 0x0100;
}  // namespace queue_bits

inline constexpr std::uint32_t quit_message = 0x0012;
inline constexpr std::uint32_t timer_message = 0x0113;
inline constexpr std::size_t most_posted_messages = 10000;

class message_queue;

/// A message of one thread to a window of another, until it has been answered.
class sent_message final : public object {
public:
    /// What the receiving thread does; it answers through reply() itself, or the returned value is the answer.
    using action = std::intptr_t (*)(const message& what, bool wide);

    /// sender: who waits for the answer; nullptr if nobody does.
    sent_message(const message& content, bool in_wide_form, action what_to_do,
                 message_queue* sender) noexcept;

    [[nodiscard]] bool finished() const noexcept
    {
        return state_.load(std::memory_order_acquire) >= state::replied;
    }
    [[nodiscard]] bool replied() const noexcept
    {
        return state_.load(std::memory_order_acquire) == state::replied;
    }
    /// Valid once replied().
    [[nodiscard]] std::intptr_t result() const noexcept { return result_; }
    [[nodiscard]] bool wants_reply() const noexcept { return static_cast<bool>(sender_); }

    /// The first of reply() and fail() counts; false for the others. Both wake the sender.
    bool reply(std::intptr_t result) noexcept;
    bool fail() noexcept;

    const message what;
    const bool wide;
    const action act;

private:
    friend class message_queue;
    enum class state : std::uint8_t { waiting, finishing, replied, failed };

    ~sent_message() override = default;
    bool finish(state final_state, std::intptr_t result) noexcept;

    object_ref<message_queue> sender_;
    std::atomic<state> state_{state::waiting};
    std::intptr_t result_ = 0;
    sent_message* outer_ = nullptr;  // in the receiver's stack of messages that it is in the middle of
};

/// Which messages a call is for.
struct message_filter {
    bool any_window = true;
    /// Otherwise messages to these alone; 0 stands for messages to the thread.
    std::span<const std::uintptr_t> windows;
    std::uint32_t first = 0;  // both 0: all
    std::uint32_t last = 0;
    bool posted = true;
    bool timers = true;

    [[nodiscard]] bool matches(std::uintptr_t window, std::uint32_t id) const noexcept;
};

using timer_procedure = void (*)();

/// Threads: post(), send(), withdraw(), poke(), kill_timer(), last_look() from any thread; the rest on the queue's own.
class message_queue final : public waitable {
public:
    static constexpr object_kind static_kind = object_kind::message_queue;

    explicit message_queue(std::uint32_t thread_id) noexcept : waitable(static_kind), thread_id_(thread_id) {}

    [[nodiscard]] std::uint32_t thread_id() const noexcept { return thread_id_; }

    enum class post_result : std::uint8_t { done, closed, full, no_memory };

    /// `alive`, if given, is looked at under the queue's lock: false means that the window has gone (closed).
    [[nodiscard]] post_result post(const message& content, const bool* alive = nullptr) noexcept;
    /// The loop is to end with this code once no posted message is left.
    void post_quit(int code) noexcept;

    /// The next message for the filter: posted ones, then the end, then timers. Removed unless `remove` is false.
    /// What was looked at is no longer new to waits.
    [[nodiscard]] bool take(const message_filter& filter, bool remove, message& taken) noexcept;
    [[nodiscard]] bool has(const message_filter& filter) noexcept;

    /// Hands the message to the thread; false when the thread or the window has gone, or memory is short.
    [[nodiscard]] bool send(sent_message& sent, const bool* alive) noexcept;
    /// Takes back a message that has not been begun.
    void withdraw(sent_message& sent) noexcept;
    /// The next sent message, begun: to be acted on and then ended, until when the queue keeps it. nullptr if there is
    /// none.
    [[nodiscard]] sent_message* begin_sent() noexcept;
    void end_sent(sent_message& sent) noexcept;
    [[nodiscard]] bool has_sent() noexcept;
    /// The innermost message that the thread is in the middle of; nullptr if there is none.
    [[nodiscard]] sent_message* innermost_sent() const noexcept { return innermost_; }
    /// Wakes whoever waits on the queue, to look again.
    void poke() noexcept;

    /// Arms the timer of this window and id, anew if there is one. False: memory is short.
    [[nodiscard]] bool set_timer(std::uintptr_t window, std::uintptr_t id, clock::duration period,
                                 timer_procedure call) noexcept;
    /// An id that no timer without a window has.
    [[nodiscard]] std::uintptr_t unused_timer_id() noexcept;
    [[nodiscard]] bool has_timer(std::uintptr_t window, std::uintptr_t id) noexcept;
    [[nodiscard]] bool kill_timer(std::uintptr_t window, std::uintptr_t id) noexcept;
    /// Whether some timer of the thread calls this.
    [[nodiscard]] bool calls_for_timer(timer_procedure call) noexcept;

    /// The window has gone: its messages and timers are dropped, those sent to it fail. `alive` becomes false under the
    /// queue's lock.
    void drop_window(std::uintptr_t window, bool& alive) noexcept;
    /// The thread ends: nothing can be posted or sent any more, senders that wait are told.
    void close() noexcept;

    struct contents {
        std::uint32_t present = 0;
        std::uint32_t changed = 0;
    };
    /// queue_bits of what is there and of what is new; the bits named are no longer new afterwards.
    contents status(std::uint32_t bits) noexcept;
    /// Whether one of these is there that is new, and then with `take` no longer is.
    [[nodiscard]] bool is_new(std::uint32_t bits, bool take) noexcept;
    /// When the thread last looked at its queue: one that does not for long counts as hung.
    [[nodiscard]] clock::time_point last_look() noexcept;

    /// What the queue as an object to be waited for is signalled by: new messages, or with `present` any.
    struct wake_condition {
        std::uint32_t bits = 0;
        bool present = false;
    };
    /// Returns the condition before. A wait that takes the signal makes it old.
    wake_condition wake_for(wake_condition wanted) noexcept;

    [[nodiscard]] clock::time_point next_change() noexcept override;

private:
    struct queue_timer {
        std::uintptr_t window = 0;
        std::uintptr_t id = 0;
        timer_procedure call = nullptr;
        clock::duration period{};
        clock::time_point due;
        bool pending = false;
    };

    ~message_queue() override = default;
    [[nodiscard]] bool signalled_locked() noexcept override;
    take_result take_locked() noexcept override;

    void changed_locked(std::uint32_t bits) noexcept;
    void catch_up_locked() noexcept;
    [[nodiscard]] std::uint32_t present_locked() noexcept;
    [[nodiscard]] std::deque<message>::iterator find_posted_locked(const message_filter& filter) noexcept;
    [[nodiscard]] queue_timer* find_timer_locked(const message_filter& filter) noexcept;
    [[nodiscard]] std::vector<queue_timer>::iterator timer_of_locked(std::uintptr_t window,
                                                                     std::uintptr_t id) noexcept;

    const std::uint32_t thread_id_;
    std::deque<message> posted_;
    std::deque<object_ref<sent_message>> sent_;
    std::vector<queue_timer> timers_;
    std::uintptr_t last_timer_id_ = 0;
    sent_message* innermost_ = nullptr;  // the thread's own; each holds a reference
    std::uint32_t changed_ = 0;
    wake_condition wake_;
    clock::time_point last_look_ = clock::now();
    int quit_code_ = 0;
    bool quit_ = false;
    bool closed_ = false;
};

}  // namespace spindle::kernel
