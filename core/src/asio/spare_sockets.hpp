// System sockets that were opened and never used: AcceptEx puts an accepted connection in the place of a socket that the
// program had to create beforehand. The next socket of the kind takes the spare one, so that a server's accept sockets cost
// no system call in the long run.
#pragma once

#include <array>
#include <cstddef>

#include "asio/native.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle {

/// Threads: all members from any thread. A child process of a fork has copies, as of every socket.
class spare_sockets {
public:
    spare_sockets() = default;
    spare_sockets(const spare_sockets&) = delete;
    spare_sockets& operator=(const spare_sockets&) = delete;
    ~spare_sockets() { clear(); }

    /// A spare socket of the kind, no_handle when there is none.
    [[nodiscard]] native::handle take(const socket_kind& kind, bool inheritable) noexcept;
    /// Takes over the socket, as opened; closes it when there are enough.
    void give(const socket_kind& kind, bool inheritable, native::handle socket) noexcept;
    /// Closes all. True when there were any.
    bool clear() noexcept;

private:
    struct spare {
        socket_kind kind;
        bool inheritable = false;
        native::handle socket = native::no_handle;
    };

    static constexpr std::size_t capacity = 16;

    constant_mutex mutex_;
    std::array<spare, capacity> spares_;  // under mutex_
    std::size_t count_ = 0;               // ditto
};

}  // namespace spindle
