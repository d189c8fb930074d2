// A loop that its users turn: on POSIX an epoll instance of its own (posix/port_loop.cpp), with the transport's service
// thread as its backstop; Windows has completion ports and needs none (win32/port_loop.cpp).
#pragma once

#include <memory>

#include "asio/native.hpp"
#include "spindle/transport.hpp"

namespace spindle {

class asio_context;

/// Names a member of a loop; stale values are recognised.
using loop_ticket = std::uint64_t;

class port_loop : public event_loop {
public:
    /// Starts watching the socket for what is interesting and for failures. Errors: no_buffer_space.
    virtual result<loop_ticket> add(native::handle socket, const std::weak_ptr<readiness_sink>& sink,
                                    readiness interesting) noexcept = 0;
    /// Stops; `socket` is what add() was given, or no_handle when that is closed already.
    virtual void remove(loop_ticket member, native::handle socket) noexcept = 0;
};

/// Null: not on this system, or the system has no descriptor left.
[[nodiscard]] std::shared_ptr<port_loop> make_port_loop(const std::shared_ptr<asio_context>& context,
                                                        std::function<void()> unattended);
/// Ditto, with a thread of its own.
[[nodiscard]] std::shared_ptr<event_loop> make_attended_loop(const std::shared_ptr<asio_context>& context);

}  // namespace spindle
