/* Two members of a multicast group and a datagram to everybody, on one machine. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <string.h>

#ifdef _MSC_VER
#pragma comment(lib, "ws2_32.lib")
#endif

#define GROUP "239.192.7.41"

static SOCKET member(const char *group, u_short port)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    BOOL yes = TRUE;
    DWORD timeout = 10000;
    struct sockaddr_in local;
    struct ip_mreq join;

    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (const char *)&yes, sizeof(yes));
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (const char *)&timeout, sizeof(timeout));
    memset(&local, 0, sizeof(local));
    local.sin_family = AF_INET;
    local.sin_port = port;
    local.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(s, (struct sockaddr *)&local, sizeof(local)) != 0)
        return INVALID_SOCKET;
    join.imr_multiaddr.s_addr = inet_addr(group);
    join.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
    if (setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&join, sizeof(join)) == SOCKET_ERROR)
        return INVALID_SOCKET;
    return s;
}

int main()
{
    WSADATA wsa;
    SOCKET first, second;
    struct sockaddr_in to;
    struct in_addr loop;
    int length = sizeof(to), heard = 0, ttl = 0;
    BOOL broadcast = TRUE;
    char text[64];

    WSAStartup(MAKEWORD(2, 0), &wsa);
    first = member(GROUP, 0);
    if (first == INVALID_SOCKET || getsockname(first, (struct sockaddr *)&to, &length) == SOCKET_ERROR)
        return 1;
    second = member(GROUP, to.sin_port);
    if (second == INVALID_SOCKET)
        return 2;
    loop.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(first, IPPROTO_IP, IP_MULTICAST_IF, (char *)&loop, sizeof(loop));
    setsockopt(first, IPPROTO_IP, IP_MULTICAST_TTL, (char *)&ttl, sizeof(ttl));
    InetPtonA(AF_INET, GROUP, &to.sin_addr);
    if (sendto(first, "hello all", 9, 0, (struct sockaddr *)&to, sizeof(to)) != 9)
        return 3;
    heard += recvfrom(first, text, sizeof(text), 0, NULL, NULL) == 9;
    heard += recvfrom(second, text, sizeof(text), 0, NULL, NULL) == 9 && memcmp(text, "hello all", 9) == 0;
    if (setsockopt(first, SOL_SOCKET, SO_BROADCAST, (char *)&broadcast, sizeof broadcast) != 0)
        return 4;
    closesocket(first);
    closesocket(second);
    WSACleanup();
    printf("heard %d times\n", heard);
    return heard == 2 ? 0 : 5;
}
