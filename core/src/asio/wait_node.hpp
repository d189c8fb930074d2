// The pending asynchronous waits of one socket. A node exists from a socket's first async_wait until no wait
// is left, so that an idle socket has neither this memory nor a registration in Asio's reactor, which would
// wake the service thread for everything that arrives.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "asio/asio_context.hpp"
#include "asio/wait_event.hpp"
#include "event_source.hpp"
#include "spindle/transport.hpp"

namespace spindle {

/// Attached: in its shard's list and in its owner's slot, Asio may call it. Detached: neither, and what is
/// pending is either delivered with `none` (cancelled) or dropped (stop). A detached node never comes back; a
/// later wait makes a new one, so a cancelled handler can never be confused with its successor.
///
/// All members are called with the shard's lock held unless they say otherwise.
class wait_node : public std::enable_shared_from_this<wait_node> {
public:
    using slot = std::shared_ptr<wait_node>;

    /// Use add().
    wait_node(asio_context& context, wait_shard& shard, slot& owner, watched_socket socket);
    wait_node(const wait_node&) = delete;
    wait_node& operator=(const wait_node&) = delete;
    ~wait_node();

    /// Adds a wait to the slot's node, making it if needed. `parked`: nothing can happen on the socket yet,
    /// so nothing is registered until unpark(). Errors: invalid_argument for a second wait for one condition,
    /// no_buffer_space; the handler is then still the caller's, to be destroyed without the lock.
    static result<void> add(asio_context& context, wait_shard& shard, slot& owner, watched_socket socket,
                            readiness condition, bool parked, lower_socket::wait_handler& handler);
    /// Registers what was parked. A failure ends the waits, which then learn of it from the operation they
    /// try. Drop or finish the returned reference as with cancel().
    [[nodiscard]] slot unpark() noexcept;
    /// Detaches the slot's node, if any, and has its handlers called with `none`. The returned reference is
    /// to be given to finish_cancel() after the lock.
    [[nodiscard]] static slot cancel(slot& owner) noexcept;
    static void finish_cancel(slot cancelled) noexcept;

    /// For stop(): detaches without delivering; returns the node with `chain` hanging on it.
    static slot detach_for_good(wait_node& node, slot chain) noexcept;
    /// Without the lock: destroys the handlers and returns the rest of the chain.
    slot drop_handlers() noexcept;

    /// Called by Asio on the service thread, without the lock: something may have become ready, or `known` has.
    void on_event(std::size_t source_slot, readiness known = readiness::none) noexcept;

private:
    static constexpr std::size_t condition_count = 3;
    using handlers = std::array<lower_socket::wait_handler, condition_count>;

    [[nodiscard]] readiness pending() const noexcept;
    bool arm(std::size_t condition) noexcept;
    bool arm_pending() noexcept;
    [[nodiscard]] slot detach() noexcept;
    [[nodiscard]] bool post_outcome(readiness outcome) noexcept;
    void deliver(readiness outcome) noexcept;

    asio_context& context_;
    wait_shard& shard_;
    slot* owner_;  ///< null when detached
    wait_node* next_ = nullptr;
    wait_node* previous_ = nullptr;
    slot chain_;
    bool undelivered_ = false;  ///< detached, but there was no memory to tell the service thread
    event_source source_;
    std::array<bool, event_source::slot_count> armed_{};
    handlers handlers_;
};

}  // namespace spindle
