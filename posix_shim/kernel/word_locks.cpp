// The slow ways of the locks, see word_locks.hpp.
#include "kernel/word_locks.hpp"

namespace spindle::kernel {

namespace {

constexpr std::uint32_t sleeping_writer = 1;
constexpr std::uint32_t sleeping_reader = 2;

void pause() noexcept
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

}  // namespace

void word_mutex::lock(std::uint32_t spins) noexcept
{
    for (std::uint32_t turn = 0; !try_lock(); ++turn) {
        if (turn < spins) {
            pause();
            continue;
        }
        // Who has slept may not be the only one: it leaves the lock marked.
        while (state_.exchange(contended, std::memory_order_acquire) != free) {
            futex_wait(&word_, contended);
        }
        return;
    }
}

// Free is also a word that holds the mark alone: the reader that left it is about to wake the sleepers, and
// does not when the word has changed before it could take the mark off. So the mark stays.
bool word_shared_mutex::take(std::uint32_t mark) noexcept
{
    std::uint32_t seen = state_.load(std::memory_order_relaxed);
    while ((seen & ~sleepers) == 0) {
        if (state_.compare_exchange_weak(seen, seen | mark | writer, std::memory_order_acquire,
                                         std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

bool word_shared_mutex::try_lock() noexcept
{
    return take(0);
}

void word_shared_mutex::lock() noexcept
{
    // Who has slept may not be the only one: it leaves the lock marked.
    for (std::uint32_t mark = 0; !take(mark); mark = sleepers) {
        sleep(sleeping_writer);
    }
}

bool word_shared_mutex::try_lock_shared() noexcept
{
    std::uint32_t seen = state_.load(std::memory_order_relaxed);
    while (seen < writer - 1 || seen == sleepers) {
        if (state_.compare_exchange_weak(seen, seen + 1, std::memory_order_acquire,
                                         std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

void word_shared_mutex::lock_shared() noexcept
{
    while (!try_lock_shared()) {
        sleep(sleeping_reader);
    }
}

void word_shared_mutex::sleep(std::uint32_t mask) noexcept
{
    std::uint32_t seen = state_.load(std::memory_order_relaxed);
    const bool taken = (seen & ~sleepers) != 0;
    if (taken && ((seen & sleepers) != 0 ||
                  state_.compare_exchange_strong(seen, seen | sleepers, std::memory_order_relaxed))) {
        futex_wait(&word_, seen | sleepers, no_deadline, mask);
    }
}

// Called with the lock free and the mark taken off. A writer that is woken sets the mark again; with no writer
// asleep all readers may go.
void word_shared_mutex::wake() noexcept
{
    if (futex_wake(&word_, 1, sleeping_writer) == 0) {
        futex_wake(&word_, everyone, sleeping_reader);
    }
}

void word_shared_mutex::unlock() noexcept
{
    if ((state_.exchange(0, std::memory_order_release) & sleepers) != 0) {
        wake();
    }
}

void word_shared_mutex::unlock_shared() noexcept
{
    std::uint32_t left = state_.fetch_sub(1, std::memory_order_release) - 1;
    if (left == sleepers &&
        state_.compare_exchange_strong(left, 0, std::memory_order_acquire, std::memory_order_relaxed)) {
        wake();
    }
}

}  // namespace spindle::kernel
