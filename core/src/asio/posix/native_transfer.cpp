// Sending and receiving with the kernel's calls (LNX-20, LNX-27, LNX-28). Buffers are handed over as they are: our
// buffer structures have iovec's layout. Control messages are native_message.cpp's.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "asio/posix/datagram.hpp"

namespace spindle::posix {
namespace {

static_assert(static_cast<int>(transfer_flags::out_of_band) == MSG_OOB);
static_assert(static_cast<int>(transfer_flags::peek) == MSG_PEEK);
static_assert(static_cast<int>(transfer_flags::dont_route) == MSG_DONTROUTE);

ssize_t send_once(int number, const_buffers buffers, int flags, const kernel_address* to) noexcept
{
    if (buffers.size() == 1) {
        const auto* name = to != nullptr ? to->data() : nullptr;
        const socklen_t size = to != nullptr ? to->size : 0;
        return restarted([&] { return ::sendto(number, buffers[0].data, buffers[0].size, flags, name, size); });
    }
    auto message = message_of(buffers);
    if (to != nullptr) {
        message.msg_name = const_cast<sockaddr*>(to->data());
        message.msg_namelen = to->size;
    }
    return restarted([&] { return ::sendmsg(number, &message, flags); });
}

result<std::size_t> send_datagram(int number, const_buffers buffers, int flags,
                                  const socket_address* to) noexcept
{
    kernel_address name;
    if (to != nullptr) {
        name = kernel_address{*to};
    }
    return send_past_errors([&] { return send_once(number, buffers, flags, to != nullptr ? &name : nullptr); });
}

struct received {
    ssize_t bytes = -1;
    bool truncated = false;
};

received receive_once(int number, mutable_buffers buffers, int flags, kernel_address* from) noexcept
{
    if (buffers.size() == 1) {
        // With MSG_TRUNC the kernel returns the datagram's own length (recv(2)), which saves the message
        // header.
        auto* name = from != nullptr ? from->data() : nullptr;
        auto* size = from != nullptr ? &from->size : nullptr;
        const auto bytes = restarted([&] {
            return ::recvfrom(number, buffers[0].data, buffers[0].size, flags | MSG_TRUNC, name, size);
        });
        const auto room = static_cast<ssize_t>(buffers[0].size);
        return {std::min(bytes, room), bytes > room};
    }
    auto message = message_of(buffers);
    if (from != nullptr) {
        message.msg_name = from->data();
        message.msg_namelen = from->size;
    }
    const auto bytes = restarted([&] { return ::recvmsg(number, &message, flags); });
    if (from != nullptr) {
        from->size = message.msg_namelen;
    }
    return {bytes, (message.msg_flags & MSG_TRUNC) != 0};
}

result<receive_outcome> receive_datagram(int number, mutable_buffers buffers, int flags,
                                         socket_address* from) noexcept
{
    return receive_past_errors(number, [&]() -> std::optional<receive_outcome> {
        kernel_address name;
        const auto taken = receive_once(number, buffers, flags, from != nullptr ? &name : nullptr);
        if (taken.bytes == -1) {
            return std::nullopt;
        }
        if (from != nullptr) {
            *from = name.to_winsock();
        }
        return receive_outcome{static_cast<std::size_t>(taken.bytes), taken.truncated};
    });
}

std::optional<std::size_t> unread_from(msghdr& message) noexcept
{
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == SOL_TCP && part->cmsg_type == TCP_CM_INQ) {
            int left = 0;
            std::memcpy(&left, CMSG_DATA(part), sizeof(left));
            return static_cast<std::size_t>(left);
        }
    }
    return std::nullopt;
}

// See TCP_INQ of tcp(7).
result<receive_outcome> receive_telling_unread(int number, mutable_buffers buffers) noexcept
{
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control;
    auto message = message_of(buffers);
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto bytes = restarted([&] { return ::recvmsg(number, &message, 0); });
    return bytes == -1 ? result<receive_outcome>{errc_from_errno(errno)}
                       : result<receive_outcome>{{static_cast<std::size_t>(bytes), false, unread_from(message)}};
}

result<receive_outcome> receive_stream(int number, mutable_buffers buffers, int flags) noexcept
{
    ssize_t bytes = -1;
    if (buffers.size() == 1) {
        bytes = restarted([&] { return ::recv(number, buffers[0].data, buffers[0].size, flags); });
    } else {
        auto message = message_of(buffers);
        bytes = restarted([&] { return ::recvmsg(number, &message, flags); });
    }
    const bool urgent = (flags & MSG_OOB) != 0;
    if (bytes == -1) {
        return errc_from_errno(errno, urgent ? failed_call::receive_urgent : failed_call::other);
    }
    if (urgent && bytes == 0) {
        return errc::would_block;
    }
    return receive_outcome{static_cast<std::size_t>(bytes), false};
}

}  // namespace
}  // namespace spindle::posix

namespace spindle::native {

using posix::descriptor;

result<std::size_t> send(handle socket, const socket_kind& kind, const_buffers buffers, transfer_flags flags,
                         const socket_address* to) noexcept
{
    const int number = descriptor(socket);
    const int kernel_flags = static_cast<int>(flags) | MSG_NOSIGNAL;
    if (kind.type != socket_type::stream) {
        return posix::in_one_piece(buffers, [&](const_buffers pieces) {
            return posix::send_datagram(number, pieces, kernel_flags, to);
        });
    }
    const auto sent = posix::send_once(number, buffers, kernel_flags, nullptr);
    return sent != -1 ? result<std::size_t>{static_cast<std::size_t>(sent)}
                      : result<std::size_t>{errc_from_errno(errno)};
}

result<receive_outcome> receive(handle socket, const socket_kind& kind, mutable_buffers buffers,
                                transfer_flags flags, socket_address* from) noexcept
{
    const int number = descriptor(socket);
    const int kernel_flags = static_cast<int>(flags) & (MSG_OOB | MSG_PEEK);
    if (kind.type == socket_type::stream) {
        return kernel_flags == 0 && has_any(flags, transfer_flags::tell_unread)
                   ? posix::receive_telling_unread(number, buffers)
                   : posix::receive_stream(number, buffers, kernel_flags);
    }
    return posix::from_one_piece(buffers, [&](mutable_buffers pieces) {
        return posix::receive_datagram(number, pieces, kernel_flags, from);
    });
}

std::error_code take_error(handle socket) noexcept
{
    if (const auto queued = posix::reportable_error(descriptor(socket)); queued != errc::success) {
        return queued;
    }
    // Without the error queue a connected socket keeps one error, which reading clears.
    int error = 0;
    socklen_t size = sizeof(error);
    const bool read = ::getsockopt(descriptor(socket), SOL_SOCKET, SO_ERROR, &error, &size) == 0;
    return read && error == ECONNREFUSED ? errc::connection_reset : errc::success;
}

}  // namespace spindle::native
