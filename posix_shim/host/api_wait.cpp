// Waiting as programs see it. The waits are the kernel's; here are the argument checks. Answers to the pages "WSAWaitForMultipleEvents", "WaitForMultipleObjectsEx", "SleepEx",
// "SignalObjectAndWait" (APC-13).
#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"
#include "host/wait_handles.hpp"
#include "kernel/mutex.hpp"
#include "kernel/semaphore.hpp"

using namespace spindle;
using host::fail;

namespace {

DWORD wait_for_handles(DWORD count, const HANDLE* wanted, kernel::wait_mode mode, DWORD milliseconds,
                       bool alertable)
{
    if (count == 0 || count > kernel::maximum_wait_objects) {
        return fail(WAIT_FAILED, ERROR_INVALID_PARAMETER);
    }
    host::wait_handles handles;
    const int error = handles.add(count, wanted, mode);
    return error == 0 ? handles.wait(mode, milliseconds, alertable) : fail(WAIT_FAILED, error);
}

// Signals the object; 0 or why that is not possible.
int signal_object(kernel::object& target) noexcept
{
    LONG previous = 0;
    switch (target.kind()) {
    case kernel::object_kind::event:
        static_cast<kernel::event&>(target).set();
        return 0;
    case kernel::object_kind::mutex:
        return static_cast<kernel::mutex&>(target).release_ownership() ? 0 : ERROR_NOT_OWNER;
    case kernel::object_kind::semaphore:
        return static_cast<kernel::semaphore&>(target).post(1, previous) ? 0 : ERROR_TOO_MANY_POSTS;
    default:
        return ERROR_INVALID_HANDLE;
    }
}

kernel::wait_mode mode_of(BOOL all) noexcept
{
    return all != FALSE ? kernel::wait_mode::all : kernel::wait_mode::any;
}

}  // namespace

DWORD WSAAPI WSAWaitForMultipleEvents(DWORD cEvents, const WSAEVENT* lphEvents, BOOL fWaitAll,
                                      DWORD dwTimeout, BOOL fAlertable)
{
    return wait_for_handles(cEvents, lphEvents, mode_of(fWaitAll), dwTimeout, fAlertable != FALSE);
}

DWORD WINAPI WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds)
{
    return WaitForSingleObjectEx(hHandle, dwMilliseconds, FALSE);
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable)
{
    return wait_for_handles(1, &hHandle, kernel::wait_mode::any, dwMilliseconds, bAlertable != FALSE);
}

DWORD WINAPI WaitForMultipleObjects(DWORD nCount, const HANDLE* lpHandles, BOOL bWaitAll,
                                    DWORD dwMilliseconds)
{
    return WaitForMultipleObjectsEx(nCount, lpHandles, bWaitAll, dwMilliseconds, FALSE);
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD nCount, const HANDLE* lpHandles, BOOL bWaitAll,
                                      DWORD dwMilliseconds, BOOL bAlertable)
{
    return wait_for_handles(nCount, lpHandles, mode_of(bWaitAll), dwMilliseconds, bAlertable != FALSE);
}

VOID WINAPI Sleep(DWORD dwMilliseconds)
{
    SleepEx(dwMilliseconds, FALSE);
}

DWORD WINAPI SleepEx(DWORD dwMilliseconds, BOOL bAlertable)
{
    const auto result =
        kernel::wait({}, kernel::wait_mode::any, kernel::deadline_after(dwMilliseconds), bAlertable != FALSE);
    return result.status == kernel::wait_status::apcs_ran ? WAIT_IO_COMPLETION : 0;
}

DWORD WINAPI SignalObjectAndWait(HANDLE hObjectToSignal, HANDLE hObjectToWaitOn, DWORD dwMilliseconds,
                                 BOOL bAlertable)
{
    // The wait's handle is looked at first: nothing is signalled for a wait that cannot be.
    const auto signalled = host::object_of(hObjectToSignal);
    const auto awaited = host::object_of(hObjectToWaitOn);
    if (!signalled || !awaited || awaited->as_waitable() == nullptr) {
        return fail(WAIT_FAILED, ERROR_INVALID_HANDLE);
    }
    if (!host::can_wait_for(*awaited)) {
        return fail(WAIT_FAILED, ERROR_NOT_ENOUGH_MEMORY);
    }
    if (const int error = signal_object(*signalled); error != 0) {
        return fail(WAIT_FAILED, error);
    }
    kernel::waitable* objects[] = {awaited->as_waitable()};
    return host::wait_code(kernel::wait(objects, kernel::wait_mode::any,
                                        kernel::deadline_after(dwMilliseconds), bAlertable != FALSE));
}
