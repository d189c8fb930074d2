// Critical sections: a lock in LockCount, and its owner and depth beside it. They work when zero-cost initialised
// as Windows' own headers do it, and need no clean-up. Answers to the page "Critical Section Objects".
#include "host/thread_state.hpp"
#include "kernel/thread.hpp"
#include "kernel/word_locks.hpp"

#include <atomic>

using namespace spindle;
using host::fail;

namespace {

kernel::word_mutex lock_of(LPCRITICAL_SECTION section) noexcept
{
    return kernel::word_mutex(reinterpret_cast<std::uint32_t&>(section->LockCount));
}

// Read by threads that are not the owner: they only have to see that they are not.
std::atomic_ref<HANDLE> owner_of(LPCRITICAL_SECTION section) noexcept
{
    return std::atomic_ref<HANDLE>(section->OwningThread);
}

HANDLE self() noexcept
{
    return reinterpret_cast<HANDLE>(std::uintptr_t{kernel::current_thread_number()});
}

void become_owner(LPCRITICAL_SECTION section, HANDLE owner) noexcept
{
    owner_of(section).store(owner, std::memory_order_relaxed);
    section->RecursionCount = 1;
}

bool is_owner(LPCRITICAL_SECTION section, HANDLE thread) noexcept
{
    return owner_of(section).load(std::memory_order_relaxed) == thread;
}

// The high byte of the count carries flags on Windows.
constexpr DWORD spin_count_mask = 0x00FFFFFF;

void initialize(LPCRITICAL_SECTION section, DWORD spin_count) noexcept
{
    *section = CRITICAL_SECTION{};
    section->DebugInfo = reinterpret_cast<PRTL_CRITICAL_SECTION_DEBUG>(std::intptr_t{-1});  // there is none
    section->LockCount = -1;
    section->SpinCount = spin_count & spin_count_mask;
}

}  // namespace

VOID WINAPI InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    initialize(lpCriticalSection, 0);
}

BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount)
{
    initialize(lpCriticalSection, dwSpinCount);
    return TRUE;
}

BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount, DWORD Flags)
{
    constexpr DWORD known = RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO | RTL_CRITICAL_SECTION_FLAG_DYNAMIC_SPIN |
                            RTL_CRITICAL_SECTION_FLAG_STATIC_INIT |
                            RTL_CRITICAL_SECTION_FLAG_FORCE_DEBUG_INFO;
    if ((Flags & ~known) != 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    initialize(lpCriticalSection, dwSpinCount);
    return TRUE;
}

DWORD WINAPI SetCriticalSectionSpinCount(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount)
{
    const std::atomic_ref<ULONG_PTR> count(lpCriticalSection->SpinCount);
    return static_cast<DWORD>(count.exchange(dwSpinCount & spin_count_mask, std::memory_order_relaxed));
}

VOID WINAPI EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    const HANDLE thread = self();
    if (is_owner(lpCriticalSection, thread)) {
        ++lpCriticalSection->RecursionCount;
        return;
    }
    const std::atomic_ref<ULONG_PTR> spins(lpCriticalSection->SpinCount);
    lock_of(lpCriticalSection).lock(static_cast<std::uint32_t>(spins.load(std::memory_order_relaxed)));
    become_owner(lpCriticalSection, thread);
}

BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    const HANDLE thread = self();
    if (is_owner(lpCriticalSection, thread)) {
        ++lpCriticalSection->RecursionCount;
        return TRUE;
    }
    if (!lock_of(lpCriticalSection).try_lock()) {
        return FALSE;
    }
    become_owner(lpCriticalSection, thread);
    return TRUE;
}

// By a thread that is not the owner it is an error on Windows that shows later; here it does nothing.
VOID WINAPI LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    if (is_owner(lpCriticalSection, self()) && --lpCriticalSection->RecursionCount == 0) {
        owner_of(lpCriticalSection).store(nullptr, std::memory_order_relaxed);
        lock_of(lpCriticalSection).unlock();
    }
}

VOID WINAPI DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    initialize(lpCriticalSection, 0);
}
