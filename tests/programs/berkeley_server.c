/* A Berkeley server over a set of its own size; void main, as old C sources have it. */
#define FD_SETSIZE 256
#include <WinSock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma comment(lib, "wsock32.lib")

#define CLIENTS 5

static SOCKET clients[CLIENTS];

static void fatal(char *what)
{
    fprintf(stderr, "%s: %d\n", what, WSAGetLastError());
    exit(1);
}

static void connect_clients(struct sockaddr_in *to)
{
    int i;
    for (i = 0; i < CLIENTS; i++) {
        clients[i] = socket(PF_INET, SOCK_STREAM, 0);
        if (clients[i] == INVALID_SOCKET || connect(clients[i], (LPSOCKADDR)to, sizeof(*to)) == SOCKET_ERROR)
            fatal("connect");
        send(clients[i], "hello", 5, 0);
        shutdown(clients[i], 1);
    }
}

void main(void)
{
    WSADATA wsa;
    struct sockaddr_in addr;
    int len = sizeof(addr), finished = 0, bytes = 0;
    SOCKET listener;
    fd_set master, ready;
    u_int i;

    if (WSAStartup(MAKEWORD(1, 1), &wsa) != 0)
        exit(1);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(listener, (LPSOCKADDR)&addr, sizeof(addr)) || listen(listener, 5))
        fatal("bind");
    getsockname(listener, (LPSOCKADDR)&addr, &len);
    connect_clients(&addr);
    FD_ZERO(&master);
    FD_SET(listener, &master);
    while (finished < CLIENTS) {
        struct timeval limit;
        limit.tv_sec = 20;
        limit.tv_usec = 0;
        ready = master;
        if (select(0, &ready, NULL, NULL, &limit) <= 0)
            fatal("select");
        for (i = 0; i < ready.fd_count; i++) {
            SOCKET s = ready.fd_array[i];
            if (s == listener) {
                FD_SET(accept(s, NULL, NULL), &master);
            } else {
                char text[64];
                int n = recv(s, text, sizeof(text), 0);
                if (n > 0) {
                    bytes += n;
                } else {
                    finished++;
                    FD_CLR(s, &master);
                    closesocket(s);
                }
            }
        }
    }
    for (i = 0; i < CLIENTS; i++)
        closesocket(clients[i]);
    closesocket(listener);
    WSACleanup();
    printf("%d clients, %d bytes, room for %d\n", finished, bytes, FD_SETSIZE);
    exit(finished == CLIENTS && bytes == 5 * CLIENTS && sizeof(master.fd_array) / sizeof(SOCKET) == 256 ? 0 : 1);
}
