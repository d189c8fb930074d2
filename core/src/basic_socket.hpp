// What every socket of the provider has: its lower socket, options, names, state flags, the list of threads that
// wait in it, and the count of calls in progress that keeps the descriptor open until the last one has left.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "blocking_call.hpp"
#include "made_once.hpp"
#include "port_table.hpp"
#include "rare_options.hpp"
#include "request_list.hpp"
#include "shared_part.hpp"
#include "socket_descriptors.hpp"
#include "socket_events.hpp"
#include "spindle/constant_mutex.hpp"
#include "spindle/provider.hpp"
#include "spindle/readiness_levels.hpp"
#include "spindle/socket.hpp"
#include "try_habit.hpp"

namespace spindle {

class provider_life;
class network_change_request;
enum class network_change;

/// What the client set, in the client's terms; get returns these exactly. Guarded by the socket's state mutex,
/// but for the atomic ones, which calls read without it.
struct socket_options {
    linger_option linger{};
    bool linger_ever_set = false;
    bool debug = false;
    bool keep_alive = false;
    bool dont_route = false;
    bool broadcast = false;
    bool conditional_accept = false;
    bool pause_accept = false;
    bool no_delay = false;
    bool expedited_1122 = false;
    bool v6_only = true;
    bool report_reset = true;    ///< SIO_UDP_CONNRESET
    bool report_expired = true;  ///< SIO_UDP_NETRESET
    bind_mode mode = bind_mode::standard;
    int receive_buffer = 65536;
    int group_priority = 0;
    int keep_alive_idle = 7200;   ///< seconds
    int keep_alive_interval = 1;  ///< seconds
    int keep_alive_count = 10;
    std::atomic<int> send_buffer{65536};
    std::atomic<std::uint32_t> receive_timeout_ms{0};
    std::atomic<std::uint32_t> send_timeout_ms{0};
    std::atomic<bool> oob_inline{false};
    std::atomic<unsigned> control_wanted{0};  ///< control_bit; of datagram sockets

    void inherit(const socket_options& listener);

    /// Made when the first of them is set. Throws bad_alloc.
    [[nodiscard]] rare_options& rare()
    {
        if (!rare_) {
            rare_ = std::make_unique<rare_options>();
        }
        return *rare_;
    }
    /// Null: all of them have their defaults.
    [[nodiscard]] const rare_options* rare_if_any() const noexcept { return rare_.get(); }
    /// SO_REUSE_MULTICASTPORT shares like SO_REUSEADDR.
    [[nodiscard]] bind_mode mode_of_bind() const noexcept
    {
        return rare_ && rare_->numbers.get(kept::reuse_multicast_port, 0) != 0 ? bind_mode::reuse : mode;
    }

private:
    std::unique_ptr<rare_options> rare_;
};

/// State flags of a socket, in one atomic word. Set under the state mutex, read without it on the data path.
namespace state {
inline constexpr std::uint32_t bound = 1U << 0;
inline constexpr std::uint32_t listening = 1U << 1;
inline constexpr std::uint32_t connecting = 1U << 2;
inline constexpr std::uint32_t connected = 1U << 3;
inline constexpr std::uint32_t connect_failed = 1U << 4;
inline constexpr std::uint32_t send_shut = 1U << 5;
inline constexpr std::uint32_t receive_shut = 1U << 6;
inline constexpr std::uint32_t nonblocking = 1U << 7;
inline constexpr std::uint32_t urgent_interest = 1U << 8;
inline constexpr std::uint32_t closing = 1U << 9;   ///< a blocking close waits
inline constexpr std::uint32_t needs_renewal = 1U << 10;
inline constexpr std::uint32_t broken = 1U << 11;   ///< reset or aborted; failure() tells why
inline constexpr std::uint32_t default_context = 1U << 13;  ///< after AcceptEx or ConnectEx, until the context is updated
inline constexpr std::uint32_t accepting = 1U << 14;        ///< named as the target of an accept request
inline constexpr std::uint32_t leaf = 1U << 20;  ///< of a multicast group, by join_leaf()
inline constexpr std::uint32_t discarding = 1U << 12;  ///< after SD_RECEIVE: data that come reset the connection
inline constexpr std::uint32_t deferring = 1U << 15;        ///< a listener that holds connections of its own (CF_DEFER)
inline constexpr std::uint32_t tells_unread = 1U << 17;     ///< receives ask the system what they left
inline constexpr std::uint32_t serving = 1U << 16;          ///< requests have waited for input here, and may again
}  // namespace state

/// Requests that wait for something to come in: receives, accepts. In issue order, whatever completes them.
struct input_requests {
    constant_mutex mutex;
    std::atomic<bool> joined{false};  ///< a loop tells of every new readiness, so nothing has to be armed
    bool maybe_ready = true;   ///< false: the system's buffer was seen empty and the loop has told of nothing since
    try_habit habit;           ///< of receives that could have data left by the one before
    /// An end or error was announced: from now on every read is worth trying. A datagram socket of a loop asks once what it
    /// was, and goes on as before.
    bool hung_up = false;
    bool readable_armed = false;
    bool urgent_armed = false;
    bool telling = false;      ///< a thread tells of finished requests; nobody else finishes any meanwhile, to keep the order
    bool look_again = false;   ///< for that thread, when it has told
    request_list pending;
};

/// What one try of a pending request came to.
enum class request_step {
    waits,        ///< and so do those behind it
    waits_alone,  ///< for something of its own
    done,
};

class basic_socket : public socket, public readiness_sink, public std::enable_shared_from_this<basic_socket> {
public:
    struct parts {
        provider* owner = nullptr;
        provider_life* life = nullptr;
        socket_request request{};
        std::unique_ptr<lower_socket> lower;
        socket_token token = 0;
    };

