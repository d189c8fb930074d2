// WSPSend, WSPSendTo, WSPRecv, WSPRecvFrom, WSPGetOverlappedResult: pointers, buffers and what is written
// back when. What flags mean and when a call waits is core's.
#include <limits>

#include "convert.hpp"
#include "thunk.hpp"
#include "thunks.hpp"

namespace spindle::spi {

namespace {

/// Whether an OVERLAPPED makes the call a request. On a socket without the attribute it is ignored (SOCK-16).
bool is_request(const socket& it, const WSAOVERLAPPED* lpOverlapped) noexcept
{
    return lpOverlapped != nullptr && (it.creation_flags() & WSA_FLAG_OVERLAPPED) != 0;
}

/// The client's flags for core. A call that named an OVERLAPPED its socket cannot use waits although the
/// socket is non-blocking (XFR-13); the bit that says so to core is nobody's MSG_ number, so a client's own
/// is an unknown flag.
unsigned transfer_flags_of(DWORD flags, const WSAOVERLAPPED* lpOverlapped) noexcept
{
    constexpr unsigned unknown = 0x4000'0000;
    if ((flags & message_flag::always_wait) != 0) {
        flags = (flags & ~message_flag::always_wait) | unknown;
    }
    return lpOverlapped != nullptr ? flags | message_flag::always_wait : flags;
}

/// The checks the four transfers share, in their order: the count pointer (XFR-3), then the kind of call.
result<void> check_transfer(const socket& it, const DWORD* count, const WSAOVERLAPPED* lpOverlapped) noexcept
{
    if (count == nullptr && lpOverlapped == nullptr) {
        return errc::fault;
    }
    if (is_request(it, lpOverlapped)) {
        return errc::operation_not_supported;
    }
    return {};
}

void store_count(LPDWORD target, std::size_t bytes) noexcept
{
    if (target != nullptr) {
        store(target, static_cast<DWORD>(bytes));
    }
}

struct send_arguments {
    LPWSABUF buffers;
    DWORD buffer_count;
    LPDWORD sent;
    const WSAOVERLAPPED* overlapped;
};

/// transfer(buffers) moves the data and returns result<size_t>.
template <class Transfer>
result<void> send_through(const socket& it, const send_arguments& call, Transfer&& transfer)
{
    if (const auto checked = check_transfer(it, call.sent, call.overlapped); !checked) {
        return checked;
    }
    buffer_list<const_buffer> buffers;
    if (const auto assigned = buffers.assign(call.buffers, call.buffer_count); !assigned) {
        return assigned;
    }
    // The count goes back in 32 bits.
    if (total_size(buffers.view()) > std::numeric_limits<DWORD>::max()) {
        return errc::no_buffer_space;
    }
    const result<std::size_t> sent = transfer(buffers.view());
    if (!sent) {
        return sent.error();
    }
    store_count(call.sent, *sent);
    return {};
}

struct receive_arguments {
    LPWSABUF buffers;
    DWORD buffer_count;
    LPDWORD received;
    LPDWORD flags;
    sockaddr* from;
    LPINT fromlen;
    const WSAOVERLAPPED* overlapped;
};

/// The sender's address is wanted of datagrams only (XFR-53) and must fit before one is taken off the queue
/// (XFR-51).
result<bool> wants_sender(const socket& it, const receive_arguments& call) noexcept
{
    if (call.from == nullptr || it.kind().type == socket_type::stream) {
        return false;
    }
    if (!takes_address(call.from, call.fromlen, address_size(it.kind().family))) {
        return errc::fault;
    }
    return true;
}

/// What comes back of the flags on completion: whether the data were urgent.
constexpr DWORD returned_flags = MSG_OOB;

result<void> take(socket& it, const receive_arguments& call, mutable_buffers buffers, bool with_sender)
{
    const DWORD flags = load(call.flags);
    socket_address sender;
    const auto received =
        it.receive(buffers, transfer_flags_of(flags, call.overlapped), with_sender ? &sender : nullptr);
    if (!received) {
        return received.error();
    }
    store_count(call.received, received->bytes);
    if (with_sender && !sender.empty()) {
        if (const auto stored = write_address(sender, call.from, call.fromlen); !stored) {
            return stored;
        }
    }
    // A truncated datagram is a failure that writes the count (XFR-5) and leaves the flags.
    if (received->truncated) {
        return errc::message_size;
    }
    store(call.flags, flags & returned_flags);
    return {};
}

result<void> receive_through(socket& it, const receive_arguments& call)
{
    if (const auto checked = check_transfer(it, call.received, call.overlapped); !checked) {
        return checked;
    }
    if (call.flags == nullptr) {
        return errc::fault;
    }
    if (call.buffer_count == 0) {
        return errc::invalid_argument;
    }
    buffer_list<mutable_buffer> buffers;
    if (const auto assigned = buffers.assign(call.buffers, call.buffer_count); !assigned) {
        return assigned;
    }
    const auto with_sender = wants_sender(it, call);
    return with_sender ? take(it, call, buffers.view(), *with_sender) : result<void>(with_sender.error());
}

/// A stream ignores the destination (XFR-30); a null one means the default peer.
result<std::size_t> send_datagrams_to(socket& it, const_buffers buffers, DWORD flags, const sockaddr* lpTo,
                                      int iTolen)
{
    if (lpTo == nullptr || it.kind().type == socket_type::stream) {
        return it.send_to(buffers, flags, nullptr);
    }
    const auto to = read_address(lpTo, iTolen);
    return to ? it.send_to(buffers, flags, &*to) : result<std::size_t>(to.error());
}

}  // namespace

int WSPAPI WSPSend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                   DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE,
                   LPWSATHREADID, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return send_through(it, {lpBuffers, dwBufferCount, lpNumberOfBytesSent, lpOverlapped},
                            [&](const_buffers buffers) {
                                return it.send(buffers, transfer_flags_of(dwFlags, lpOverlapped));
                            });
    });
}

int WSPAPI WSPSendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                     DWORD dwFlags, const sockaddr* lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE, LPWSATHREADID, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return send_through(
            it, {lpBuffers, dwBufferCount, lpNumberOfBytesSent, lpOverlapped}, [&](const_buffers buffers) {
                return send_datagrams_to(it, buffers, transfer_flags_of(dwFlags, lpOverlapped), lpTo, iTolen);
            });
    });
}

int WSPAPI WSPRecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                   LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE,
                   LPWSATHREADID, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return receive_through(
            it, {lpBuffers, dwBufferCount, lpNumberOfBytesRecvd, lpFlags, nullptr, nullptr, lpOverlapped});
    });
}

int WSPAPI WSPRecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                       LPDWORD lpFlags, sockaddr* lpFrom, LPINT lpFromlen, LPWSAOVERLAPPED lpOverlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE, LPWSATHREADID, LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return receive_through(
            it, {lpBuffers, dwBufferCount, lpNumberOfBytesRecvd, lpFlags, lpFrom, lpFromlen, lpOverlapped});
    });
}

// No request can be outstanding: the transfers above refuse to start one.
BOOL WSPAPI WSPGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED, LPDWORD, BOOL, LPDWORD, LPINT lpErrno) noexcept
{
    return socket_call(BOOL{0}, s, lpErrno,
                       [](socket&) -> result<BOOL> { return errc::operation_not_supported; });
}

}  // namespace spindle::spi
