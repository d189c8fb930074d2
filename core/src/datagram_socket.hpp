// Connectionless sockets: UDP over IPv4 and IPv6.
#pragma once

#include "basic_socket.hpp"

namespace spindle {

class datagram_socket final : public basic_socket {
public:
    using basic_socket::basic_socket;

    result<void> listen(int backlog) override;
    result<void> connect(const socket_address& peer) override;
    result<accept_outcome> accept(const accept_condition& condition) override;
    result<std::size_t> send_to(const_buffers buffers, unsigned flags, const socket_address* to) override;
    result<receive_outcome> receive(mutable_buffers buffers, unsigned flags, socket_address* from) override;
    result<void> shutdown(shutdown_direction direction) override;
    result<void> disable_receive() override;
    result<void> close() override;
    result<std::size_t> readable_bytes() override;
    result<bool> at_urgent_mark() override;

    void close_for_cleanup() override;

private:
    [[nodiscard]] errc check_send(unsigned flags, const socket_address* to) const;
    [[nodiscard]] errc check_receive(unsigned flags) const;
    result<receive_outcome> receive_once(mutable_buffers buffers, transfer_flags flags, socket_address* from);
    [[nodiscard]] result<void> pending_failure();
    [[nodiscard]] bool wants_to_know(const std::error_code& error) const;

    // Datagrams that were queued before the peer was set and come from others are still to be dropped.
    std::atomic<bool> filter_queued_{false};
};

}  // namespace spindle
