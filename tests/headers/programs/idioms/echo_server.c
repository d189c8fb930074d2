/* A thread for each client: void main, pragmas for libraries, process.h, other spellings of the headers. */
#define WIN32_LEAN_AND_MEAN
#include <Windows.h>
#include <WinSock2.h>
#include <WS2tcpip.h>
#include <Process.h>
#include <stdio.h>
#include <stdlib.h>

#pragma comment(lib, "Ws2_32.lib")
#pragma comment(lib, "Mswsock.lib")
#pragma warning(disable : 4996)

#define PORT "27015"

static volatile LONG clients = 0;

static unsigned __stdcall serve(void *parameter)
{
    SOCKET client = (SOCKET)(UINT_PTR)parameter;
    char buffer[512];
    int received;
    InterlockedIncrement(&clients);
    while ((received = recv(client, buffer, sizeof(buffer), 0)) > 0) {
        if (send(client, buffer, received, 0) == SOCKET_ERROR) {
            printf("send failed with error: %d\n", WSAGetLastError());
            break;
        }
    }
    shutdown(client, SD_SEND);
    closesocket(client);
    InterlockedDecrement(&clients);
    _endthreadex(0);
    return 0;
}

#ifdef __clang__ /* refuses anything but int since C99 */
#define ENTRY int
#else
#define ENTRY void
#endif

ENTRY main(void)
{
    WSADATA data;
    struct addrinfo hints, *result = NULL;
    SOCKET listener;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        exit(1);
    }
    ZeroMemory(&hints, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    hints.ai_flags = AI_PASSIVE;
    if (getaddrinfo(NULL, PORT, &hints, &result) != 0) {
        WSACleanup();
        exit(1);
    }
    listener = socket(result->ai_family, result->ai_socktype, result->ai_protocol);
    if (bind(listener, result->ai_addr, (int)result->ai_addrlen) == SOCKET_ERROR ||
        listen(listener, SOMAXCONN) == SOCKET_ERROR) {
        freeaddrinfo(result);
        closesocket(listener);
        WSACleanup();
        exit(1);
    }
    freeaddrinfo(result);
    for (;;) {
        unsigned id;
        HANDLE thread;
        SOCKET client = accept(listener, NULL, NULL);
        if (client == INVALID_SOCKET) {
            break;
        }
        thread = (HANDLE)_beginthreadex(NULL, 0, serve, (void *)(UINT_PTR)client, 0, &id);
        if (thread != NULL) {
            CloseHandle(thread);
        }
    }
    WSACleanup();
}
