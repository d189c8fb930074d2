// Who waits for changes of the system's addresses and routes. The transport's change sources are opened and watched while
// somebody waits, and only then. One for each life of the provider.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "request_list.hpp"
#include "spindle/control.hpp"

namespace spindle {

class basic_socket;

/// Threads: all members, any time; taking is cheap while nobody waits.
class network_watch {
public:
    explicit network_watch(transport& net) noexcept : net_(net) {}
    network_watch(const network_watch&) = delete;
    network_watch& operator=(const network_watch&) = delete;

    /// io_pending, or an error. `route`: as it is now.
    errc start(const std::shared_ptr<basic_socket>& asking, network_change_request& request,
               result<socket_address> route);
    /// The socket gets one network event instead.
    errc expect(const std::shared_ptr<basic_socket>& asking, network_change what, const socket_address& destination);
    /// Moves the socket's requests that match to `to`; returns how many.
    std::size_t take(const basic_socket& asking, request_list& to, const request_filter& which);
    /// The socket is closed: it expects nothing any more.
    void forget(const basic_socket& asking) noexcept;
    /// Before the transport stops.
    void close() noexcept;

private:
    struct waiting {
        std::shared_ptr<basic_socket> socket;
        network_change what;
        socket_address destination;
        result<socket_address> route;
        network_change_request* request;  ///< null: an event
    };
    struct source {
        std::unique_ptr<lower_socket> changes;
        bool armed = false;
    };

    errc add(waiting who);
    errc arm(network_change what);
    void on_change(network_change what);
    [[nodiscard]] bool still_waits(const waiting& who);

    transport& net_;
    std::mutex mutex_;
    std::vector<waiting> waiting_;
    std::array<source, 2> sources_;  // by network_change
    std::atomic<std::size_t> count_{0};
};

/// The local address for a destination, port 0. Errors: the system's.
[[nodiscard]] result<socket_address> look_up_route(transport& net, const socket_address& destination);

}  // namespace spindle
