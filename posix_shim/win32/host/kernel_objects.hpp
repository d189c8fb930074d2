// Events and threads are Windows' own; in place of the file of the same name.
#pragma once

#include "host/winsock.hpp"
#include "kernel/handle_table.hpp"

extern "C" __declspec(dllimport) LONG NTAPI NtQueryEvent(HANDLE event, int what, PVOID buffer, ULONG size, PULONG returned);

namespace spindle::host {

/// Handles may carry tag bits in their low two bits (OVL-15); functions on handles look past them.
inline std::uintptr_t handle_value(HANDLE handle) noexcept
{
    return reinterpret_cast<std::uintptr_t>(handle) & ~std::uintptr_t{3};
}

inline HANDLE without_tag(HANDLE handle) noexcept
{
    return reinterpret_cast<HANDLE>(handle_value(handle));
}

inline HANDLE make_event(bool manual_reset, bool signalled) noexcept
{
    return CreateEventW(nullptr, manual_reset ? TRUE : FALSE, signalled ? TRUE : FALSE, nullptr);
}

/// Whether the handle is an event's: asks for its state, which leaves it as it is.
inline bool event_of(HANDLE handle) noexcept
{
    LONG type_and_state[2] = {};
    return NtQueryEvent(without_tag(handle), 0, type_and_state, sizeof type_and_state, nullptr) >= 0;
}

inline bool set_event_object(HANDLE handle) noexcept
{
    return SetEvent(without_tag(handle)) != FALSE;
}

inline bool reset_event_object(HANDLE handle) noexcept
{
    return ResetEvent(without_tag(handle)) != FALSE;
}

inline bool close_event_object(HANDLE handle) noexcept
{
    return CloseHandle(without_tag(handle)) != FALSE;
}

/// A look at the queue tells, and makes one for a thread that had none.
inline bool thread_may_have_messages() noexcept
{
    return true;
}

}  // namespace spindle::host
