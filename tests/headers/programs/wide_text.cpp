// UNICODE selects the wide functions and structures; extern "C" around our headers does no harm.
#define UNICODE
extern "C" {
#include <winsock2.h>
#include <ws2tcpip.h>
#include <nspapi.h>
}

int main()
{
    WSAPROTOCOL_INFO info;
    ADDRINFOT *found = nullptr;
    TCHAR text[INET6_ADDRSTRLEN] = TEXT("127.0.0.1");
    IN_ADDR address;
    DWORD length = ARRAYSIZE(text);
    SOCKADDR_IN target = {};

    ZeroMemory(&info, sizeof(info));
    LPWSAPROTOCOL_INFOW pointer = &info;
    const SOCKET s = WSASocket(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, pointer, 0, 0);
    InetPton(AF_INET, text, &address);
    target.sin_family = AF_INET;
    WSAAddressToString(reinterpret_cast<LPSOCKADDR>(&target), sizeof(target), nullptr, text, &length);
    GetAddrInfo(text, nullptr, nullptr, &found);
    FreeAddrInfo(found);
    return CreateEvent(nullptr, FALSE, FALSE, nullptr) == nullptr || gai_strerror(0) == nullptr ||
           SERVICE_TYPE_VALUE_TCPPORT[0] != text[0] || s == INVALID_SOCKET;
}
