// poll_set over the system's sockets: the native group of this platform, filled from lower sockets.
#pragma once

#include "asio/asio_socket.hpp"
#include "poll_group.hpp"
#include "spindle/transport.hpp"

namespace spindle {

class asio_poll_set final : public poll_set {
public:
    void clear() noexcept override { group_.clear(); }
    void add(lower_socket& socket, readiness wanted) override
    {
        group_.add(static_cast<const asio_socket&>(socket).watched(), wanted);
    }
    result<readiness> wait(interrupter* wake, clock::time_point deadline) noexcept override
    {
        return group_.wait(wake, deadline);
    }
    [[nodiscard]] std::size_t next_seen(std::size_t from) const noexcept override { return group_.next_seen(from); }
    [[nodiscard]] readiness seen(std::size_t index) const noexcept override { return group_.seen(index); }

private:
    native::poll_group group_;
};

}  // namespace spindle
