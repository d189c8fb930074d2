// Options and control codes, mapped to the SPI. SO_OPENTYPE alone is the host's own: it is a property of the
// thread and works without a socket (clause MAP-22).
#include "host/dispatch.hpp"
#include "host/runtime.hpp"

#include <cstring>

using namespace spindle::host;

namespace {

constexpr int open_type_length = sizeof(int);

int get_open_type(char* value, int* length) noexcept
{
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    if (value == nullptr || length == nullptr || *length < open_type_length) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    std::memcpy(value, &this_thread.open_type, sizeof(int));
    *length = open_type_length;
    return 0;
}

int set_open_type(const char* value, int length) noexcept
{
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    if (value == nullptr || length < open_type_length) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    std::memcpy(&this_thread.open_type, value, sizeof(int));
    return 0;
}

}  // namespace

int WSAAPI getsockopt(SOCKET s, int level, int optname, char* optval, int* optlen)
{
    if (level == SOL_SOCKET && optname == SO_OPENTYPE) {
        return get_open_type(optval, optlen);
    }
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPGetSockOpt(s, level, optname, optval, optlen, lpErrno);
    });
}

int WSAAPI setsockopt(SOCKET s, int level, int optname, const char* optval, int optlen)
{
    if (level == SOL_SOCKET && optname == SO_OPENTYPE) {
        return set_open_type(optval, optlen);
    }
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPSetSockOpt(s, level, optname, optval, optlen, lpErrno);
    });
}

int WSAAPI WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                    LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned,
                    LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPIoctl(s, dwIoControlCode, lpvInBuffer, cbInBuffer, lpvOutBuffer, cbOutBuffer,
                                lpcbBytesReturned, lpOverlapped, lpCompletionRoutine,
                                thread_id_for(lpOverlapped), lpErrno);
    });
}

// The u_long is input and output alike (MAP-1); the code says which of the two the provider looks at.
int WSAAPI ioctlsocket(SOCKET s, long cmd, u_long* argp)
{
    DWORD returned = 0;
    return WSAIoctl(s, static_cast<DWORD>(cmd), argp, sizeof(u_long), argp, sizeof(u_long), &returned,
                    nullptr, nullptr);
}

BOOL WSAAPI WSAGetQOSByName(SOCKET s, LPWSABUF lpQOSName, LPQOS lpQOS)
{
    return call_provider(s, BOOL{FALSE}, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPGetQOSByName(s, lpQOSName, lpQOS, lpErrno);
    });
}
