// An address that tells the running threads apart, for choosing among sharded counters and for naming a thread while it
// lives. Cheaper than a thread-local of a shared library, which costs a call.
#pragma once

namespace spindle {

/// Never null; different for threads that run at the same time.
[[nodiscard]] inline const void* thread_mark() noexcept
{
#if defined(__has_builtin) && !defined(_WIN32)  // Windows keeps no thread pointer where the builtin looks for it
#if __has_builtin(__builtin_thread_pointer)
#define SPINDLE_HAS_THREAD_POINTER
#endif
#endif
#ifdef SPINDLE_HAS_THREAD_POINTER
    return __builtin_thread_pointer();
#else
    static thread_local char marker;
    return &marker;
#endif
}

}  // namespace spindle
