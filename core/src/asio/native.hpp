// The system's socket calls as plain functions in Winsock's terms: the only seam between the platforms.
// posix/ and win32/ each implement all of it; which is compiled is the build's choice. No state and no
// waiting queue lives here.
//
// All calls are non-blocking except wait(); a call that the system interrupts is restarted. Handles are the
// system's descriptors or SOCKETs, widened.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "spindle/transport.hpp"

namespace spindle::native {

using handle = std::intptr_t;
inline constexpr handle no_handle = -1;

/// Holds what the system's sockets need process-wide while it lives (Windows: a count of WSAStartup).
class session {
public:
    session() noexcept = default;
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session();
    /// Idempotent, any thread.
    result<void> begin() noexcept;

private:
    std::atomic<bool> begun_{false};
};

result<handle> open(const socket_kind& kind, bool inheritable) noexcept;
void close(handle socket) noexcept;
/// Puts a fresh socket in the place of the old one, which is closed; the number is kept where the system can.
/// On failure the old socket is unchanged.
result<handle> renew(handle socket, const socket_kind& kind, bool inheritable) noexcept;

/// Puts `with`, an open socket, in the place of `old`, which is closed; the number is kept where the system can. On
/// failure both are unchanged.
result<handle> replace(handle old, handle with, bool inheritable) noexcept;

result<void> bind(handle socket, const socket_kind& kind, const socket_address& local) noexcept;
/// Asks that a port the system chooses by itself comes from Windows' dynamic range, where it can be asked
/// (LNX-9).
void prefer_dynamic_ports(handle socket, const socket_kind& kind) noexcept;
/// Takes that back: the system chooses from its whole range.
void accept_any_port(handle socket, const socket_kind& kind) noexcept;
result<void> listen(handle socket, int backlog) noexcept;
result<void> connect(handle socket, const socket_kind& kind, const socket_address& peer) noexcept;
/// As lower_socket::connect_result(), but an error is reported once; not_connected when there was no attempt.
result<void> connect_result(handle socket, const socket_kind& kind) noexcept;
result<void> disconnect(handle socket, const socket_kind& kind) noexcept;

struct accepted {
    handle socket = no_handle;
    socket_address peer;
};
result<accepted> accept(handle socket, bool inheritable) noexcept;

result<std::size_t> send(handle socket, const socket_kind& kind, const_buffers buffers, transfer_flags flags,
                         const socket_address* to) noexcept;
result<receive_outcome> receive(handle socket, const socket_kind& kind, mutable_buffers buffers,
                                transfer_flags flags, socket_address* from) noexcept;
/// As the lower_socket functions.
result<std::size_t> send_file(handle socket, file_source& file, std::uint64_t offset, std::size_t size) noexcept;
result<std::size_t> send_message(handle socket, const socket_kind& kind, const_buffers buffers, transfer_flags flags,
                                 const socket_address* to, const message_control& control) noexcept;
result<receive_outcome> receive_message(handle socket, const socket_kind& kind, mutable_buffers buffers,
                                        transfer_flags flags, socket_address* from, message_control& control) noexcept;
std::error_code take_error(handle socket) noexcept;
/// Streams, after a receive that gave 0 bytes: the system has no connection left, and not because this side sent its
/// FIN. False where the system goes on reporting a reset to every call.
bool connection_gone(handle socket, const socket_kind& kind) noexcept;

result<void> shutdown(handle socket, shutdown_direction direction) noexcept;
/// Resets the connection; the handle stays valid and everything that waits on it wakes.
void abort(handle socket, const socket_kind& kind) noexcept;

result<socket_address> local_address(handle socket) noexcept;
result<socket_address> peer_address(handle socket) noexcept;
result<std::size_t> unacknowledged_bytes(handle socket, const socket_kind& kind) noexcept;
result<std::size_t> readable_bytes(handle socket) noexcept;
result<bool> at_urgent_mark(handle socket) noexcept;
result<void> set_option(handle socket, const socket_kind& kind, lower_option option, int value) noexcept;
result<int> get_option(handle socket, const socket_kind& kind, lower_option option) noexcept;
result<void> set_header_options(handle socket, const socket_kind& kind, header_options which,
                                std::span<const std::byte> bytes) noexcept;
result<void> change_group(handle socket, const socket_kind& kind, const group_change& change) noexcept;
result<void> set_reception(handle socket, const socket_kind& kind, const reception_rules& rules) noexcept;
result<tcp_statistics> statistics(handle socket, const socket_kind& kind) noexcept;

/// As the transport functions.
result<std::vector<network_interface>> interfaces() noexcept;
result<handle> open_change_source(bool routes) noexcept;

/// Null when the system has no descriptor left.
std::unique_ptr<interrupter> make_interrupter() noexcept;
/// What holds now of the wanted conditions and failed.
readiness poll(handle socket, readiness wanted) noexcept;
/// As lower_socket::wait(); with no_handle only the interrupter and the deadline count.
readiness wait(handle socket, readiness wanted, interrupter& wake, clock::time_point deadline) noexcept;

}  // namespace spindle::native
