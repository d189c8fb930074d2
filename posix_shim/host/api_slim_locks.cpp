// Slim reader/writer locks and condition variables, each within the one pointer that Windows gives them.
// Answers to the pages "Slim Reader/Writer (SRW) Locks" and "Condition Variables".
#include "host/thread_state.hpp"
#include "kernel/word_locks.hpp"

using namespace spindle;
using host::fail;

namespace {

struct two_words {
    std::uint32_t first;
    std::uint32_t second;
};
static_assert(sizeof(two_words) <= sizeof(SRWLOCK) && sizeof(two_words) <= sizeof(CONDITION_VARIABLE));

two_words& words_of(PVOID& pointer) noexcept
{
    return reinterpret_cast<two_words&>(pointer);
}

kernel::word_shared_mutex lock_of(PSRWLOCK lock) noexcept
{
    return kernel::word_shared_mutex(words_of(lock->Ptr).first);
}

kernel::word_condition condition_of(PCONDITION_VARIABLE variable) noexcept
{
    two_words& words = words_of(variable->Ptr);
    return {words.first, words.second};
}

BOOL in_time_or_timeout(bool in_time) noexcept
{
    return in_time ? TRUE : fail(FALSE, ERROR_TIMEOUT);
}

}  // namespace

VOID WINAPI InitializeSRWLock(PSRWLOCK SRWLock)
{
    SRWLock->Ptr = nullptr;
}

VOID WINAPI AcquireSRWLockExclusive(PSRWLOCK SRWLock)
{
    lock_of(SRWLock).lock();
}

VOID WINAPI AcquireSRWLockShared(PSRWLOCK SRWLock)
{
    lock_of(SRWLock).lock_shared();
}

BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK SRWLock)
{
    return lock_of(SRWLock).try_lock() ? TRUE : FALSE;
}

BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK SRWLock)
{
    return lock_of(SRWLock).try_lock_shared() ? TRUE : FALSE;
}

VOID WINAPI ReleaseSRWLockExclusive(PSRWLOCK SRWLock)
{
    lock_of(SRWLock).unlock();
}

VOID WINAPI ReleaseSRWLockShared(PSRWLOCK SRWLock)
{
    lock_of(SRWLock).unlock_shared();
}

VOID WINAPI InitializeConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
    ConditionVariable->Ptr = nullptr;
}

VOID WINAPI WakeConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
    condition_of(ConditionVariable).wake(1);
}

VOID WINAPI WakeAllConditionVariable(PCONDITION_VARIABLE ConditionVariable)
{
    condition_of(ConditionVariable).wake(kernel::everyone);
}

BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE ConditionVariable, PCRITICAL_SECTION CriticalSection,
                                     DWORD dwMilliseconds)
{
    return in_time_or_timeout(condition_of(ConditionVariable)
                                  .wait([=] { LeaveCriticalSection(CriticalSection); },
                                        [=] { EnterCriticalSection(CriticalSection); },
                                        kernel::deadline_after(dwMilliseconds)));
}

BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE ConditionVariable, PSRWLOCK SRWLock,
                                      DWORD dwMilliseconds, ULONG Flags)
{
    if ((Flags & ~ULONG{CONDITION_VARIABLE_LOCKMODE_SHARED}) != 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    auto lock = lock_of(SRWLock);
    const bool shared = Flags != 0;
    return in_time_or_timeout(condition_of(ConditionVariable)
                                  .wait([&] { shared ? lock.unlock_shared() : lock.unlock(); },
                                        [&] { shared ? lock.lock_shared() : lock.lock(); },
                                        kernel::deadline_after(dwMilliseconds)));
}
