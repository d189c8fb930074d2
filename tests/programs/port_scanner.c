/* A scanner: non-blocking connects, then select tells which have come to something. */
#include <stdio.h>
#include <stdlib.h>
#include <winsock2.h>
#include <windows.h>
#include <time.h>

enum { OPEN_PORTS = 2, PORTS = 4 };

static int scan(unsigned short port)
{
    SOCKADDR_IN target;
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    unsigned long on = 1;
    fd_set writable, failed;
    struct timeval tv = {10, 0};
    int error = 0, size = sizeof(error), result = 0;

    ioctlsocket(s, FIONBIO, &on);
    target.sin_family = AF_INET;
    target.sin_port = htons(port);
    target.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (connect(s, (SOCKADDR *)&target, sizeof(target)) != 0 && WSAGetLastError() == WSAEWOULDBLOCK) {
        FD_ZERO(&writable);
        FD_ZERO(&failed);
        FD_SET(s, &writable);
        FD_SET(s, &failed);
        if (select((int)s + 1, NULL, &writable, &failed, &tv) > 0) {
            if (FD_ISSET(s, &writable))
                result = 1;
            else if (getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&error, &size) == 0 && error == WSAECONNREFUSED)
                result = -1;
        }
    }
    closesocket(s);
    return result;
}

int main(int argc, char **argv)
{
    WSADATA wsaData;
    SOCKET taken[PORTS];
    unsigned short ports[PORTS];
    int i, open = 0, closed = 0;
    clock_t start = clock();

    if (WSAStartup(MAKEWORD(2, 2), &wsaData) != 0)
        exit(EXIT_FAILURE);
    for (i = 0; i < PORTS; i++) { /* half of them listen, the others only keep their port */
        SOCKADDR_IN local = {0};
        int size = sizeof(local);
        local.sin_family = AF_INET;
        local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        taken[i] = socket(AF_INET, SOCK_STREAM, 0);
        bind(taken[i], (SOCKADDR *)&local, sizeof(local));
        if (i < OPEN_PORTS)
            listen(taken[i], 1);
        getsockname(taken[i], (SOCKADDR *)&local, &size);
        ports[i] = ntohs(local.sin_port);
    }
    for (i = 0; i < PORTS; i++) {
        int state = scan(ports[i]);
        open += state > 0;
        closed += state < 0;
    }
    for (i = 0; i < PORTS; i++)
        closesocket(taken[i]);
    WSACleanup();
    printf("%s: %d open, %d closed, %ld ms\n", argc > 0 ? argv[0] : "scan", open, closed,
           (long)((clock() - start) * 1000 / CLOCKS_PER_SEC));
    return open == OPEN_PORTS && closed == PORTS - OPEN_PORTS ? EXIT_SUCCESS : EXIT_FAILURE;
}
