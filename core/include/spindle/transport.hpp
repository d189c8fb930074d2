// What core asks of the system's sockets: bytes and readiness, nothing of Winsock's meaning. The built-in
// implementation over Asio and the operating system is below core/src/asio; tests and simulators may supply
// their own. Codes are Winsock codes already: an implementation translates the system's errors at its edge.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "spindle/address.hpp"
#include "spindle/buffer.hpp"
#include "spindle/file_source.hpp"
#include "spindle/message.hpp"
#include "spindle/network.hpp"
#include "spindle/result.hpp"

namespace spindle {

using clock = std::chrono::steady_clock;

enum class socket_type : int { stream = 1, datagram = 2, raw = 3 };

/// The resolved triple of a socket; protocol is the IP protocol number, 0 for AF_UNIX.
struct socket_kind {
    address_family family = address_family::unspecified;
    socket_type type = socket_type::stream;
    int protocol = 0;

    friend bool operator==(const socket_kind&, const socket_kind&) = default;
};

enum class shutdown_direction : int { receive = 0, send = 1, both = 2 };

/// A set of readiness conditions.
enum class readiness : std::uint8_t {
    none = 0,
    readable = 1,     ///< a receive or an accept would not wait: data, a connection, the peer's end, an error
    writable = 2,
    urgent = 4,       ///< an urgent byte is announced and was not read
    failed = 8,       ///< reported only: an error or a complete hang-up
    interrupted = 16, ///< reported only, by waits
    peer_closed = 32, ///< the peer will send no more; `readable` asks for it as well
    error = 64,       ///< reported only, beside `failed`: the connection was lost, or a datagram socket has an error to tell
};

[[nodiscard]] constexpr readiness operator|(readiness left, readiness right) noexcept
{
    return static_cast<readiness>(static_cast<unsigned>(left) | static_cast<unsigned>(right));
}
[[nodiscard]] constexpr bool has_any(readiness set, readiness wanted) noexcept
{
    return (static_cast<unsigned>(set) & static_cast<unsigned>(wanted)) != 0;
}

/// Flags of one transfer; the numbers are Winsock's MSG_ values, but for tell_unread, which asks for receive_outcome::unread.
enum class transfer_flags : unsigned { none = 0, out_of_band = 1, peek = 2, dont_route = 4, tell_unread = 0x1000 };

[[nodiscard]] constexpr transfer_flags operator|(transfer_flags left, transfer_flags right) noexcept
{
    return static_cast<transfer_flags>(static_cast<unsigned>(left) | static_cast<unsigned>(right));
}
[[nodiscard]] constexpr bool has_any(transfer_flags set, transfer_flags wanted) noexcept
{
    return (static_cast<unsigned>(set) & static_cast<unsigned>(wanted)) != 0;
}

/// Integer options that core sets on the system's socket.
enum class lower_option {
    keep_alive,            ///< 0 or 1
    no_delay,              ///< 0 or 1
    broadcast,             ///< 0 or 1
    dont_route,            ///< 0 or 1
    send_buffer,           ///< bytes as the client asked for them
    receive_buffer,        ///< bytes as the client asked for them
    v6_only,               ///< 0 or 1
    restart_bind,          ///< 0 or 1: bind although old connections of the port are winding down
    share_port,            ///< 0 or 1: several sockets of this process on one port (core decides who may)
    first_listener,        ///< set only, after listen(): of sockets that share a port the first gets all connections
    urgent_inline,         ///< 0 or 1: urgent bytes stay in the stream and readable_bytes() counts past the mark
    fragment,              ///< 0 or 1: datagrams may be fragmented (Windows' default) instead of path MTU discovery
    report_unreachable,    ///< 0 or 1: ICMP errors of datagram sockets are reported by take_error()
    keep_alive_idle,       ///< seconds
    keep_alive_interval,   ///< seconds
    keep_alive_count,
    maximum_segment,       ///< get only
    unicast_hops,
    type_of_service,
    path_discovery,        ///< of the path MTU: 1 always, 2 never, 3 without heeding what was learnt (Winsock's PMTUD_STATE)
    path_mtu,              ///< get only; not_connected without a peer
    late_port,             ///< 0 or 1: a bind without a port leaves choosing one to the connect
    user_timeout,          ///< milliseconds until a connection is given up for lack of acknowledgements; 0: the system's
    fast_open,             ///< 0 or 1: listeners take data with a connection request
    syn_retries,           ///< 1 to 127
    no_checksum,           ///< 0 or 1: UDP over IPv4 without checksums
    segment_size,          ///< bytes of each datagram that a send is split into; 0: no splitting
    header_included,       ///< 0 or 1: raw sockets send headers of their own
    checksum_offset,       ///< raw IPv6 sockets: where the system puts the checksum; -1: nowhere
    multicast_hops,
    multicast_interface,   ///< interface index; 0: the system's choice
    unicast_interface,     ///< ditto, for what is sent to single hosts
    peer_process,          ///< get only: AF_UNIX, the process id of the peer
    receive_packet_info,    ///< 0 or 1: receive_message() tells where a datagram was sent to; of both IP versions
    receive_hop_limit,      ///< 0 or 1: ditto, its hop limit
    receive_traffic_class,  ///< 0 or 1: ditto, its traffic class
    report_unread,          ///< 0 or 1: receives on a TCP socket can tell what they left; see tell_unread
};

/// Options of the IP header, in the protocol's own format.
enum class header_options { ip_options, hop_options };

/// What of all that arrives for a socket it is to receive. An unlisted interface is one that is not in `interfaces`.
struct reception_rules {
    bool local_multicasts = true;   ///< sent on this machine
    bool broadcasts = true;
    bool only_multicasts = false;
    bool only_listed = false;
    std::vector<std::uint32_t> interfaces;
};

enum class group_action { join, leave, block, unblock, join_source, leave_source };

/// A change of a socket's multicast memberships. The source is unused by join and leave.
struct group_change {
    group_action action = group_action::join;
    std::uint32_t interface_index = 0;  ///< 0: the system's choice
    socket_address group;
    socket_address source;
};

/// Wakes one thread that waits in lower_socket::wait() or interrupter::wait(). interrupt() may be called from any
/// thread at any time and is remembered until reset(). Owned and waited on by one thread at a time.
class interrupter {
public:
    virtual ~interrupter() = default;
    virtual void interrupt() noexcept = 0;
    virtual void reset() noexcept = 0;
    /// Waits until interrupted (true) or until the deadline (false). clock::time_point::max() = no deadline.
    virtual bool wait(clock::time_point deadline) noexcept = 0;
};

struct receive_outcome {
    std::size_t bytes = 0;
    bool truncated = false;  ///< the datagram was longer than the buffers
    std::optional<std::size_t> unread = std::nullopt;  ///< bytes left behind, where tell_unread asked and the system tells
};

/// Is told of new readiness of a socket that joined a loop.
class readiness_sink {
public:
    /// Edges: a condition is reported when it begins to hold or is renewed, not for as long as it holds. Spurious reports
    /// happen. `look`: the loop's look() that the report stems from; unless 0, `seen` is all that held then of what is
    /// interesting, and of failed. On the thread inside event_loop::turn(), without the transport's locks. Returns how many bytes
    /// it took in for requests that have finished: what a loop measures its turns by.
    virtual std::size_t on_ready(readiness seen, std::uint64_t look) noexcept = 0;

protected:
    ~readiness_sink() = default;
};

/// A loop that its users run themselves, or a thread of its own: sockets join it, and whoever is inside turn() serves them.
/// Made by transport::make_loop() and make_attended_loop().
///
/// Threads: all members from any thread; turns are serialised.
class event_loop {
public:
    virtual ~event_loop() = default;

