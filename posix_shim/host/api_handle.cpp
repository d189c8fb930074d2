// Closing and duplicating the handles of kernel objects. Answers to the pages "CloseHandle" and "DuplicateHandle".
#include "host/call_scope.hpp"
#include "host/kernel_objects.hpp"
#include "host/socket_handles.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

// What a program may close this way: sockets have closesocket, threads here belong to the process.
bool close_object(std::uintptr_t handle) noexcept
{
    return kernel::handles.remove(handle, kernel::object_kind::event) ||
           kernel::handles.remove(handle, kernel::object_kind::completion_port) || close_duplicate(handle);
}

// 0: no such object, or no handles are left.
std::uint32_t duplicate_object(std::uintptr_t handle) noexcept
{
    const auto source = kernel::handles.find(handle, kernel::object_kind::none);
    return source && source->kind() != kernel::object_kind::thread ? kernel::handles.add(*source) : 0;
}

std::uint32_t duplicate_any(HANDLE handle) noexcept
{
    const call_scope scope;
    socket_reference socket;
    return scope && find_socket_by_handle(handle, socket) == 0 ? duplicate_socket_handle(socket)
                                                               : duplicate_object(handle_value(handle));
}

void close_source(HANDLE handle) noexcept
{
    if (!close_object(handle_value(handle))) {
        closesocket(reinterpret_cast<SOCKET>(handle));
    }
}

}  // namespace

BOOL WINAPI CloseHandle(HANDLE hObject)
{
    return close_object(handle_value(hObject)) ? TRUE : fail(FALSE, ERROR_INVALID_HANDLE);
}

// Handles mean nothing in another process, so the one process that can be named is the caller's own.
BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                            LPHANDLE lpTargetHandle, DWORD, BOOL, DWORD dwOptions)
{
    if (hSourceProcessHandle != GetCurrentProcess() || hTargetProcessHandle != GetCurrentProcess()) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    const std::uint32_t made = lpTargetHandle != nullptr ? duplicate_any(hSourceHandle) : 0;
    if (lpTargetHandle != nullptr && made == 0) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if ((dwOptions & DUPLICATE_CLOSE_SOURCE) != 0) {
        close_source(hSourceHandle);
    }
    if (lpTargetHandle != nullptr) {
        *lpTargetHandle = handle_of(made);
    }
    return TRUE;
}