    explicit basic_socket(parts made_of) noexcept;
    ~basic_socket() override;

    [[nodiscard]] socket_handle handle() const noexcept override { return descriptors_.first(); }
    [[nodiscard]] const socket_kind& kind() const noexcept override { return request_.kind; }
    [[nodiscard]] std::uint32_t catalog_entry_id() const noexcept override { return request_.catalog_entry_id; }
    [[nodiscard]] std::uint32_t creation_flags() const noexcept override { return request_.creation_flags; }

    result<void> bind(const socket_address& local) override;
    [[nodiscard]] result<socket_address> local_address() const override;
    [[nodiscard]] result<socket_address> peer_address() const override;
    result<void> set_blocking(bool blocking) override;
    [[nodiscard]] bool blocking() const noexcept override { return !has(state::nonblocking); }
    result<void> set_option(int level, int name, std::span<const std::byte> value) override;
    result<std::size_t> get_option(int level, int name, std::span<std::byte> value) override;
    result<std::size_t> send(const_buffers buffers, unsigned flags) override { return send_to(buffers, flags, nullptr); }
    errc start_receive(io_request& request, io_outcome& outcome) override;
    std::size_t cancel(const request_filter& which) override;
    result<void> wait_for_requests(const std::function<bool()>& done) override;
    result<void> wait_or_cancel(const io_request& request, const std::function<bool()>& done) override;
    result<void> select_network_events(const network_event_target& target, unsigned events) override;
    result<network_events> take_network_events(const std::function<bool()>& reset) override;
    void note_refused_receive() override;
    void await_network_change(unsigned event) override;
    void note_network_change(unsigned event, errc code) override;
    result<void> close() override { return close(handle()); }
    result<void> close(socket_handle which) override;
    void attach(std::shared_ptr<void> companion) override;
    [[nodiscard]] void* companion() const noexcept override { return companion_.load(std::memory_order_acquire); }

    // --- for option_table, blocking_call and the provider; not part of the public interface ---

    [[nodiscard]] bool has(std::uint32_t flag) const noexcept
    {
        return (state_.load(std::memory_order_acquire) & flag) != 0;
    }
    // One order with the count of watchers: who sets a flag sees the thread that does not see the flag (levels_changed).
    void set_state(std::uint32_t flag) noexcept { state_.fetch_or(flag, std::memory_order_seq_cst); }
    void clear_state(std::uint32_t flag) noexcept { state_.fetch_and(~flag, std::memory_order_seq_cst); }

