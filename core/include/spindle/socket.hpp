// A socket of the provider: everything a Winsock client can do with one that needs no overlapped request. Each
// function answers to the SPI page of the same meaning (WSPBind, WSPConnect, ...). Made by provider::open().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "spindle/address.hpp"
#include "spindle/buffer.hpp"
#include "spindle/host.hpp"
#include "spindle/network_events.hpp"
#include "spindle/options.hpp"
#include "spindle/overlapped.hpp"
#include "spindle/result.hpp"
#include "spindle/transport.hpp"

namespace spindle {

class socket;
using socket_ptr = std::shared_ptr<socket>;

/// Flags of a receive, Winsock's MSG_ numbers; unknown bits are refused with operation_not_supported.
namespace message_flag {
inline constexpr unsigned out_of_band = 0x1;
inline constexpr unsigned peek = 0x2;
inline constexpr unsigned dont_route = 0x4;
inline constexpr unsigned wait_all = 0x8;
inline constexpr unsigned push_immediate = 0x20;
inline constexpr unsigned partial = 0x8000;
/// No MSG_ number: the call waits although the socket is non-blocking (XFR-13).
inline constexpr unsigned always_wait = 0x8000'0000;
}  // namespace message_flag

/// What a condition function decides about a connection request (Winsock: CF_ACCEPT, CF_REJECT, CF_DEFER).
enum class accept_decision { accept, reject, defer, invalid };

/// Called inside accept() on the caller's thread, without locks, with the peer's and the local address.
using accept_condition = std::function<accept_decision(const socket_address& peer, const socket_address& local)>;

struct accept_outcome {
    socket_ptr socket;
    socket_address peer;
};

/// Chooses pending requests. Called under a lock: looks at the request and at nothing else.
using request_filter = std::function<bool(const io_request&)>;

/// One socket. Made by provider::open() or accept(); it stays in the provider's books until close().
///
/// Threads: every member may be called from every thread at any time. Blocking calls wait on the caller's
/// thread and are woken by close(), by cancel_blocking_call() of their own thread and by the last cleanup.
/// Errors common to all: not_socket after close(); not_initialised after the provider's last cleanup.
/// A new socket is blocking; set_blocking(false) makes calls that would wait fail with would_block.
class socket {
public:
    virtual ~socket() = default;

    /// The oldest of its handles, which are several if it was duplicated.
    [[nodiscard]] virtual socket_handle handle() const noexcept = 0;
    [[nodiscard]] virtual const socket_kind& kind() const noexcept = 0;
    [[nodiscard]] virtual std::uint32_t catalog_entry_id() const noexcept = 0;
    /// The dwFlags the socket was made with.
    [[nodiscard]] virtual std::uint32_t creation_flags() const noexcept = 0;

    /// On return the local address is taken. Errors: invalid_argument (bound already), address_family_not_supported,
    /// address_not_available, address_in_use, access_denied. Never blocks.
    virtual result<void> bind(const socket_address& local) = 0;
    /// Errors: invalid_argument (unbound), already_connected, operation_not_supported (datagram), address_in_use.
    virtual result<void> listen(int backlog) = 0;
    /// Streams: connected on return; non-blocking: would_block while the attempt proceeds. Datagrams: sets or, with a
    /// wildcard or unspecified address, dissolves the default peer.
    virtual result<void> connect(const socket_address& peer) = 0;
    /// The oldest request. `condition` may be empty. Errors: would_block, invalid_argument (not listening),
    /// connection_refused (rejected), try_again (deferred; the request stays at the head).
    virtual result<accept_outcome> accept(const accept_condition& condition) = 0;

    /// Bytes accepted; they are sent in issue order. Streams accept all bytes or fail (XFR-16 to XFR-18).
    virtual result<std::size_t> send(const_buffers buffers, unsigned flags) = 0;
    /// Datagrams to `to`, or to the default peer when it is null; streams ignore `to`.
    virtual result<std::size_t> send_to(const_buffers buffers, unsigned flags, const socket_address* to) = 0;
    /// A stream's graceful end gives 0 bytes, again and again. A truncated datagram: the outcome says so and the
    /// caller reports message_size. `from` may be null and is written for datagrams only.
    virtual result<receive_outcome> receive(mutable_buffers buffers, unsigned flags, socket_address* from) = 0;

    /// send_to() for datagrams, with control information of the IP version that the destination has: the packet info
    /// chooses source address and interface. Errors besides: invalid_argument (stream; the other IP version; no such source
    /// address).
    virtual result<std::size_t> send_message(const_buffers buffers, unsigned flags, const socket_address* to,
                                             const message_control& control) = 0;
    /// receive() for datagrams. `control` is what the socket's options ask for (IP_PKTINFO and its like), and how the datagram
    /// was delivered. Errors besides: operation_not_supported (stream).
    virtual result<receive_outcome> receive_message(mutable_buffers buffers, unsigned flags, socket_address* from,
                                                    message_control& control) = 0;

