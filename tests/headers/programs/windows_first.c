/* windows.h before winsock2.h: full, lean, and with the old trick of defining _WINSOCKAPI_. */
#if defined(LEAN)
#define WIN32_LEAN_AND_MEAN
#elif defined(TRICK)
#define _WINSOCKAPI_
#endif
#include <windows.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <afunix.h>
#include <ws2spi.h>
#include <nspapi.h>
#include <qos.h>
#include <winsock.h>

static const GUID accept_ex = WSAID_ACCEPTEX;
static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;

int main(void)
{
    LPFN_ACCEPTEX function = NULL;
    DWORD bytes = 0;
    SOCKET s = WSASocket(AF_UNIX, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    struct tcp_keepalive alive = {1, 1000, 100};
    OVERLAPPED overlapped;
    GUID guid = accept_ex;

    ZeroMemory(&overlapped, sizeof(overlapped));
    overlapped.Offset = 0;
    overlapped.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid), &function, sizeof(function), &bytes,
             NULL, NULL);
    WSAIoctl(s, SIO_KEEPALIVE_VALS, &alive, sizeof(alive), NULL, 0, &bytes, &overlapped, NULL);
    WaitForSingleObject(overlapped.hEvent, INFINITE);
    CloseHandle(overlapped.hEvent);
    UNREFERENCED_PARAMETER(bytes);
    return IsEqualGUID(&guid, &accept_ex) && IN6_IS_ADDR_LOOPBACK(&loopback) &&
                   IN6_ARE_ADDR_EQUAL(&loopback, &in6addr_loopback) && HasOverlappedIoCompleted(&overlapped)
               ? (int)GetLastError()
               : 1;
}
