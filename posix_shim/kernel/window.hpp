// Windows that are nothing but receivers of messages: what belongs to one, the handles, who is whose child. What
// creating, calling and destroying them means is in host/. Answers to the pages "About Windows" and "Window Features".
#pragma once

#include "kernel/message_queue.hpp"
#include "kernel/window_class.hpp"

#include <vector>

namespace spindle::kernel {

/// What a window is created with.
struct window_description {
    std::uintptr_t parent = 0;  // of a child
    std::uintptr_t owner = 0;   // of a window that is none
    bool message_only = false;
    std::uintptr_t instance = 0;
    std::uintptr_t id = 0;
    std::uint32_t style = 0;
    std::uint32_t extended_style = 0;
};

class window final : public object {
public:
    window(object_ref<message_queue> owning, object_ref<window_class> kind_of_window,
           const window_description& wanted, std::unique_ptr<std::byte[]> bytes,
           std::uint32_t byte_count) noexcept;

    const object_ref<message_queue> queue;  // of the thread that made it
    const object_ref<window_class> of_class;
    const std::uint32_t extra_bytes;
    /// Under the queue's lock: false once the window has been destroyed.
    bool alive = true;
    /// The owning thread's: destroying has begun.
    bool ending = false;

    /// 0 until add_window().
    [[nodiscard]] std::uintptr_t handle() const noexcept { return handle_; }

    std::mutex mutex;  // guards the rest
    window_description description;
    window_procedure procedure;
    std::uintptr_t user_data = 0;
    std::u16string text;
    std::unique_ptr<std::byte[]> extra;

private:
    friend struct window_list;

    ~window() override = default;

    std::uintptr_t handle_ = 0;
    window* older_ = nullptr;  // both: under the lock of the list
    window* newer_ = nullptr;
};

/// Gives the window a handle, which keeps a reference; 0 when all are taken.
[[nodiscard]] std::uintptr_t add_window(window& made) noexcept;
/// Gives the handle back.
void remove_window(window& ended) noexcept;
/// Empty: no such window (any more).
[[nodiscard]] object_ref<window> find_window(std::uintptr_t handle) noexcept;

/// Some window has, or is about to get, an owner: whose windows are owned is only looked for then.
void expect_owned_windows() noexcept;

/// All windows of this moment, the newest first. Throws std::bad_alloc.
[[nodiscard]] std::vector<object_ref<window>> all_windows();
/// The windows whose parent, or with `owned` whose owner, this one is. Throws std::bad_alloc.
[[nodiscard]] std::vector<object_ref<window>> windows_below(std::uintptr_t handle, bool owned);
/// The window and all its children and theirs. Throws std::bad_alloc.
[[nodiscard]] std::vector<std::uintptr_t> family_of(std::uintptr_t handle);

/// The calling thread's queue, made at the first call; nullptr when memory is short or the thread's end is over.
[[nodiscard]] message_queue* current_message_queue() noexcept;
/// The queue of the running thread with this id. Empty: no such thread, or it has none.
[[nodiscard]] object_ref<message_queue> message_queue_of(std::uint32_t thread_id) noexcept;

/// A thread with this queue ends: its windows go without a message, its queue closes.
void end_messages(message_queue& queue) noexcept;

/// Around fork. The child has no windows.
void lock_windows_for_fork() noexcept;
void unlock_windows_after_fork(bool in_child) noexcept;

}  // namespace spindle::kernel
