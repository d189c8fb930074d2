// Handles of any kind of object: closing and duplicating them. Answers to the pages "CloseHandle" and
// "DuplicateHandle".
#include "host/call_scope.hpp"
#include "host/kernel_objects.hpp"
#include "host/socket_handles.hpp"
#include "host/thread_state.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

// Of sockets only duplicates are closed this way: their own handles have closesocket.
bool close_object(HANDLE handle) noexcept
{
    std::uintptr_t tag = 0;
    const auto target = kernel::handles.find(handle_value(handle), kernel::object_kind::none, &tag);
    if (!target) {
        return false;
    }
    if (target->kind() == kernel::object_kind::socket_file) {
        return close_duplicate(handle_value(handle));
    }
    const bool programs_own =
        target->kind() != kernel::object_kind::thread || tag == program_thread_handle;
    return programs_own && kernel::handles.remove(handle_value(handle), target->kind());
}

bool is_pseudo_handle(HANDLE handle) noexcept
{
    return handle == current_process_handle || handle == current_thread_handle;
}

void close_source(HANDLE handle) noexcept
{
    if (!close_object(handle)) {
        closesocket(reinterpret_cast<SOCKET>(handle));
    }
}

// NULL: no such handle, or no handles are left.
HANDLE duplicate_of(HANDLE handle) noexcept
{
    const call_scope scope;
    socket_reference socket;
    if (scope && find_socket_by_handle(handle, socket) == 0) {
        return handle_of(duplicate_socket_handle(socket));
    }
    const auto source = object_of(handle);
    return source ? add_program_handle(*source) : nullptr;
}

}  // namespace

BOOL WINAPI CloseHandle(HANDLE hObject)
{
    // "Calling the CloseHandle function with a pseudo handle has no effect."
    return is_pseudo_handle(hObject) || close_object(hObject) ? TRUE : fail(FALSE, ERROR_INVALID_HANDLE);
}

BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                            LPHANDLE lpTargetHandle, DWORD, BOOL, DWORD dwOptions)
{
    // Every process handle there can be is one of this process.
    if (!object_of<kernel::process>(hSourceProcessHandle) ||
        !object_of<kernel::process>(hTargetProcessHandle)) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    // Without a place for it the duplicate would only be lost.
    const HANDLE made = lpTargetHandle != nullptr ? duplicate_of(hSourceHandle) : nullptr;
    if (lpTargetHandle != nullptr && made == nullptr) {
        return fail(FALSE, object_of(hSourceHandle) ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_HANDLE);
    }
    // "This occurs regardless of any error status returned."
    if ((dwOptions & DUPLICATE_CLOSE_SOURCE) != 0) {
        close_source(hSourceHandle);
    }
    if (lpTargetHandle != nullptr) {
        *lpTargetHandle = made;
    }
    return TRUE;
}
