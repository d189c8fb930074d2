// One-time initialisation. The pointer of the structure holds a state in its two low bits and, when all is
// done, the context in the others. Answers to the page "One-Time Initialization".
#include "host/thread_state.hpp"
#include "kernel/futex.hpp"

#include <bit>

using namespace spindle;
using host::fail;

namespace {

constexpr std::uintptr_t state_mask = (1u << INIT_ONCE_CTX_RESERVED_BITS) - 1;
constexpr std::uintptr_t untouched = 0;
constexpr std::uintptr_t in_progress = 1;
constexpr std::uintptr_t done = 2;
constexpr std::uintptr_t in_progress_by_several = 3;
/// in_progress, and someone may be asleep until it is over.
constexpr std::uintptr_t awaited = in_progress | (state_mask + 1);

// The structure holds a pointer, of which the low bits are the state.
class once_word {
public:
    explicit once_word(PVOID& word) noexcept : word_(word) {}

    [[nodiscard]] std::uintptr_t load(std::memory_order order) const noexcept
    {
        return reinterpret_cast<std::uintptr_t>(word_.load(order));
    }
    void store(std::uintptr_t value, std::memory_order order) const noexcept
    {
        word_.store(reinterpret_cast<PVOID>(value), order);
    }
    bool compare_exchange_strong(std::uintptr_t& expected, std::uintptr_t desired) const noexcept
    {
        PVOID known = reinterpret_cast<PVOID>(expected);
        const bool exchanged = word_.compare_exchange_strong(known, reinterpret_cast<PVOID>(desired));
        expected = reinterpret_cast<std::uintptr_t>(known);
        return exchanged;
    }

private:
    std::atomic_ref<PVOID> word_;
};

once_word word_of(PINIT_ONCE once) noexcept
{
    return once_word(once->Ptr);
}

// The half of the pointer with the state, at its address.
static_assert(std::endian::native == std::endian::little);

void wait_while_awaited(PINIT_ONCE once) noexcept
{
    kernel::futex_wait(once, static_cast<std::uint32_t>(awaited));
}

void settle(PINIT_ONCE once, std::uintptr_t before, std::uintptr_t after) noexcept
{
    // Only a waiter's mark can come in between.
    if (before == awaited || !word_of(once).compare_exchange_strong(before, after)) {
        word_of(once).store(after, std::memory_order_release);
        kernel::futex_wake(once, kernel::everyone);
    }
}

enum class begun { error, pending, complete };

begun begin_alone(PINIT_ONCE once) noexcept
{
    once_word word = word_of(once);
    for (std::uintptr_t seen = word.load(std::memory_order_acquire);;
         seen = word.load(std::memory_order_acquire)) {
        switch (seen & state_mask) {
        case done:
            return begun::complete;
        case in_progress_by_several:
            return begun::error;
        case untouched:
            if (word.compare_exchange_strong(seen, in_progress)) {
                return begun::pending;
            }
            break;
        default:
            if (seen == awaited || word.compare_exchange_strong(seen, awaited)) {
                wait_while_awaited(once);
            }
            break;
        }
    }
}

begun begin_with_others(PINIT_ONCE once) noexcept
{
    std::uintptr_t seen = untouched;
    if (word_of(once).compare_exchange_strong(seen, in_progress_by_several)) {
        return begun::pending;
    }
    switch (seen & state_mask) {
    case done:
        return begun::complete;
    case in_progress_by_several:
        return begun::pending;
    default:
        return begun::error;
    }
}

void store_context(PINIT_ONCE once, LPVOID* context) noexcept
{
    if (context != nullptr) {
        *context = reinterpret_cast<LPVOID>(word_of(once).load(std::memory_order_acquire) & ~state_mask);
    }
}

}  // namespace

VOID WINAPI InitOnceInitialize(PINIT_ONCE InitOnce)
{
    InitOnce->Ptr = nullptr;
}

BOOL WINAPI InitOnceBeginInitialize(LPINIT_ONCE lpInitOnce, DWORD dwFlags, PBOOL fPending, LPVOID* lpContext)
{
    begun result = begun::error;
    switch (dwFlags) {
    case INIT_ONCE_CHECK_ONLY:
        if ((word_of(lpInitOnce).load(std::memory_order_acquire) & state_mask) != done) {
            *fPending = TRUE;
            return fail(FALSE, ERROR_GEN_FAILURE);
        }
        result = begun::complete;
        break;
    case INIT_ONCE_ASYNC:
        result = begin_with_others(lpInitOnce);
        break;
    case 0:
        result = begin_alone(lpInitOnce);
        break;
    default:
        break;
    }
    if (result == begun::error) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    *fPending = result == begun::pending ? TRUE : FALSE;
    if (result == begun::complete) {
        store_context(lpInitOnce, lpContext);
    }
    return TRUE;
}

BOOL WINAPI InitOnceComplete(LPINIT_ONCE lpInitOnce, DWORD dwFlags, LPVOID lpContext)
{
    const auto context = reinterpret_cast<std::uintptr_t>(lpContext);
    const bool failed = (dwFlags & INIT_ONCE_INIT_FAILED) != 0;
    const bool valid = dwFlags == 0 || dwFlags == INIT_ONCE_ASYNC || dwFlags == INIT_ONCE_INIT_FAILED;
    if (!valid || (context & state_mask) != 0 || (failed && context != 0)) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    std::uintptr_t seen = word_of(lpInitOnce).load(std::memory_order_acquire);
    if ((dwFlags & INIT_ONCE_ASYNC) == 0) {
        if ((seen & state_mask) != in_progress) {
            return fail(FALSE, ERROR_INVALID_PARAMETER);
        }
        settle(lpInitOnce, seen, failed ? untouched : context | done);
        return TRUE;
    }
    seen = in_progress_by_several;
    if (word_of(lpInitOnce).compare_exchange_strong(seen, context | done)) {
        return TRUE;
    }
    // Another thread was first: its result is the one that counts.
    return fail(FALSE, (seen & state_mask) == done ? ERROR_GEN_FAILURE : ERROR_INVALID_PARAMETER);
}

BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE InitOnce, PINIT_ONCE_FN InitFn, PVOID Parameter, LPVOID* Context)
{
    switch (begin_alone(InitOnce)) {
    case begun::error:
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    case begun::complete:
        store_context(InitOnce, Context);
        return TRUE;
    case begun::pending:
        break;
    }
    PVOID made = nullptr;
    const bool succeeded = InitFn(InitOnce, Parameter, &made) != FALSE;
    const auto context = reinterpret_cast<std::uintptr_t>(made) & ~state_mask;
    settle(InitOnce, word_of(InitOnce).load(std::memory_order_acquire), succeeded ? context | done : untouched);
    if (succeeded) {
        store_context(InitOnce, Context);
    }
    return succeeded ? TRUE : FALSE;
}
