// Sending and receiving with the kernel's calls, and the asynchronous errors of datagram sockets (LNX-20,
// LNX-27, LNX-28). Buffers are handed over as they are: our buffer structures have iovec's layout.
#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>
#include <cstring>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <new>
#include <sys/socket.h>
#include <sys/uio.h>
#include <vector>

#include "asio/posix/descriptor.hpp"

namespace spindle::posix {
namespace {

static_assert(sizeof(const_buffer) == sizeof(iovec) && sizeof(mutable_buffer) == sizeof(iovec));
static_assert(offsetof(const_buffer, data) == offsetof(iovec, iov_base));
static_assert(offsetof(const_buffer, size) == offsetof(iovec, iov_len));
static_assert(offsetof(mutable_buffer, data) == offsetof(iovec, iov_base));
static_assert(offsetof(mutable_buffer, size) == offsetof(iovec, iov_len));
static_assert(static_cast<int>(transfer_flags::out_of_band) == MSG_OOB);
static_assert(static_cast<int>(transfer_flags::peek) == MSG_PEEK);
static_assert(static_cast<int>(transfer_flags::dont_route) == MSG_DONTROUTE);

constexpr std::size_t most_buffers = IOV_MAX;
constexpr std::size_t longest_datagram = 65536;
// More pending errors than this on one socket are left for the next call.
constexpr int most_swallowed_errors = 16;

template <class Buffer>
msghdr message_of(std::span<const Buffer> buffers) noexcept
{
    msghdr message{};
    // The kernel writes through iov_base only when receiving, which mutable_buffer permits.
    message.msg_iov = reinterpret_cast<iovec*>(const_cast<Buffer*>(buffers.data()));
    message.msg_iovlen = std::min(buffers.size(), most_buffers);
    return message;
}

ssize_t send_once(int number, const_buffers buffers, int flags, const kernel_address* to) noexcept
{
    if (buffers.size() == 1 && to == nullptr) {
        return restarted([&] { return ::send(number, buffers[0].data, buffers[0].size, flags); });
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
    int last_error = 0;
    for (int attempt = 0; attempt < most_swallowed_errors; ++attempt) {
        const auto sent = send_once(number, buffers, flags, to != nullptr ? &name : nullptr);
        if (sent != -1) {
            return static_cast<std::size_t>(sent);
        }
        // LNX-28: the first report may be about an earlier datagram; the same one twice in a row is about
        // this one, but for a refusal, which only ever comes from ICMP.
        const int error = errno;
        if (!is_asynchronous_error(error) || (error == last_error && error != ECONNREFUSED)) {
            return errc_from_errno(error, failed_call::datagram);
        }
        last_error = error;
    }
    return errc_from_errno(last_error, failed_call::datagram);
}

struct icmp_meaning {
    int origin;
    int type;
    int code;  ///< -1: any
    errc error;
};

constexpr auto icmp_meanings = std::to_array<icmp_meaning>({
    {SO_EE_ORIGIN_ICMP, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, errc::connection_reset},
    {SO_EE_ORIGIN_ICMP, ICMP_TIME_EXCEEDED, -1, errc::network_reset},
    {SO_EE_ORIGIN_ICMP6, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT, errc::connection_reset},
    {SO_EE_ORIGIN_ICMP6, ICMP6_TIME_EXCEEDED, -1, errc::network_reset},
});

/// What Winsock tells of a queued error; success for those it never mentions.
errc meaning_of(const sock_extended_err& error) noexcept
{
    for (const auto& meaning : icmp_meanings) {
        if (meaning.origin == error.ee_origin && meaning.type == error.ee_type &&
            (meaning.code == -1 || meaning.code == error.ee_code)) {
            return meaning.error;
        }
    }
    return errc::success;
}

enum class queue_state { empty, entry };

queue_state next_queued_error(int number, errc& meaning) noexcept
{
    alignas(cmsghdr) std::array<char, 512> control;
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (restarted([&] { return ::recvmsg(number, &message, MSG_ERRQUEUE | MSG_DONTWAIT); }) == -1) {
        return queue_state::empty;
    }
    meaning = errc::success;
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        const bool ipv4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
        const bool ipv6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;
        if (ipv4 || ipv6) {
            sock_extended_err error{};
            std::memcpy(&error, CMSG_DATA(part), sizeof(error));
            meaning = meaning_of(error);
        }
    }
    return queue_state::entry;
}

/// The first queued error that Winsock tells of; those before it are dropped.
errc reportable_error(int number) noexcept
{
    auto meaning = errc::success;
    while (next_queued_error(number, meaning) == queue_state::entry) {
        if (meaning != errc::success) {
            return meaning;
        }
    }
    return errc::success;
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
    for (int attempt = 0; attempt < most_swallowed_errors; ++attempt) {
        kernel_address name;
        const auto taken = receive_once(number, buffers, flags, from != nullptr ? &name : nullptr);
        if (taken.bytes != -1) {
            if (from != nullptr) {
                *from = name.to_winsock();
            }
            return receive_outcome{static_cast<std::size_t>(taken.bytes), taken.truncated};
        }
        const int error = errno;
        if (!is_asynchronous_error(error)) {
            return errc_from_errno(error, failed_call::datagram);
        }
        // With the error queue on, the same message also waits there: it is told once, from there, because
        // only the queue knows an expired lifetime from an unreachable host.
        if (const auto queued = reportable_error(number); queued != errc::success) {
            return queued;
        }
        if (error == ECONNREFUSED) {
            return errc::connection_reset;
        }
    }
    return errc::would_block;
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

/// A datagram in more pieces than the kernel takes goes through one block of memory.
result<std::size_t> send_gathered(int number, const_buffers buffers, int flags,
                                  const socket_address* to) noexcept
try {
    if (total_size(buffers) > longest_datagram) {
        return errc::message_size;
    }
    std::vector<std::byte> whole;
    whole.reserve(total_size(buffers));
    for (const auto& buffer : buffers) {
        const auto* bytes = static_cast<const std::byte*>(buffer.data);
        whole.insert(whole.end(), bytes, bytes + buffer.size);
    }
    const const_buffer one{whole.data(), whole.size()};
    return send_datagram(number, {&one, 1}, flags, to);
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

result<receive_outcome> receive_scattered(int number, mutable_buffers buffers, int flags,
                                          socket_address* from) noexcept
try {
    std::vector<std::byte> whole(std::min(total_size(buffers), longest_datagram));
    const mutable_buffer one{whole.data(), whole.size()};
    auto outcome = receive_datagram(number, {&one, 1}, flags, from);
    std::size_t done = 0;
    for (std::size_t index = 0; outcome && done < outcome->bytes; ++index) {
        const auto piece = std::min(buffers[index].size, outcome->bytes - done);
        std::memcpy(buffers[index].data, whole.data() + done, piece);
        done += piece;
    }
    return outcome;
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
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
        return buffers.size() > posix::most_buffers ? posix::send_gathered(number, buffers, kernel_flags, to)
                                                    : posix::send_datagram(number, buffers, kernel_flags, to);
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
        return posix::receive_stream(number, buffers, kernel_flags);
    }
    return buffers.size() > posix::most_buffers
               ? posix::receive_scattered(number, buffers, kernel_flags, from)
               : posix::receive_datagram(number, buffers, kernel_flags, from);
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
