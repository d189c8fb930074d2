/* Asks for the time by datagram, with a limit on how long it waits and a second try. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <process.h>

#pragma comment (lib, "Ws2_32.lib")

typedef unsigned __int32 uint32;
#define EPOCH 2208988800UL /* seconds from 1900 to 1970 */

static void __cdecl answer_second(void *argument)
{
    SOCKET s = (SOCKET)argument;
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    char request[4];
    uint32 now = htonl((uint32)(time(NULL) + EPOCH));
    recvfrom(s, request, sizeof request, 0, NULL, NULL); /* the first one is lost */
    recvfrom(s, request, sizeof request, 0, (struct sockaddr *)&from, &length);
    sendto(s, (const char *)&now, sizeof now, 0, (const struct sockaddr *)&from, length);
}

int main(void)
{
    WSADATA data;
    SOCKET server, client;
    struct sockaddr_in where;
    int length = sizeof where, tries, got = SOCKET_ERROR, timeouts = 0;
    DWORD limit = 100;
    uint32 reply = 0;
    HANDLE thread;

    if (WSAStartup(MAKEWORD(1, 0), &data))
        return EXIT_FAILURE;
    server = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    memset(&where, 0, sizeof where);
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = inet_addr("127.0.0.1");
    bind(server, (struct sockaddr *)&where, sizeof where);
    getsockname(server, (struct sockaddr *)&where, &length);
    client = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof limit);
    connect(client, (struct sockaddr *)&where, sizeof where);
    thread = (HANDLE)_beginthread(answer_second, 0, (void *)server);
    if (thread == (HANDLE)-1L)
        return EXIT_FAILURE;
    for (tries = 0; tries < 20 && got == SOCKET_ERROR; tries++) {
        send(client, "", 0, 0);
        got = recv(client, (char *)&reply, sizeof reply, 0);
        if (got == SOCKET_ERROR && WSAGetLastError() == WSAETIMEDOUT)
            timeouts++;
    }
    closesocket(client);
    closesocket(server);
    WSACleanup();
    printf("after %d timeouts: %d bytes, %ld seconds off\n", timeouts, got,
           labs((long)(ntohl(reply) - EPOCH) - (long)time(NULL)));
    return got == 4 && timeouts >= 1 && labs((long)(ntohl(reply) - EPOCH) - (long)time(NULL)) < 60 ? EXIT_SUCCESS
                                                                                                   : EXIT_FAILURE;
}
