// Datagrams with control information through the base provider's WSASendMsg and WSARecvMsg, whose control buffers have
// the layout of control_buffer.hpp.
#include <mswsock.h>

#include "spindle/control_buffer.hpp"
#include "wsa_buffers.hpp"

namespace spindle::win32 {
namespace {

// Output flags of WSAMSG; mingw-w64's headers have them under other conditions.
constexpr ULONG delivered_as_broadcast = 0x400;
constexpr ULONG delivered_as_multicast = 0x800;

/// No library exports the function: each provider gives out its own.
result<LPFN_WSARECVMSG> receive_function(SOCKET socket) noexcept
{
    GUID identifier = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG function = nullptr;
    DWORD returned = 0;
    if (::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &identifier, sizeof identifier, &function,
                   sizeof function, &returned, nullptr, nullptr) == SOCKET_ERROR) {
        return errc::operation_not_supported;
    }
    return function;
}

/// Each header says of which IP version it is; a datagram has one.
void take(message_control& control, std::span<const std::byte> bytes, ULONG flags) noexcept
{
    const auto parts = control_buffer::read(bytes);
    control = parts ? *parts : message_control{};
    if ((flags & delivered_as_multicast) != 0) {
        control.delivered = delivery::multicast;
    } else if ((flags & delivered_as_broadcast) != 0) {
        control.delivered = delivery::broadcast;
    }
}

}  // namespace
}  // namespace spindle::win32

namespace spindle::native {

using win32::last_error;
using win32::to_socket;

result<std::size_t> send_message(handle socket, const socket_kind&, const_buffers buffers,
                                 transfer_flags flags, const socket_address* to,
                                 const message_control& control) noexcept
try {
    win32::wsa_buffers pieces{buffers, true};
    std::array<std::byte, control_buffer::largest_size> bytes{};
    const auto written = control_buffer::write(control, bytes);
    WSAMSG message{};
    if (to != nullptr) {
        message.name = const_cast<sockaddr*>(win32::to_sockaddr(*to));
        message.namelen = static_cast<int>(to->size());
    }
    message.lpBuffers = pieces.data();
    message.dwBufferCount = pieces.count();
    message.Control.buf = reinterpret_cast<char*>(bytes.data());
    message.Control.len = static_cast<ULONG>(written.bytes);
    DWORD sent = 0;
    return ::WSASendMsg(to_socket(socket), &message, static_cast<DWORD>(flags), &sent, nullptr, nullptr) !=
                   SOCKET_ERROR
               ? result<std::size_t>{std::size_t{sent}}
               : result<std::size_t>{last_error()};
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

result<receive_outcome> receive_message(handle socket, const socket_kind&, mutable_buffers buffers,
                                        transfer_flags flags, socket_address* from,
                                        message_control& control) noexcept
try {
    const auto receive = win32::receive_function(to_socket(socket));
    if (!receive) {
        return receive.error();
    }
    win32::wsa_buffers pieces{buffers, true};
    std::array<std::byte, control_buffer::largest_size> bytes{};
    SOCKADDR_STORAGE name{};
    WSAMSG message{};
    message.name = reinterpret_cast<sockaddr*>(&name);
    message.namelen = sizeof name;
    message.lpBuffers = pieces.data();
    message.dwBufferCount = pieces.count();
    message.Control.buf = reinterpret_cast<char*>(bytes.data());
    message.Control.len = static_cast<ULONG>(bytes.size());
    message.dwFlags = static_cast<ULONG>(flags) & static_cast<ULONG>(MSG_PEEK);
    DWORD received = 0;
    const int outcome = (*receive)(to_socket(socket), &message, &received, nullptr, nullptr);
    const auto error = outcome == SOCKET_ERROR ? last_error() : errc::success;
    const bool truncated = error == errc::message_size;
    if (error != errc::success && !truncated) {
        return error;
    }
    const auto sender = win32::to_address(name, message.namelen);
    win32::take(control, {bytes.data(), message.Control.len}, message.dwFlags);
    if (control.family == address_family::unspecified) {
        control.family = sender.is_ipv4_mapped() ? address_family::ipv4 : sender.family();
    }
    if (from != nullptr) {
        *from = sender;
    }
    return receive_outcome{truncated ? total_size(buffers) : std::size_t{received}, truncated};
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

}  // namespace spindle::native
