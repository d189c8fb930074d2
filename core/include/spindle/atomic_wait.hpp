// Waiting for an atomic value to change. std::atomic's own wait() serves where the standard library rests it on a call of
// the system. GCC 12's library for Windows has none and loses wake-ups: in bits/atomic_wait.h it compares the value first
// and takes the lock of its condition variable afterwards; both are statics whose handles outlive an unloaded library.
// These waits are rare and short, so looking again serves there.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

namespace spindle {

#if !defined(__GLIBCXX__) || defined(_GLIBCXX_HAVE_PLATFORM_WAIT)

/// Returns when the value is no longer `old`; whoever changes it calls announce_change(). Any thread.
template <class Value>
void wait_for_change(const std::atomic<Value>& value, Value old, std::memory_order order) noexcept
{
    value.wait(old, order);
}

template <class Value>
void announce_change(std::atomic<Value>& value) noexcept
{
    value.notify_all();
}

#else

template <class Value>
void wait_for_change(const std::atomic<Value>& value, Value old, std::memory_order order) noexcept
{
    while (value.load(order) == old) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

template <class Value>
void announce_change(std::atomic<Value>&) noexcept
{}

#endif

}  // namespace spindle