    /// Waits up to `timeout_ms` (-1: for ever) until a socket of the loop becomes ready or wake() is called, then calls
    /// the sinks. True when there was anything to do, false on time-out. Of an attended loop: does not wait, and does nothing
    /// while the loop's own thread or another one looks.
    virtual bool turn(int timeout_ms) noexcept = 0;
    /// Ends the wait of the present turn, or of the next one. Coalesces.
    virtual void wake() noexcept = 0;
    /// The users' last thread has gone to do something else. If none comes back within about two milliseconds the
    /// transport's service thread takes the turns until one does, after calling the loop's `unattended` function.
    virtual void left() noexcept = 0;
    /// Of an attended loop: how often it has looked at its sockets, counted before each look, so that a report of a look with
    /// a higher number than this returned knows of all that happened before. 0 for other loops.
    [[nodiscard]] virtual std::uint64_t look() const noexcept = 0;
    /// No turn runs and no function is called after the return. Sockets must have left.
    virtual void close() noexcept = 0;
};

class lower_socket;

struct accepted_connection {
    std::unique_ptr<lower_socket> socket;
    socket_address peer;
};

/// One system socket, always in non-blocking mode. No call here blocks but wait().
///
/// Threads: all members may be called from several threads at once, except renew(), close() and the destructor,
/// which core calls when no other call is in progress. The destructor closes what is still open as the system
/// would (no reset, no wait) after cancelling the waits.
class lower_socket {
public:
    using wait_handler = std::function<void(readiness)>;

