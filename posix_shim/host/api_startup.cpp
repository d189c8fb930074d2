// WSAStartup and WSACleanup as programs call them: version negotiation and WSADATA. What starting and
// cleaning up do is in runtime.cpp. Answers to the pages "WSAStartup" and "WSACleanup" (clauses MAP-13, 23,
// 24).
#include "host/runtime.hpp"
#include "host/text.hpp"

using namespace spindle::host;

namespace {

constexpr WORD highest_version = MAKEWORD(2, 2);

// The version a program gets for the one it asks for (MAP-23); 0 when there is none.
WORD negotiated(WORD requested) noexcept
{
    const BYTE major = LOBYTE(requested);
    const BYTE minor = HIBYTE(requested);
    switch (major) {
    case 0:
        return 0;
    case 1:
        return minor == 0 ? MAKEWORD(1, 0) : MAKEWORD(1, 1);
    case 2:
        return minor < 2 ? requested : highest_version;
    default:
        return highest_version;
    }
}

// lpVendorInfo is left as it is: programs find their own value there again.
void describe(WSADATA& data, WORD version, bool old) noexcept
{
    data.wVersion = version;
    data.wHighVersion = highest_version;
    copy_terminated<char>("Spindle WinSock 2.2", data.szDescription, sizeof data.szDescription);
    copy_terminated<char>("Running", data.szSystemStatus, sizeof data.szSystemStatus);
    data.iMaxSockets = old ? 32767 : 0;
    data.iMaxUdpDg = old ? 65467 : 0;
}

}  // namespace

int WSAAPI WSAStartup(WORD wVersionRequired, LPWSADATA lpWSAData)
{
    const WORD version = negotiated(wVersionRequired);
    if (lpWSAData == nullptr) {
        return version == 0 ? WSAVERNOTSUPPORTED : WSAEFAULT;
    }
    if (version == 0) {
        describe(*lpWSAData, highest_version, false);
        return WSAVERNOTSUPPORTED;
    }
    const int error = add_start();
    if (error == 0) {
        describe(*lpWSAData, version, LOBYTE(version) == 1);
    }
    return error;
}

int WSAAPI WSACleanup(void)
{
    const int error = take_start();
    return error == 0 ? 0 : fail(SOCKET_ERROR, error);
}
