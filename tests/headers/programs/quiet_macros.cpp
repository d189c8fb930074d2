// Macros of the headers that cast or shift, under the warnings that such macros usually set off.
#include <ws2tcpip.h>
#include <mswsock.h>
#include <ws2spi.h>

static int sets(SOCKET s)
{
    fd_set readers;
    FD_ZERO(&readers);
    FD_SET(s, &readers);
    FD_CLR(s, &readers);
    return FD_ISSET(s, &readers) && s != INVALID_SOCKET ? SOCKET_ERROR : 0;
}

static int messages(WSAMSG *message)
{
    WSACMSGHDR *header = WSA_CMSG_FIRSTHDR(message);
    header = WSA_CMSG_NXTHDR(message, header);
    return header == nullptr ? 0 : *WSA_CMSG_DATA(header);
}

int main()
{
    const DWORD codes[] = {FIONBIO, SIO_GET_EXTENSION_FUNCTION_POINTER, SIO_UDP_CONNRESET,
                           SIO_GET_INTERFACE_LIST};
    const GUID connect_ex = WSAID_CONNECTEX;
    const WORD version = MAKEWORD(2, 2);
    const HANDLE event = WSA_INVALID_EVENT;
    WSAMSG message = {};
    OVERLAPPED overlapped = {};
    sockaddr_in address = {};

    address.sin_family = AF_INET;
    address.sin_addr.s_addr = INADDR_ANY;
    int result = sets(socket(AF_INET, SOCK_STREAM, 0)) + messages(&message);
    if (WaitForSingleObject(event, INFINITE) == WAIT_FAILED || event == INVALID_HANDLE_VALUE)
        ++result;
    if (!HasOverlappedIoCompleted(&overlapped) || WSAGetLastError() == WSAEWOULDBLOCK)
        ++result;
    if (address.sin_addr.s_addr == INADDR_NONE || SS_PORT(&address) != 0)
        ++result;
    result += setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_DONTLINGER, nullptr, 0);
    result += ioctlsocket(INVALID_SOCKET, static_cast<long>(FIONBIO), nullptr);
    return result + LOBYTE(version) + HIWORD(codes[1]) + static_cast<int>(connect_ex.Data2);
}
