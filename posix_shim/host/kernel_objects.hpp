// From HANDLE values to kernel objects, as the functions on events and waits need it.
#pragma once

#include "host/winsock.hpp"
#include "kernel/event.hpp"
#include "kernel/handle_table.hpp"

#include <new>

namespace spindle::host {

/// Handles may carry tag bits in their low two bits (OVL-15); functions on handles look past them.
inline std::uintptr_t handle_value(HANDLE handle) noexcept
{
    return reinterpret_cast<std::uintptr_t>(handle) & ~std::uintptr_t{3};
}

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
    const auto target = event_of(handle);
    if (target) {
        target->set();
    }
    return static_cast<bool>(target);
}

inline bool reset_event_object(HANDLE handle) noexcept
{
    const auto target = event_of(handle);
    if (target) {
        target->reset();
    }
    return static_cast<bool>(target);
}

inline bool close_event_object(HANDLE handle) noexcept
{
    return kernel::handles.remove(handle_value(handle), kernel::object_kind::event);
}

/// What a wait on the handle waits for; a socket's is its file object (OVL-14). Empty: no handle, or one of an object
/// without a signalled state.
inline kernel::object_ref<kernel::waitable> waitable_of(HANDLE handle) noexcept
{
    const std::uintptr_t value = handle_value(handle);
    auto found = kernel::handles.find(value, kernel::object_kind::none);
    if (!found) {
        return kernel::object_ref<kernel::waitable>(kernel::handles.file_of(value).detach());
    }
    if (found->kind() == kernel::object_kind::completion_port) {
        return {};
    }
    return kernel::object_ref<kernel::waitable>(static_cast<kernel::waitable*>(found.detach()));
}

}  // namespace spindle::host
