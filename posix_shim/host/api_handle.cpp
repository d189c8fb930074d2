// Handles of any kind of object: closing and duplicating them. Sockets are not among them. Answers to the pages
// "CloseHandle" and "DuplicateHandle".
#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

bool close_object(HANDLE handle) noexcept
{
    std::uintptr_t tag = 0;
    const auto target = kernel::handles.find(handle_value(handle), kernel::object_kind::none, &tag);
    const bool programs_own =
        target && (target->kind() != kernel::object_kind::thread || tag == program_thread_handle);
    return programs_own && kernel::handles.remove(handle_value(handle), target->kind());
}

bool is_pseudo_handle(HANDLE handle) noexcept
{
    return handle == current_process_handle || handle == current_thread_handle;
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
    const auto source = object_of(hSourceHandle);
    if (!source) {
        return fail(FALSE, ERROR_INVALID_HANDLE);
    }
    // Without a place for it the duplicate would only be lost.
    const HANDLE made = lpTargetHandle != nullptr ? add_program_handle(*source) : nullptr;
    // "This occurs regardless of any error status returned."
    if ((dwOptions & DUPLICATE_CLOSE_SOURCE) != 0) {
        close_object(hSourceHandle);
    }
    if (lpTargetHandle != nullptr) {
        if (made == nullptr) {
            return fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
        }
        *lpTargetHandle = made;
    }
    return TRUE;
}
