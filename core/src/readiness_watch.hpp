// Threads that wait for the levels of many sockets at once. A socket counts who watches it; a change that the system does not
// announce (the send queue drained, a connection put back, the socket closed) is looked up here by the thread that made it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "blocking_call.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle {

class basic_socket;

/// One waiting thread and the sockets it waits for; null members are left out.
struct readiness_watch {
    std::span<basic_socket* const> members;
    waiter* who = nullptr;
};

/// Keeps the sockets that are watched, so that watching takes no reference to each: who watches is counted by enter(), and a
/// socket that is closed while anybody does is kept until nobody is left.
///
/// Threads: all members, any time. The mutex is a leaf of the lock order.
class watch_registry {
public:
    /// Before the first socket is looked up.
    void enter() noexcept { active_.fetch_add(1, std::memory_order_seq_cst); }
    /// After the last one was let go.
    void leave() noexcept;
    void keep(std::shared_ptr<basic_socket> closed);

    /// The members are counted as watched (basic_socket::begin_watch) before and until after.
    void add(readiness_watch& watch);
    void remove(const readiness_watch& watch) noexcept;
    /// Has the threads that watch the socket look again.
    void wake(const basic_socket& changed) noexcept;
    /// Ends all the waits; returns how many were not ended before.
    std::size_t end_all(errc why) noexcept;

private:
    constant_mutex mutex_;
    std::atomic<std::size_t> active_{0};
    std::vector<readiness_watch*> watches_;
    std::vector<std::shared_ptr<basic_socket>> kept_;
};

}  // namespace spindle
