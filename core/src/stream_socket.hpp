// Connection-oriented sockets: TCP and AF_UNIX. Connecting and accepting (stream_connect.cpp), the send queue
// (stream_send.cpp), receiving (stream_receive.cpp), shutdown (stream_shutdown.cpp) and the graceful end
// (stream_close.cpp) are one file each.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "basic_socket.hpp"
#include "send_queue.hpp"
#include "urgent_data.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle {

enum class flush_outcome;

class stream_socket final : public basic_socket {
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
    result<std::size_t> send_message(const_buffers, unsigned, const socket_address*, const message_control&) override;
    result<receive_outcome> receive_message(mutable_buffers, unsigned, socket_address*, message_control&) override;
    result<void> shutdown(shutdown_direction direction) override;
    result<void> disable_receive() override;
    result<void> join_leaf(const socket_address& group, bool receives) override;
    result<void> close_last() override;
    result<std::size_t> readable_bytes() override;
    result<bool> at_urgent_mark() override;

    [[nodiscard]] socket_levels levels(readiness polled, level asked) override;
    [[nodiscard]] readiness system_interest(level asked) noexcept override;

    void update_connect_state() override;
    void close_for_cleanup() override;
    [[nodiscard]] std::size_t queued_bytes() const override;

    /// Makes this socket the accepted end of a connection of `listener`.
    void become_accepted(const stream_socket& listener, const socket_address& peer);
    result<void> update_context(int name, std::span<const std::byte> value) override;

private:
    /// Who is to send next: a thread that waits, known by its ticket, or a request.
    struct place_in_line {
        std::uint64_t ticket = 0;
        io_request* request = nullptr;
    };

    enum class close_stage { flushing, awaiting_acknowledgement, ended };

    // The graceful end in the background. Under send_mutex_.
    struct graceful_end {
        std::shared_ptr<basic_socket> self;  // the only owner between a timer and the next; until finish_end()
        close_stage stage = close_stage::flushing;
        clock::time_point deadline;       // of {1,N}; max otherwise
        clock::time_point last_progress;
        std::size_t unsent_at_begin = 0;
        std::size_t lost = 0;
        std::size_t unacknowledged = 0;   // at the last look
        std::chrono::milliseconds next_look{1};
        bool releasing = false;           // other processes go on with the connection, which is not to be ended
        bool discarded_input = false;     // the peer sent what nobody will read: the end is a reset (D-4)
        clock::time_point look_at = clock::time_point::max();  // when the pending timer fires
    };

    // stream_connect.cpp
    result<void> wait_connected();
    result<void> begin_connect(const socket_address& peer);
    void finish_connect() noexcept;
    void fail_connect(errc code, bool keep_for_so_error) noexcept;
    void update_connect_state_locked();
    result<accept_outcome> accept_next(const accept_condition& condition);
    result<accepted_connection> next_connection();
    result<accept_outcome> decide(accepted_connection request, const accept_condition& condition);
    void put_back(accepted_connection request);
    /// The calling thread is inside this listener's condition function (ACC-19).
    [[nodiscard]] bool is_deciding() const noexcept;

    // stream_send.cpp
    [[nodiscard]] errc check_send(unsigned flags);
    [[nodiscard]] errc sending_over() const noexcept;
    void lose_connection(errc why);
    result<std::size_t> push(const_buffers buffers, std::size_t done, bool urgent);
    result<std::size_t> queue_rest(const_buffers buffers, std::size_t done, bool urgent);
    result<std::size_t> send_blocking(std::unique_lock<constant_mutex>& lock, const_buffers buffers, std::size_t done,
                                      bool urgent);
    result<std::size_t> send_in_line(std::unique_lock<constant_mutex>& lock, const_buffers buffers, std::size_t done,
                                     bool urgent, std::uint64_t ticket);
    result<void> wait_for_turn(std::unique_lock<constant_mutex>& lock, class blocking_call& call, std::uint64_t ticket);
    void leave_line(std::uint64_t ticket);
    result<void> flush_queue();
    result<void> arm_drain();
    void on_writable(readiness seen);
    void settle_send_shutdown();
    [[nodiscard]] bool has_room(std::size_t done) const noexcept;
    errc note_send_failure(const std::error_code& error);
    void tear_message() noexcept;
    void drop_queue() noexcept;

    // accept_requests.cpp
    errc claim_target(const accept_request& request);
    request_step try_accept(accept_request& request, io_outcome& outcome);
    request_step take_connection(accept_request& request, io_outcome& outcome);
    request_step finish_accept(accept_request& request, errc code, io_outcome& outcome);
    request_step try_first_data(accept_request& request, io_outcome& outcome);
    errc adopt(const stream_socket& listener, accepted_connection& connection);
    void hold_port_of(const stream_socket& listener);
    void release_from_accept() noexcept;
    void dropped(io_request& request) noexcept override;
    void tell_acceptor(readiness seen);
    void end_accepts_onto(const stream_socket& target);

