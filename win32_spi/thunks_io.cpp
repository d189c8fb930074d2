// WSPSend, WSPSendTo, WSPRecv, WSPRecvFrom, WSPGetOverlappedResult: pointers, buffers and what is written
// back when. What flags mean and when a call waits is core's.
#include <limits>

#include "convert.hpp"
#include "overlapped_call.hpp"
#include "thunk.hpp"
#include "thunks.hpp"
#include "transfer_arguments.hpp"

namespace spindle::spi {

namespace {

/// XFR-3, for all four transfers.
result<void> check_transfer(const DWORD* count, const WSAOVERLAPPED* lpOverlapped) noexcept
{
    return count == nullptr && lpOverlapped == nullptr ? result<void>(errc::fault) : result<void>();
}

/// A request on a datagram socket: where it goes to or came from.
class datagram_request final : public overlapped_request {
public:
    void send_to(const socket_address& to)
    {
        address_ = to;
        address = &address_;
    }
    void receive_from(sockaddr* from, LPINT fromlen)
    {
        from_ = from;
        fromlen_ = fromlen;
        address = &address_;
    }
    void write_back(io_outcome& outcome) noexcept override
    {
        if (from_ != nullptr && !address_.empty() && !write_address(address_, from_, fromlen_) &&
            outcome.code == errc::success) {
            outcome.code = errc::fault;  // the client has shortened its buffer since
        }
    }

private:
    socket_address address_;
    sockaddr* from_ = nullptr;
    LPINT fromlen_ = nullptr;
};

struct send_arguments {
    LPWSABUF buffers;
    DWORD buffer_count;
    LPDWORD sent;
    DWORD flags;
    overlapped_arguments how;
};

/// A null destination means the default peer; a stream ignores it (XFR-30).
result<void> send_overlapped(socket& it, const send_arguments& call, const_buffers buffers, const sockaddr* lpTo,
                             int iTolen)
{
    std::unique_ptr<overlapped_request> request;
    if (lpTo != nullptr && it.kind().type != socket_type::stream) {
        const auto to = read_address(lpTo, iTolen);
        if (!to) {
            return to.error();
        }
        auto datagram = std::make_unique<datagram_request>();
        datagram->send_to(*to);
        request = std::move(datagram);
    } else {
        request = std::make_unique<overlapped_request>();
    }
    if (auto prepared = request->note.prepare(it, call.how); !prepared) {
        return prepared;
    }
    request->use_buffers(buffers);
    request->flags = transfer_flags_of(call.flags, nullptr);
    io_outcome outcome;
    auto started = run_overlapped(std::move(request), outcome, [&](io_request& fresh, io_outcome& at_once) {
        return it.start_send(fresh, at_once);
    });
    if (started) {
        store_count(call.sent, outcome.bytes);
    }
    return started;
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

result<void> send_through(socket& it, const send_arguments& call, const sockaddr* lpTo, int iTolen)
{
    if (const auto checked = check_transfer(call.sent, call.how.overlapped); !checked) {
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
    if (is_request(it, call.how.overlapped)) {
        return send_overlapped(it, call, buffers.view(), lpTo, iTolen);
    }
    const auto sent =
        send_datagrams_to(it, buffers.view(), transfer_flags_of(call.flags, call.how.overlapped), lpTo, iTolen);
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
    overlapped_arguments how;
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
        it.receive(buffers, transfer_flags_of(flags, call.how.overlapped), with_sender ? &sender : nullptr);
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

/// The flags of a pending receive travel with its completion (XFR-11).
result<void> receive_overlapped(socket& it, const receive_arguments& call, mutable_buffers buffers, bool with_sender)
{
    std::unique_ptr<overlapped_request> request;
    if (with_sender) {
        auto datagram = std::make_unique<datagram_request>();
        datagram->receive_from(call.from, call.fromlen);
        request = std::move(datagram);
    } else {
        request = std::make_unique<overlapped_request>();
    }
    if (auto prepared = request->note.prepare(it, call.how); !prepared) {
        return prepared;
    }
    request->use_buffers(buffers);
    request->flags = transfer_flags_of(load(call.flags), nullptr);
    io_outcome outcome;
    auto started = run_overlapped(std::move(request), outcome, [&](io_request& fresh, io_outcome& at_once) {
        return it.start_receive(fresh, at_once);
    });
    if (started) {
        store_count(call.received, outcome.bytes);
        store(call.flags, outcome.flags);
    } else if (outcome.code == errc::message_size) {
        store_count(call.received, outcome.bytes);  // XFR-5
    }
    return started;
}

result<void> receive_through(socket& it, const receive_arguments& call)
{
    if (const auto checked = check_transfer(call.received, call.how.overlapped); !checked) {
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
        it.note_refused_receive();
        return assigned;
    }
    const auto with_sender = wants_sender(it, call);
    if (!with_sender) {
        return with_sender.error();
    }
    return is_request(it, call.how.overlapped) ? receive_overlapped(it, call, buffers.view(), *with_sender)
                                               : take(it, call, buffers.view(), *with_sender);
}

}  // namespace

int WSPAPI WSPSend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                   DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
                   LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return send_through(it,
                            {lpBuffers, dwBufferCount, lpNumberOfBytesSent, dwFlags,
                             {lpOverlapped, lpCompletionRoutine, lpThreadId}},
                            nullptr, 0);
    });
}

int WSPAPI WSPSendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                     DWORD dwFlags, const sockaddr* lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
                     LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return send_through(it,
                            {lpBuffers, dwBufferCount, lpNumberOfBytesSent, dwFlags,
                             {lpOverlapped, lpCompletionRoutine, lpThreadId}},
                            lpTo, iTolen);
    });
}

int WSPAPI WSPRecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                   LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
                   LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return receive_through(it, {lpBuffers, dwBufferCount, lpNumberOfBytesRecvd, lpFlags, nullptr, nullptr,
                                    {lpOverlapped, lpCompletionRoutine, lpThreadId}});
    });
}

int WSPAPI WSPRecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                       LPDWORD lpFlags, sockaddr* lpFrom, LPINT lpFromlen, LPWSAOVERLAPPED lpOverlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine, LPWSATHREADID lpThreadId,
                       LPINT lpErrno) noexcept
{
    return socket_call(s, lpErrno, [&](socket& it) {
        return receive_through(it, {lpBuffers, dwBufferCount, lpNumberOfBytesRecvd, lpFlags, lpFrom, lpFromlen,
                                    {lpOverlapped, lpCompletionRoutine, lpThreadId}});
    });
}

// GOR-1 to GOR-9. The outcome stands in the structure; nothing is consumed.
BOOL WSPAPI WSPGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer, BOOL fWait,
                                   LPDWORD lpdwFlags, LPINT lpErrno) noexcept
{
    return socket_call(BOOL{0}, s, lpErrno, [&](socket& it) -> result<BOOL> {
        if (lpOverlapped == nullptr || lpcbTransfer == nullptr) {
            return errc::fault;
        }
        if (auto settled = wait_until_settled(it, *lpOverlapped, fWait != 0); !settled) {
            return settled.error();
        }
        const auto code = outcome_code(*lpOverlapped);
        store(lpcbTransfer, static_cast<DWORD>(lpOverlapped->InternalHigh));
        if (lpdwFlags == nullptr) {
            return errc::fault;
        }
        if (code != errc::message_size) {
            store(lpdwFlags, outcome_flags(*lpOverlapped));
        }
        return code == errc::success ? result<BOOL>(BOOL{1}) : result<BOOL>(code);
    });
}

}  // namespace spindle::spi
