// Event objects as programs see them: the WSA functions and the Win32 ones, on the same objects and handles.
// They work without WSAStartup, since events are the kernel's. Access masks and security attributes have no
// meaning within one process. Answers to the pages "WSACreateEvent", "CreateEventExW" and "PulseEvent".
#include "host/object_names.hpp"

using namespace spindle::host;

namespace {

BOOL event_result(bool done) noexcept
{
    return done ? TRUE : fail(FALSE, WSA_INVALID_HANDLE);
}

HANDLE new_event(const object_name& name, bool manual_reset, bool signalled) noexcept
{
    return create_object(name, new_object<spindle::kernel::event>(manual_reset, signalled));
}

HANDLE new_event(const object_name& name, DWORD flags) noexcept
{
    constexpr DWORD known = CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET;
    if ((flags & ~known) != 0) {
        return fail(HANDLE{nullptr}, ERROR_INVALID_PARAMETER);
    }
    return new_event(name, (flags & CREATE_EVENT_MANUAL_RESET) != 0, (flags & CREATE_EVENT_INITIAL_SET) != 0);
}

}  // namespace

WSAEVENT WSAAPI WSACreateEvent(void)
{
    const HANDLE handle = make_event(true, false);
    return handle != nullptr ? handle : fail(HANDLE{nullptr}, WSA_NOT_ENOUGH_MEMORY);
}

BOOL WSAAPI WSASetEvent(WSAEVENT hEvent)
{
    return event_result(set_event_object(hEvent));
}

BOOL WSAAPI WSAResetEvent(WSAEVENT hEvent)
{
    return event_result(reset_event_object(hEvent));
}

BOOL WSAAPI WSACloseEvent(WSAEVENT hEvent)
{
    return event_result(close_event_object(hEvent));
}

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES, BOOL bManualReset, BOOL bInitialState, LPCSTR lpName)
{
    return new_event(object_name(lpName), bManualReset != FALSE, bInitialState != FALSE);
}

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES, BOOL bManualReset, BOOL bInitialState, LPCWSTR lpName)
{
    return new_event(object_name(lpName), bManualReset != FALSE, bInitialState != FALSE);
}

HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES, LPCSTR lpName, DWORD dwFlags, DWORD)
{
    return new_event(object_name(lpName), dwFlags);
}

HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES, LPCWSTR lpName, DWORD dwFlags, DWORD)
{
    return new_event(object_name(lpName), dwFlags);
}

HANDLE WINAPI OpenEventA(DWORD, BOOL, LPCSTR lpName)
{
    return open_object(object_name(lpName), spindle::kernel::object_kind::event);
}

HANDLE WINAPI OpenEventW(DWORD, BOOL, LPCWSTR lpName)
{
    return open_object(object_name(lpName), spindle::kernel::object_kind::event);
}

BOOL WINAPI SetEvent(HANDLE hEvent)
{
    return event_result(set_event_object(hEvent));
}

BOOL WINAPI ResetEvent(HANDLE hEvent)
{
    return event_result(reset_event_object(hEvent));
}

BOOL WINAPI PulseEvent(HANDLE hEvent)
{
    const auto target = event_of(hEvent);
    if (target) {
        target->pulse();
    }
    return event_result(static_cast<bool>(target));
}