    virtual ~lower_socket() = default;

    virtual result<void> bind(const socket_address& local) = 0;
    /// The backlog is what the system should be asked for, already clamped by core.
    virtual result<void> listen(int backlog) = 0;
    /// Success: connected (always so for datagram sockets). would_block: in progress; wait for writable, then ask
    /// connect_result(). Any other error: the attempt failed.
    virtual result<void> connect(const socket_address& peer) = 0;
    /// The outcome of an attempt that was in progress: success, would_block while it still is, or its error.
    virtual result<void> connect_result() = 0;
    /// Datagram sockets: dissolves the association with the default peer.
    virtual result<void> disconnect() = 0;
    /// The oldest pending connection; would_block when none. Dead connections are skipped silently.
    virtual result<accepted_connection> accept() = 0;

    /// Streams: accepts a part or all, would_block when nothing. Datagrams: all or nothing; `to` may be null.
    virtual result<std::size_t> send(const_buffers buffers, transfer_flags flags, const socket_address* to) = 0;
    /// would_block when nothing is there. A stream's end gives 0 bytes. `from` may be null. With `out_of_band`:
    /// the urgent byte the system holds, would_block when none was announced or it was read already.
    virtual result<receive_outcome> receive(mutable_buffers buffers, transfer_flags flags, socket_address* from) = 0;
    /// Streams: sends up to `size` bytes of the file from the offset; 0 at its end, else as send(). operation_not_supported:
    /// the system cannot do so with this file, or the file cannot be read; read it and send.
    virtual result<std::size_t> send_file(file_source& file, std::uint64_t offset, std::size_t size) = 0;
    /// Datagram sockets: send() with control information. Errors: invalid_argument (no such source address; a mark or class
    /// that the system does not take), address_not_available (no such interface), operation_not_supported.
    virtual result<std::size_t> send_message(const_buffers buffers, transfer_flags flags, const socket_address* to,
                                             const message_control& control) = 0;
    /// Datagram sockets: receive() with the control information that the options ask for. The congestion mark is left in
    /// the traffic class. How the datagram was delivered is known with receive_packet_info only.
    virtual result<receive_outcome> receive_message(mutable_buffers buffers, transfer_flags flags, socket_address* from,
                                                    message_control& control) = 0;
    /// Datagram sockets: the next pending asynchronous error (connection_reset for an unreachable port, network_reset
    /// for an expired TTL), or success when there is none.
    virtual std::error_code take_error() noexcept = 0;

    virtual result<void> shutdown(shutdown_direction direction) = 0;
    /// Streams: resets the connection (RST) and drops everything queued. Cancels the waits. The object stays.
    virtual void abort() noexcept = 0;
    /// Closes the system's socket as the system does it by default, after cancelling the waits. Idempotent.
    virtual void close() noexcept = 0;
    /// Replaces the system's socket by a fresh, unbound one of the same kind; the native handle keeps its number
    /// where the system can do so. Options are core's duty.
    virtual result<void> renew() = 0;

