// A mutex of four bytes and a few instructions that is constant-initialised and needs no destructor on every platform
// (std::mutex is neither with winpthreads): for state in statics of an unloadable library, and for the short sections that
// every transfer passes several of.
#pragma once

#include <atomic>

#if defined(__SANITIZE_THREAD__)
#include <mutex>
#include <new>
#endif

#if defined(_WIN32)
// As windows.h declares them, which this header does not drag in; mingw-w64 has two of them without dllimport.
#if defined(_MSC_VER)
#define SPINDLE_SYSTEM_CALL __declspec(dllimport)
#else
#define SPINDLE_SYSTEM_CALL
#endif
extern "C" {
struct _RTL_SRWLOCK;
SPINDLE_SYSTEM_CALL void __stdcall AcquireSRWLockExclusive(_RTL_SRWLOCK*);
__declspec(dllimport) unsigned char __stdcall TryAcquireSRWLockExclusive(_RTL_SRWLOCK*);
SPINDLE_SYSTEM_CALL void __stdcall ReleaseSRWLockExclusive(_RTL_SRWLOCK*);
}
#undef SPINDLE_SYSTEM_CALL
#endif

namespace spindle {

#if defined(__SANITIZE_THREAD__)

/// ThreadSanitizer knows the order in which these are locked; it is constant-initialised where the sanitizer runs.
class constant_mutex : public std::mutex {
public:
    void reset_after_fork() noexcept { new (this) constant_mutex; }
};

#elif defined(_WIN32)

/// The system's own lock of that kind. The C++ library's waiting on atomics, made of its mutexes and conditions there,
/// would hold up the unloading of the library.
class constant_mutex {
public:
    constexpr constant_mutex() noexcept = default;
    constant_mutex(const constant_mutex&) = delete;
    constant_mutex& operator=(const constant_mutex&) = delete;

    void lock() noexcept { AcquireSRWLockExclusive(handle()); }
    [[nodiscard]] bool try_lock() noexcept { return TryAcquireSRWLockExclusive(handle()) != 0; }
    void unlock() noexcept { ReleaseSRWLockExclusive(handle()); }
    void reset_after_fork() noexcept { lock_ = nullptr; }

private:
    [[nodiscard]] _RTL_SRWLOCK* handle() noexcept { return reinterpret_cast<_RTL_SRWLOCK*>(&lock_); }

    void* lock_ = nullptr;  // SRWLOCK_INIT
};

#else

/// Threads: as a mutex; not recursive, not fair. For std::scoped_lock and std::unique_lock.
class constant_mutex {
public:
    constexpr constant_mutex() noexcept = default;
    constant_mutex(const constant_mutex&) = delete;
    constant_mutex& operator=(const constant_mutex&) = delete;

    void lock() noexcept
    {
        int found = unlocked;
        if (!word_.compare_exchange_strong(found, locked, std::memory_order_acquire, std::memory_order_relaxed)) {
            wait_and_lock();
        }
    }

    [[nodiscard]] bool try_lock() noexcept
    {
        int found = unlocked;
        return word_.compare_exchange_strong(found, locked, std::memory_order_acquire, std::memory_order_relaxed);
    }

    void unlock() noexcept
    {
        if (word_.exchange(unlocked, std::memory_order_release) == contended) {
            wake_one();
        }
    }

    /// Only for the child of a fork, where the holder may not exist any more.
    void reset_after_fork() noexcept { word_.store(unlocked, std::memory_order_relaxed); }

private:
    static constexpr int unlocked = 0;
    static constexpr int locked = 1;
    static constexpr int contended = 2;  // somebody may sleep

#if defined(__GNUC__)
#define SPINDLE_NOT_INLINE __attribute__((noinline))
#else
#define SPINDLE_NOT_INLINE
#endif
    // Out of the way of the common case.
    SPINDLE_NOT_INLINE void wait_and_lock() noexcept
    {
        while (word_.exchange(contended, std::memory_order_acquire) != unlocked) {
            word_.wait(contended, std::memory_order_relaxed);
        }
    }

    SPINDLE_NOT_INLINE void wake_one() noexcept { word_.notify_one(); }
#undef SPINDLE_NOT_INLINE

    std::atomic<int> word_{unlocked};
};

#endif

}  // namespace spindle
