// WSASendMsg and WSARecvMsg: the WSAMSG, its control buffer, and what is written back to it when (MSG-1 to MSG-14). What
// control information means is core's.
#include "convert.hpp"
#include "extension_functions.hpp"
#include "extension_table.hpp"
#include "overlapped_call.hpp"
#include "spindle/control_buffer.hpp"
#include "transfer_arguments.hpp"

namespace spindle::spi {

namespace {

static_assert(control_buffer::header_size == sizeof(WSACMSGHDR));
static_assert(control_buffer::value_offset == WSA_CMSG_LEN(0));
static_assert(control_buffer::space_for(sizeof(INT)) == WSA_CMSG_SPACE(sizeof(INT)));
static_assert(control_buffer::space_for(20) == WSA_CMSG_SPACE(20));

// Of ws2def.h, which has some of them for certain Windows versions only.
constexpr ULONG message_truncated = 0x100;
constexpr ULONG control_truncated = 0x200;
constexpr ULONG sent_as_broadcast = 0x400;
constexpr ULONG sent_as_multicast = 0x800;
constexpr ULONG output_flags = message_truncated | control_truncated | sent_as_broadcast | sent_as_multicast;

std::span<std::byte> bytes_of(const WSABUF& buffer) noexcept
{
    return {reinterpret_cast<std::byte*>(buffer.buf), buffer.len};
}

/// What WSASendMsg was given, read once.
struct outgoing_message {
    std::optional<socket_address> to;
    message_control control;
    buffer_list<const_buffer> buffers;
};

result<void> read_message(const WSAMSG& given, outgoing_message& message)
{
    if (given.name == nullptr && given.namelen > 0) {
        return errc::fault;
    }
    if (!is_plausible(given.Control)) {
        return errc::fault;
    }
    if (given.name != nullptr) {
        const auto to = read_address(given.name, given.namelen);
        if (!to) {
            return to.error();
        }
        message.to = *to;
    }
    const auto control = control_buffer::read(bytes_of(given.Control));
    if (!control) {
        return control.error();
    }
    message.control = *control;
    return message.buffers.assign(given.lpBuffers, given.dwBufferCount);
}

class send_message_request final : public overlapped_request {
public:
    explicit send_message_request(const outgoing_message& message) : control_(message.control)
    {
        use_buffers(message.buffers.view());
        control = &control_;
        if (message.to) {
            address_ = *message.to;
            address = &address_;
        }
    }

private:
    socket_address address_;
    message_control control_;
};

result<void> send_overlapped(socket& it, const outgoing_message& message, DWORD flags, LPDWORD sent,
                             const overlapped_arguments& how)
{
    auto request = std::make_unique<send_message_request>(message);
    if (auto prepared = request->note.prepare(it, how); !prepared) {
        return prepared;
    }
    request->flags = transfer_flags_of(flags, nullptr);
    io_outcome outcome;
    auto started = run_overlapped(std::move(request), outcome, [&](io_request& fresh, io_outcome& at_once) {
        return it.start_send(fresh, at_once);
    });
    if (started) {
        store_count(sent, outcome.bytes);
    }
    return started;
}

/// The parts of the client's WSAMSG that a received datagram is described in. The structure is the client's and valid until
/// the end (MSG-10); what it points to is read at the call.
class incoming_message {
public:
    explicit incoming_message(LPWSAMSG message) noexcept : message_(message), given_(load(message)) {}

    /// Errors: fault, before a datagram is taken off the queue.
    [[nodiscard]] result<void> check(const socket& it) const noexcept
    {
        const bool name_fits = given_.name == nullptr ||
                               (given_.namelen >= 0 &&
                                static_cast<std::size_t>(given_.namelen) >= address_size(it.kind().family));
        return name_fits && is_plausible(given_.Control) ? result<void>() : result<void>(errc::fault);
    }
    [[nodiscard]] const WSAMSG& given() const noexcept { return given_; }
    /// What one receive left there is no request of the next.
    [[nodiscard]] DWORD flags() const noexcept { return given_.dwFlags & ~output_flags; }

