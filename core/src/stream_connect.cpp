// Stream sockets: connecting, listening and accepting (pages WSPConnect, WSPListen, WSPAccept).
#include <algorithm>
#include <utility>

#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {
namespace {

// The listener whose condition function runs on this thread (ACC-19). Trivial, so it does not pin the library.
thread_local const stream_socket* deciding_listener = nullptr;

constexpr int default_backlog = 4096;

// LIST-2, LIST-3: SOMAXCONN asks for a reasonable maximum, SOMAXCONN_HINT(n) is -n.
int clamp_backlog(int backlog) noexcept
{
    if (backlog == 0x7FFFFFFF) {
        return default_backlog;
    }
    return backlog < 0 ? std::clamp(backlog == -0x7FFFFFFF - 1 ? 65535 : -backlog, 200, 65535) : backlog;
}

}  // namespace

result<void> stream_socket::listen(int backlog)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    const std::scoped_lock lock(state_mutex());
    update_connect_state_locked();
    if (has(state::connected)) {
        return errc::already_connected;
    }
    if (!has(state::bound) || has(state::connecting)) {
        return errc::invalid_argument;
    }
    if (auto renewed = renew_if_needed(); !renewed) {
        return renewed;
    }
    if (auto done = lower().listen(clamp_backlog(backlog)); !done) {
        return done;
    }
    if (auto name = lower().local_address(); !listens_at_ && name && !name->empty() && !name->is_wildcard() && !name->is_ipv4_mapped()) {
        listens_at_ = std::make_unique<socket_address>(*name);
    }
    // BND-5: of several listeners on one address the first gets the connections.
    (void)lower().set_option(lower_option::first_listener, 1);
    set_state(state::listening);
    levels_changed();
    return {};
}

result<void> stream_socket::connect(const socket_address& peer)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    const auto started = begin_connect(peer);
    if (has_events()) {
        note_progress();
    }
    if (started || started.error() != make_error_code(errc::would_block)) {
        return started;
    }
    if (has(state::nonblocking)) {
        return errc::would_block;
    }
    return wait_connected();
}

result<void> stream_socket::begin_connect(const socket_address& peer)
{
    const std::scoped_lock lock(state_mutex());
    update_connect_state_locked();
    if (has(state::listening | state::accepting)) {
        return errc::invalid_argument;
    }
    if (has(state::connecting)) {
        return connect_requested_ ? errc::invalid_argument : errc::already;
    }
    if (has(state::connected)) {
        return has(state::default_context) ? errc::invalid_argument : errc::already_connected;  // CNX-8
    }
    if (const auto code = check_family(peer); code != errc::success) {
        return code;
    }
    if (kind().family != address_family::local && (peer.is_wildcard() || peer.port() == 0)) {
        return errc::address_not_available;
    }
    if (auto renewed = renew_if_needed(); !renewed) {
        return renewed;
    }
    note_attempt();
    clear_state(state::connect_failed);
    peer_ = peer;
    set_state(state::connecting);
    auto done = lower().connect(peer);
    if (done) {
        finish_connect();
    } else if (done.error() != make_error_code(errc::would_block)) {
        fail_connect(to_errc(done.error()), false);
    } else {
        levels_changed();  // from now on the system tells of this socket
    }
    return done;
}

result<void> stream_socket::wait_connected()
{
    blocking_call call(*this, errc::not_socket, std::chrono::milliseconds{0});
    for (;;) {
        const auto waited = call.wait(readiness::writable);
        const std::scoped_lock lock(state_mutex());
        if (!waited) {
            fail_connect(to_errc(waited.error()), false);
            return waited;
        }
        auto outcome = lower().connect_result();
        if (outcome) {
            finish_connect();
            return {};
        }
        if (outcome.error() != make_error_code(errc::would_block)) {
            fail_connect(to_errc(outcome.error()), false);
            return outcome;
        }
    }
}

// The state mutex is held by all callers of the four functions below.
void stream_socket::finish_connect() noexcept
{
    connected_since_ = clock::now();
    set_pending_error(errc::success);
    set_state(state::connected);
    clear_state(state::connecting | state::connect_failed);
    levels_changed();
}

void stream_socket::fail_connect(errc code, bool keep_for_so_error) noexcept
{
    connect_failure_.store(code, std::memory_order_relaxed);
    clear_state(state::connecting);
    set_state(state::connect_failed | state::needs_renewal);
    if (keep_for_so_error) {
        set_pending_error(code);
    }
    levels_changed();
}

