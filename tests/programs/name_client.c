/* Tries every address of a name until one answers, without blocking: getaddrinfo, connect, WSAPoll. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <string.h>

#pragma comment(lib, "ws2_32.lib")

static SOCKET try_address(const struct addrinfo *ai)
{
    u_long on = 1;
    WSAPOLLFD poll_fd;
    int error = 0, size = sizeof error;
    SOCKET s = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);

    if (s == INVALID_SOCKET)
        return s;
    ioctlsocket(s, FIONBIO, &on);
    if (connect(s, ai->ai_addr, (int)ai->ai_addrlen) == 0)
        return s;
    poll_fd.fd = s;
    poll_fd.events = POLLOUT;
    poll_fd.revents = 0;
    if (WSAGetLastError() == WSAEWOULDBLOCK && WSAPoll(&poll_fd, 1, 10000) == 1 &&
        getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&error, &size) == 0 && error == 0)
        return s;
    closesocket(s);
    return INVALID_SOCKET;
}

int main(void)
{
    WSADATA wsa;
    struct addrinfo hints, *list, *ai;
    struct sockaddr_in local;
    char port[NI_MAXSERV], host[NI_MAXHOST];
    int status, size = sizeof local;
    SOCKET listener, s = INVALID_SOCKET;

    if (WSAStartup(MAKEWORD(2, 2), &wsa) != 0)
        return 1;
    listener = socket(AF_INET, SOCK_STREAM, 0); /* so an IPv6 address of the name leads nowhere */
    memset(&local, 0, sizeof local);
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, (struct sockaddr *)&local, sizeof local);
    listen(listener, SOMAXCONN);
    getsockname(listener, (struct sockaddr *)&local, &size);
    sprintf(port, "%u", ntohs(local.sin_port));

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    if ((status = getaddrinfo("localhost", port, &hints, &list)) != 0) {
        fprintf(stderr, "getaddrinfo: %s\n", gai_strerrorA(status));
        return 2;
    }
    for (ai = list; ai != NULL && s == INVALID_SOCKET; ai = ai->ai_next)
        s = try_address(ai);
    freeaddrinfo(list);
    if (s == INVALID_SOCKET || getpeername(s, (struct sockaddr *)&local, &size) != 0 ||
        getnameinfo((struct sockaddr *)&local, size, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
        return 3;
    closesocket(s);
    closesocket(listener);
    WSACleanup();
    printf("connected to %s\n", host);
    return strcmp(host, "127.0.0.1") == 0 ? 0 : 4;
}
