// Waiting as programs see it. The waits are the kernel's; here are the argument checks and the numbers the
// functions return. Answers to the pages "WSAWaitForMultipleEvents", "WaitForMultipleObjectsEx", "SleepEx",
// "SignalObjectAndWait" (APC-13).
#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"
#include "kernel/mutex.hpp"
#include "kernel/semaphore.hpp"
#include "kernel/wait.hpp"

#include <array>

using namespace spindle;
using host::fail;

namespace {

DWORD wait_code(const kernel::wait_result& result) noexcept
{
    switch (result.status) {
    case kernel::wait_status::signalled:
        return WAIT_OBJECT_0 + static_cast<DWORD>(result.index);
    case kernel::wait_status::abandoned:
        return WAIT_ABANDONED_0 + static_cast<DWORD>(result.index);
    case kernel::wait_status::timed_out:
        return WAIT_TIMEOUT;
    case kernel::wait_status::apcs_ran:
        return WAIT_IO_COMPLETION;
    }
    return WAIT_FAILED;
}

// A mutex belongs to the thread that takes it, so that there has to be an object of the thread.
bool can_wait_for(const kernel::object& target) noexcept
{
    return target.kind() != kernel::object_kind::mutex || kernel::current_thread_object() != nullptr;
}

DWORD wait_for_handles(DWORD count, const HANDLE* wanted, kernel::wait_mode mode, DWORD milliseconds,
                       bool alertable)
{
    if (count == 0 || count > kernel::maximum_wait_objects || wanted == nullptr) {
        return fail(WAIT_FAILED, ERROR_INVALID_PARAMETER);
    }
    std::array<kernel::object_ref<kernel::waitable>, kernel::maximum_wait_objects> held;
    std::array<kernel::waitable*, kernel::maximum_wait_objects> objects{};
    for (DWORD index = 0; index < count; ++index) {
        held[index] = host::waitable_of(wanted[index]);
        objects[index] = held[index].get();
        if (objects[index] == nullptr) {
            return fail(WAIT_FAILED, ERROR_INVALID_HANDLE);
        }
        if (!can_wait_for(*objects[index])) {
            return fail(WAIT_FAILED, ERROR_NOT_ENOUGH_MEMORY);
        }
        for (DWORD earlier = 0; mode == kernel::wait_mode::all && earlier < index; ++earlier) {
            if (objects[earlier] == objects[index]) {
                return fail(WAIT_FAILED, ERROR_INVALID_PARAMETER);
            }
        }
    }
    return wait_code(
        kernel::wait({objects.data(), count}, mode, kernel::deadline_after(milliseconds), alertable));
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
    if (!can_wait_for(*awaited)) {
        return fail(WAIT_FAILED, ERROR_NOT_ENOUGH_MEMORY);
    }
    if (const int error = signal_object(*signalled); error != 0) {
        return fail(WAIT_FAILED, error);
    }
    kernel::waitable* objects[] = {awaited->as_waitable()};
    return wait_code(kernel::wait(objects, kernel::wait_mode::any, kernel::deadline_after(dwMilliseconds),
                                  bAlertable != FALSE));
}
