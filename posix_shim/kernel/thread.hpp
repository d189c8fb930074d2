// Threads: something that can be identified and waited for, that APCs are queued to and that runs them when it
// waits alertably, that owns mutexes and has an exit code. Any thread of the process gets its object when it
// is first asked for; those that programs start through the API are made in thread_start.hpp. Answers to the
// pages "Processes and Threads", "Asynchronous Procedure Calls", "WPUQueueApc", "WPUOpenCurrentThread".
#pragma once

#include "kernel/apc_queue.hpp"
#include "kernel/mutex.hpp"
#include "kernel/object.hpp"

#include "spindle/blocked_call.hpp"

#include <cstdint>

namespace spindle::kernel {

/// GetExitCodeThread's answer for a thread that has not ended.
inline constexpr std::uint32_t still_active = 259;

class message_queue;

class thread final : public waitable {
public:
    static constexpr object_kind static_kind = object_kind::thread;

    /// A thread that runs already.
    explicit thread(std::uint32_t id) noexcept : waitable(static_kind), id_(id) {}
    /// A thread that is about to be started; begin() tells its id.
    struct not_begun {
        bool suspended = false;
    };
    explicit thread(not_begun start) noexcept : waitable(static_kind), suspend_count_(start.suspended ? 1 : 0)
    {}

    // APCs.

    /// False when the thread has ended or memory is short; then nothing was queued.
    [[nodiscard]] bool queue(const apc& call) noexcept;
    /// Runs queued calls on the calling thread, which is this one, until none is left: also those that are
    /// queued meanwhile, as on Windows. A call that waits alertably runs the ones behind it. True if there
    /// was any.
    bool run_queued();
    /// Drops what was queued with this `invoke` and has not started.
    void discard(decltype(apc::invoke) invoke) noexcept;
    /// Names the waiter to poke when a call is queued (nullptr: none); returns the one before and tells
    /// through `pending` whether calls are queued already.
    waiter* listen(waiter* alertable, bool& pending) noexcept;

    /// Lets a timer queue calls; see queue() for the result.
    [[nodiscard]] bool arm(const timed_apc& call) noexcept;
    void disarm(const void* timer) noexcept;
    /// When calls may become pending without a poke: an alertable wait sleeps no longer than that.
    [[nodiscard]] clock::time_point next_timed_call() noexcept;

    // Blocking calls.

    /// On the thread itself, around a call; calls nest. One that was not entered may be left.
    void enter(blocked_call& call) noexcept;
    void leave(blocked_call& call) noexcept;
    /// Has all calls cancelled that the thread is in; false when there is none.
    bool cancel_calls() noexcept;

    // Life.

    /// On the thread itself, first of all: publishes the id and returns when the thread is not suspended.
    void begin(std::uint32_t id) noexcept;
    /// The thread's id; waits until the thread has begun.
    [[nodiscard]] std::uint32_t id() noexcept;
    /// Takes one from the suspend count; returns what it was, 0 for a thread that is not suspended.
    std::uint32_t resume() noexcept;

    void set_exit_code(std::uint32_t code) noexcept;
    [[nodiscard]] std::uint32_t exit_code() noexcept;
    /// The thread has ended: its object becomes signalled and takes no further calls.
    void end() noexcept;
    /// no_deadline while it has not.
    [[nodiscard]] clock::time_point end_time() noexcept;

    /// The thread's window messages, see message_queue.hpp; nullptr until the thread makes its queue, which then lives
    /// as long as this object.
    [[nodiscard]] message_queue* messages() const noexcept { return messages_.load(std::memory_order_acquire); }
    /// Takes over a reference; once.
    void adopt_messages(message_queue& made) noexcept { messages_.store(&made, std::memory_order_release); }

    /// The thread's own alone.
    [[nodiscard]] owned_mutexes& owned() noexcept { return owned_; }

    /// What SetThreadPriority set: remembered, since Linux gives a thread that was lowered no way back.
    std::atomic<int> priority{0};
    /// What the system calls the thread, cut to the 15 bytes it keeps; false when the thread has ended.
    [[nodiscard]] bool set_name(const char* name) noexcept;

private:
    friend class thread_list;

    ~thread() override;
    [[nodiscard]] bool signalled_locked() noexcept override { return end_time_ != no_deadline; }
    take_result take_locked() noexcept override { return take_result::taken; }

    apc_queue calls_;
    waiter* alertable_ = nullptr;
    blocked_call* innermost_ = nullptr;
    owned_mutexes owned_;
    std::atomic<message_queue*> messages_{nullptr};
    condition begun_;
    std::uint32_t id_ = 0;
    std::uint32_t suspend_count_ = 0;
    std::uint32_t exit_code_ = 0;
    clock::time_point end_time_ = no_deadline;
    thread* next_ = nullptr;  // both: under the lock of the list of threads
    thread* previous_ = nullptr;
};

/// The calling thread's number in the system, which is its Windows id.
std::uint32_t current_thread_number() noexcept;

/// The calling thread's object, made at the first call. nullptr: memory is short, or the thread's end is over
/// and only destructors of thread-locals still run.
thread* current_thread_object() noexcept;

/// The calling thread's object, but nullptr when the thread has none yet: then nothing can be queued to it.
thread* known_thread_object() noexcept;

/// current_thread_object() together with a handle of it that stays valid until the thread ends. handle 0: memory or handles
/// are short.
struct current_thread_id {
    thread* object = nullptr;
    std::uint32_t handle = 0;
};
current_thread_id current_thread() noexcept;

/// Makes `object` the calling thread's, which has none yet; takes over a reference.
void adopt_thread_object(thread& object) noexcept;

/// The running thread with this id, if it has an object.
[[nodiscard]] object_ref<thread> find_thread(std::uint32_t id) noexcept;

/// Around fork. In the child the thread gets a new object when next asked for. The old ones, whose locks other
/// threads may have held, are left behind together with what was queued to them.
void lock_threads_for_fork() noexcept;
void unlock_threads_after_fork(bool in_child) noexcept;

}  // namespace spindle::kernel
