// Waiting as programs see it. The waits are the kernel's; here are the argument checks and the numbers the
// functions return. Answers to the pages "WSAWaitForMultipleEvents", "WaitForMultipleObjectsEx", "SleepEx".
#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"
#include "kernel/wait.hpp"

#include <array>

// The alertable forms are exported; whether a header declares them does not matter here.
extern "C" {
#pragma GCC visibility push(default)
DWORD WINAPI SleepEx(DWORD dwMilliseconds, BOOL bAlertable);
DWORD WINAPI WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable);
DWORD WINAPI WaitForMultipleObjectsEx(DWORD nCount, const HANDLE* lpHandles, BOOL bWaitAll,
                                      DWORD dwMilliseconds, BOOL bAlertable);
#pragma GCC visibility pop
}

using namespace spindle;
using host::fail;

namespace {

DWORD wait_code(const kernel::wait_result& result) noexcept
{
    switch (result.status) {
    case kernel::wait_status::signalled:
        return WAIT_OBJECT_0 + static_cast<DWORD>(result.index);
    case kernel::wait_status::timed_out:
        return WAIT_TIMEOUT;
    case kernel::wait_status::apcs_ran:
        return WAIT_IO_COMPLETION;
    }
    return WAIT_FAILED;
}

DWORD wait_for_handles(DWORD count, const HANDLE* wanted, kernel::wait_mode mode, DWORD milliseconds,
                       bool alertable) noexcept
{
    if (count == 0 || count > kernel::maximum_wait_objects || wanted == nullptr) {
        return fail(WAIT_FAILED, ERROR_INVALID_PARAMETER);
    }
    std::array<kernel::object_ref<kernel::waitable>, kernel::maximum_wait_objects> held;
    std::array<kernel::waitable*, kernel::maximum_wait_objects> objects{};
    for (DWORD index = 0; index < count; ++index) {
        held[index] = host::waitable_of(wanted[index]);
        if (!held[index]) {
            return fail(WAIT_FAILED, ERROR_INVALID_HANDLE);
        }
        objects[index] = held[index].get();
        for (DWORD earlier = 0; mode == kernel::wait_mode::all && earlier < index; ++earlier) {
            if (objects[earlier] == objects[index]) {
                return fail(WAIT_FAILED, ERROR_INVALID_PARAMETER);
            }
        }
    }
    return wait_code(
        kernel::wait({objects.data(), count}, mode, kernel::deadline_after(milliseconds), alertable));
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
