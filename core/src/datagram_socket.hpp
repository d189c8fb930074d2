// Connectionless sockets: UDP and raw IP over IPv4 and IPv6.
#pragma once

#include "basic_socket.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle {

class datagram_socket final : public basic_socket {
public:
    using basic_socket::basic_socket;

    result<void> listen(int backlog) override;
    result<void> connect(const socket_address& peer) override;
    result<accept_outcome> accept(const accept_condition& condition) override;
    result<std::size_t> send_to(const_buffers buffers, unsigned flags, const socket_address* to) override;
    errc start_send(io_request& request, io_outcome& outcome) override;
    errc start_transmit(transmit_request& request, io_outcome& outcome) override;
    errc start_accept(accept_request& request, io_outcome& outcome) override;
    errc start_connect(connect_request& request) override;
    errc start_disconnect(io_request& request, bool reuse) override;
    result<receive_outcome> receive(mutable_buffers buffers, unsigned flags, socket_address* from) override;
    result<std::size_t> send_message(const_buffers buffers, unsigned flags, const socket_address* to,
                                     const message_control& control) override;
    result<receive_outcome> receive_message(mutable_buffers buffers, unsigned flags, socket_address* from,
                                            message_control& control) override;
    result<void> shutdown(shutdown_direction direction) override;
    result<void> disable_receive() override;
    result<void> join_leaf(const socket_address& group, bool receives) override;
    result<void> close_last() override;
    result<std::size_t> readable_bytes() override;
    result<bool> at_urgent_mark() override;

    void close_for_cleanup() override;

    [[nodiscard]] socket_levels levels(readiness polled, level asked) override;
    [[nodiscard]] readiness system_interest(level asked) noexcept override;

private:
    // readiness_levels.cpp
    [[nodiscard]] bool has_datagram();
    void look_for_failure();
    result<void> set_peer(const socket_address& peer);
    void note_named();

    // datagram_requests.cpp
    request_step try_input(io_request& request, readiness seen, io_outcome& outcome) override;
    errc check_input(const io_request& request) override;
    void serve_output(readiness seen) noexcept override;
    std::size_t take_output(request_list& to, const request_filter& which, bool torn) override;
    errc start_output(io_request& request, io_outcome& outcome);
    bool try_send(io_request& request, io_outcome& outcome);
    bool try_transmit(transmit_request& request, io_outcome& outcome);
    result<void> watch_output();
    result<void> await_room();
    void serve_sends(request_list& finished);

    // event_conditions.cpp
    network_events events_that_hold(unsigned which, network_event_target::form form,
                                    std::optional<readiness> known) override;
    void before_look(readiness seen) override;
    void watch_room() override;
    [[nodiscard]] bool has_something(std::optional<readiness> known);

    // datagram_message.cpp
    [[nodiscard]] errc check_control(const message_control& control, const socket_address* to) const;
    result<void> watch_delivery();
    result<std::size_t> send_now(const_buffers buffers, unsigned flags, const socket_address* to,
                                 const message_control* control);
    result<receive_outcome> take_datagram(mutable_buffers buffers, transfer_flags flags, socket_address* from,
                                          message_control* control);

    // In what follows `control` is null for transfers without control information.
    result<std::size_t> send_waiting(const_buffers buffers, unsigned flags, const socket_address* to,
                                     const message_control* control);
    [[nodiscard]] errc check_destination(unsigned flags, const socket_address* to);
    [[nodiscard]] errc check_send(unsigned flags, const socket_address* to) const;
    result<receive_outcome> receive_waiting(mutable_buffers buffers, unsigned flags, socket_address* from,
                                            message_control* control);
    result<receive_outcome> receive_until_done(mutable_buffers buffers, unsigned flags, socket_address* from,
                                               message_control* control);
    result<receive_outcome> receive_now(mutable_buffers buffers, unsigned flags, socket_address* from,
                                        message_control* control, bool ask_for_failures);
    [[nodiscard]] errc check_receive(unsigned flags) const;
    result<receive_outcome> receive_once(mutable_buffers buffers, transfer_flags flags, socket_address* from,
                                         message_control* control);
    [[nodiscard]] result<void> pending_failure(bool ask);
    [[nodiscard]] bool wants_to_know(const std::error_code& error) const;

    // Datagrams that were queued before the peer was set and come from others are still to be dropped.
    std::atomic<bool> filter_queued_{false};
    // Taken from the system by a look at the socket's levels; the next receive tells it.
    std::atomic<errc> failure_ahead_{errc::success};
    constant_mutex send_mutex_;               // of the requests only
    request_list sends_;                  // that wait for room; under send_mutex_
    bool room_awaited_ = false;           // ditto
    std::atomic<bool> output_waits_{false};
};

}  // namespace spindle
