// The memory of one readiness_wait, and the pool it comes from. What is done with it is in readiness_wait.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "spindle/constant_mutex.hpp"
#include "spindle/readiness_levels.hpp"
#include "spindle/transport.hpp"

namespace spindle {

class basic_socket;

struct watched_socket {
    level wanted = level::none;
    level holds = level::none;
    /// The system goes on telling what is of no use here, so it is not asked before core itself has news.
    bool left_out = false;
};

struct watched_sockets {
    std::vector<basic_socket*> sockets;  ///< null: never one. Each is counted as watched.
    std::vector<watched_socket> states;  ///< the same indexes
    std::vector<std::uint32_t> polled;   ///< the index behind each socket of `polls`
    std::unique_ptr<poll_set> polls;
};

/// Threads: all members, any time.
class watched_sockets_pool {
public:
    explicit watched_sockets_pool(transport& net) noexcept : net_(net) {}

    [[nodiscard]] std::unique_ptr<watched_sockets> take();
    /// Empty, or about to be emptied by nobody any more.
    void give_back(std::unique_ptr<watched_sockets> idle) noexcept;

private:
    transport& net_;
    constant_mutex mutex_;
    std::vector<std::unique_ptr<watched_sockets>> idle_;
};

}  // namespace spindle