    [[nodiscard]] bool is_stream() const noexcept { return request_.kind.type == socket_type::stream; }
    [[nodiscard]] constant_mutex& state_mutex() const noexcept { return state_mutex_; }
    /// Under the state mutex.
    [[nodiscard]] socket_options& options() noexcept { return options_; }
    [[nodiscard]] const socket_options& options() const noexcept { return options_; }
    /// The system's socket. Only inside a call (see use).
    [[nodiscard]] lower_socket& lower() const noexcept { return *lower_; }
    [[nodiscard]] provider_life& life() const noexcept { return *life_; }
    [[nodiscard]] socket_token token() const noexcept { return token_; }

    // --- several handles of one socket (socket_descriptors.cpp) ---

    /// A handle of the socket; the first one, or one in place of a reservation. False: the socket is closed.
    bool add_descriptor(const socket_descriptor& made, bool reserved);
    /// Keeps the socket open as a handle does, until add_descriptor() or drop_reservation(). False: it is closed.
    bool reserve_descriptor() noexcept;
    /// The socket ends if nothing else keeps it open.
    void drop_reservation();
    /// Gives all handles back to the host. Once, after retire(), without locks.
    void release_handles() noexcept;

    // --- a system socket that other processes hold as well (shared_socket.cpp) ---

    /// Begins to tell other processes of changes, if that was not done before. Inside a call.
    result<socket_share*> begin_sharing();
    /// The socket is one that another process has offered.
    void join_share(std::unique_ptr<socket_share> share);
    /// Takes over what other processes have changed. Without locks of the socket.
    void learn_shared() noexcept;
    /// Tells other processes what has changed here.
    void tell_shared() noexcept;

    /// SO_ERROR: of a failed non-blocking connect, or what a client stored there. Under the state mutex.
    [[nodiscard]] errc pending_error() const noexcept { return pending_error_; }
    void set_pending_error(errc code) noexcept { pending_error_ = code; }
    /// When the connection was made; nothing while unconnected. Under the state mutex.
    [[nodiscard]] std::optional<clock::time_point> connected_since() const noexcept { return connected_since_; }
    /// Brings the state of a connect in progress up to date.
    virtual void update_connect_state() {}

    /// Registers a waiting thread; an error when the socket is closed or the last cleanup has begun.
    errc add_waiter(waiter& who) noexcept;
    void remove_waiter(waiter& who) noexcept;
    /// Ends all blocked calls: with their own close codes, or all with `reason`. Returns how many.
    std::size_t end_waiters(std::optional<errc> reason) noexcept;
    void nudge_waiters() noexcept;

    /// Last cleanup: ends the socket by its own linger setting, in the background where data is left, without
    /// waiting. The handle is given back by the caller.
    virtual void close_for_cleanup() = 0;
    /// Before the first socket closes: the end of one must not look like news to a request of another (CLEAN-6).
    void end_input_for_cleanup() noexcept;
    /// Winsock's defaults where the system's differ, on a fresh descriptor.
    void apply_default_options() noexcept;
    /// Bytes held by the provider itself.
    [[nodiscard]] virtual std::size_t queued_bytes() const { return 0; }

    /// One call in progress on the socket: holds the provider and the descriptor. Converts to false with the
    /// documented error when the provider is down or the socket is closed.
    class use {
    public:
        /// `counted`: the caller is inside a provider::call.
        explicit use(const basic_socket& target, bool counted = false) noexcept;
        /// The same with locks held: what other processes know of the socket is not looked at.
        struct locked {};
        use(const basic_socket& target, locked) noexcept;
        use(const use&) = delete;
        use& operator=(const use&) = delete;
        ~use();

        explicit operator bool() const noexcept { return error_ == errc::success; }
        [[nodiscard]] errc error() const noexcept { return error_; }

    private:
        void enter(const basic_socket& target, bool counted) noexcept;

        provider::call call_;
        const basic_socket* target_ = nullptr;
        bool shares_ = false;  // changes are to be told
        errc error_ = errc::success;
    };

