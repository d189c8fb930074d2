// Datagram sockets: control information (pages "WSASendMsg", "LPFN_WSARECVMSG"). Contract MSG.
#include "control_options.hpp"
#include "datagram_socket.hpp"

namespace spindle {
namespace {

address_family version_of(const socket_address& address) noexcept
{
    return address.is_ipv4_mapped() ? address_family::ipv4 : address.family();
}

}  // namespace

result<std::size_t> datagram_socket::send_message(const_buffers buffers, unsigned flags,
                                                  const socket_address* to, const message_control& control)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (const auto code = check_destination(flags, to); code != errc::success) {
        return code;
    }
    if (const auto code = check_control(control, to); code != errc::success) {
        return code;
    }
    return send_waiting(buffers, flags, to, &control);
}

// The system would leave out what is the other version's, and say nothing.
errc datagram_socket::check_control(const message_control& control, const socket_address* to) const
{
    if (control.empty()) {
        return errc::success;
    }
    const std::scoped_lock lock(state_mutex());
    return version_of(to != nullptr ? *to : peer_) == control.family ? errc::success : errc::invalid_argument;
}

result<std::size_t> datagram_socket::send_now(const_buffers buffers, unsigned flags, const socket_address* to,
                                              const message_control* control)
{
    const auto lower_flags =
        (flags & message_flag::dont_route) != 0 ? transfer_flags::dont_route : transfer_flags::none;
    if (to != nullptr && kind().type == socket_type::raw && to->port() != 0) {
        const socket_address host = without_foreign_port(*to);
        return send_now(buffers, flags, &host, control);
    }
    return control != nullptr && !control->empty() ? lower().send_message(buffers, lower_flags, to, *control)
                                                   : lower().send(buffers, lower_flags, to);
}

result<receive_outcome> datagram_socket::receive_message(mutable_buffers buffers, unsigned flags,
                                                         socket_address* from, message_control& control)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (auto watched = watch_delivery(); !watched) {
        return watched.error();
    }
    return receive_waiting(buffers, flags, from, &control);
}

// MSG-6: MSG_BCAST and MSG_MCAST need no option.
result<void> datagram_socket::watch_delivery()
{
    const auto wanted = options().control_wanted.load(std::memory_order_acquire);
    return (wanted & control_bit::delivery) != 0 ? result<void>()
                                                 : want_control(*this, control_bit::delivery, true);
}

result<receive_outcome> datagram_socket::take_datagram(mutable_buffers buffers, transfer_flags flags,
                                                       socket_address* from, message_control* control)
{
    if (control == nullptr) {
        return lower().receive(buffers, flags, from);
    }
    auto got = lower().receive_message(buffers, flags, from, *control);
    if (got) {
        keep_wanted(*control, options().control_wanted.load(std::memory_order_acquire), kind().family);
    }
    return got;
}

}  // namespace spindle
