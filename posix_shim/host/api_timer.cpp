// Waitable timers as programs see them. Absolute due times are turned into the running clock when the timer is
// set: setting the system's time afterwards does not move them. Answers to the pages "CreateWaitableTimerExW"
// and "SetWaitableTimer".
#include "host/object_names.hpp"
#include "kernel/file_time.hpp"
#include "kernel/waitable_timer.hpp"

#include <algorithm>

using namespace spindle;
using namespace spindle::host;

namespace {

HANDLE new_timer(const object_name& name, bool manual_reset) noexcept
{
    return create_object(name, new_object<kernel::waitable_timer>(manual_reset));
}

HANDLE new_timer(const object_name& name, DWORD flags) noexcept
{
    constexpr DWORD known = CREATE_WAITABLE_TIMER_MANUAL_RESET | CREATE_WAITABLE_TIMER_HIGH_RESOLUTION;
    if ((flags & ~known) != 0) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    return new_timer(name, (flags & CREATE_WAITABLE_TIMER_MANUAL_RESET) != 0);
}

// Negative: that far ahead; otherwise a file time.
kernel::clock::time_point deadline_of(LONGLONG due_time) noexcept
{
    using kernel::file_time_units;
    constexpr file_time_units farthest = std::chrono::hours(24 * 365 * 100);
    const file_time_units ahead =
        due_time < 0 ? file_time_units(-(due_time + 1))
                     : std::max(file_time_units(due_time) - kernel::file_time_now(), file_time_units::zero());
    return kernel::clock::now() + std::min(ahead, farthest);
}

void call_timer_routine(const kernel::apc& call)
{
    reinterpret_cast<PTIMERAPCROUTINE>(call.routine)(reinterpret_cast<LPVOID>(call.context),
                                                     static_cast<DWORD>(call.due_file_time),
                                                     static_cast<DWORD>(call.due_file_time >> 32));
}

BOOL set_timer(HANDLE timer, const LARGE_INTEGER* due_time, LONG period_milliseconds,
               PTIMERAPCROUTINE routine, LPVOID context, bool wake) noexcept
{
    if (due_time == nullptr || period_milliseconds < 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    const auto target = object_of<kernel::waitable_timer>(timer);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    kernel::apc call;
    if (routine != nullptr) {
        call.invoke = &call_timer_routine;
        call.routine = reinterpret_cast<kernel::apc::routine_type>(routine);
        call.context = reinterpret_cast<std::uintptr_t>(context);
    }
    if (!target->set(deadline_of(due_time->QuadPart), std::chrono::milliseconds(period_milliseconds), call)) {
        return fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    }
    // Where the system cannot be woken up for a timer the function succeeds and says so.
    set_last_error(wake ? ERROR_NOT_SUPPORTED : ERROR_SUCCESS);
    return TRUE;
}

}  // namespace

HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES, BOOL bManualReset, LPCSTR lpTimerName)
{
    return new_timer(object_name(lpTimerName), bManualReset != FALSE);
}

HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES, BOOL bManualReset, LPCWSTR lpTimerName)
{
    return new_timer(object_name(lpTimerName), bManualReset != FALSE);
}

HANDLE WINAPI CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES, LPCSTR lpTimerName, DWORD dwFlags, DWORD)
{
    return new_timer(object_name(lpTimerName), dwFlags);
}

HANDLE WINAPI CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES, LPCWSTR lpTimerName, DWORD dwFlags, DWORD)
{
    return new_timer(object_name(lpTimerName), dwFlags);
}

HANDLE WINAPI OpenWaitableTimerA(DWORD, BOOL, LPCSTR lpTimerName)
{
    return open_object(object_name(lpTimerName), kernel::object_kind::timer);
}

HANDLE WINAPI OpenWaitableTimerW(DWORD, BOOL, LPCWSTR lpTimerName)
{
    return open_object(object_name(lpTimerName), kernel::object_kind::timer);
}

BOOL WINAPI SetWaitableTimer(HANDLE hTimer, const LARGE_INTEGER* lpDueTime, LONG lPeriod,
                             PTIMERAPCROUTINE pfnCompletionRoutine, LPVOID lpArgToCompletionRoutine,
                             BOOL fResume)
{
    return set_timer(hTimer, lpDueTime, lPeriod, pfnCompletionRoutine, lpArgToCompletionRoutine,
                     fResume != FALSE);
}

BOOL WINAPI SetWaitableTimerEx(HANDLE hTimer, const LARGE_INTEGER* lpDueTime, LONG lPeriod,
                               PTIMERAPCROUTINE pfnCompletionRoutine, LPVOID lpArgToCompletionRoutine,
                               PREASON_CONTEXT WakeContext, ULONG)
{
    return set_timer(hTimer, lpDueTime, lPeriod, pfnCompletionRoutine, lpArgToCompletionRoutine,
                     WakeContext != nullptr);
}

BOOL WINAPI CancelWaitableTimer(HANDLE hTimer)
{
    const auto target = object_of<kernel::waitable_timer>(hTimer);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    target->cancel();
    return TRUE;
}
