// Waiting for objects and messages at once, and the timers of windows. Answers to the pages
// "MsgWaitForMultipleObjectsEx", "SetTimer", "KillTimer".
#include "host/kernel_objects.hpp"
#include "host/wait_handles.hpp"
#include "host/window_calls.hpp"

#include <algorithm>
#include <chrono>

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr DWORD wait_flags = MWMO_WAITALL | MWMO_ALERTABLE | MWMO_INPUTAVAILABLE;

// The queue wakes for these messages while this exists.
class waking {
public:
    waking(kernel::message_queue& queue, DWORD mask, bool present) noexcept
        : queue_(queue), before_(queue.wake_for({mask, present}))
    {}
    waking(const waking&) = delete;
    waking& operator=(const waking&) = delete;
    ~waking() { queue_.wake_for(before_); }

private:
    kernel::message_queue& queue_;
    kernel::message_queue::wake_condition before_;
};

}  // namespace

DWORD WINAPI MsgWaitForMultipleObjects(DWORD nCount, const HANDLE* pHandles, BOOL fWaitAll,
                                       DWORD dwMilliseconds, DWORD dwWakeMask)
{
    return MsgWaitForMultipleObjectsEx(nCount, pHandles, dwMilliseconds, dwWakeMask,
                                       fWaitAll != FALSE ? MWMO_WAITALL : 0);
}

DWORD WINAPI MsgWaitForMultipleObjectsEx(DWORD nCount, const HANDLE* pHandles, DWORD dwMilliseconds,
                                         DWORD dwWakeMask, DWORD dwFlags)
{
    kernel::message_queue* own = kernel::current_message_queue();
    if ((dwFlags & ~wait_flags) != 0 || nCount >= kernel::maximum_wait_objects) {
        return fail(WAIT_FAILED, ERROR_INVALID_PARAMETER);
    }
    if (own == nullptr) {
        return fail(WAIT_FAILED, ERROR_NOT_ENOUGH_MEMORY);
    }
    const auto mode = (dwFlags & MWMO_WAITALL) != 0 ? kernel::wait_mode::all : kernel::wait_mode::any;
    wait_handles handles;
    if (const int error = handles.add(nCount, pHandles, mode); error != 0) {
        return fail(WAIT_FAILED, error);
    }
    handles.add(*own);
    const waking watched(*own, dwWakeMask, (dwFlags & MWMO_INPUTAVAILABLE) != 0);
    return handles.wait(mode, dwMilliseconds, (dwFlags & MWMO_ALERTABLE) != 0);
}

UINT_PTR WINAPI SetTimer(HWND hWnd, UINT_PTR nIDEvent, UINT uElapse, TIMERPROC lpTimerFunc)
{
    kernel::message_queue* own = kernel::current_message_queue();
    if (own == nullptr) {
        return fail(UINT_PTR{0}, ERROR_NOT_ENOUGH_MEMORY);
    }
    if (hWnd != nullptr) {
        const auto target = window_of(hWnd);
        if (!target) {
            return fail(UINT_PTR{0}, ERROR_INVALID_WINDOW_HANDLE);
        }
        if (target->queue.get() != own) {
            return fail(UINT_PTR{0}, ERROR_ACCESS_DENIED);
        }
    } else if (nIDEvent == 0 || !own->has_timer(0, nIDEvent)) {
        nIDEvent = own->unused_timer_id();
    }
    const std::chrono::milliseconds period(std::clamp<UINT>(uElapse, USER_TIMER_MINIMUM, USER_TIMER_MAXIMUM));
    const bool armed = own->set_timer(window_value(hWnd), nIDEvent, period,
                                      reinterpret_cast<kernel::timer_procedure>(lpTimerFunc));
    if (!armed) {
        return fail(UINT_PTR{0}, ERROR_NOT_ENOUGH_MEMORY);
    }
    return hWnd != nullptr ? std::max<UINT_PTR>(nIDEvent, 1) : nIDEvent;
}

BOOL WINAPI KillTimer(HWND hWnd, UINT_PTR uIDEvent)
{
    kernel::message_queue* own = kernel::current_message_queue();
    if (own == nullptr) {
        return fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    }
    if (hWnd == nullptr) {
        return own->kill_timer(0, uIDEvent) ? TRUE : fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    const auto target = window_of(hWnd);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_WINDOW_HANDLE);
    }
    return target->queue->kill_timer(window_value(hWnd), uIDEvent) ? TRUE
                                                                   : fail(FALSE, ERROR_INVALID_PARAMETER);
}