    /// `truncated`: the data. Errors: message_size, for the data or the control information (MSG-8, MSG-9).
    errc write(const socket_address& sender, const message_control& control, bool truncated) noexcept
    {
        const auto written = control_buffer::write(control, bytes_of(given_.Control));
        ULONG flags = truncated ? message_truncated : 0;
        flags |= written.truncated ? control_truncated : 0;
        flags |= control.delivered == delivery::broadcast ? sent_as_broadcast : 0;
        flags |= control.delivered == delivery::multicast ? sent_as_multicast : 0;
        if (given_.name != nullptr && !sender.empty()) {
            std::memcpy(static_cast<void*>(given_.name), sender.data(), sender.size());
            store(&message_->namelen, static_cast<INT>(sender.size()));
        }
        store(&message_->Control.len, static_cast<ULONG>(written.bytes));
        store(&message_->dwFlags, flags);
        return truncated || written.truncated ? errc::message_size : errc::success;
    }

private:
    LPWSAMSG message_;
    WSAMSG given_;
};

class receive_message_request final : public overlapped_request {
public:
    receive_message_request(const incoming_message& message, mutable_buffers buffers) : message_(message)
    {
        use_buffers(buffers);
        flags = transfer_flags_of(message.flags(), nullptr);
        address = &sender_;
        control = &control_;
    }
    void write_back(io_outcome& outcome) noexcept override
    {
        if (outcome.code == errc::success || outcome.code == errc::message_size) {
            outcome.code = message_.write(sender_, control_, outcome.code == errc::message_size);
        }
    }

private:
    incoming_message message_;
    socket_address sender_;
    message_control control_;
};

result<void> receive_overlapped(socket& it, const incoming_message& message, mutable_buffers buffers,
                                LPDWORD received, const overlapped_arguments& how)
{
    auto request = std::make_unique<receive_message_request>(message, buffers);
    if (auto prepared = request->note.prepare(it, how); !prepared) {
        return prepared;
    }
    io_outcome outcome;
    auto started = run_overlapped(std::move(request), outcome, [&](io_request& fresh, io_outcome& at_once) {
        return it.start_receive(fresh, at_once);
    });
    if (started || outcome.code == errc::message_size) {
        store_count(received, outcome.bytes);
    }
    return started;
}

result<void> receive_now(socket& it, incoming_message& message, mutable_buffers buffers, LPDWORD received,
                         const WSAOVERLAPPED* lpOverlapped)
{
    socket_address sender;
    message_control control;
    const auto got =
        it.receive_message(buffers, transfer_flags_of(message.flags(), lpOverlapped), &sender, control);
    if (!got) {
        return got.error();
    }
    store_count(received, got->bytes);
    return message.write(sender, control, got->truncated);
}

}  // namespace

int PASCAL WSASendMsg(SOCKET s, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
                      LPWSAOVERLAPPED lpOverlapped,
                      LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine) noexcept
{
    return extension_int_call(s, [&](socket& it) -> result<void> {
        if (lpMsg == nullptr) {
            return errc::fault;
        }
        if (it.kind().type == socket_type::stream) {
            return errc::invalid_argument;  // MSG-1
        }
        outgoing_message message;
        if (auto read = read_message(load(lpMsg), message); !read) {
            return read;
        }
        if (lpNumberOfBytesSent == nullptr && lpOverlapped == nullptr) {
            (void)it.bind(
                socket_address::any(it.kind().family));  // MSG-2; fails when it has an address already
            return errc::fault;
        }
        if (is_request(it, lpOverlapped)) {
            return send_overlapped(it, message, dwFlags, lpNumberOfBytesSent,
                                   {lpOverlapped, lpCompletionRoutine, nullptr});
        }
        const auto sent = it.send_message(message.buffers.view(), transfer_flags_of(dwFlags, lpOverlapped),
                                          message.to ? &*message.to : nullptr, message.control);
        if (!sent) {
            return sent.error();
        }
        store_count(lpNumberOfBytesSent, *sent);
        return {};
    });
}

int PASCAL WSARecvMsg(SOCKET s, LPWSAMSG lpMsg, LPDWORD lpdwNumberOfBytesRecvd, LPWSAOVERLAPPED lpOverlapped,
                      LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine) noexcept
{
    return extension_int_call(s, [&](socket& it) -> result<void> {
        if (lpMsg == nullptr) {
            return errc::fault;
        }
        if (it.kind().type == socket_type::stream) {
            return errc::operation_not_supported;  // MSG-1
        }
        if (lpdwNumberOfBytesRecvd == nullptr && lpOverlapped == nullptr) {
            return errc::fault;
        }
        incoming_message message(lpMsg);
        if (auto checked = message.check(it); !checked) {
            return checked;
        }
        buffer_list<mutable_buffer> buffers;
        if (auto assigned = buffers.assign(message.given().lpBuffers, message.given().dwBufferCount);
            !assigned) {
            return assigned;
        }
        if (is_request(it, lpOverlapped)) {
            return receive_overlapped(it, message, buffers.view(), lpdwNumberOfBytesRecvd,
                                      {lpOverlapped, lpCompletionRoutine, nullptr});
        }
        return receive_now(it, message, buffers.view(), lpdwNumberOfBytesRecvd, lpOverlapped);
    });
}

}  // namespace spindle::spi
