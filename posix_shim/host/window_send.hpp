// Messages that one thread sends to a window of another and waits for. Answers to the pages "SendMessageW",
// "SendMessageTimeoutW", "Using Messages and Message Queues".
#pragma once

#include "host/window_calls.hpp"

namespace spindle::host {

/// Acts on what other threads have sent to the calling one, until nothing is left.
void receive_sent(kernel::message_queue& own);

/// Whether the thread of the window has not looked at its queue for longer than a program that works does.
[[nodiscard]] bool is_hung(const kernel::window& target) noexcept;

struct sending {
    bool wide = false;
    kernel::clock::time_point deadline = kernel::no_deadline;
    /// What others send meanwhile waits until this is over.
    bool block = false;
    /// Wait on after the deadline while the receiving thread looks at its queue.
    bool extend = false;
    kernel::sent_message::action act = nullptr;  // nullptr: call the window procedure
};

/// Calls the window's procedure, on the thread that owns the window, and waits for its result; meanwhile the calling
/// thread acts on what others send to it. Returns 0 or why there is no result: ERROR_INVALID_WINDOW_HANDLE (the window
/// or its thread has gone), ERROR_TIMEOUT, ERROR_NOT_ENOUGH_MEMORY.
[[nodiscard]] int send_to_window(kernel::window& target, const kernel::message& what, const sending& how,
                                 LRESULT& result);

/// The same without waiting if the window is another thread's. Returns 0 or why the message was not sent.
[[nodiscard]] int notify_window(kernel::window& target, const kernel::message& what, bool wide);

/// Posts the message, to all top-level windows for HWND_BROADCAST. Returns 0 or why it was not posted.
[[nodiscard]] int post_to_window(HWND window, UINT message, WPARAM wparam, LPARAM lparam) noexcept;

/// Whether a message of this number has pointers to what must outlive the call, so that it can only be sent.
[[nodiscard]] bool must_be_sent(UINT message) noexcept;

/// The windows that get what is broadcast. Throws std::bad_alloc.
[[nodiscard]] std::vector<kernel::object_ref<kernel::window>> top_level_windows();

}  // namespace spindle::host