    // --- network events (socket_events.cpp). All of these without the socket's locks, and cheap without a registration. ---

    [[nodiscard]] bool has_events() const noexcept
    {
        return events_.get() != nullptr;
    }
    /// What note_receive() has to know from before the receive.
    [[nodiscard]] unsigned news_so_far() const noexcept
    {
        const auto* events = events_.get();
        return events != nullptr ? events->looks.load(std::memory_order_acquire) : 0;
    }
    /// After a receive, whatever came of it. `drained`: it proved the system's buffer empty.
    void note_receive(unsigned flags, std::error_code outcome, bool drained, unsigned news_before);
    void note_accept();
    /// After a send that failed with would_block.
    void note_blocked_send();
    /// Something may have begun to hold that is told once: a connection, the end of an attempt, a binding.
    void note_progress() { look_for_network_events(readiness::none); }
    /// Begins before a new attempt to connect can be seen: what was told of the last connection counts no more. With locks.
    void note_attempt() noexcept { attempts_.fetch_add(1, std::memory_order_release); }

    // --- changes of the network (control.cpp) ---

    errc start_network_change(network_change_request& request);
    /// Tells of a change that this request, or without one an event of the socket, was waiting for. Without locks.
    void tell_network_change(network_change what, network_change_request* request);

    // --- overlapped requests (overlapped_input.cpp) ---

    std::size_t on_ready(readiness seen, std::uint64_t look) noexcept final;
    result<void> join(const std::shared_ptr<event_loop>& loop) override;
    void leave(const event_loop& loop) noexcept override;

    /// close() succeeded or the last cleanup ended the socket.
    [[nodiscard]] bool is_retired() const noexcept
    {
        return (users_.load(std::memory_order_acquire) & retired) != 0;
    }

    /// Last cleanup, when nothing runs any more: closes the descriptor although background work that was thrown away
    /// still counts as its user.
    void abandon_descriptor() noexcept;

    /// Keeps the descriptor open beyond a call (background flush). Pairs with drop_descriptor().
    void hold_descriptor() noexcept { users_.fetch_add(1, std::memory_order_acq_rel); }
    void drop_descriptor() noexcept { release_users(1); }

    // --- readiness (readiness_levels.cpp) ---

    /// What holds of `asked`, given what the system says of what system_interest() names; others may be told as well. `polled`
    /// may be old: what is told of it then may be over. Inside a call, without locks of the socket. Brings the state of a
    /// finished attempt to connect up to date, and takes an urgent byte that was announced into core's keeping.
    [[nodiscard]] virtual socket_levels levels(readiness polled, level asked) = 0;
    /// What the system must be asked for so that `asked` can be told; what core knows by itself is not among it.
    [[nodiscard]] virtual readiness system_interest(level asked) noexcept = 0;
    /// levels() of this moment: one look at the system.
    [[nodiscard]] socket_levels levels_now(level asked) { return levels(lower().poll(system_interest(asked)), asked); }

    /// Whether levels() may tell some of `asked` without the system's word. Inline: for most sockets that are waited for it is
    /// not so.
    [[nodiscard]] bool knows_levels(level asked) const noexcept
    {
        constexpr auto known = state::broken | state::connect_failed | state::deferring | state::urgent_interest;
        return !is_stream() || has_any(asked, level::writable | level::connected) ||
               (state_.load(std::memory_order_seq_cst) & known) != 0;
    }

    /// To be called after a change of levels that the system does not announce: threads that wait for them look again. With
    /// or without the socket's locks.
    void levels_changed() noexcept
    {
        if (users_.load(std::memory_order_seq_cst) >= one_watcher) {
            wake_watchers();
        }
    }

    /// A use of the socket by a thread that waits for its levels; false when the socket is closed. end_watch() in any case.
    bool begin_watch() noexcept
    {
        return (users_.fetch_add(one_watcher + 1, std::memory_order_seq_cst) & retired) == 0;
    }
    void end_watch() noexcept { release_users(one_watcher + 1); }

protected:
    friend class use;