    // connect_requests.cpp
    void serve_connect(request_list& finished);
    void fail_requested_connect(errc code) noexcept;
    void look_for_disconnect();
    void settle_disconnect();
    bool watch_connect();
    bool post_output();
    errc renew_after_disconnect();
    errc begin_disconnect(io_request& request, bool reuse);

    // stream_transmit.cpp
    [[nodiscard]] static std::size_t size_of(const io_request& request) noexcept;
    [[nodiscard]] static bool disconnects(const io_request& request) noexcept;
    result<std::size_t> push_request(io_request& request);
    result<std::size_t> push_parts(transmit_request& request);
    result<std::size_t> push_part(const transmit_part& part, std::size_t within, errc& file_failure);
    void complete_send(io_request& request, request_list& finished);

    // stream_requests.cpp
    request_step try_input(io_request& request, readiness seen, io_outcome& outcome) override;
    errc check_input(const io_request& request) override;
    void serve_output(readiness seen) noexcept override;
    std::size_t take_output(request_list& to, const request_filter& which, bool torn) override;
    void after_input(readiness seen) override;
    void note_vain_try();
    request_step try_empty_receive(io_outcome& outcome);
    errc start_send_in_line(io_request& request, io_outcome& outcome, request_list& finished);
    void serve_line(request_list& finished);
    void abandon_line(request_list& finished);
    void watch_output();
    [[nodiscard]] std::size_t requested_bytes() const;
    void look_for_unbuffered();
    void settle_unbuffered(request_list& finished);

    // event_conditions.cpp
    network_events events_that_hold(unsigned which, network_event_target::form form,
                                    std::optional<readiness> known) override;
    void watch_room() override;

    // stream_receive.cpp
    result<receive_outcome> receive_checked(mutable_buffers buffers, unsigned flags);
    [[nodiscard]] transfer_flags lower_flags(unsigned flags) const noexcept;
    result<receive_outcome> receive_once(mutable_buffers buffers, unsigned flags);
    result<receive_outcome> receive_some(mutable_buffers buffers, std::size_t done, unsigned flags);
    result<receive_outcome> receive_urgent(mutable_buffers buffers, unsigned flags);
    result<receive_outcome> receive_all(mutable_buffers buffers, unsigned flags);
    result<receive_outcome> receive_waiting(mutable_buffers buffers, unsigned flags, blocking_call* call);
    [[nodiscard]] errc check_receive(unsigned flags);
    urgent_data& pulled_urgent();
    result<void> skip_duplicates(urgent_data& pending);

    // readiness_levels.cpp
    [[nodiscard]] socket_levels attempt_levels(readiness polled);
    [[nodiscard]] socket_levels connected_levels(readiness polled, level asked);
    [[nodiscard]] level input_levels(readiness polled, bool ended);
    [[nodiscard]] level urgent_levels(readiness polled);
    [[nodiscard]] bool takes_message(bool system_has_room);

    // stream_shutdown.cpp
    void watch_discarded_input();

    // stream_share.cpp
    [[nodiscard]] bool leaves_to_others(const linger_option& linger);
    void let_go();

    // stream_close.cpp
    [[nodiscard]] std::size_t unsent_bytes();
    void end_background(clock::time_point deadline, bool releasing = false);
    result<void> end_blocking(std::chrono::seconds limit);
    void end_now(bool reset);
    void advance_end();
    bool look_for_acknowledgement(graceful_end& end);
    bool discard_input(graceful_end& end);
    [[nodiscard]] bool system_will_go_on(const graceful_end& end) const;
    void schedule_look(clock::time_point when);
    void look_now(clock::time_point scheduled_for);
    void finish_end(flush_outcome outcome);
    [[nodiscard]] clock::time_point give_up_time(const graceful_end& end) const;

    mutable constant_mutex send_mutex_;
    std::atomic<bool> output_waits_{false};  // a request in line waits for room, which the loop is to tell of
    bool drain_armed_ = false;               // under send_mutex_
    bool reuse_after_ = false;               // ditto
    bool was_accepted_ = false;              // what a reused socket may become again; under state_mutex_
    send_queue queue_;                       // under send_mutex_
    std::vector<place_in_line> line_;        // senders in the middle of a message or waiting, in order; ditto
    request_list unbuffered_;                // sends taken whole whose acknowledgement is awaited (SO_SNDBUF 0); ditto
    std::unique_ptr<graceful_end> end_;      // ditto
    connect_request* connecting_ = nullptr;  // ditto
    io_request* disconnecting_ = nullptr;    // ditto
    std::uint64_t next_ticket_ = 0;          // ditto
    std::atomic<unsigned> receivers_{0};     // threads inside a receive
    try_habit habit_;                        // of blocking receives
    constant_mutex receive_mutex_;           // urgent bookkeeping only
    std::unique_ptr<urgent_data> urgent_;    // under receive_mutex_
    std::vector<accepted_connection> deferred_;  // oldest first, under state_mutex_
    /// The local address of every connection, when it is known beforehand. Set by listen(), once.
    std::unique_ptr<const socket_address> listens_at_;
    std::weak_ptr<stream_socket> acceptor_;  // the listener whose accept request waits for first data here; under state_mutex_
};

}  // namespace spindle
