// Threads that wait for the levels of many sockets at once. A socket counts who watches it; a change that the system does not
// announce (the send queue drained, a connection put back, the socket closed) is looked up here by the thread that made it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "blocking_call.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle {

class basic_socket;

/// One waiting thread and the sockets it waits for; null members are left out. A member is counted as watched
/// (basic_socket::begin_watch) before the registration and until after its end.
struct readiness_watch {
    std::span<basic_socket* const> members;
    waiter* who = nullptr;
};

/// Threads: all members, any time. The mutex is a leaf of the lock order.
class watch_registry {
public:
    void add(readiness_watch& watch);
    void remove(const readiness_watch& watch) noexcept;
    /// Has the threads that watch the socket look again.
    void wake(const basic_socket& changed) noexcept;
    /// Ends all the waits; returns how many were not ended before.
    std::size_t end_all(errc why) noexcept;

private:
    constant_mutex mutex_;
    std::vector<readiness_watch*> watches_;
};

}  // namespace spindle
