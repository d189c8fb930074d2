// The upcall table, and the upcalls on events, fd_sets and messages. See upcalls.hpp.
#include "host/upcalls.hpp"

#include "host/kernel_objects.hpp"
#include "host/window_send.hpp"

using namespace spindle::host;

namespace {

BOOL event_result(bool done, LPINT lpErrno) noexcept
{
    return done ? TRUE : upcall_failure(FALSE, lpErrno, WSA_INVALID_HANDLE);
}

}  // namespace

WSAEVENT WSPAPI WPUCreateEvent(LPINT lpErrno)
{
    const HANDLE handle = make_event(true, false);
    return handle != nullptr ? handle : upcall_failure(HANDLE{nullptr}, lpErrno, WSA_NOT_ENOUGH_MEMORY);
}

BOOL WSPAPI WPUCloseEvent(WSAEVENT hEvent, LPINT lpErrno)
{
    return event_result(close_event_object(hEvent), lpErrno);
}

BOOL WSPAPI WPUSetEvent(WSAEVENT hEvent, LPINT lpErrno)
{
    return event_result(set_event_object(hEvent), lpErrno);
}

BOOL WSPAPI WPUResetEvent(WSAEVENT hEvent, LPINT lpErrno)
{
    return event_result(reset_event_object(hEvent), lpErrno);
}

int WSPAPI WPUFDIsSet(SOCKET s, fd_set FAR* fdset)
{
    return fdset == nullptr ? 0 : __WSAFDIsSet(s, fdset);
}

// As UP-6 has it of upcalls, the thread's last error stays what it is.
BOOL WSPAPI WPUPostMessage(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return post_to_window(hWnd, Msg, wParam, lParam) == 0 ? TRUE : FALSE;
}

namespace spindle::host {

WSPUPCALLTABLE upcall_table() noexcept
{
    constexpr unsigned upcall_count = 15;
    static_assert(sizeof(WSPUPCALLTABLE) == upcall_count * sizeof(void*), "UP-1: fifteen upcalls");
    WSPUPCALLTABLE table{};
    table.lpWPUCloseEvent = &WPUCloseEvent;
    table.lpWPUCloseSocketHandle = &WPUCloseSocketHandle;
    table.lpWPUCreateEvent = &WPUCreateEvent;
    table.lpWPUCreateSocketHandle = &WPUCreateSocketHandle;
    table.lpWPUFDIsSet = &WPUFDIsSet;
    table.lpWPUGetProviderPath = &WPUGetProviderPath;
    table.lpWPUModifyIFSHandle = &WPUModifyIFSHandle;
    table.lpWPUPostMessage = &WPUPostMessage;
    table.lpWPUQueryBlockingCallback = &WPUQueryBlockingCallback;
    table.lpWPUQuerySocketHandleContext = &WPUQuerySocketHandleContext;
    table.lpWPUQueueApc = &WPUQueueApc;
    table.lpWPUResetEvent = &WPUResetEvent;
    table.lpWPUSetEvent = &WPUSetEvent;
    table.lpWPUOpenCurrentThread = &WPUOpenCurrentThread;
    table.lpWPUCloseThread = &WPUCloseThread;
    return table;
}

}  // namespace spindle::host
