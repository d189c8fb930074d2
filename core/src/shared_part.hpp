// What a socket has while other processes may hold the system's socket, too. Used by basic_socket (shared_socket.cpp).
#pragma once

#include <atomic>
#include <memory>

#include "shared_values.hpp"

namespace spindle {

struct shared_part {
    explicit shared_part(std::unique_ptr<socket_share> held) noexcept
        : share(std::move(held)), memory(share->memory())
    {}

    const std::unique_ptr<socket_share> share;
    shared_memory memory;
    shared_values agreed;                      // what was last told or learnt; under the socket's state mutex
    std::atomic<std::uint32_t> generation{0};  // of `agreed`; written under it
    std::unique_ptr<shared_part> before;       // of a time that is over; a call may still look at it
    std::atomic<std::uint32_t> registration{0};  // the number of this process's registration for network events
};

}  // namespace spindle
