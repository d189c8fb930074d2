// Starting a thread together with the program's handle of it, for the two ways programs have of doing that.
#pragma once

#include "host/kernel_objects.hpp"
#include "kernel/thread_start.hpp"

namespace spindle::host {

/// The new thread's handle; NULL when memory, handles or threads are short. With `early` the handle is stored
/// there before the thread runs.
inline HANDLE start_program_thread(const kernel::thread_start& start, bool suspended, DWORD* id = nullptr,
                                   HANDLE* early = nullptr) noexcept
{
    const kernel::object_ref<kernel::thread> made(new (std::nothrow)
                                                      kernel::thread(kernel::thread::not_begun{suspended}));
    const HANDLE handle = made ? add_program_handle(*made) : nullptr;
    if (handle == nullptr) {
        return nullptr;
    }
    if (early != nullptr) {
        *early = handle;
    }
    if (!kernel::start_thread(*made, start)) {
        kernel::handles.remove(handle_value(handle), kernel::object_kind::thread);
        return nullptr;
    }
    if (id != nullptr) {
        *id = made->id();
    }
    return handle;
}

}  // namespace spindle::host
