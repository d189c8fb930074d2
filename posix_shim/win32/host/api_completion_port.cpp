// Completion ports are the system's, with a queue of ours in front for packets of sockets and posted ones: what names a port or
// a socket comes here first. Answers to the pages "CreateIoCompletionPort", "GetQueuedCompletionStatus",
// "GetQueuedCompletionStatusEx", "PostQueuedCompletionStatus" and "SetFileCompletionNotificationModes".
#include "host/call_scope.hpp"
#include "host/completion_ports.hpp"
#include "host/port_handles.hpp"
#include "host/system_files.hpp"

#include <utility>

#include <winternl.h>

using namespace spindle;
using namespace spindle::host;

namespace {

using port_ref = kernel::object_ref<kernel::completion_port>;

// Without memory for the queue the port stays the system's alone.
HANDLE make_port(DWORD concurrency) noexcept
{
    const HANDLE made = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, concurrency);
    if (made != nullptr) {
        if (port_ref port = kernel::completion_port::over(made, kernel::completion_port::taken_by::this_library)) {
            (void)port_handles::enter(made, std::move(port));
        }
    }
    return made;
}

bool is_this_process(HANDLE process) noexcept
{
    return GetProcessId(process) == GetCurrentProcessId();
}

port_ref port_of(HANDLE handle) noexcept
{
    port_ref known = port_handles::find(handle);
    return known ? std::move(known)
                 : kernel::completion_port::over(handle, kernel::completion_port::taken_by::anybody);
}

}  // namespace

HANDLE WINAPI spindle_CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort, ULONG_PTR CompletionKey,
                                             DWORD NumberOfConcurrentThreads)
{
    if (FileHandle == INVALID_HANDLE_VALUE && ExistingCompletionPort == nullptr) {
        return make_port(NumberOfConcurrentThreads);
    }
    if (!is_socket(FileHandle)) {
        return CreateIoCompletionPort(FileHandle, ExistingCompletionPort, CompletionKey, NumberOfConcurrentThreads);
    }
    const HANDLE made = ExistingCompletionPort != nullptr ? nullptr : make_port(NumberOfConcurrentThreads);
    const HANDLE handle = ExistingCompletionPort != nullptr ? ExistingCompletionPort : made;
    const port_ref port = port_of(handle);
    const int error = port ? associate_with_port(FileHandle, *port, CompletionKey) : ERROR_INVALID_HANDLE;
    if (error == 0) {
        return handle;
    }
    if (made != nullptr) {
        spindle_CloseHandle(made);
    }
    return fail(HANDLE{nullptr}, error);
}

BOOL WINAPI spindle_GetQueuedCompletionStatus(HANDLE CompletionPort, LPDWORD lpNumberOfBytesTransferred,
                                              PULONG_PTR lpCompletionKey, LPOVERLAPPED* lpOverlapped,
                                              DWORD dwMilliseconds)
{
    const port_ref port = port_handles::find(CompletionPort);
    if (!port || lpNumberOfBytesTransferred == nullptr || lpCompletionKey == nullptr || lpOverlapped == nullptr) {
        return GetQueuedCompletionStatus(CompletionPort, lpNumberOfBytesTransferred, lpCompletionKey, lpOverlapped,
                                         dwMilliseconds);
    }
    OVERLAPPED_ENTRY taken;
    std::size_t count = 0;
    if (const DWORD error = port->take({&taken, 1}, count, dwMilliseconds, false); error != 0) {
        *lpOverlapped = nullptr;
        return fail(FALSE, static_cast<int>(error));
    }
    *lpNumberOfBytesTransferred = taken.dwNumberOfBytesTransferred;
    *lpCompletionKey = taken.lpCompletionKey;
    *lpOverlapped = taken.lpOverlapped;
    const auto status = static_cast<NTSTATUS>(taken.Internal);
    return status >= 0 ? TRUE : fail(FALSE, static_cast<int>(RtlNtStatusToDosError(status)));
}

BOOL WINAPI spindle_GetQueuedCompletionStatusEx(HANDLE CompletionPort, LPOVERLAPPED_ENTRY lpCompletionPortEntries,
                                                ULONG ulCount, PULONG ulNumEntriesRemoved, DWORD dwMilliseconds,
                                                BOOL fAlertable)
{
    const port_ref port = port_handles::find(CompletionPort);
    if (!port || lpCompletionPortEntries == nullptr || ulCount == 0 || ulNumEntriesRemoved == nullptr) {
        return GetQueuedCompletionStatusEx(CompletionPort, lpCompletionPortEntries, ulCount, ulNumEntriesRemoved,
                                           dwMilliseconds, fAlertable);
    }
    std::size_t count = 0;
    const DWORD error =
        port->take({lpCompletionPortEntries, ulCount}, count, dwMilliseconds, fAlertable != FALSE);
    *ulNumEntriesRemoved = static_cast<ULONG>(count);
    return error == 0 ? TRUE : fail(FALSE, static_cast<int>(error));
}

BOOL WINAPI spindle_PostQueuedCompletionStatus(HANDLE CompletionPort, DWORD dwNumberOfBytesTransferred,
                                               ULONG_PTR dwCompletionKey, LPOVERLAPPED lpOverlapped)
{
    const port_ref port = port_handles::find(CompletionPort);
    if (!port) {
        return PostQueuedCompletionStatus(CompletionPort, dwNumberOfBytesTransferred, dwCompletionKey, lpOverlapped);
    }
    return port->post({dwCompletionKey, lpOverlapped, 0, dwNumberOfBytesTransferred})
               ? TRUE
               : fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
}

BOOL WINAPI spindle_CloseHandle(HANDLE hObject)
{
    port_ref port = port_handles::take_out(hObject);  // before: the value may be given out anew at once
    const BOOL done = CloseHandle(hObject);
    if (port) {
        if (done != FALSE) {
            port->handle_closed();
        } else {
            port_handles::put_back(hObject, std::move(port));
        }
    }
    return done;
}

BOOL WINAPI spindle_DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                                    LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle,
                                    DWORD dwOptions)
{
    const bool closes = (dwOptions & DUPLICATE_CLOSE_SOURCE) != 0;  // whatever happens, says the page
    port_ref port;
    if (is_this_process(hSourceProcessHandle)) {
        port = closes ? port_handles::take_out(hSourceHandle) : port_handles::find(hSourceHandle);
    }
    BOOL done = DuplicateHandle(hSourceProcessHandle, hSourceHandle, hTargetProcessHandle, lpTargetHandle, dwDesiredAccess,
                                bInheritHandle, dwOptions);
    if (!port) {
        return done;
    }
    if (done != FALSE && lpTargetHandle != nullptr && is_this_process(hTargetProcessHandle)) {
        port->acquire();
        if (!port_handles::enter(*lpTargetHandle, port_ref(port.get()))) {
            CloseHandle(*lpTargetHandle);
            done = fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
        }
    }
    if (closes) {
        port->handle_closed();
    }
    return done;
}

// Sockets of a provider without IFS handles have no such modes: the system does not see whether a call of the provider's
// succeeded at once.
BOOL WINAPI spindle_SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags)
{
    return is_socket(FileHandle) ? fail(FALSE, ERROR_INVALID_FUNCTION)
                                 : SetFileCompletionNotificationModes(FileHandle, Flags);
}