    [[nodiscard]] virtual result<socket_address> local_address() const = 0;
    [[nodiscard]] virtual result<socket_address> peer_address() const = 0;
    /// Bytes the system took and the peer has not acknowledged yet; 0 where the system cannot tell.
    [[nodiscard]] virtual result<std::size_t> unacknowledged_bytes() const = 0;
    /// Bytes one receive could return; for datagrams the size of the first where the system tells no total.
    [[nodiscard]] virtual result<std::size_t> readable_bytes() const = 0;
    /// Streams: true when the next byte to read is the one behind the urgent mark.
    [[nodiscard]] virtual result<bool> at_urgent_mark() const = 0;
    virtual result<void> set_option(lower_option option, int value) = 0;
    [[nodiscard]] virtual result<int> get_option(lower_option option) const = 0;
    /// Errors: invalid_argument (no such options), access_denied, operation_not_supported.
    virtual result<void> set_header_options(header_options which, std::span<const std::byte> bytes) = 0;
    /// Errors: invalid_argument (no multicast address), address_not_available (no such interface), no_buffer_space.
    virtual result<void> change_group(const group_change& change) = 0;
    /// From now on; what was received before stays.
    virtual result<void> set_reception(const reception_rules& rules) = 0;
    /// TCP only. Errors: operation_not_supported.
    [[nodiscard]] virtual result<tcp_statistics> statistics() const = 0;

    /// What holds now of the wanted conditions and failed. Nothing of a stream socket that neither connects, is connected nor
    /// listens. peer_closed and error are told by this function and by poll_set only.
    [[nodiscard]] virtual readiness poll(readiness wanted) noexcept = 0;
    /// Waits on the calling thread until one of the wanted conditions (or failed) holds, the interrupter is
    /// triggered (interrupted) or the deadline passes (none). `wanted` none waits for failed or the interrupter.
    /// A stream socket that neither connects, is connected nor listens when the wait begins has no conditions.
    virtual readiness wait(readiness wanted, interrupter& wake, clock::time_point deadline) noexcept = 0;
    /// One-shot: the handler is called once, on the transport's service thread, when `condition` (exactly one
    /// of readable, writable, urgent) or failed holds; with `none` when the wait was cancelled. At most one wait
    /// per condition at a time. On a stream socket without a connection, attempt or listener the wait begins when
    /// there is one.
    /// Errors: the service thread could not be started.
    virtual result<void> async_wait(readiness condition, wait_handler handler) = 0;
    /// Pending handlers are called soon with `none`. Any thread.
    virtual void cancel_waits() noexcept = 0;

    /// From now on, until leave(), renew() keeps it so, every new readiness of the socket that is `interesting`, and failed, is
    /// told to the sink from turns of the loop; what holds already is told once. Waits go on beside it. A socket joins one
    /// loop at most. Errors: no_buffer_space.
    virtual result<void> join(std::shared_ptr<event_loop> loop, std::weak_ptr<readiness_sink> sink,
                              readiness interesting) = 0;
    /// A report may still be on its way.
    virtual void leave() noexcept = 0;
    /// Streams without connection, attempt or listener: becomes the connection's socket in place of its own; empties
    /// `connection.socket` on success. No other call may be in progress.
    virtual result<void> adopt(accepted_connection& connection) = 0;
    /// Streams: another process that holds the system's socket has named it and begun something with it.
    virtual void note_activity() noexcept = 0;
};

/// Sockets that one thread waits for together: filled, waited on, read, and cleared for the next time, keeping its memory.
///
/// Threads: one at a time. The sockets must stay open from add() until the wait has returned.
class poll_set {
public:
    virtual ~poll_set() = default;

