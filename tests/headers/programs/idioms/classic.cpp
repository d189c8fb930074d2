// A class around a socket as older C++ writes it.
#include <WinSock.h>
#include <StrSafe.h>
#include <stdlib.h>
#include <string.h>

class CSocket {
public:
    explicit CSocket(int port) : m_socket(::socket(PF_INET, SOCK_DGRAM, IPPROTO_UDP))
    {
        ::memset(&m_address, 0, sizeof(m_address));
        m_address.sin_family = AF_INET;
        m_address.sin_port = htons(static_cast<u_short>(port));
        m_address.sin_addr.S_un.S_addr = INADDR_ANY;
    }
    ~CSocket() { ::closesocket(m_socket); }
    BOOL Bind() { return ::bind(m_socket, (SOCKADDR *)&m_address, sizeof(m_address)) != SOCKET_ERROR; }
    LPCSTR Describe()
    {
        ::StringCchPrintfA(m_text, _countof(m_text), "%s:%u", inet_ntoa(m_address.sin_addr),
                           ntohs(m_address.sin_port));
        return m_text;
    }

private:
    SOCKET m_socket;
    SOCKADDR_IN m_address;
    char m_text[64];
};

int __cdecl main(int argc, char *argv[])
{
    char name[_MAX_FNAME];
    char copy[16];
    _splitpath_s(argv[0], NULL, 0, NULL, 0, name, _MAX_FNAME, NULL, 0);
    errno_t error = strncpy_s(copy, name, _TRUNCATE);
    CSocket socket(argc > 1 ? atoi(argv[1]) : 0);
    return socket.Bind() && _stricmp(socket.Describe(), copy) != 0 ? error : -1;
}
