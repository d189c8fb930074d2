// A console client: network events between looks at the keyboard, until a key or the end of the connection.
#include <conio.h>
#include <stdio.h>
#include <tchar.h>
#include <WinSock2.h>
#include <WS2tcpip.h>

#pragma comment(lib, "Ws2_32.lib")

class CWinsock {
public:
    CWinsock() { m_result = WSAStartup(MAKEWORD(2, 2), &m_data); }
    ~CWinsock() { WSACleanup(); }
    int m_result;

private:
    WSADATA m_data;
};

int _tmain(int argc, TCHAR *argv[])
{
    CWinsock winsock;
    sockaddr_in address = {0};
    int size = sizeof(address), events = 0;
    _TCHAR title[40];
    _stprintf_s(title, _T("%d arguments"), argc);
    if (winsock.m_result != 0 || argv[0] == NULL)
        return 1;

    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    bind(listener, (sockaddr *)&address, size);
    listen(listener, 1);
    getsockname(listener, (sockaddr *)&address, &size);

    SOCKET s = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, 0, 0, 0);
    WSAEVENT event = WSACreateEvent();
    WSAEventSelect(s, event, FD_CONNECT | FD_READ | FD_CLOSE);
    WSAConnect(s, (sockaddr *)&address, sizeof(address), NULL, NULL, NULL, NULL);
    SOCKET peer = accept(listener, NULL, NULL);
    char text[32] = "";
    for (bool open = true; open;) {
        if (_kbhit() && _getch() == 'q')
            break;
        if (WSAWaitForMultipleEvents(1, &event, FALSE, 10000, FALSE) != WSA_WAIT_EVENT_0)
            return 2;
        WSANETWORKEVENTS network;
        if (WSAEnumNetworkEvents(s, event, &network) == SOCKET_ERROR)
            return 3;
        if (network.lNetworkEvents & FD_CONNECT) {
            events |= network.iErrorCode[FD_CONNECT_BIT] == 0 ? 1 : 0;
            send(peer, "welcome", 7, 0);
            closesocket(peer);
        }
        if (network.lNetworkEvents & FD_READ)
            events |= recv(s, text, sizeof(text) - 1, 0) == 7 ? 2 : 0;
        if (network.lNetworkEvents & FD_CLOSE) {
            events |= 4;
            open = false;
        }
    }
    closesocket(s);
    closesocket(listener);
    WSACloseEvent(event);
    printf("%s, events %d\n", text, events);
    return events == 7 ? 0 : 4;
}
