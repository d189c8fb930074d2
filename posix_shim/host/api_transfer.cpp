// Sending and receiving, each call mapped to its SPI function. The BSD calls arrive there as one WSABUF
// without OVERLAPPED and routine (clause MAP-1); buffers, lengths and flags are the provider's to judge
// (MAP-16).
#include "host/base_sockets.hpp"
#include "host/dispatch.hpp"
#include "host/extension.hpp"

// Exported as on Windows, where a header declares it only for programs that ask for Windows Vista or later.
extern "C" {
#pragma GCC visibility push(default)
int WSAAPI WSASendMsg(SOCKET Handle, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
                      LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
#pragma GCC visibility pop
}

using namespace spindle::host;

int WSAAPI WSASend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                   DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPSend(s, lpBuffers, dwBufferCount, lpNumberOfBytesSent, dwFlags, lpOverlapped,
                               lpCompletionRoutine, thread_id_for(lpOverlapped), lpErrno);
    });
}

int WSAAPI WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                     DWORD dwFlags, const sockaddr* lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPSendTo(s, lpBuffers, dwBufferCount, lpNumberOfBytesSent, dwFlags, lpTo, iTolen,
                                 lpOverlapped, lpCompletionRoutine, thread_id_for(lpOverlapped), lpErrno);
    });
}

int WSAAPI WSARecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                   LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPRecv(s, lpBuffers, dwBufferCount, lpNumberOfBytesRecvd, lpFlags, lpOverlapped,
                               lpCompletionRoutine, thread_id_for(lpOverlapped), lpErrno);
    });
}

int WSAAPI WSARecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                       LPDWORD lpFlags, sockaddr* lpFrom, LPINT lpFromlen, LPWSAOVERLAPPED lpOverlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    return call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPRecvFrom(s, lpBuffers, dwBufferCount, lpNumberOfBytesRecvd, lpFlags, lpFrom,
                                   lpFromlen, lpOverlapped, lpCompletionRoutine, thread_id_for(lpOverlapped),
                                   lpErrno);
    });
}

BOOL WSAAPI WSAGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer, BOOL fWait,
                                   LPDWORD lpdwFlags)
{
    return call_provider(s, BOOL{FALSE}, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPGetOverlappedResult(s, lpOverlapped, lpcbTransfer, fWait, lpdwFlags, lpErrno);
    });
}

// No slot in the table: the provider's extension function serves it, and sets the last error itself (MAP-11).
int WSAAPI WSASendMsg(SOCKET Handle, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
                      LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine)
{
    static constexpr GUID send_message_function = WSAID_WSASENDMSG;
    call_scope scope;
    if (!scope) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    auto send_message = extension_function<LPFN_WSASENDMSG>(scope, Handle, send_message_function);
    if (send_message == nullptr && is_layered(Handle)) {
        Handle = base_socket(Handle, SIO_BSP_HANDLE);  // of a layer that has no such function
        send_message = extension_function<LPFN_WSASENDMSG>(scope, Handle, send_message_function);
    }
    return send_message == nullptr
               ? SOCKET_ERROR
               : send_message(Handle, lpMsg, dwFlags, lpNumberOfBytesSent, lpOverlapped, lpCompletionRoutine);
}

namespace {

WSABUF one_buffer(const char* data, int length) noexcept
{
    WSABUF buffer{};
    buffer.buf = const_cast<char*>(data);
    buffer.len = static_cast<ULONG>(length);
    return buffer;
}

// By reference: the count is there only once the call that makes the result has returned.
int bytes_or_error(int result, const DWORD& bytes) noexcept
{
    return result == 0 ? static_cast<int>(bytes) : SOCKET_ERROR;
}

}  // namespace

int WSAAPI send(SOCKET s, const char* buf, int len, int flags)
{
    WSABUF buffer = one_buffer(buf, len);
    DWORD sent = 0;
    return bytes_or_error(WSASend(s, &buffer, 1, &sent, static_cast<DWORD>(flags), nullptr, nullptr), sent);
}

int WSAAPI sendto(SOCKET s, const char* buf, int len, int flags, const sockaddr* to, int tolen)
{
    WSABUF buffer = one_buffer(buf, len);
    DWORD sent = 0;
    return bytes_or_error(
        WSASendTo(s, &buffer, 1, &sent, static_cast<DWORD>(flags), to, tolen, nullptr, nullptr), sent);
}

int WSAAPI recv(SOCKET s, char* buf, int len, int flags)
{
    WSABUF buffer = one_buffer(buf, len);
    DWORD received = 0;
    DWORD in_out_flags = static_cast<DWORD>(flags);
    return bytes_or_error(WSARecv(s, &buffer, 1, &received, &in_out_flags, nullptr, nullptr), received);
}

int WSAAPI recvfrom(SOCKET s, char* buf, int len, int flags, sockaddr* from, int* fromlen)
{
    WSABUF buffer = one_buffer(buf, len);
    DWORD received = 0;
    DWORD in_out_flags = static_cast<DWORD>(flags);
    return bytes_or_error(
        WSARecvFrom(s, &buffer, 1, &received, &in_out_flags, from, fromlen, nullptr, nullptr), received);
}
