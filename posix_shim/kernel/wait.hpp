// Waiting for kernel objects: any of them, all of them, or nothing but time; alertably or not. A wait uses
// the caller's own thread and no other. Answers to the pages "WaitForMultipleObjectsEx",
// "WSAWaitForMultipleEvents" and "Alertable I/O".
#pragma once

#include "kernel/object.hpp"

#include <cstddef>
#include <span>

namespace spindle::kernel {

inline constexpr std::size_t maximum_wait_objects = 64;

enum class wait_mode : bool { any, all };
enum class wait_status { signalled, abandoned, timed_out, apcs_ran };

struct wait_result {
    wait_status status = wait_status::timed_out;
    std::size_t index = 0;  // wait_mode::any: the lowest index whose signal was taken, else 0
};

/// What holds on return: signalled - the signal(s) were taken, and no APC ran; abandoned - the same, and the
/// object (wait_mode::all: one of them) is a mutex whose owner had ended; apcs_ran - no signal was taken and at
/// least one queued call ran on this thread.
/// Ranges: up to maximum_wait_objects; with wait_mode::all no object may be named twice.
/// Ownership: the caller holds a reference to every object until the return.
/// `look`, unless null, is called once, without locks, when the wait would have to sleep: it may signal what has come
/// meanwhile.
/// Throws nothing of its own; what unwinds the thread in a queued call (the end of the thread) passes.
using look_function = void (*)() noexcept;
[[nodiscard]] wait_result wait(std::span<waitable* const> objects, wait_mode mode, clock::time_point deadline,
                               bool alertable, look_function look = nullptr);

/// Waits until done(context), which is looked at whenever the source pokes its waiters; the source's own state does not
/// matter and is not taken. Otherwise as wait() on one object.
using done_function = bool (*)(const void* context);
[[nodiscard]] wait_status wait_until(waitable& source, done_function done, const void* context,
                                     clock::time_point deadline, bool alertable);

}  // namespace spindle::kernel