    /// One try of the oldest request of its kind. Under input_.mutex.
    virtual request_step try_input(io_request& request, readiness seen, io_outcome& outcome) = 0;
    /// Whether a receive may be started: the documented checks, in order.
    virtual errc check_input(const io_request& request) = 0;
    /// Goes on with requests that wait for room or for a connection.
    virtual void serve_output(readiness seen) noexcept = 0;
    /// Takes the requests that wait on the output side and match. `torn`: ends the connection if one had begun.
    virtual std::size_t take_output(request_list& to, const request_filter& which, bool torn) = 0;
    /// Called after input requests were served because of new readiness.
    virtual void after_input(readiness) {}
    /// What holds of `which` when told in this form: looked up now, or from what the system is `known` to say of all input.
    /// With the notifier's lock.
    [[nodiscard]] virtual network_events events_that_hold(unsigned which, network_event_target::form form,
                                                          std::optional<readiness> known) = 0;
    /// Without locks, before such a look because of news.
    virtual void before_look(readiness) {}
    /// Has look_for_network_events(writable) called once there is room, or an attempt has ended.
    virtual void watch_room() = 0;
    /// New readiness was told, by a loop in this look of its; the requests that it concerns have been served.
    void look_for_network_events(readiness seen, std::uint64_t look = 0) noexcept;
    result<void> inherit_network_events(basic_socket& listener);
    /// A pending request is about to end without having come to its own end.
    virtual void dropped(io_request&) noexcept {}
    /// SO_UPDATE_ACCEPT_CONTEXT, SO_UPDATE_CONNECT_CONTEXT.
    virtual result<void> update_context(int name, std::span<const std::byte> value);

    /// Tries the request, or queues it: success, io_pending or an error. Inside a call.
    errc start_input(io_request& request, io_outcome& outcome);
    /// Returns the bytes of the requests that finished.
    std::size_t serve_input(readiness seen) noexcept;
    /// Has serve_input() and after_input() called when the condition holds. Under input_.mutex.
    result<void> arm_input(readiness condition);
    /// Ends the requests of the socket: those that wait for input with `input_code`, the others with operation_aborted.
    void end_requests(errc input_code, bool silent, bool output_too = true) noexcept;
    void end_output_requests(bool silent) noexcept;
    void end_network_changes(errc code, bool silent) noexcept;
    [[nodiscard]] bool has_input_requests();
    /// `found`, which the system announced, unless pending requests are to have it or have had it (OVL-16).
    [[nodiscard]] level unless_requested(level found);
    /// Unlike wait_for_requests() for calls that cancelling may end.
    result<void> wait_until_finished(const std::function<bool()>& done, cancelling by_others);
    /// Enters the port into the table for as long as the socket is open.
    void book_port(const bound_port& port);
    /// Tells and wakes who waits in wait_for_requests().
    void tell(request_list& finished) noexcept;
    void tell_outcome(request_list& taken, const io_outcome& outcome) noexcept;

    /// Ends the socket, whose last handle is being closed. Errors: as close().
    virtual result<void> close_last() = 0;
    /// Marks the socket closed: later calls fail, blocked calls are woken, the port is free, the handles leave the
    /// table. The descriptor goes with the last user. False when another thread was first.
    bool retire() noexcept;
    /// Other processes may hold the system's socket.
    [[nodiscard]] bool shares() const noexcept { return shared_.load(std::memory_order_acquire) != nullptr; }
    /// This process is to hold it no longer. True: it is the only one, and the socket is as one that was never shared.
    bool leave_share() noexcept;
    /// Another process, or another of them, has registered for network events since.
    [[nodiscard]] bool registration_is_over() const noexcept;
    /// An address that the socket's family can use, in the socket's own terms.
    [[nodiscard]] errc check_family(const socket_address& address) const noexcept;
    [[nodiscard]] socket_address without_foreign_port(socket_address name) const noexcept;
    /// After a failed connect: a fresh descriptor with the old options and binding (CONN-8). Under the state mutex.
    result<void> renew_if_needed();
    result<void> bind_unbound(const socket_address& local);
    /// Under bind_mutex and the state mutex.
    result<void> bind_checked(const socket_address& local);
    [[nodiscard]] std::chrono::milliseconds receive_timeout() const noexcept;
    [[nodiscard]] std::chrono::milliseconds send_timeout() const noexcept;
    /// Whether a transfer with these flags waits for what it cannot have at once.
    [[nodiscard]] bool waits(unsigned flags) const noexcept
    {
        return (flags & message_flag::always_wait) != 0 || !has(state::nonblocking);
    }
    [[nodiscard]] errc failure() const noexcept { return failure_.load(std::memory_order_acquire); }
    /// The call's own failure, after which the connection goes on.
    [[nodiscard]] static constexpr bool is_call_failure(errc code) noexcept
    {
        return code == errc::no_buffer_space || code == errc::fault || code == errc::invalid_argument;
    }
    /// Remembers why the connection is over; the first reason stays.
    void break_connection(errc why) noexcept;
    void forget_failure() noexcept { failure_.store(errc::success, std::memory_order_release); }

