// The condition, see sync.hpp.
#include "kernel/sync.hpp"

#include "kernel/futex.hpp"

namespace spindle::kernel {

// A notification between the unlocking and the sleep changes the word, and the sleep does not begin.
void condition::wait_until(std::unique_lock<static_mutex>& lock, clock::time_point deadline) noexcept
{
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
    const std::uint32_t before = notified_.load(std::memory_order_seq_cst);
    lock.unlock();
    futex_wait(&notified_, before, deadline);
    lock.lock();
    sleepers_.fetch_sub(1, std::memory_order_relaxed);
}

// With or without the lock: who is not seen here has yet to look at its own condition, or reads the new number.
void condition::notify_all() noexcept
{
    notified_.fetch_add(1, std::memory_order_seq_cst);
    if (sleepers_.load(std::memory_order_seq_cst) != 0) {
        futex_wake(&notified_, everyone);
    }
}

}  // namespace spindle::kernel