    virtual void clear() noexcept = 0;
    /// The n-th socket added has the index n - 1. What is wanted, and of which sockets, is as for lower_socket::poll(). Throws
    /// bad_alloc.
    virtual void add(lower_socket& socket, readiness wanted) = 0;
    /// Waits, in one system call however many sockets there are, until one has a condition that it was added for (readable,
    /// whatever the condition), the interrupter, which may be null, is triggered (interrupted), or the deadline passes (none).
    /// A deadline that has passed makes it a look. Errors: no_buffer_space, and those of a system that cannot wait for so many.
    virtual result<readiness> wait(interrupter* wake, clock::time_point deadline) noexcept = 0;
    /// The first index from `from` on of which the last wait told anything, or the number of sockets.
    [[nodiscard]] virtual std::size_t next_seen(std::size_t from) const noexcept = 0;
    [[nodiscard]] virtual readiness seen(std::size_t index) const noexcept = 0;
};

class socket_share;
class socket_offer;
struct received_socket;

/// Makes sockets and owns the one service thread, which starts when the first async_wait, post or after needs it.
/// The destructor does what stop() does.
class transport {
public:
    using task = std::function<void()>;

    virtual ~transport() = default;

    /// Errors: as socket creation (address_family_not_supported, too_many_open_sockets, no_buffer_space, access_denied ...).
    virtual result<std::unique_ptr<lower_socket>> open(const socket_kind& kind, bool inheritable) = 0;
    /// All interfaces with IPv4 and IPv6 addresses, an element for each address, in the system's order.
    [[nodiscard]] virtual result<std::vector<network_interface>> interfaces() = 0;
    /// A socket that becomes readable when addresses (`routes` false) or routes of the system change; receive() takes what
    /// there is to be taken, its bytes mean nothing. Errors: operation_not_supported where the system does not tell.
    virtual result<std::unique_ptr<lower_socket>> open_change_source(bool routes) = 0;
    /// This process's part in a socket that is about to be offered for the first time (spindle/sharing.hpp). Errors:
    /// operation_not_supported where sockets cannot go to another process, too_many_open_sockets, no_buffer_space.
    virtual result<std::unique_ptr<socket_share>> share(lower_socket& socket) = 0;
    /// Offers the socket to the process until it was taken, or the offer is destroyed. No other process gets it. `taken` is
    /// called on the service thread and may destroy the offer. Errors: as share(); address_in_use (another offer has
    /// this token).
    virtual result<std::unique_ptr<socket_offer>> offer(lower_socket& socket, socket_share& share,
                                                        std::uint32_t process, std::uint32_t token, task taken) = 0;
    /// Takes what another process offers to this one. Waits a few seconds at most for a process that does not answer.
    /// Errors: invalid_argument (no such offer), too_many_open_sockets, no_buffer_space.
    virtual result<received_socket> take_offer(std::uint32_t token, bool inheritable) = 0;
    /// Null when the system has no resources left. For waits on sockets of this transport only.
    [[nodiscard]] virtual std::unique_ptr<interrupter> make_interrupter() = 0;
    /// For sockets and interrupters of this transport only. Throws bad_alloc.
    [[nodiscard]] virtual std::unique_ptr<poll_set> make_poll_set() = 0;
    /// Runs the task on the service thread, soon.
    virtual result<void> post(task work) = 0;
    /// Runs the task on the service thread after the delay, unless stop() comes first.
    virtual result<void> after(std::chrono::milliseconds delay, task work) = 0;
    /// Ends and joins the service thread; tasks, timers and waits that have not run are destroyed, not called.
    /// Not from the service thread. Idempotent.
    virtual void stop() noexcept = 0;
    [[nodiscard]] virtual bool on_service_thread() const noexcept = 0;
    /// Null where the system has no such loop, or no descriptor for it. `unattended` is called on the service thread.
    [[nodiscard]] virtual std::shared_ptr<event_loop> make_loop(std::function<void()> unattended) = 0;
    /// A loop that a thread of its own turns until close(), which ends and joins it. That thread gives way to the program's
    /// where the system can be told so. Null as for make_loop(), and when there can be no such thread.
    [[nodiscard]] virtual std::shared_ptr<event_loop> make_attended_loop() = 0;
};

/// The transport over the operating system's sockets. It makes no system call before it is used.
[[nodiscard]] std::unique_ptr<transport> make_system_transport();

}  // namespace spindle
