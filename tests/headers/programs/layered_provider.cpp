// The shape of a layered provider as its authors write it: prototypes spelled as on the documentation pages.
#include <ws2spi.h>
#include <mswsock.h>

static WSPPROC_TABLE next_table;
static WSPUPCALLTABLE upcalls;

static int WSPAPI layered_select(int nfds, fd_set FAR *readfds, fd_set FAR *writefds, fd_set FAR *exceptfds,
                                 const struct timeval FAR *timeout, LPINT lpErrno)
{
    return next_table.lpWSPSelect(nfds, readfds, writefds, exceptfds, timeout, lpErrno);
}

static int WSPAPI layered_async_select(SOCKET s, HWND hWnd, unsigned int wMsg, long lEvent, LPINT lpErrno)
{
    return next_table.lpWSPAsyncSelect(s, hWnd, wMsg, lEvent, lpErrno);
}

static int WSPAPI layered_event_select(SOCKET s, WSAEVENT hEventObject, long lNetworkEvents, LPINT lpErrno)
{
    return next_table.lpWSPEventSelect(s, hEventObject, lNetworkEvents, lpErrno);
}

static int WSPAPI layered_send(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount,
                               LPDWORD lpNumberOfBytesSent, DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine,
                               LPWSATHREADID lpThreadId, LPINT lpErrno)
{
    return next_table.lpWSPSend(s, lpBuffers, dwBufferCount, lpNumberOfBytesSent, dwFlags, lpOverlapped,
                                lpCompletionRoutine, lpThreadId, lpErrno);
}

extern "C" __declspec(dllexport) int WSPAPI WSPStartup(WORD wVersionRequested, LPWSPDATA lpWSPData,
                                                       LPWSAPROTOCOL_INFOW lpProtocolInfo,
                                                       WSPUPCALLTABLE UpcallTable,
                                                       LPWSPPROC_TABLE lpProcTable)
{
    static_assert(sizeof(WSPPROC_TABLE) == 30 * sizeof(void *), "thirty entry points");
    static_assert(sizeof(WSPUPCALLTABLE) == 15 * sizeof(void *), "fifteen upcalls");
    if (lpProtocolInfo->ProtocolChain.ChainLen <= BASE_PROTOCOL || wVersionRequested != MAKEWORD(2, 2))
        return WSAVERNOTSUPPORTED;
    upcalls = UpcallTable;
    lpWSPData->wVersion = lpWSPData->wHighVersion = wVersionRequested;
    *lpProcTable = next_table;
    lpProcTable->lpWSPSelect = layered_select;
    lpProcTable->lpWSPAsyncSelect = layered_async_select;
    lpProcTable->lpWSPEventSelect = layered_event_select;
    lpProcTable->lpWSPSend = layered_send;
    return upcalls.lpWPUCreateSocketHandle ? 0 : WSAEINVALIDPROCTABLE;
}
