// The thread pool looks after a socket: CreateThreadpoolIo, StartThreadpoolIo, and callbacks that go on with the next.
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

#pragma comment(lib, "ws2_32.lib")

struct CONNECTION {
    OVERLAPPED overlapped;
    SOCKET socket;
    WSABUF buffer;
    char data[128];
    ULONG total;
    HANDLE finished;
};

static bool Receive(CONNECTION *connection, PTP_IO io)
{
    DWORD flags = 0;
    ::ZeroMemory(&connection->overlapped, sizeof(connection->overlapped));
    ::StartThreadpoolIo(io);
    if (::WSARecv(connection->socket, &connection->buffer, 1, nullptr, &flags, &connection->overlapped, nullptr) ==
            SOCKET_ERROR &&
        ::WSAGetLastError() != WSA_IO_PENDING) {
        ::CancelThreadpoolIo(io);
        return false;
    }
    return true;
}

static VOID CALLBACK OnIo(PTP_CALLBACK_INSTANCE, PVOID context, PVOID, ULONG result, ULONG_PTR bytes, PTP_IO io)
{
    CONNECTION *connection = static_cast<CONNECTION *>(context);
    connection->total += static_cast<ULONG>(bytes);
    if (result != NO_ERROR || bytes == 0 || !Receive(connection, io))
        ::SetEvent(connection->finished);
}

int main()
{
    WSADATA wsa;
    if (::WSAStartup(WINSOCK_VERSION, &wsa) != 0)
        return EXIT_FAILURE;
    SOCKET listener = ::WSASocketW(AF_INET6, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED);
    SOCKADDR_IN6 address = {};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    int size = sizeof(address);
    if (::bind(listener, reinterpret_cast<SOCKADDR *>(&address), size) != 0)
        return EXIT_FAILURE;
    ::listen(listener, SOMAXCONN);
    ::getsockname(listener, reinterpret_cast<SOCKADDR *>(&address), &size);
    SOCKET client = ::socket(AF_INET6, SOCK_STREAM, 0);
    ::connect(client, reinterpret_cast<SOCKADDR *>(&address), size);

    CONNECTION connection = {};
    connection.socket = ::accept(listener, nullptr, nullptr);
    connection.buffer.buf = connection.data;
    connection.buffer.len = _countof(connection.data);
    connection.finished = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
    PTP_IO io = ::CreateThreadpoolIo(reinterpret_cast<HANDLE>(connection.socket), OnIo, &connection, nullptr);
    if (io == nullptr || !Receive(&connection, io))
        return EXIT_FAILURE;
    char block[1000] = {};
    for (int i = 0; i < 10; ++i)
        ::send(client, block, sizeof(block), 0);
    ::closesocket(client);
    DWORD waited = ::WaitForSingleObject(connection.finished, 20000);
    ::WaitForThreadpoolIoCallbacks(io, FALSE);
    ::CloseThreadpoolIo(io);
    ::closesocket(connection.socket);
    ::closesocket(listener);
    ::CloseHandle(connection.finished);
    ::WSACleanup();
    ::printf("%lu bytes\n", static_cast<unsigned long>(connection.total));
    return waited == WAIT_OBJECT_0 && connection.total == 10000 ? EXIT_SUCCESS : EXIT_FAILURE;
}