void stream_socket::update_connect_state_locked()
{
    if (!has(state::connecting) || !has(state::nonblocking) || connect_requested_) {
        return;
    }
    if (auto outcome = lower().connect_result(); outcome) {
        finish_connect();
    } else if (outcome.error() != make_error_code(errc::would_block)) {
        fail_connect(to_errc(outcome.error()), true);
    }
}

void stream_socket::update_connect_state()
{
    if (has(state::connecting)) {
        const std::scoped_lock lock(state_mutex());
        update_connect_state_locked();
    }
}

result<accept_outcome> stream_socket::accept(const accept_condition& condition)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (!has(state::listening)) {
        return errc::invalid_argument;
    }
    if (is_deciding()) {
        return errc::in_progress;
    }
    auto accepted = accept_next(condition);
    if (accepted || accepted.error() != make_error_code(errc::try_again)) {
        note_accept();
    }
    return accepted;
}

result<accept_outcome> stream_socket::accept_next(const accept_condition& condition)
{
    std::optional<blocking_call> call;
    for (;;) {
        auto request = next_connection();
        if (request) {
            return decide(std::move(request).value(), condition);
        }
        if (request.error() != make_error_code(errc::would_block) || has(state::nonblocking)) {
            return request.error();
        }
        if (!call) {
            call.emplace(*this, errc::interrupted, std::chrono::milliseconds{0});
        }
        if (auto waited = call->wait(readiness::readable); !waited) {
            return waited.error();
        }
    }
}

bool stream_socket::is_deciding() const noexcept
{
    return deciding_listener == this;
}

result<accepted_connection> stream_socket::next_connection()
{
    {
        const std::scoped_lock lock(state_mutex());
        if (!deferred_.empty()) {
            auto request = std::move(deferred_.front());
            deferred_.erase(deferred_.begin());
            if (deferred_.empty()) {
                clear_state(state::deferring);
            }
            return request;
        }
    }
    auto taken = lower().accept();
    if (!taken && is_retired()) {
        return errc::interrupted;  // the system's code only tells of the listener's end (CAN-11)
    }
    return taken;
}

void stream_socket::put_back(accepted_connection request)
{
    {
        const std::scoped_lock lock(state_mutex());
        deferred_.insert(deferred_.begin(), std::move(request));
        set_state(state::deferring);
    }
    nudge_waiters();
    levels_changed();
}

result<accept_outcome> stream_socket::decide(accepted_connection request, const accept_condition& condition)
{
    if (condition) {
        const auto local = request.socket->local_address();
        const auto* outer = std::exchange(deciding_listener, this);
        accept_decision decision{};
        {
            const call_out marked;
            decision = condition(request.peer, local ? local.value() : socket_address{});
        }
        deciding_listener = outer;
        if (decision == accept_decision::reject) {
            request.socket->abort();
            return errc::connection_refused;
        }
        if (!request.socket->connect_result()) {
            return errc::access_denied;  // ACC-17: the peer withdrew while the request was offered
        }
        if (decision != accept_decision::accept) {
            put_back(std::move(request));
            serve_input(readiness::none);
            return decision == accept_decision::defer ? errc::try_again : errc::invalid_argument;
        }
    }
    const socket_request like_listener{kind(), creation_flags(), catalog_entry_id()};
    const auto peer = request.peer;
    auto made = life().make_socket(like_listener, request.socket);
    if (!made) {
        if (request.socket) {
            put_back(std::move(request));  // ACC-22: the request stays queued
            serve_input(readiness::none);
        }
        return made.error();
    }
    auto& accepted = static_cast<stream_socket&>(*made.value());
    accepted.become_accepted(*this, peer);
    if (auto inherited = accepted.inherit_network_events(*this); !inherited) {
        (void)accepted.close();
        return inherited.error();
    }
    return accept_outcome{made.value(), peer};
}

// BND-6: an exclusive port stays taken while a connection it accepted is active. With the listener's state mutex.
void stream_socket::hold_port_of(const stream_socket& listener)
{
    const auto& theirs = listener.options();
    if (theirs.mode == bind_mode::exclusive && listener.bound_) {
        book_port({this, kind().type, *listener.bound_, bind_mode::exclusive, !theirs.v6_only});
    }
}

void stream_socket::become_accepted(const stream_socket& listener, const socket_address& peer)
{
    const std::scoped_lock lock(listener.state_mutex(), state_mutex());
    options_.inherit(listener.options());
    hold_port_of(listener);
    peer_ = peer;
    connected_since_ = clock::now();
    was_accepted_ = true;
    set_state(state::connected | state::bound);
    if (listener.has(state::nonblocking)) {
        set_state(state::nonblocking);
    }
    if (listener.has(state::urgent_interest)) {
        set_state(state::urgent_interest);
    }
}

}  // namespace spindle
