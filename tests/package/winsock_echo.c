/* A Winsock program in C, written as for Windows: sends a line to itself over loopback and reads it back. One
   thread is enough, since the listener's queue completes the connection. Exit code: 0 when every call did what
   it should. */
#include <winsock2.h>
#include <ws2tcpip.h>

#include <stdio.h>
#include <string.h>

static int failed(const char* what)
{
    fprintf(stderr, "%s: error %d\n", what, WSAGetLastError());
    return 1;
}

static int echo(void)
{
    static const char text[] = "over loopback and back";
    char buffer[sizeof text];
    struct sockaddr_in address;
    int length = (int)sizeof address;
    SOCKET listener, client, server;

    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (listener == INVALID_SOCKET || client == INVALID_SOCKET)
        return failed("socket");

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr*)&address, length) == SOCKET_ERROR)
        return failed("bind");
    if (listen(listener, 1) == SOCKET_ERROR)
        return failed("listen");
    if (getsockname(listener, (struct sockaddr*)&address, &length) == SOCKET_ERROR)
        return failed("getsockname");
    if (connect(client, (struct sockaddr*)&address, length) == SOCKET_ERROR)
        return failed("connect");
    server = accept(listener, NULL, NULL);
    if (server == INVALID_SOCKET)
        return failed("accept");

    if (send(client, text, (int)sizeof text, 0) != (int)sizeof text)
        return failed("send");
    if (recv(server, buffer, (int)sizeof buffer, 0) != (int)sizeof buffer)
        return failed("recv");
    if (send(server, buffer, (int)sizeof buffer, 0) != (int)sizeof buffer)
        return failed("send back");
    memset(buffer, 0, sizeof buffer);
    if (recv(client, buffer, (int)sizeof buffer, 0) != (int)sizeof buffer)
        return failed("recv back");
    if (memcmp(buffer, text, sizeof text) != 0)
        return failed("comparison");

    if (closesocket(client) != 0 || closesocket(server) != 0 || closesocket(listener) != 0)
        return failed("closesocket");
    return 0;
}

int main(void)
{
    WSADATA data;
    int result = WSAStartup(MAKEWORD(2, 2), &data);
    if (result != 0) {
        fprintf(stderr, "WSAStartup: error %d\n", result);
        return 1;
    }
    result = echo();
    if (WSACleanup() == SOCKET_ERROR)
        return failed("WSACleanup");
    if (result == 0)
        puts("echoed");
    return result;
}
