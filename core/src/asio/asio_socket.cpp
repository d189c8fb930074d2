// The lower_socket calls: each is one native call plus the little state that tells equal system errors apart.
#include "asio/asio_socket.hpp"

#include <mutex>
#include <utility>

namespace spindle {

asio_socket::asio_socket(std::shared_ptr<asio_context> context, const socket_kind& kind,
                         native::handle socket, bool inheritable, bool connected) noexcept
    : context_{std::move(context)}, socket_{socket}, kind_{kind},
      inheritable_{inheritable}, active_{connected || kind.type != socket_type::stream}, named_{connected},
      untouched_{!connected && kind.type == socket_type::stream}
{}

asio_socket::~asio_socket()
{
    close();
}

result<void> asio_socket::bind(const socket_address& local)
{
    touch();
    if (local.port() == 0) {
        prefer_dynamic_ports();
    }
    auto bound = native::bind(socket_, kind_, local);
    if (!bound && bound.error() == errc::address_in_use && local.port() == 0) {
        // Windows' dynamic range is smaller than the system's; a full one is no reason to fail.
        native::accept_any_port(socket_, kind_);
        bound = native::bind(socket_, kind_, local);
    }
    if (bound) {
        named_.store(true, std::memory_order_relaxed);
    }
    return bound;
}

void asio_socket::prefer_dynamic_ports() noexcept
{
    if (!named_.exchange(true, std::memory_order_relaxed)) {
        native::prefer_dynamic_ports(socket_, kind_);
    }
}

result<void> asio_socket::listen(int backlog)
{
    touch();
    prefer_dynamic_ports();
    auto listening = native::listen(socket_, backlog);
    if (listening) {
        listens_.store(true, std::memory_order_release);
        activate();
    }
    return listening;
}

result<void> asio_socket::connect(const socket_address& peer)
{
    touch();
    prefer_dynamic_ports();
    connect_error_.store(0, std::memory_order_relaxed);
    auto connected = native::connect(socket_, kind_, peer);
    if (!connected && connected.error() == errc::address_not_available) {
        native::accept_any_port(socket_, kind_);
        connected = native::connect(socket_, kind_, peer);
    }
    if (is_stream() && (connected || connected.error() == errc::would_block)) {
        activate();
    }
    return connected;
}

result<void> asio_socket::connect_result()
{
    if (const auto known = connect_error_.load(std::memory_order_relaxed); known != 0) {
        return static_cast<errc>(known);
    }
    if (!active_.load(std::memory_order_acquire)) {
        return errc::not_connected;
    }
    auto outcome = native::connect_result(socket_, kind_);
    if (!outcome && outcome.error() != errc::would_block) {
        // The system tells it once only (LNX-13).
        connect_error_.store(outcome.error().value(), std::memory_order_relaxed);
        active_.store(aborted_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
    return outcome;
}

result<void> asio_socket::disconnect()
{
    return is_stream() ? result<void>{errc::operation_not_supported} : native::disconnect(socket_, kind_);
}

result<accepted_connection> asio_socket::accept()
{
    auto taken = native::accept(socket_, inheritable_);
    if (!taken) {
        return taken.error();
    }
    accepted_connection connection;
    try {
        connection.socket = std::make_unique<asio_socket>(context_, kind_, taken->socket, inheritable_, true);
    } catch (...) {
        native::close(taken->socket);
        return errc::no_buffer_space;
    }
    connection.peer = taken->peer;
    return connection;
}

std::error_code asio_socket::ended_by(std::error_code error) const noexcept
{
    const auto code = to_errc(error);
    const bool ended =
        code == errc::shut_down || code == errc::not_connected || code == errc::connection_reset;
    if (ended && aborted_.load(std::memory_order_relaxed)) {
        return errc::connection_aborted;  // while the call was on its way
    }
    // T-ENO, EPIPE: the system says the same whether this side shut down or the peer's reset was reported
    // before.
    if (is_stream() && code == errc::shut_down && !send_shut_.load(std::memory_order_relaxed)) {
        return errc::connection_reset;
    }
    return error;
}

result<std::size_t> asio_socket::send(const_buffers buffers, transfer_flags flags, const socket_address* to)
{
    if (aborted_.load(std::memory_order_relaxed)) {
        return errc::connection_aborted;
    }
    if (to != nullptr && !named_.load(std::memory_order_relaxed)) {
        prefer_dynamic_ports();
    }
    auto sent = native::send(socket_, kind_, buffers, flags, to);
    return sent ? sent : result<std::size_t>{ended_by(sent.error())};
}

result<receive_outcome> asio_socket::receive(mutable_buffers buffers, transfer_flags flags,
                                             socket_address* from)
{
    if (aborted_.load(std::memory_order_relaxed)) {
        return errc::connection_aborted;
    }
    auto received = native::receive(socket_, kind_, buffers, flags, from);
    if (!received) {
        return ended_by(received.error());
    }
    if (received->bytes == 0 && is_stream() && total_size(buffers) > 0 && native::connection_gone(socket_, kind_) &&
        !send_shut_.load(std::memory_order_acquire)) {
        // The system reports a reset to one call only; another thread's was first, and to this one it looks like
        // the peer's FIN.
        return errc::connection_reset;
    }
    return received;
}

result<std::size_t> asio_socket::send_file(file_source& file, std::uint64_t offset, std::size_t size)
{
    if (!is_stream()) {
        return errc::operation_not_supported;
    }
    if (aborted_.load(std::memory_order_relaxed)) {
        return errc::connection_aborted;
    }
    auto sent = native::send_file(socket_, file, offset, size);
    return sent ? sent : result<std::size_t>{ended_by(sent.error())};
}

result<std::size_t> asio_socket::send_message(const_buffers buffers, transfer_flags flags, const socket_address* to,
                                              const message_control& control)
{
    if (is_stream()) {
        return errc::operation_not_supported;
    }
    if (to != nullptr && !named_.load(std::memory_order_relaxed)) {
        prefer_dynamic_ports();
    }
    return native::send_message(socket_, kind_, buffers, flags, to, control);
}

result<receive_outcome> asio_socket::receive_message(mutable_buffers buffers, transfer_flags flags,
                                                     socket_address* from, message_control& control)
{
    return is_stream() ? result<receive_outcome>{errc::operation_not_supported}
                       : native::receive_message(socket_, kind_, buffers, flags, from, control);
}

std::error_code asio_socket::take_error() noexcept
{
    return is_stream() ? std::error_code{} : native::take_error(socket_);
}

result<void> asio_socket::shutdown(shutdown_direction direction)
{
    // Before the call: receive() must never see the connection gone and not know why.
    const bool ends_sending = direction != shutdown_direction::receive;
    const bool before = ends_sending && send_shut_.exchange(true, std::memory_order_acq_rel);
    auto done = native::shutdown(socket_, direction);
    if (!done && ends_sending) {
        send_shut_.store(before, std::memory_order_release);
    }
    return done;
}

void asio_socket::abort() noexcept
{
    if (!is_stream()) {
        return;
    }
    aborted_.store(true, std::memory_order_relaxed);
    cancel_waits();
    native::abort(socket_, kind_);
}

void asio_socket::close() noexcept
{
    cancel_waits();
    end_membership(shared_.load(std::memory_order_relaxed) ? socket_ : native::no_handle);
    if (socket_ != native::no_handle) {
        native::close(std::exchange(socket_, native::no_handle));
    }
}

result<void> asio_socket::renew()
{
    cancel_waits();
    auto renewed = native::renew(socket_, kind_, inheritable_);
    if (!renewed) {
        return renewed.error();
    }
    // The loop's registration went with the old socket; activate() makes a new one.
    suspend_membership();
    replace_handle(*renewed);
    connect_error_.store(0, std::memory_order_relaxed);
    listens_.store(false, std::memory_order_relaxed);
    active_.store(!is_stream(), std::memory_order_relaxed);
    named_.store(false, std::memory_order_relaxed);
    send_shut_.store(false, std::memory_order_relaxed);
    aborted_.store(false, std::memory_order_relaxed);
    return {};
}

result<socket_address> asio_socket::local_address() const
{
    return native::local_address(socket_);
}

result<socket_address> asio_socket::peer_address() const
{
    return native::peer_address(socket_);
}

result<std::size_t> asio_socket::unacknowledged_bytes() const
{
    return native::unacknowledged_bytes(socket_, kind_);
}

result<std::size_t> asio_socket::readable_bytes() const
{
    return native::readable_bytes(socket_);
}

result<bool> asio_socket::at_urgent_mark() const
{
    return is_stream() ? native::at_urgent_mark(socket_) : result<bool>{errc::invalid_argument};
}

result<void> asio_socket::set_option(lower_option option, int value)
{
    // Every new socket is told this one again.
    if (option != lower_option::v6_only) {
        touch();
    }
    return native::set_option(socket_, kind_, option, value);
}

result<int> asio_socket::get_option(lower_option option) const
{
    return native::get_option(socket_, kind_, option);
}

readiness asio_socket::poll(readiness wanted) noexcept
{
    if (aborted_.load(std::memory_order_relaxed)) {
        return readiness::failed;
    }
    const auto socket = watched();
    return socket != native::no_handle ? native::poll(socket, wanted) : readiness::none;
}

result<void> asio_socket::set_header_options(header_options which, std::span<const std::byte> bytes)
{
    touch();
    return native::set_header_options(socket_, kind_, which, bytes);
}

result<void> asio_socket::change_group(const group_change& change)
{
    return native::change_group(socket_, kind_, change);
}

result<void> asio_socket::set_reception(const reception_rules& rules)
{
    touch();
    return native::set_reception(socket_, kind_, rules);
}

result<tcp_statistics> asio_socket::statistics() const
{
    return native::statistics(socket_, kind_);
}

readiness asio_socket::wait(readiness wanted, interrupter& wake, clock::time_point deadline) noexcept
{
    if (aborted_.load(std::memory_order_relaxed)) {
        return readiness::failed;
    }
    return native::wait(watched(), wanted, wake, deadline);
}

result<void> asio_socket::async_wait(readiness condition, wait_handler handler)
try {
    auto& shard = context_->shard_for(this);
    for (;;) {
        {
            const std::lock_guard lock{shard.mutex};
            if (shard.open) {
                const bool parked = !active_.load(std::memory_order_acquire);
                const watched_socket watched{socket_, is_stream() ? &in_port_ : nullptr, &listens_};
                return wait_node::add(*context_, shard, waits_, watched, condition, parked, handler);
            }
        }
        if (auto started = context_->start(); !started) {
            return started;
        }
    }
} catch (...) {
    return errc::no_buffer_space;
}

result<void> asio_socket::adopt(accepted_connection& connection)
{
    auto& other = static_cast<asio_socket&>(*connection.socket);
    cancel_waits();
    if (untouched_.load(std::memory_order_relaxed)) {
        context_->spares.give(kind_, inheritable_, std::exchange(socket_, other.socket_));
        in_port_ = false;
    } else if (auto replaced = native::replace(socket_, other.socket_, inheritable_); !replaced) {
        return replaced.error();
    } else {
        suspend_membership();
        replace_handle(*replaced);
    }
    untouched_.store(false, std::memory_order_relaxed);
    other.socket_ = native::no_handle;
    connection.socket.reset();
    connect_error_.store(0, std::memory_order_relaxed);
    named_.store(true, std::memory_order_relaxed);
    send_shut_.store(false, std::memory_order_relaxed);
    aborted_.store(false, std::memory_order_relaxed);
    activate();
    return {};
}

result<void> asio_socket::join(std::shared_ptr<event_loop> loop, std::weak_ptr<readiness_sink> sink,
                               readiness interesting)
try {
    auto member = std::make_unique<membership>();
    member->loop = std::static_pointer_cast<port_loop>(std::move(loop));
    member->sink = std::move(sink);
    member->interesting = interesting;
    const std::lock_guard lock{membership_mutex_};
    // A stream socket without a connection, attempt or listener has no conditions; activate() registers it.
    if (active_.load(std::memory_order_acquire)) {
        if (auto entered = enter_loop(*member); !entered) {
            return entered;
        }
    }
    membership_ = std::move(member);
    return {};
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

result<void> asio_socket::enter_loop(membership& member) noexcept
{
    auto ticket = member.loop->add(socket_, member.sink, member.interesting);
    if (!ticket) {
        return ticket.error();
    }
    member.ticket = *ticket;
    return {};
}

void asio_socket::leave() noexcept
{
    end_membership(socket_);
}

// Closing a socket ends its registration by itself, unless a forked child has a copy, whose events meet nobody.
void asio_socket::end_membership(native::handle open) noexcept
{
    std::unique_ptr<membership> ended;
    const std::lock_guard lock{membership_mutex_};
    ended = std::move(membership_);
    if (ended && ended->ticket) {
        ended->loop->remove(*ended->ticket, open);
    }
}

void asio_socket::suspend_membership() noexcept
{
    const std::lock_guard lock{membership_mutex_};
    if (membership_ && membership_->ticket) {
        membership_->loop->remove(*membership_->ticket, native::no_handle);
        membership_->ticket.reset();
    }
}

void asio_socket::note_activity() noexcept
{
    touch();
    named_.store(true, std::memory_order_relaxed);
    if (!active_.load(std::memory_order_acquire)) {
        activate();
    }
}

void asio_socket::activate() noexcept
{
    active_.store(true, std::memory_order_release);
    {
        const std::lock_guard lock{membership_mutex_};
        if (membership_ && !membership_->ticket) {
            // Without memory for it the socket's requests are served when they are looked at next.
            (void)enter_loop(*membership_);
        }
    }
    wait_node::slot ended;
    {
        const std::lock_guard lock{context_->shard_for(this).mutex};
        if (waits_) {
            ended = waits_->unpark();
        }
    }
    wait_node::finish_cancel(std::move(ended));
}

void asio_socket::cancel_waits() noexcept
{
    wait_node::slot cancelled;
    {
        const std::lock_guard lock{context_->shard_for(this).mutex};
        cancelled = wait_node::cancel(waits_);
    }
    wait_node::finish_cancel(std::move(cancelled));
}

}  // namespace spindle
