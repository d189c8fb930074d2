// From HANDLE values to kernel objects, as the functions on objects and waits need it.
#pragma once

#include "host/winsock.hpp"
#include "kernel/event.hpp"
#include "kernel/file.hpp"
#include "kernel/handle_table.hpp"
#include "kernel/process.hpp"
#include "kernel/thread.hpp"

#include <new>

namespace spindle::host {

/// Handles may carry tag bits in their low two bits (OVL-15); functions on handles look past them.
inline std::uintptr_t handle_value(HANDLE handle) noexcept
{
    return reinterpret_cast<std::uintptr_t>(handle) & ~std::uintptr_t{3};
}

/// What GetCurrentProcess and GetCurrentThread return: no handles of the table, never closed.
inline const HANDLE current_process_handle = reinterpret_cast<HANDLE>(std::intptr_t{-1});
inline const HANDLE current_thread_handle = reinterpret_cast<HANDLE>(std::intptr_t{-2});

inline HANDLE handle_of(std::uint32_t value) noexcept
{
    return reinterpret_cast<HANDLE>(std::uintptr_t{value});
}

/// A new event's handle; NULL when memory or handles are short.
inline HANDLE make_event(bool manual_reset, bool signalled) noexcept
{
    const kernel::object_ref<kernel::event> made(new (std::nothrow) kernel::event(manual_reset, signalled));
    return made ? handle_of(kernel::handles.add(*made)) : nullptr;
}

inline kernel::object_ref<kernel::event> event_of(HANDLE handle) noexcept
{
    return kernel::handles.find<kernel::event>(handle_value(handle));
}

/// False when the handle is no event.
inline bool set_event_object(HANDLE handle) noexcept
{
    return kernel::handles.with<kernel::event>(handle_value(handle), [](kernel::event& target) { target.set(); });
}

inline bool reset_event_object(HANDLE handle) noexcept
{
    return kernel::handles.with<kernel::event>(handle_value(handle), [](kernel::event& target) { target.reset(); });
}

inline bool close_event_object(HANDLE handle) noexcept
{
    return kernel::handles.remove(handle_value(handle), kernel::object_kind::event);
}

/// Any object, also that of a pseudo handle; empty when the handle is none.
inline kernel::object_ref<kernel::object> object_of(HANDLE handle) noexcept
{
    if (handle == current_process_handle) {
        return kernel::object_ref<kernel::object>(new (std::nothrow) kernel::process);
    }
    if (handle == current_thread_handle) {
        kernel::thread* self = kernel::current_thread_object();
        if (self != nullptr) {
            self->acquire();
        }
        return kernel::object_ref<kernel::object>(self);
    }
    return kernel::handles.find(handle_value(handle), kernel::object_kind::none);
}

/// The object as what it is; empty when the handle is none or of another kind.
template <class Object>
kernel::object_ref<Object> object_of(HANDLE handle) noexcept
{
    auto found = object_of(handle);
    return kernel::object_ref<Object>(
        found && found->kind() == Object::static_kind ? static_cast<Object*>(found.detach()) : nullptr);
}

/// The tag in the handle table of thread handles that belong to the program. Others are the host's and the
/// providers' (UP-18).
inline constexpr std::uintptr_t program_thread_handle = 2;

/// The tag of the other handle that the start of a process gives out, that of its first thread.
inline constexpr std::uintptr_t first_thread_handle = 3;

/// The child whose first thread the handle stands for; empty when it does for something else.
inline kernel::object_ref<kernel::process> child_of_first_thread(HANDLE handle) noexcept
{
    std::uintptr_t tag = 0;
    auto found = kernel::handles.find<kernel::process>(handle_value(handle), &tag);
    return tag == first_thread_handle ? std::move(found) : kernel::object_ref<kernel::process>();
}

/// A handle of the object for the program; NULL when handles are short.
inline HANDLE add_program_handle(kernel::object& target) noexcept
{
    const bool thread = target.kind() == kernel::object_kind::thread;
    return handle_of(kernel::handles.add(target, thread ? program_thread_handle : 0));
}

/// False: the thread has neither a window nor anything posted to it.
inline bool thread_may_have_messages() noexcept
{
    const kernel::thread* self = kernel::known_thread_object();
    return self != nullptr && self->messages() != nullptr;
}

inline kernel::object_ref<kernel::file> file_of(HANDLE handle) noexcept
{
    return kernel::handles.find<kernel::file>(handle_value(handle));
}

/// Marks the handle of a file as one that children get, as SECURITY_ATTRIBUTES ask for it. Those of other objects mean
/// nothing to a child.
inline void mark_inherited(HANDLE handle, bool inherited) noexcept
{
    if (inherited && file_of(handle)) {
        kernel::handles.set_flags(handle_value(handle), {.inherited = true});
    }
}
inline bool is_inherited(const SECURITY_ATTRIBUTES* attributes) noexcept
{
    return attributes != nullptr && attributes->bInheritHandle != FALSE;
}

/// What a wait on the handle waits for; a socket's is its file object (OVL-14). Empty: no handle, or one of an object
/// without a signalled state. One of several look-ups.
inline kernel::object_ref<kernel::waitable> waitable_of(HANDLE handle, kernel::handle_table::look_ups& table) noexcept
{
    const bool pseudo = handle == current_process_handle || handle == current_thread_handle;
    auto found = pseudo ? kernel::object_ref<kernel::object>() : table.find(handle_value(handle));
    if (!found) {
        table.pause();
        found = pseudo ? object_of(handle)
                       : kernel::object_ref<kernel::object>(kernel::handles.file_of(handle_value(handle)).detach());
    }
    kernel::waitable* const target = found ? found->as_waitable() : nullptr;
    if (target != nullptr) {
        (void)found.detach();
    }
    return kernel::object_ref<kernel::waitable>(target);
}

inline kernel::object_ref<kernel::waitable> waitable_of(HANDLE handle) noexcept
{
    kernel::handle_table::look_ups table(kernel::handles);
    return waitable_of(handle, table);
}

}  // namespace spindle::host
