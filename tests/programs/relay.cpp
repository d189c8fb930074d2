// A relay between a client and a server, a thread for each direction, as proxies for Windows are built.
#include <WinSock2.h>
#include <Ws2tcpip.h>
#include <process.h>
#include <cstdio>
#include <cstring>
#include <string>

#pragma comment(lib,"ws2_32")

using namespace std;

struct Tunnel {
    SOCKET from;
    SOCKET to;
};

SOCKET Listen(PADDRINFOA *where)
{
    ADDRINFOA hints = {};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST;
    if (getaddrinfo("127.0.0.1", "0", &hints, where) != 0)
        return INVALID_SOCKET;
    SOCKET s = socket((*where)->ai_family, (*where)->ai_socktype, (*where)->ai_protocol);
    int size = static_cast<int>((*where)->ai_addrlen);
    if (::bind(s, (*where)->ai_addr, size) || listen(s, SOMAXCONN) || getsockname(s, (*where)->ai_addr, &size))
        return INVALID_SOCKET;
    return s;
}

SOCKET Connect(PADDRINFOA where)
{
    SOCKET s = socket(where->ai_family, where->ai_socktype, where->ai_protocol);
    return connect(s, where->ai_addr, static_cast<int>(where->ai_addrlen)) ? INVALID_SOCKET : s;
}

void NoDelay(SOCKET s)
{
    BOOL on = TRUE;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof on);
}

unsigned int WINAPI Pump(LPVOID param)
{
    Tunnel *tunnel = (Tunnel *)param;
    char buffer[4096];
    int count;
    NoDelay(tunnel->to);
    while ((count = recv(tunnel->from, buffer, sizeof buffer, 0)) > 0)
        for (int done = 0, n; done < count; done += n)
            if ((n = send(tunnel->to, buffer + done, count - done, 0)) <= 0)
                return 1;
    shutdown(tunnel->to, SD_SEND);
    return 0;
}

unsigned int WINAPI Echo(LPVOID param)
{
    SOCKET s = accept((SOCKET)param, nullptr, nullptr);
    Tunnel self = {s, s};
    Pump(&self);
    closesocket(s);
    return 0;
}

int main()
{
    WSADATA wsaData;
    WSAStartup(MAKEWORD(2, 2), &wsaData);
    PADDRINFOA serverAddress = nullptr, relayAddress = nullptr;
    SOCKET server = Listen(&serverAddress), relay = Listen(&relayAddress);
    if (server == INVALID_SOCKET || relay == INVALID_SOCKET)
        return 1;
    HANDLE threads[3];
    threads[0] = (HANDLE)_beginthreadex(nullptr, 0, &Echo, (LPVOID)server, 0, nullptr);
    SOCKET client = Connect(relayAddress);
    SOCKET inner = accept(relay, nullptr, nullptr), outer = Connect(serverAddress);
    Tunnel there = {inner, outer}, back = {outer, inner};
    threads[1] = (HANDLE)_beginthreadex(nullptr, 0, &Pump, &there, 0, nullptr);
    threads[2] = (HANDLE)_beginthreadex(nullptr, 0, &Pump, &back, 0, nullptr);

    string sent(100000, '*'), received;
    for (size_t i = 0; i < sent.size(); ++i)
        sent[i] = static_cast<char>('a' + i % 23);
    for (size_t at = 0; at < sent.size(); at += 10000) {
        send(client, sent.data() + at, 10000, 0);
        char part[10000];
        int n = recv(client, part, sizeof part, MSG_WAITALL);
        if (n > 0)
            received.append(part, n);
    }
    shutdown(client, SD_SEND);
    WaitForMultipleObjects(3, threads, TRUE, INFINITE);
    for (HANDLE each : threads)
        CloseHandle(each);
    for (SOCKET each : {client, inner, outer, relay, server})
        closesocket(each);
    freeaddrinfo(serverAddress);
    freeaddrinfo(relayAddress);
    WSACleanup();
    printf("%u of %u bytes came back\n", (unsigned)received.size(), (unsigned)sent.size());
    return received == sent ? 0 : 1;
}