    /// cancel(), inside a call.
    std::size_t cancel_matching(const request_filter& which);

private:
    [[nodiscard]] socket_events* make_events();
    void close_events() noexcept;
    void tell_network_events(const network_event_target& target, const network_events& news);
    [[nodiscard]] network_events news_of(readiness seen, std::uint64_t look, const network_event_record& record);
    result<void> watch_news();
    void begin_attempt(socket_events& mine, network_event_record& record) noexcept;
    void resume_news() noexcept;
    void ignore_news() noexcept;
    void arm_for_events(unsigned open);
    [[nodiscard]] readiness settled(readiness reported) noexcept;
    void enable_network_event(unsigned event, std::optional<unsigned> drained_before);
    void on_input_wait(readiness condition, readiness seen);
    std::size_t serve_input_locked(readiness seen, request_list& finished);

    [[nodiscard]] shared_values values_now() const;
    void take_values(const shared_values& values);
    void learn_locked(shared_part& part);

    void close_once(std::uint32_t marks) noexcept;
    void release_users(std::uint64_t count) noexcept;
    void wake_watchers() noexcept;
    void share_port_with(const std::vector<const void*>& owners) noexcept;

    static constexpr std::uint32_t retired = 1U << 31;
    static constexpr std::uint64_t one_watcher = std::uint64_t{1} << 32;

    // In this order because every transfer uses the first of these, and the fewer lines of the cache they fill the better.
    std::atomic<std::uint32_t> state_{0};
    std::atomic<errc> failure_{errc::success};
    mutable std::atomic<std::uint64_t> users_{0};  // below: uses and two marks; above: threads that wait for levels
    provider* owner_;
    provider_life* life_;
    std::unique_ptr<lower_socket> lower_;
    std::atomic<shared_part*> shared_{nullptr};
    made_once<socket_events> events_;  // by the first who needs it, under state_mutex_
    std::atomic<void*> companion_{nullptr};

protected:
    input_requests input_;

private:
    std::atomic<unsigned> request_waiters_{0};
    std::atomic<unsigned> attempts_{0};
    std::shared_ptr<event_loop> loop_;           // under input_.mutex
    std::unique_ptr<shared_part> shared_owner_;  // made under state_mutex_, once
    std::shared_ptr<void> companion_owner_;      // under state_mutex_; set once
    std::vector<waiter*> waiters_;               // under state_mutex_
    socket_descriptors descriptors_;             // changes under state_mutex_
    socket_token token_;
    socket_request request_;

protected:
    mutable constant_mutex state_mutex_;
    socket_address peer_;                          // under state_mutex_
    std::unique_ptr<const socket_address> bound_;  // the explicit bind, if there was one; under state_mutex_
    std::optional<clock::time_point> connected_since_;
    errc pending_error_ = errc::success;
    std::atomic<errc> connect_failure_{errc::success};  // why the last attempt failed
    bool connect_requested_ = false;  // the attempt in progress is a request's; under state_mutex_

private:
    bool left_loop_ = false;  // under input_.mutex

protected:
    socket_options options_;
};

}  // namespace spindle
