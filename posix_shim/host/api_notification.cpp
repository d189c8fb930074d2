// Network events by event object or window message, mapped to the SPI.
#include "host/dispatch.hpp"
#include "host/kernel_objects.hpp"
#include "host/upcalls.hpp"
#include "host/window_calls.hpp"

using namespace spindle::host;

int WSAAPI WSAEventSelect(SOCKET s, WSAEVENT hEventObject, long lNetworkEvents)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        // A provider cannot tell whether a handle is an event's; a null one it can.
        if (lNetworkEvents != 0 && hEventObject != nullptr && !event_of(hEventObject)) {
            return upcall_failure(SOCKET_ERROR, lpErrno, WSAEINVAL);
        }
        return table.lpWSPEventSelect(s, hEventObject, lNetworkEvents, lpErrno);
    });
}

int WSAAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS lpNetworkEvents)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPEnumNetworkEvents(s, hEventObject, lpNetworkEvents, lpErrno);
    });
}

int WSAAPI WSAAsyncSelect(SOCKET s, HWND hWnd, u_int wMsg, long lEvent)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        // A provider has no upcall to ask with (ASY-1).
        if (lEvent != 0 && !window_of(hWnd)) {
            return upcall_failure(SOCKET_ERROR, lpErrno, WSAEINVAL);
        }
        return table.lpWSPAsyncSelect(s, hWnd, wMsg, lEvent, lpErrno);
    });
}
