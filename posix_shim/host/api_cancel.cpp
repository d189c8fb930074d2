// Cancelling requests of a socket and blocking calls of a thread. Transfers on files do not wait for anything that
// could be cancelled. Answers to the pages "CancelIo", "CancelIoEx" and "CancelSynchronousIo" (clauses CAN-5 to CAN-8,
// CAN-14, CAN-15).
#include "host/kernel_objects.hpp"
#include "host/provider_change.hpp"
#include "host/request_cancel.hpp"
#include "host/thread_state.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

// Returns 0 or a Win32 code.
int cancel(HANDLE file, const OVERLAPPED* request, bool own_only, std::uint32_t& found) noexcept
{
    if (const auto source = kernel::handles.find<change_notification>(handle_value(file))) {
        found = cancel_change_waits(*source, request, own_only);
        return 0;
    }
    return cancel_requests(file, request, own_only, found);
}

}  // namespace

// Having nothing to cancel is no failure.
BOOL WINAPI CancelIo(HANDLE hFile)
{
    std::uint32_t found = 0;
    const int error = cancel(hFile, nullptr, true, found);
    return error == 0 ? TRUE : fail(FALSE, error);
}

BOOL WINAPI CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped)
{
    std::uint32_t found = 0;
    const int error = cancel(hFile, lpOverlapped, false, found);
    return error == 0 && found > 0 ? TRUE : fail(FALSE, error != 0 ? error : ERROR_NOT_FOUND);
}

BOOL WINAPI CancelSynchronousIo(HANDLE hThread)
{
    const auto target = object_of<kernel::thread>(hThread);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    return target->cancel_calls() ? TRUE : fail(FALSE, ERROR_NOT_FOUND);
}
