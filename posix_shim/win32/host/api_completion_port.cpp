// Completion ports are the system's: only what names a socket comes here first. Answers to the pages
// "CreateIoCompletionPort" and "SetFileCompletionNotificationModes".
#include "host/completion_ports.hpp"
#include "host/call_scope.hpp"
#include "host/system_files.hpp"

using namespace spindle;
using namespace spindle::host;

HANDLE WINAPI spindle_CreateIoCompletionPort(HANDLE FileHandle, HANDLE ExistingCompletionPort, ULONG_PTR CompletionKey,
                                             DWORD NumberOfConcurrentThreads)
{
    if (!is_socket(FileHandle)) {
        return CreateIoCompletionPort(FileHandle, ExistingCompletionPort, CompletionKey, NumberOfConcurrentThreads);
    }
    const HANDLE made = ExistingCompletionPort != nullptr
                            ? nullptr
                            : CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, NumberOfConcurrentThreads);
    const HANDLE handle = ExistingCompletionPort != nullptr ? ExistingCompletionPort : made;
    const auto port = kernel::completion_port::over(handle);
    const int error = port ? associate_with_port(FileHandle, *port, CompletionKey) : ERROR_INVALID_HANDLE;
    if (error == 0) {
        return handle;
    }
    if (made != nullptr) {
        CloseHandle(made);
    }
    return fail(HANDLE{nullptr}, error);
}

// Sockets of a provider without IFS handles have no such modes: the system does not see whether a call of the provider's
// succeeded at once.
BOOL WINAPI spindle_SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags)
{
    return is_socket(FileHandle) ? fail(FALSE, ERROR_INVALID_FUNCTION)
                                 : SetFileCompletionNotificationModes(FileHandle, Flags);
}
