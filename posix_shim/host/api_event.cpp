// Event objects as programs see them: the WSA functions and the Win32 ones, on the same objects and handles.
// They work without WSAStartup, since events are the kernel's. Answers to the pages "WSACreateEvent" and
// "CreateEventW".
#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"

using namespace spindle::host;

namespace {

BOOL event_result(bool done) noexcept
{
    return done ? TRUE : fail(FALSE, WSA_INVALID_HANDLE);
}

HANDLE new_event(BOOL manual_reset, BOOL signalled, bool named) noexcept
{
    if (named) {
        // Names would make the object visible to other processes, which these objects are not.
        return fail(HANDLE{nullptr}, ERROR_NOT_SUPPORTED);
    }
    const HANDLE handle = make_event(manual_reset != FALSE, signalled != FALSE);
    return handle != nullptr ? handle : fail(HANDLE{nullptr}, WSA_NOT_ENOUGH_MEMORY);
}

}  // namespace

WSAEVENT WSAAPI WSACreateEvent(void)
{
    return new_event(TRUE, FALSE, false);
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
    return new_event(bManualReset, bInitialState, lpName != nullptr);
}

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES, BOOL bManualReset, BOOL bInitialState, LPCWSTR lpName)
{
    return new_event(bManualReset, bInitialState, lpName != nullptr);
}

BOOL WINAPI SetEvent(HANDLE hEvent)
{
    return event_result(set_event_object(hEvent));
}

BOOL WINAPI ResetEvent(HANDLE hEvent)
{
    return event_result(reset_event_object(hEvent));
}
