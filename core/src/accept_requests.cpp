// Accept requests (page "AcceptEx"): they queue on the listener like receives, take a connection onto a socket that
// exists already and, if the client wants first data, wait for them there. Contract ACX.
#include <algorithm>
#include <new>
#include <utility>

#include "option_table.hpp"
#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {
namespace {

/// What the client's address blocks need beyond the address (ACX-6).
constexpr std::size_t address_extra = 16;

}  // namespace

errc stream_socket::start_accept(accept_request& request, io_outcome& outcome)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (!has(state::listening)) {
        return errc::invalid_argument;
    }
    if (const auto code = claim_target(request); code != errc::success) {
        return code;
    }
    request.work_ = io_request::work::accept;
    const auto target = std::static_pointer_cast<stream_socket>(request.target);  // a pending request may be gone
    const auto code = start_input(request, outcome);
    if (code == errc::io_pending) {
        if (target->is_retired()) {  // before the request could be found by its close
            end_accepts_onto(*target);
        }
    } else if (code != errc::success) {
        target->release_from_accept();
    }
    return code;
}

// ACX-4. From here on no other call turns the target into something else.
errc stream_socket::claim_target(const accept_request& request)
{
    auto* target = dynamic_cast<stream_socket*>(request.target.get());
    if (target == nullptr || target == this || target->kind() != kind()) {
        return errc::invalid_argument;
    }
    const std::scoped_lock lock(target->state_mutex());
    if (target->is_retired()) {
        return errc::not_socket;
    }
    constexpr auto taken =
        state::bound | state::connected | state::connecting | state::listening | state::accepting;
    if (target->has(taken)) {
        return errc::invalid_argument;
    }
    target->acceptor_ = std::static_pointer_cast<stream_socket>(shared_from_this());
    target->set_state(state::accepting);
    return errc::success;
}

void stream_socket::release_from_accept() noexcept
{
    const std::scoped_lock lock(state_mutex());
    clear_state(state::accepting);
    acceptor_.reset();
}

// A connection that was taken already ends with its request.
void stream_socket::dropped(io_request& request) noexcept
{
    if (request.work_ != io_request::work::accept) {
        return;
    }
    auto& accepting = static_cast<accept_request&>(request);
    auto& target = static_cast<stream_socket&>(*accepting.target);
    target.release_from_accept();
    if (accepting.connected_) {
        if (const use guard(target); guard) {
            target.lose_connection(errc::connection_aborted);
            target.lower().abort();
        }
    }
}

request_step stream_socket::try_accept(accept_request& request, io_outcome& outcome)
{
    auto& target = static_cast<stream_socket&>(*request.target);
    if (target.is_retired()) {
        return finish_accept(request, errc::operation_aborted, outcome);  // ACX-13
    }
    if (!request.connected_) {
        if (const auto step = take_connection(request, outcome); step != request_step::waits_alone) {
            return step;
        }
    }
    return target.try_first_data(request, outcome);
}

request_step stream_socket::finish_accept(accept_request& request, errc code, io_outcome& outcome)
{
    static_cast<stream_socket&>(*request.target).release_from_accept();
    outcome.code = code;
    return request_step::done;
}

// waits_alone: the connection is there.
request_step stream_socket::take_connection(accept_request& request, io_outcome& outcome)
{
    auto connection = next_connection();
    if (!connection) {
        if (is_would_block(connection.error())) {
            input_.maybe_ready = false;
            return request_step::waits;
        }
        return finish_accept(request, is_retired() ? errc::operation_aborted : to_errc(connection.error()), outcome);
    }
    const auto local = listens_at_ ? result<socket_address>(*listens_at_) : connection->socket->local_address();
    request.local = local ? *local : socket_address{};
    request.peer = connection->peer;
    const std::size_t needed = address_size(kind().family) + address_extra;
    if ((request.local_room != 0 && request.local_room < needed) || request.peer_room < needed) {
        put_back(std::move(connection).value());  // ACX-7
        return finish_accept(request, errc::fault, outcome);
    }
    auto& target = static_cast<stream_socket&>(*request.target);
    if (const auto code = target.adopt(*this, *connection); code != errc::success) {
        put_back(std::move(connection).value());
        return finish_accept(request, code, outcome);
    }
    request.connected_ = true;
    return request_step::waits_alone;
}

errc stream_socket::adopt(const stream_socket& listener, accepted_connection& connection)
{
    const use guard(*this);
    if (!guard) {
        return errc::operation_aborted;
    }
    (void)leave_share();  // the connection is not that of whoever else holds the old socket
    const std::scoped_lock lock(listener.state_mutex(), state_mutex());
    const auto peer = connection.peer;
    try {
        hold_port_of(listener);
    } catch (const std::bad_alloc&) {
        return errc::no_buffer_space;
    }
    if (auto adopted = lower().adopt(connection); !adopted) {
        life().ports.remove(this);
        return to_errc(adopted.error());
    }
    reapply_client_options(*this);
    peer_ = peer;
    connected_since_ = clock::now();
    was_accepted_ = true;
    set_state(state::connected | state::bound | state::default_context);
    levels_changed();
    return errc::success;
}

// On the target, with the listener's input lock.
request_step stream_socket::try_first_data(accept_request& request, io_outcome& outcome)
{
    if (total_size(request.buffers()) == 0) {
        release_from_accept();
        return request_step::done;
    }
    const use guard(*this);
    if (!guard) {
        release_from_accept();
        outcome.code = errc::operation_aborted;
        return request_step::done;
    }
    const auto got = receive_once(request.buffers(), 0);
    if (!got && is_would_block(got.error())) {
        const std::scoped_lock lock(input_.mutex);
        input_.maybe_ready = false;
        if (input_.joined || arm_input(readiness::readable)) {
            return request_step::waits_alone;
        }
    }
    release_from_accept();
    outcome.code = got ? errc::success : to_errc(got.error());
    outcome.bytes = got ? got->bytes : 0;
    return request_step::done;
}

// ACX-13.
void stream_socket::end_accepts_onto(const stream_socket& target)
{
    cancel_matching([&](const io_request& each) {
        return each.work_ == io_request::work::accept &&
               static_cast<const accept_request&>(each).target.get() == &target;
    });
}

// On the target: something has come in, or it was closed.
void stream_socket::tell_acceptor(readiness seen)
{
    std::shared_ptr<stream_socket> listener;
    {
        const std::scoped_lock lock(state_mutex());
        listener = acceptor_.lock();
    }
    if (!listener) {
        return;
    }
    const use guard(*listener);
    if (!guard) {
        return;
    }
    if (is_retired()) {
        listener->end_accepts_onto(*this);
    } else {
        listener->serve_input(seen);
    }
}

// ACX-17, CNX-7.
result<void> stream_socket::update_context(int name, std::span<const std::byte> value)
{
    if (!has(state::connected)) {
        return errc::not_connected;
    }
    if (name == socket_option::update_accept_context) {
        socket_handle named = 0;
        if (value.size() < sizeof named) {
            return errc::fault;
        }
        std::copy_n(value.begin(), sizeof named, reinterpret_cast<std::byte*>(&named));
        const auto listener = life().sockets.find(named);
        if (!listener || listener.get() == this) {
            return errc::not_socket;
        }
        if (!listener->has(state::listening)) {
            return errc::invalid_argument;
        }
        const std::scoped_lock lock(listener->state_mutex(), state_mutex());
        options_.inherit(listener->options());
        reapply_client_options(*this);
    }
    clear_state(state::default_context);
    return {};
}

}  // namespace spindle
