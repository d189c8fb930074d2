// Sending and receiving through the base provider, never overlapped: what would block says so.
#include "wsa_buffers.hpp"

namespace spindle::native {

using win32::last_error;
using win32::to_socket;

namespace {

int send_once(handle socket, win32::wsa_buffers& pieces, DWORD flags, DWORD& sent) noexcept
{
    return ::WSASend(to_socket(socket), pieces.data(), pieces.count(), &sent, flags, nullptr, nullptr);
}

/// Until all is taken or nothing more: a part that was taken says that there is no room, but FD_WRITE tells of new room
/// only after a send that failed for want of it (page "WSAEventSelect").
result<std::size_t> send_stream(handle socket, const_buffers buffers, DWORD flags) noexcept
{
    win32::wsa_buffers pieces{buffers, false};
    std::size_t done = 0;
    do {
        DWORD sent = 0;
        if (send_once(socket, pieces, flags, sent) == SOCKET_ERROR) {
            return done > 0 ? result<std::size_t>{done} : result<std::size_t>{last_error()};
        }
        done += sent;
        pieces.skip(sent);
    } while (pieces.count() != 0);
    return done;
}

}  // namespace

result<std::size_t> send(handle socket, const socket_kind& kind, const_buffers buffers, transfer_flags flags,
                         const socket_address* to) noexcept
try {
    const auto wsa_flags = static_cast<DWORD>(flags);
    if (kind.type == socket_type::stream) {
        return send_stream(socket, buffers, wsa_flags);
    }
    win32::wsa_buffers pieces{buffers, true};
    DWORD sent = 0;
    const int outcome =
        to == nullptr ? send_once(socket, pieces, wsa_flags, sent)
                      : ::WSASendTo(to_socket(socket), pieces.data(), pieces.count(), &sent, wsa_flags,
                                    win32::to_sockaddr(*to), static_cast<int>(to->size()), nullptr, nullptr);
    return outcome != SOCKET_ERROR ? result<std::size_t>{std::size_t{sent}}
                                   : result<std::size_t>{last_error()};
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

result<receive_outcome> receive(handle socket, const socket_kind& kind, mutable_buffers buffers,
                                transfer_flags flags, socket_address* from) noexcept
try {
    const bool stream = kind.type == socket_type::stream;
    win32::wsa_buffers pieces{buffers, !stream};
    DWORD received = 0;
    auto wsa_flags = static_cast<DWORD>(flags) & static_cast<DWORD>(MSG_OOB | MSG_PEEK);
    SOCKADDR_STORAGE storage{};
    int size = sizeof(storage);
    const int outcome =
        stream ? ::WSARecv(to_socket(socket), pieces.data(), pieces.count(), &received, &wsa_flags, nullptr,
                           nullptr)
               : ::WSARecvFrom(to_socket(socket), pieces.data(), pieces.count(), &received, &wsa_flags,
                               reinterpret_cast<sockaddr*>(&storage), &size, nullptr, nullptr);
    const auto error = outcome == SOCKET_ERROR ? last_error() : errc::success;
    const bool truncated = error == errc::message_size;
    if (error != errc::success && !truncated) {
        const bool nothing_urgent =
            has_any(flags, transfer_flags::out_of_band) && error == errc::invalid_argument;
        return nothing_urgent ? errc::would_block : error;
    }
    if (!stream && from != nullptr) {
        *from = win32::to_address(storage, size);
    }
    return receive_outcome{truncated ? total_size(buffers) : std::size_t{received}, truncated};
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

std::error_code take_error(handle) noexcept
{
    // Windows tells what ICMP says by the receive that it concerns, while report_unreachable is on.
    return {};
}

}  // namespace spindle::native
