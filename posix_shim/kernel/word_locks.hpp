// Locks that live in one or two words of memory that programs own: the mutex inside a critical section, the
// slim reader/writer lock, the condition variable. Their initial value is plain data. Sleepers are woken one by
// one where one is enough. Windows' structures around them are in api_critical_section.cpp and
// api_slim_locks.cpp. The idea of the three-state mutex is that of U. Drepper, "Futexes Are Tricky".
#pragma once

#include "kernel/futex.hpp"

namespace spindle::kernel {

/// Mutual exclusion in one word: -1 free, 0 locked, 1 locked and someone may be asleep.
class word_mutex {
public:
    static constexpr std::uint32_t free = 0xFFFFFFFF;

    explicit word_mutex(std::uint32_t& word) noexcept : word_(word), state_(word) {}

    [[nodiscard]] bool try_lock() noexcept
    {
        std::uint32_t expected = free;
        return state_.compare_exchange_strong(expected, locked, std::memory_order_acquire,
                                              std::memory_order_relaxed);
    }
    /// Looks up to `spins` times before it sleeps.
    void lock(std::uint32_t spins) noexcept;
    void unlock() noexcept
    {
        if (state_.exchange(free, std::memory_order_release) == contended) {
            futex_wake(&word_, 1);
        }
    }

private:
    static constexpr std::uint32_t locked = 0;
    static constexpr std::uint32_t contended = 1;

    std::uint32_t& word_;
    futex_word state_;
};

/// Readers and one writer in one word that begins as 0: the number of readers, or `writer`, and whether
/// someone may be asleep. Whoever comes while someone sleeps waits as well, so that a stream of readers does
/// not keep a writer out.
class word_shared_mutex {
public:
    explicit word_shared_mutex(std::uint32_t& word) noexcept : word_(word), state_(word) {}

    [[nodiscard]] bool try_lock() noexcept;
    void lock() noexcept;
    void unlock() noexcept;
    [[nodiscard]] bool try_lock_shared() noexcept;
    void lock_shared() noexcept;
    void unlock_shared() noexcept;

private:
    static constexpr std::uint32_t sleepers = 0x80000000;
    static constexpr std::uint32_t writer = 0x7FFFFFFF;

    [[nodiscard]] bool take(std::uint32_t mark) noexcept;
    void wake() noexcept;
    void sleep(std::uint32_t mask) noexcept;

    std::uint32_t& word_;
    futex_word state_;
};

/// Waiting for a change in two words that begin as 0: how often was woken, how many may be asleep.
class word_condition {
public:
    word_condition(std::uint32_t& wakes, std::uint32_t& waiters) noexcept
        : word_(wakes), wakes_(wakes), waiters_(waiters)
    {}

    /// Gives the lock up, sleeps until woken, for no reason, or until the deadline, and takes the lock again.
    /// False: the deadline passed.
    template <class Unlock, class Lock>
    bool wait(Unlock unlock, Lock lock, clock::time_point deadline)
    {
        waiters_.fetch_add(1);
        const std::uint32_t seen = wakes_.load();
        unlock();
        const bool in_time = futex_wait(&word_, seen, deadline);
        waiters_.fetch_sub(1);
        lock();
        return in_time;
    }

    void wake(int count) noexcept
    {
        wakes_.fetch_add(1);
        if (waiters_.load() != 0) {
            futex_wake(&word_, count);
        }
    }

private:
    std::uint32_t& word_;
    futex_word wakes_;
    futex_word waiters_;
};

}  // namespace spindle::kernel
