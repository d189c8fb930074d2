// What every way of moving datagrams shares: the kernel's message header, errors that belong to earlier datagrams
// (LNX-28), and datagrams in more pieces than the kernel takes at once.
#pragma once

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstring>
#include <new>
#include <optional>
#include <sys/socket.h>
#include <sys/uio.h>
#include <vector>

#include "asio/posix/descriptor.hpp"

namespace spindle::posix {

static_assert(sizeof(const_buffer) == sizeof(iovec) && sizeof(mutable_buffer) == sizeof(iovec));
static_assert(offsetof(const_buffer, data) == offsetof(iovec, iov_base));
static_assert(offsetof(const_buffer, size) == offsetof(iovec, iov_len));
static_assert(offsetof(mutable_buffer, data) == offsetof(iovec, iov_base));
static_assert(offsetof(mutable_buffer, size) == offsetof(iovec, iov_len));

inline constexpr std::size_t most_buffers = IOV_MAX;
inline constexpr std::size_t longest_datagram = 65536;
// More pending errors than this on one socket are left for the next call.
inline constexpr int most_swallowed_errors = 16;

template <class Buffer>
msghdr message_of(std::span<const Buffer> buffers) noexcept
{
    msghdr message{};
    // The kernel writes through iov_base only when receiving, which mutable_buffer permits.
    message.msg_iov = reinterpret_cast<iovec*>(const_cast<Buffer*>(buffers.data()));
    message.msg_iovlen = std::min(buffers.size(), most_buffers);
    return message;
}

/// The first queued error that Winsock tells of, success when there is none; those before it are dropped.
[[nodiscard]] errc reportable_error(int number) noexcept;

/// `send()` is the kernel's call with its result.
template <class Send>
result<std::size_t> send_past_errors(Send&& send) noexcept
{
    int last_error = 0;
    for (int attempt = 0; attempt < most_swallowed_errors; ++attempt) {
        const ssize_t sent = send();
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

/// `receive()` returns an optional outcome, nothing with errno set when the kernel's call failed.
template <class Receive>
result<receive_outcome> receive_past_errors(int number, Receive&& receive) noexcept
{
    for (int attempt = 0; attempt < most_swallowed_errors; ++attempt) {
        if (const std::optional<receive_outcome> taken = receive()) {
            return *taken;
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

/// send(buffers); a datagram in more pieces than the kernel takes goes through one block of memory.
template <class Send>
result<std::size_t> in_one_piece(const_buffers buffers, Send&& send) noexcept
try {
    if (buffers.size() <= most_buffers) {
        return send(buffers);
    }
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
    return send(const_buffers{&one, 1});
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

/// receive(buffers), the same way.
template <class Receive>
result<receive_outcome> from_one_piece(mutable_buffers buffers, Receive&& receive) noexcept
try {
    if (buffers.size() <= most_buffers) {
        return receive(buffers);
    }
    std::vector<std::byte> whole(std::min(total_size(buffers), longest_datagram));
    const mutable_buffer one{whole.data(), whole.size()};
    result<receive_outcome> outcome = receive(mutable_buffers{&one, 1});
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

}  // namespace spindle::posix
