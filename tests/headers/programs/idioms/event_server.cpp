// WSAEventSelect with a waiting loop, C++ arrays with sizes found by themselves.
#include <Winsock2.h>
#include <Ws2tcpip.h>
#include <stdio.h>
#include <string.h>
#include <tchar.h>

#pragma comment(lib, "ws2_32.lib")

namespace {

class client_list {
public:
    client_list() : count_(0) { ::ZeroMemory(events_, sizeof(events_)); }
    bool add(SOCKET s)
    {
        if (count_ == WSA_MAXIMUM_WAIT_EVENTS) {
            return false;
        }
        events_[count_] = WSACreateEvent();
        sockets_[count_] = s;
        return WSAEventSelect(s, events_[count_++], FD_READ | FD_CLOSE | FD_ACCEPT) != SOCKET_ERROR;
    }
    DWORD wait() { return WSAWaitForMultipleEvents(count_, events_, FALSE, WSA_INFINITE, FALSE); }
    SOCKET at(DWORD index) const { return sockets_[index]; }
    WSAEVENT event(DWORD index) const { return events_[index]; }

private:
    WSAEVENT events_[WSA_MAXIMUM_WAIT_EVENTS];
    SOCKET sockets_[WSA_MAXIMUM_WAIT_EVENTS];
    DWORD count_;
};

}  // namespace

int main()
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != NO_ERROR) {
        return 1;
    }
    char line[128];
    strcpy_s(line, "server");
    strcat_s(line, " started");
    sprintf_s(line, "%s on port %d", "server", 5150);
    _snprintf_s(line, _TRUNCATE, "%s", line);
    client_list clients;
    clients.add(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    const DWORD index = clients.wait() - WSA_WAIT_EVENT_0;
    WSANETWORKEVENTS happened;
    WSAEnumNetworkEvents(clients.at(index), clients.event(index), &happened);
    if (happened.lNetworkEvents & FD_READ) {
        printf("%s: %d\n", line, happened.iErrorCode[FD_READ_BIT]);
    }
    WSACleanup();
    return 0;
}
