// The outcome of a request on a file or socket, in Win32 codes; WSAGetOverlappedResult is the provider's. Answers to the
// pages "GetOverlappedResult" and "GetOverlappedResultEx" (clause GOR-10).
#include "host/kernel_objects.hpp"
#include "host/request_status.hpp"
#include "host/thread_state.hpp"
#include "kernel/wait.hpp"

#include <atomic>

using namespace spindle;
using namespace spindle::host;

namespace {

ULONG_PTR status_of(const OVERLAPPED& request) noexcept
{
    return std::atomic_ref(const_cast<ULONG_PTR&>(request.Internal)).load(std::memory_order_acquire);
}

bool finished(const void* request) noexcept
{
    return status_of(*static_cast<const OVERLAPPED*>(request)) != STATUS_PENDING;
}

// Returns 0 when the request has finished, else why it is not waited for any longer.
DWORD wait_for(HANDLE file, const OVERLAPPED& request, DWORD milliseconds, bool alertable)
{
    const HANDLE event = request.hEvent;
    const bool by_event = handle_value(event) != 0;
    const auto source = waitable_of(by_event ? event : file);
    if (!source) {
        return ERROR_INVALID_HANDLE;
    }
    const auto deadline = kernel::deadline_after(milliseconds);
    kernel::wait_status status = kernel::wait_status::signalled;
    if (by_event) {
        kernel::waitable* const waited = source.get();  // takes an auto-reset event's signal, as on Windows
        status = kernel::wait({&waited, 1}, kernel::wait_mode::any, deadline, alertable).status;
    } else {
        status = kernel::wait_until(*source, &finished, &request, deadline, alertable);
    }
    switch (status) {
    case kernel::wait_status::timed_out:
        return WAIT_TIMEOUT;
    case kernel::wait_status::apcs_ran:
        return WAIT_IO_COMPLETION;
    case kernel::wait_status::signalled:
    case kernel::wait_status::abandoned:
        break;
    }
    return finished(&request) ? 0 : ERROR_IO_INCOMPLETE;  // somebody else set the event
}

BOOL result_of(HANDLE file, LPOVERLAPPED request, LPDWORD transferred, DWORD milliseconds,
               bool alertable)
{
    if (request == nullptr || transferred == nullptr) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    if (!finished(request)) {
        const DWORD error =
            milliseconds == 0 ? ERROR_IO_INCOMPLETE : wait_for(file, *request, milliseconds, alertable);
        if (error != 0) {
            return fail(FALSE, static_cast<int>(error));
        }
    }
    *transferred = static_cast<DWORD>(request->InternalHigh);
    const DWORD error = error_of_status(status_of(*request));
    return error == 0 ? TRUE : fail(FALSE, static_cast<int>(error));
}

}  // namespace

BOOL WINAPI GetOverlappedResult(HANDLE hFile, LPOVERLAPPED lpOverlapped, LPDWORD lpNumberOfBytesTransferred,
                                BOOL bWait)
{
    return result_of(hFile, lpOverlapped, lpNumberOfBytesTransferred, bWait != FALSE ? INFINITE : 0, false);
}

BOOL WINAPI GetOverlappedResultEx(HANDLE hFile, LPOVERLAPPED lpOverlapped, LPDWORD lpNumberOfBytesTransferred,
                                  DWORD dwMilliseconds, BOOL bAlertable)
{
    return result_of(hFile, lpOverlapped, lpNumberOfBytesTransferred, dwMilliseconds, bAlertable != FALSE);
}
