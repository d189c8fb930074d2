/* Overlapped receives on several sockets, an event for each, and one wait for all of them. */
#include <Winsock2.h>
#include <stdio.h>
#include <string.h>

#pragma comment(lib, "ws2_32.lib")

#define SOCKETS 3

int main(int argc, char *argv[])
{
    WSADATA wsd;
    SOCKET receiver[SOCKETS], sender;
    WSAOVERLAPPED overlapped[SOCKETS];
    WSAEVENT events[SOCKETS];
    WSABUF buffers[SOCKETS];
    char text[SOCKETS][32];
    SOCKADDR_IN address[SOCKETS];
    DWORD i, flags, bytes, seen = 0;

    (void)argc;
    (void)argv;
    if (WSAStartup(MAKEWORD(2, 2), &wsd) != 0)
        return -1;
    sender = socket(AF_INET, SOCK_DGRAM, 0);
    for (i = 0; i < SOCKETS; i++) {
        int size = sizeof(SOCKADDR_IN);
        receiver[i] = WSASocket(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
        memset(&address[i], 0, sizeof(SOCKADDR_IN));
        address[i].sin_family = AF_INET;
        address[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bind(receiver[i], (SOCKADDR *)&address[i], size);
        getsockname(receiver[i], (SOCKADDR *)&address[i], &size);
        memset(&overlapped[i], 0, sizeof(WSAOVERLAPPED));
        events[i] = overlapped[i].hEvent = WSACreateEvent();
        buffers[i].buf = text[i];
        buffers[i].len = sizeof(text[i]);
        flags = 0;
        if (WSARecv(receiver[i], &buffers[i], 1, NULL, &flags, &overlapped[i], NULL) == SOCKET_ERROR &&
            WSAGetLastError() != ERROR_IO_PENDING) {
            printf("WSARecv() failed: %d\n", WSAGetLastError());
            return -1;
        }
    }
    for (i = SOCKETS; i-- > 0;) {
        char letter = (char)('0' + i);
        DWORD index;
        sendto(sender, &letter, 1, 0, (SOCKADDR *)&address[i], sizeof(SOCKADDR_IN));
        index = WSAWaitForMultipleEvents(SOCKETS, events, FALSE, 10000, FALSE) - WSA_WAIT_EVENT_0;
        if (index >= SOCKETS)
            return -1;
        WSAResetEvent(events[index]);
        if (WSAGetOverlappedResult(receiver[index], &overlapped[index], &bytes, FALSE, &flags) && bytes == 1 &&
            text[index][0] == (char)('0' + index))
            seen |= 1u << index;
    }
    for (i = 0; i < SOCKETS; i++) {
        closesocket(receiver[i]);
        WSACloseEvent(events[i]);
    }
    closesocket(sender);
    WSACleanup();
    printf("seen: %lx\n", (unsigned long)seen);
    return seen == 7 ? 0 : -1;
}
