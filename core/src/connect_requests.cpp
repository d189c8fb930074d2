// Connect and disconnect requests (pages "ConnectEx", "DisconnectEx"). A connect request waits on the output side, since
// the system announces the end of an attempt as room to send. Contract CNX, DCX.
#include <cstring>
#include <utility>

#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {
namespace {

constexpr std::chrono::milliseconds disconnect_look{1};

}  // namespace

errc stream_socket::start_connect(connect_request& request)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    // CNX-3: what is to be sent is copied now.
    const std::size_t total = total_size(request.buffers());
    if (total > 0) {
        request.first_data_ = std::make_unique<std::byte[]>(total);
        std::byte* out = request.first_data_.get();
        for (const auto& buffer : request.buffers()) {
            std::memcpy(out, buffer.data, buffer.size);
            out += buffer.size;
        }
        const mutable_buffer whole{request.first_data_.get(), total};
        request.use_buffers(mutable_buffers{&whole, 1});
    }
    const std::scoped_lock lock(send_mutex_);
    {
        const std::scoped_lock state_lock(state_mutex());
        update_connect_state_locked();
        if (has(state::connected)) {
            return errc::already_connected;
        }
        if (!has(state::bound) || has(state::connecting)) {
            return errc::invalid_argument;
        }
        connect_requested_ = true;
    }
    const auto started = begin_connect(request.peer);
    request.work_ = io_request::work::connect;
    if (!started && started.error() != make_error_code(errc::would_block)) {
        if (!has(state::connect_failed)) {
            fail_requested_connect(to_errc(started.error()));
            return to_errc(started.error());  // nothing was tried
        }
        request.failed_at_once_ = to_errc(started.error());
    }
    connecting_ = &request;
    output_waits_.store(true, std::memory_order_seq_cst);
    // What is decided already is told from the service thread, as for every attempt (CNX-2).
    // A loop may have told of the end before the request was there to hear of it.
    const auto still_open = [this] {
        const auto now = lower().connect_result();
        return !now && now.error() == make_error_code(errc::would_block);
    };
    const bool decided = started || request.failed_at_once_ != errc::success || !still_open();
    if (decided ? !post_output() : !watch_connect()) {
        connecting_ = nullptr;
        fail_requested_connect(errc::no_buffer_space);
        return errc::no_buffer_space;
    }
    return errc::io_pending;
}

bool stream_socket::watch_connect()
{
    return input_.joined.load(std::memory_order_relaxed) || arm_drain();
}

bool stream_socket::post_output()
{
    hold_descriptor();
    auto self = std::static_pointer_cast<stream_socket>(shared_from_this());
    const auto posted = life().net->post([self] {
        self->serve_output(readiness::writable);
        self->note_progress();
        self->drop_descriptor();
    });
    if (!posted) {
        drop_descriptor();
    }
    return static_cast<bool>(posted);
}

// Under send_mutex_. With first data the request goes on as a send.
void stream_socket::serve_connect(request_list& finished)
{
    errc code = connecting_->failed_at_once_;
    if (code == errc::success && !has(state::connected)) {
        const auto outcome = lower().connect_result();
        if (!outcome && outcome.error() == make_error_code(errc::would_block)) {
            return;
        }
        code = outcome ? errc::success : to_errc(outcome.error());
    }
    auto& request = *std::exchange(connecting_, nullptr);
    if (code != errc::success) {
        fail_requested_connect(code);
        finished.push_finished(request, {code, 0, 0, end_ != nullptr});
        return;
    }
    {
        const std::scoped_lock lock(state_mutex());
        finish_connect();
        connect_requested_ = false;
        set_state(state::default_context);
    }
    if (total_size(request.buffers()) > 0) {
        line_.push_back({next_ticket_++, &request});
    } else {
        finished.push_finished(request, {errc::success, 0, 0, end_ != nullptr});
    }
}

void stream_socket::fail_requested_connect(errc code) noexcept
{
    const std::scoped_lock lock(state_mutex());
    if (has(state::connecting)) {
        fail_connect(code, false);
    }
    connect_requested_ = false;
}

errc stream_socket::start_disconnect(io_request& request, bool reuse)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    update_connect_state();
    if (!has(state::connected)) {
        return errc::not_connected;
    }
    const std::scoped_lock lock(send_mutex_);
    return begin_disconnect(request, reuse);
}

// Under send_mutex_.
errc stream_socket::begin_disconnect(io_request& request, bool reuse)
{
    if (disconnecting_ != nullptr) {
        return errc::invalid_argument;
    }
    if (has(state::broken) && !reuse) {
        return failure();
    }
    set_state(state::send_shut);
    settle_send_shutdown();
    request.work_ = io_request::work::disconnect;
    disconnecting_ = &request;
    reuse_after_ = reuse;
    look_for_disconnect();
    return errc::io_pending;
}

// The system has no event for the last acknowledgement, so it is asked.
void stream_socket::look_for_disconnect()
{
    hold_descriptor();
    auto self = std::static_pointer_cast<stream_socket>(shared_from_this());
    const auto scheduled = life().net->after(disconnect_look, [self] {
        self->settle_disconnect();
        self->drop_descriptor();
    });
    if (!scheduled) {
        drop_descriptor();
    }
}

void stream_socket::settle_disconnect()
{
    io_request* over = nullptr;
    {
        const std::scoped_lock lock(send_mutex_);
        if (disconnecting_ == nullptr || is_retired()) {
            return;
        }
        const auto outstanding = lower().unacknowledged_bytes();
        if (has(state::broken) || kind().family == address_family::local || !outstanding ||
            (queue_.empty() && line_.empty() && outstanding.value() == 0)) {
            over = std::exchange(disconnecting_, nullptr);
        } else {
            look_for_disconnect();
            return;
        }
    }
    errc code = errc::success;
    if (reuse_after_) {
        end_requests(errc::operation_aborted, false);
        code = renew_after_disconnect();
    }
    request_list finished;
    finished.push_finished(*over, {code, code == errc::success ? over->done_ : 0, 0, false});
    tell(finished);
}

// DCX-4: fit for what it was before, an accept onto it or a connect from it.
errc stream_socket::renew_after_disconnect()
{
    (void)leave_share();
    {
        const std::scoped_lock lock(input_.mutex);
        input_.hung_up = false;
        input_.maybe_ready = true;
    }
    const std::scoped_lock lock(life().bind_mutex, state_mutex());
    constexpr auto ended = state::connected | state::connecting | state::connect_failed | state::send_shut |
                           state::receive_shut | state::urgent_interest | state::broken | state::discarding |
                           state::default_context;
    std::optional<socket_address> unnamed;
    if (was_accepted_) {
        bound_.reset();
        clear_state(state::bound);
        life().ports.remove(this);
    } else if (const auto local = lower().local_address(); local && !bound_) {
        // The program never named a port, and the old one is held by what is left of the connection.
        unnamed = *local;
        unnamed->set_port(0);
    }
    set_state(state::needs_renewal);
    auto renewed = renew_if_needed();
    clear_state(ended);
    if (renewed && unnamed && kind().family != address_family::local) {
        renewed = bind_checked(*unnamed);
    }
    note_attempt();
    forget_failure();
    connected_since_.reset();
    peer_ = {};
    levels_changed();
    return renewed ? errc::success : to_errc(renewed.error());
}

}  // namespace spindle
