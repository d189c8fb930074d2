// Sending and receiving, and the outcome of overlapped requests. Answers to the pages "LPWSPSEND", "LPWSPSENDTO",
// "LPWSPRECV", "LPWSPRECVFROM" and "LPWSPGETOVERLAPPEDRESULT".
#include "layer.hpp"

namespace layer {

namespace {

// Without the attribute a call is an ordinary one; what it makes of the arguments is the lower provider's affair.
bool is_request(const socket_context& it, LPWSAOVERLAPPED overlapped)
{
    return overlapped != nullptr && it.overlapped;
}

// `call(table, below, bytes, flags, overlapped)` is the function below.
template <class Call>
int transfer_on(socket_context& it, direction which, LPDWORD bytes, LPDWORD flags,
                const overlapped_arguments& arguments, LPINT lpErrno, Call&& call)
{
    if (is_request(it, arguments.overlapped)) {
        auto made = begin_request(it, arguments, which, lpErrno);
        if (!made) {
            return SOCKET_ERROR;
        }
        made->flags = flags != nullptr ? *flags : 0;
        request& mine = *made;
        DWORD at_once = 0;
        const int result = call(it.table(), it.below, &at_once, flags != nullptr ? &mine.flags : nullptr,
                                reinterpret_cast<LPWSAOVERLAPPED>(&mine.lower));
        return issued(std::move(made), result, lpErrno);
    }
    const int result = call(it.table(), it.below, bytes, flags, arguments.overlapped);
    if (result == 0) {
        (which == direction::out ? it.sent : it.received) += bytes != nullptr ? *bytes : 0;
    }
    return result;
}

template <class Call>
int transfer(SOCKET s, direction which, LPDWORD bytes, LPDWORD flags, const overlapped_arguments& arguments,
             LPINT lpErrno, Call&& call)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE&) {
        return transfer_on(it, which, bytes, flags, arguments, lpErrno, call);
    });
}

bool is_pending(WSAOVERLAPPED& overlapped)
{
    return std::atomic_ref(overlapped.Internal).load(std::memory_order_acquire) == WSS_OPERATION_IN_PROGRESS;
}

// Waits in slices, since the last cleanup has to get the thread out.
bool wait_for(SOCKET s, WSAOVERLAPPED& overlapped)
{
    constexpr DWORD slice = 50;
    const auto event = reinterpret_cast<ULONG_PTR>(overlapped.hEvent) & ~ULONG_PTR{1};
    while (is_pending(overlapped)) {
        if (is_stopping()) {
            return false;
        }
        WaitForSingleObject(event != 0 ? reinterpret_cast<HANDLE>(event) : reinterpret_cast<HANDLE>(s),
                            slice);
    }
    return true;
}

}  // namespace

}  // namespace layer

namespace layer::spi {

int WSPAPI WSPSend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                   DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
                   LPINT lpErrno)
{
    return transfer(
        s, direction::out, lpNumberOfBytesSent, nullptr, {lpOverlapped, lpCompletionRoutine, lpThreadId},
        lpErrno,
        [&](const WSPPROC_TABLE& table, SOCKET below, LPDWORD bytes, LPDWORD, LPWSAOVERLAPPED lower) {
            return table.lpWSPSend(below, lpBuffers, dwBufferCount, bytes, dwFlags, lower, nullptr,
                                   lpThreadId, lpErrno);
        });
}

int WSPAPI WSPSendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                     DWORD dwFlags, const sockaddr* lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
                     LPINT lpErrno)
{
    return transfer(
        s, direction::out, lpNumberOfBytesSent, nullptr, {lpOverlapped, lpCompletionRoutine, lpThreadId},
        lpErrno,
        [&](const WSPPROC_TABLE& table, SOCKET below, LPDWORD bytes, LPDWORD, LPWSAOVERLAPPED lower) {
            return table.lpWSPSendTo(below, lpBuffers, dwBufferCount, bytes, dwFlags, lpTo, iTolen, lower,
                                     nullptr, lpThreadId, lpErrno);
        });
}

int WSPAPI WSPRecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                   LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
                   LPINT lpErrno)
{
    return transfer(
        s, direction::in, lpNumberOfBytesRecvd, lpFlags, {lpOverlapped, lpCompletionRoutine, lpThreadId},
        lpErrno,
        [&](const WSPPROC_TABLE& table, SOCKET below, LPDWORD bytes, LPDWORD flags, LPWSAOVERLAPPED lower) {
            return table.lpWSPRecv(below, lpBuffers, dwBufferCount, bytes, flags, lower, nullptr, lpThreadId,
                                   lpErrno);
        });
}

int WSPAPI WSPRecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                       LPDWORD lpFlags, sockaddr* lpFrom, LPINT lpFromlen, LPWSAOVERLAPPED lpOverlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
                       LPINT lpErrno)
{
    return transfer(
        s, direction::in, lpNumberOfBytesRecvd, lpFlags, {lpOverlapped, lpCompletionRoutine, lpThreadId},
        lpErrno,
        [&](const WSPPROC_TABLE& table, SOCKET below, LPDWORD bytes, LPDWORD flags, LPWSAOVERLAPPED lower) {
            return table.lpWSPRecvFrom(below, lpBuffers, dwBufferCount, bytes, flags, lpFrom, lpFromlen,
                                       lower, nullptr, lpThreadId, lpErrno);
        });
}

// The host has stored the count, the layer flags and error.
BOOL WSPAPI WSPGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer, BOOL fWait,
                                   LPDWORD lpdwFlags, LPINT lpErrno)
{
    return on_socket(s, FALSE, lpErrno, [&](socket_context&, const WSPPROC_TABLE&) -> BOOL {
        if (lpOverlapped == nullptr || lpcbTransfer == nullptr || lpdwFlags == nullptr) {
            *lpErrno = WSAEFAULT;
            return FALSE;
        }
        if (is_pending(*lpOverlapped) && (fWait == FALSE || !wait_for(s, *lpOverlapped))) {
            *lpErrno = WSA_IO_INCOMPLETE;
            return FALSE;
        }
        *lpcbTransfer = static_cast<DWORD>(lpOverlapped->InternalHigh);
        *lpdwFlags = lpOverlapped->Offset;
        *lpErrno = static_cast<int>(lpOverlapped->OffsetHigh);
        return lpOverlapped->OffsetHigh == 0 ? TRUE : FALSE;
    });
}

}  // namespace layer::spi
