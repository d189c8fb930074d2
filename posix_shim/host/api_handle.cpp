// Handles of any kind of object: closing, duplicating and marking them. Answers to the pages "CloseHandle",
// "DuplicateHandle", "GetHandleInformation" and "SetHandleInformation".
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
    const auto flags = kernel::handles.flags_of(handle_value(handle));
    return programs_own && flags && !flags->kept_from_closing && kernel::handles.remove(handle_value(handle), target->kind());
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

bool is_this_process(HANDLE handle) noexcept
{
    const auto process = object_of<kernel::process>(handle);
    return process && !process->is_child();
}

bool is_socket(HANDLE handle) noexcept
{
    kernel::socket_entry entry;
    return kernel::handles.find_socket(handle_value(handle), entry);
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
                            LPHANDLE lpTargetHandle, DWORD, BOOL bInheritHandle, DWORD dwOptions)
{
    if (!object_of<kernel::process>(hSourceProcessHandle) ||
        !object_of<kernel::process>(hTargetProcessHandle)) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    // Handles are this process's own: a child has none of this table.
    if (!is_this_process(hSourceProcessHandle) || !is_this_process(hTargetProcessHandle)) {
        return fail(FALSE, ERROR_NOT_SUPPORTED);
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
        mark_inherited(made, bInheritHandle != FALSE);
        *lpTargetHandle = made;
    }
    return TRUE;
}

// A socket's handle is never inherited here, see fork in docs/architecture.md.
BOOL WINAPI GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags)
{
    const auto flags = kernel::handles.flags_of(handle_value(hObject));
    if (is_pseudo_handle(hObject) || (!flags && !is_socket(hObject))) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if (lpdwFlags == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    *lpdwFlags = (flags && flags->inherited ? HANDLE_FLAG_INHERIT : 0u) |
                 (flags && flags->kept_from_closing ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0u);
    return TRUE;
}

BOOL WINAPI SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags)
{
    constexpr DWORD known = HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE;
    auto flags = kernel::handles.flags_of(handle_value(hObject));
    if (is_pseudo_handle(hObject) || (!flags && !is_socket(hObject))) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    if ((dwMask & ~known) != 0) {
        return fail(FALSE, ERROR_INVALID_PARAMETER);
    }
    const DWORD turned_on = dwMask & dwFlags;
    if ((!flags && turned_on != 0) || ((turned_on & HANDLE_FLAG_INHERIT) != 0 && !file_of(hObject))) {
        return fail(FALSE, ERROR_NOT_SUPPORTED);
    }
    if (!flags) {
        return TRUE;
    }
    if ((dwMask & HANDLE_FLAG_INHERIT) != 0) {
        flags->inherited = (dwFlags & HANDLE_FLAG_INHERIT) != 0;
    }
    if ((dwMask & HANDLE_FLAG_PROTECT_FROM_CLOSE) != 0) {
        flags->kept_from_closing = (dwFlags & HANDLE_FLAG_PROTECT_FROM_CLOSE) != 0;
    }
    return kernel::handles.set_flags(handle_value(hObject), *flags) ? TRUE : fail(FALSE, ERROR_INVALID_HANDLE);
}