    /// Overlapped forms: they never block. success: finished at once, as `outcome` says, and finish() is not called.
    /// io_pending: it will be. Any other code: not started (message_size: a datagram was cut, `outcome` counts what was
    /// copied). Errors as those of the blocking calls. Receives are filled, and sends leave, in issue order.
    virtual errc start_receive(io_request& request, io_outcome& outcome) = 0;
    virtual errc start_send(io_request& request, io_outcome& outcome) = 0;
    /// On a listener. Errors: invalid_argument (not listening; a target that is bound, connected, of another kind or in another
    /// accept), not_socket (target closed).
    virtual errc start_accept(accept_request& request, io_outcome& outcome) = 0;
    /// On a bound stream socket; always io_pending when started. Errors: invalid_argument (unbound, listening, connecting),
    /// already_connected, those of the address.
    virtual errc start_connect(connect_request& request) = 0;
    /// Ends the connection gracefully; finishes when everything is acknowledged. `reuse`: the socket is then as good as new,
    /// for another accept or connect as the one it came from (page "DisconnectEx"). Errors: not_connected.
    virtual errc start_disconnect(io_request& request, bool reuse) = 0;
    /// Sends the parts in order as one send, nothing of another send between them; counts the bytes of all. Datagram sockets
    /// send messages to the default peer. At most 2147483646 bytes. Errors besides those of a send: not_connected;
    /// invalid_argument (more bytes; reuse without disconnect; either on a datagram socket); those of the files. A stream of
    /// which a part has left when a file fails is reset.
    virtual errc start_transmit(transmit_request& request, io_outcome& outcome) = 0;
    /// Asks for the end of the pending requests that match; they finish with operation_aborted, unless they come to their own
    /// end first. Returns how many were found. A stream of which a part of a cancelled send has left is reset.
    virtual std::size_t cancel(const request_filter& which) = 0;
    /// Blocks until `done()`, which is asked whenever a request of the socket has finished.
    /// Errors: as a blocking receive that is woken.
    virtual result<void> wait_for_requests(const std::function<bool()>& done) = 0;
    /// The same for a pending request of the calling thread, of which `done()` says whether it has finished. It has on return:
    /// if the wait ends before, the request is cancelled; success if it came to its own end all the same.
    virtual result<void> wait_or_cancel(const io_request& request, const std::function<bool()>& done) = 0;

    /// The socket's requests finish on the threads that turn the loop from now on, until leave(). A socket joins one loop in
    /// its life. Errors: invalid_argument (joined before), no_buffer_space.
    virtual result<void> join(const std::shared_ptr<event_loop>& loop) = 0;
    /// Goes on without this loop.
    virtual void leave(const event_loop& loop) noexcept = 0;

    /// Replaces the registration for network events; none of them, or no target, cancels it. The socket is non-blocking
    /// from now on, and stays so while the registration lasts. What holds already is told before the return; what the old
    /// target was to be told is told by then or never. Sockets that accept() returns have their listener's registration.
    /// Errors: invalid_argument (unknown events, a target without an object), no_buffer_space.
    virtual result<void> select_network_events(const network_event_target& target, unsigned events) = 0;
    /// Copies what was recorded of the selected events, and clears it, in one step with `reset`, which may be empty and
    /// resets the event object; no lock is held while it runs. Errors: invalid_argument (`reset` said false; nothing was
    /// cleared then).
    virtual result<network_events> take_network_events(const std::function<bool()>& reset) = 0;
    /// A receive was refused for a bad buffer before it came here (EVT-13).
    virtual void note_refused_receive() = 0;
    /// For whoever serves the requests for address_list_change and routing_interface_change: such a request was made, which
    /// enables the event; the change came. It is recorded, and told when the client has selected it.
    virtual void await_network_change(unsigned event) = 0;
    virtual void note_network_change(unsigned event, errc code) = 0;

    /// Hangs the client's own record on the socket, once; it is released with the socket. companion(): it, or null.
    virtual void attach(std::shared_ptr<void> companion) = 0;
    [[nodiscard]] virtual void* companion() const noexcept = 0;

    /// Never blocks. Errors: not_connected. Repeating it succeeds.
    virtual result<void> shutdown(shutdown_direction direction) = 0;
    /// WSPRecvDisconnect without data: later receives fail with shut_down, nothing is told to the peer.
    virtual result<void> disable_receive() = 0;
    /// Makes the socket a leaf of a multicast group, at once (page "WSPJoinLeaf"); `receives`: it gets what is sent there, by
    /// the interface of its bound address, or else of its multicast interface option. Errors: operation_not_supported
    /// (stream), already_connected (is a leaf), address_family_not_supported, address_not_available (no group).
    virtual result<void> join_leaf(const socket_address& group, bool receives) = 0;
    /// Gives the handle back to the host. The last one ends the socket by its linger setting (the matrix in close_policy.hpp);
    /// on success later calls fail with not_socket. If other processes hold the system's socket, the connection goes on.
    /// Errors: not_socket (no handle of this socket); would_block and interrupted leave it open.
    virtual result<void> close(socket_handle which) = 0;
    /// close(handle()).
    virtual result<void> close() = 0;

    /// Errors: invalid_argument while unbound.
    [[nodiscard]] virtual result<socket_address> local_address() const = 0;
    /// Errors: not_connected.
    [[nodiscard]] virtual result<socket_address> peer_address() const = 0;

    virtual result<void> set_blocking(bool blocking) = 0;
    [[nodiscard]] virtual bool blocking() const noexcept = 0;
    /// Raw options in Winsock's layouts. `value` may be empty with a null pointer; errors: invalid_argument (level), no_protocol_option,
    /// fault (length). get returns the number of bytes written into `value`.
    virtual result<void> set_option(int level, int name, std::span<const std::byte> value) = 0;
    virtual result<std::size_t> get_option(int level, int name, std::span<std::byte> value) = 0;
    /// FIONREAD and SIOCATMARK in their documented meaning.
    virtual result<std::size_t> readable_bytes() = 0;
    virtual result<bool> at_urgent_mark() = 0;

    result<void> set_linger(linger_option linger);
    [[nodiscard]] result<linger_option> linger();
    /// Milliseconds; zero means no time-out. Apply to blocking calls only.
    result<void> set_receive_timeout(std::chrono::milliseconds timeout);
    result<void> set_send_timeout(std::chrono::milliseconds timeout);
    result<void> set_no_delay(bool on);
};

}  // namespace spindle
