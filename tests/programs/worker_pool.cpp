// A completion port with a key for each connection, one record for each request, and workers of the run-time.
#include <winsock2.h>
#include <Windows.h>
#include <process.h>
#include <stdio.h>
#include <vector>

#pragma comment(lib, "ws2_32.lib")

#define MESSAGES 20
#define CONNECTIONS 4

enum IO_OPERATION { IoRead, IoWrite };

typedef struct _PER_IO_DATA {
    OVERLAPPED Overlapped;
    WSABUF Buffer;
    CHAR Data[512];
    IO_OPERATION Operation;
    DWORD Sent;
} PER_IO_DATA, *LPPER_IO_DATA;

typedef struct _PER_HANDLE_DATA {
    SOCKET Socket;
    LONG Messages;
} PER_HANDLE_DATA, *LPPER_HANDLE_DATA;

static HANDLE g_port;
static HANDLE g_done;
static LONG g_open = CONNECTIONS;
static LONG g_messages;

static bool PostRead(LPPER_HANDLE_DATA handle, LPPER_IO_DATA io)
{
    DWORD flags = 0;
    ZeroMemory(&io->Overlapped, sizeof(OVERLAPPED));
    io->Operation = IoRead;
    io->Buffer.buf = io->Data;
    io->Buffer.len = sizeof(io->Data);
    return WSARecv(handle->Socket, &io->Buffer, 1, NULL, &flags, &io->Overlapped, NULL) == 0 ||
           WSAGetLastError() == WSA_IO_PENDING;
}

static bool PostWrite(LPPER_HANDLE_DATA handle, LPPER_IO_DATA io, DWORD bytes)
{
    ZeroMemory(&io->Overlapped, sizeof(OVERLAPPED));
    io->Operation = IoWrite;
    io->Buffer.len = bytes;
    return WSASend(handle->Socket, &io->Buffer, 1, NULL, 0, &io->Overlapped, NULL) == 0 ||
           WSAGetLastError() == WSA_IO_PENDING;
}

static void Finish(LPPER_HANDLE_DATA handle, LPPER_IO_DATA io)
{
    closesocket(handle->Socket);
    GlobalFree(handle);
    GlobalFree(io);
    if (InterlockedDecrement(&g_open) == 0)
        SetEvent(g_done);
}

static unsigned __stdcall Worker(void *)
{
    for (;;) {
        DWORD bytes = 0;
        LPPER_HANDLE_DATA handle = NULL;
        LPPER_IO_DATA io = NULL;
        BOOL ok = GetQueuedCompletionStatus(g_port, &bytes, (PULONG_PTR)&handle, (LPOVERLAPPED *)&io, INFINITE);
        if (handle == NULL)
            return 0;
        if (!ok || bytes == 0) {
            Finish(handle, io);
            continue;
        }
        bool posted = false;
        if (io->Operation == IoRead) {
            InterlockedExchangeAdd(&g_messages, bytes);
            posted = PostWrite(handle, io, bytes);
        } else {
            posted = PostRead(handle, io);
        }
        if (!posted)
            Finish(handle, io);
    }
}

static unsigned __stdcall Client(void *argument)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    unsigned failed = connect(s, (SOCKADDR *)argument, sizeof(SOCKADDR_IN)) == SOCKET_ERROR;
    for (int i = 0; !failed && i < MESSAGES; ++i) {
        char c = static_cast<char>('a' + i), back = 0;
        send(s, &c, 1, 0);
        failed = recv(s, &back, 1, 0) != 1 || back != c;
    }
    closesocket(s);
    return failed;
}

int __cdecl main()
{
    WSADATA data;
    if (WSAStartup(0x0202, &data) != 0)
        return 1;
    g_port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    g_done = CreateEvent(NULL, TRUE, FALSE, NULL);
    std::vector<HANDLE> workers, clients;
    for (int i = 0; i < 3; ++i)
        workers.push_back((HANDLE)_beginthreadex(NULL, 0, Worker, NULL, 0, NULL));

    SOCKET listener = WSASocket(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    SOCKADDR_IN address = {};
    address.sin_family = AF_INET;
    address.sin_addr.S_un.S_addr = htonl(INADDR_LOOPBACK);
    int size = sizeof(address);
    bind(listener, (PSOCKADDR)&address, sizeof(address));
    listen(listener, 5);
    getsockname(listener, (PSOCKADDR)&address, &size);
    for (int i = 0; i < CONNECTIONS; ++i)
        clients.push_back((HANDLE)_beginthreadex(NULL, 0, Client, &address, 0, NULL));
    for (int i = 0; i < CONNECTIONS; ++i) {
        LPPER_HANDLE_DATA handle = (LPPER_HANDLE_DATA)GlobalAlloc(GPTR, sizeof(PER_HANDLE_DATA));
        LPPER_IO_DATA io = (LPPER_IO_DATA)GlobalAlloc(GPTR, sizeof(PER_IO_DATA));
        handle->Socket = accept(listener, NULL, NULL);
        CreateIoCompletionPort((HANDLE)handle->Socket, g_port, (ULONG_PTR)handle, 0);
        if (!PostRead(handle, io))
            Finish(handle, io);
    }
    DWORD failures = WaitForSingleObject(g_done, 20000) != WAIT_OBJECT_0;
    for (size_t i = 0; i < clients.size(); ++i) {
        DWORD code = 0;
        WaitForSingleObject(clients[i], INFINITE);
        GetExitCodeThread(clients[i], &code);
        failures += code;
        CloseHandle(clients[i]);
    }
    for (size_t i = 0; i < workers.size(); ++i)
        PostQueuedCompletionStatus(g_port, 0, 0, NULL);
    WaitForMultipleObjects((DWORD)workers.size(), &workers[0], TRUE, INFINITE);
    for (size_t i = 0; i < workers.size(); ++i)
        CloseHandle(workers[i]);
    closesocket(listener);
    CloseHandle(g_port);
    CloseHandle(g_done);
    WSACleanup();
    printf("%ld bytes, %lu failures\n", (long)g_messages, (unsigned long)failures);
    return failures == 0 && g_messages == MESSAGES * CONNECTIONS ? 0 : 1;
}
