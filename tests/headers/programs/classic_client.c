/* A blocking client as textbooks have it: start-up, name or dotted address, connect, send, receive, close. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>

static int report(const char *what)
{
    fprintf(stderr, "%s: %d\n", what, WSAGetLastError());
    WSACleanup();
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    WSADATA data;
    SOCKET s;
    struct sockaddr_in peer;
    struct hostent *host;
    struct linger linger = {1, 5};
    int timeout = 2000;
    int yes = 1;
    char buffer[512];
    int length;

    if (argc != 3)
        return EXIT_FAILURE;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return EXIT_FAILURE;
    if (LOBYTE(data.wVersion) != 2 || HIBYTE(data.wVersion) != 2)
        return report("version");
    s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (s == INVALID_SOCKET)
        return report("socket");
    memset(&peer, 0, sizeof(peer));
    peer.sin_family = AF_INET;
    peer.sin_port = htons((u_short)atoi(argv[2]));
    peer.sin_addr.s_addr = inet_addr(argv[1]);
    if (peer.sin_addr.s_addr == INADDR_NONE) {
        host = gethostbyname(argv[1]);
        if (host == NULL)
            return report("gethostbyname");
        memcpy(&peer.sin_addr, host->h_addr, (size_t)host->h_length);
    }
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (const char *)&yes, sizeof(yes));
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (const char *)&timeout, sizeof(timeout));
    setsockopt(s, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof(linger));
    if (connect(s, (SOCKADDR *)&peer, sizeof(peer)) == SOCKET_ERROR)
        return report("connect");
    printf("connected to %s:%d\n", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port));
    if (send(s, "hello", 5, 0) == SOCKET_ERROR)
        return report("send");
    shutdown(s, SD_SEND);
    while ((length = recv(s, buffer, sizeof(buffer), 0)) > 0)
        fwrite(buffer, 1, (size_t)length, stdout);
    if (length == SOCKET_ERROR && WSAGetLastError() != WSAETIMEDOUT)
        return report("recv");
    closesocket(s);
    WSACleanup();
    return EXIT_SUCCESS;
}
