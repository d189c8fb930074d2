// What the kernel counts on a TCP connection (tcp(7), "TCP_INFO"). The kernel's own header has the newer counters and cannot
// be included beside glibc's, which is why this stands apart.
#include <algorithm>
#include <array>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "asio/posix/descriptor.hpp"

namespace spindle::posix {
namespace {

/// The kernel's numbers of states, from 1.
constexpr std::array states{tcp_state::closed,     tcp_state::established, tcp_state::syn_sent,  tcp_state::syn_received,
                            tcp_state::fin_wait_1, tcp_state::fin_wait_2,  tcp_state::time_wait, tcp_state::closed,
                            tcp_state::close_wait, tcp_state::last_ack,    tcp_state::listen,    tcp_state::closing};
constexpr unsigned syn_sent_number = 2;

tcp_statistics translate(const tcp_info& from) noexcept
{
    tcp_statistics made;
    made.state = from.tcpi_state < states.size() ? states[from.tcpi_state] : tcp_state::closed;
    made.maximum_segment = from.tcpi_snd_mss;
    made.timestamps = (from.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0;
    made.round_trip_us = from.tcpi_rtt;
    made.shortest_round_trip_us = from.tcpi_min_rtt == ~0U ? 0 : from.tcpi_min_rtt;
    made.bytes_in_flight = from.tcpi_unacked * from.tcpi_snd_mss;
    made.congestion_window = from.tcpi_snd_cwnd * from.tcpi_snd_mss;
    made.send_window = from.tcpi_snd_wnd;
    made.receive_window = from.tcpi_rcv_space;
    made.bytes_out = from.tcpi_bytes_sent;
    made.bytes_in = from.tcpi_bytes_received;
    made.bytes_reordered = from.tcpi_reord_seen * from.tcpi_snd_mss;
    made.bytes_retransmitted = static_cast<std::uint32_t>(std::min<std::uint64_t>(from.tcpi_bytes_retrans, ~0U));
    made.timeouts = from.tcpi_backoff;
    made.syn_retransmitted = from.tcpi_state == syn_sent_number ? from.tcpi_total_retrans : 0;
    made.limited_by_receiver_us = from.tcpi_rwnd_limited;
    made.limited_by_sender_us = from.tcpi_sndbuf_limited;
    const auto limited = from.tcpi_rwnd_limited + from.tcpi_sndbuf_limited;
    made.limited_by_congestion_us = from.tcpi_busy_time > limited ? from.tcpi_busy_time - limited : 0;
    return made;
}

}  // namespace
}  // namespace spindle::posix

namespace spindle::native {

result<tcp_statistics> statistics(handle socket, const socket_kind& kind) noexcept
{
    if (kind.type != socket_type::stream || kind.family == address_family::local) {
        return errc::operation_not_supported;
    }
    tcp_info info{};  // an older kernel fills in less
    socklen_t size = sizeof(info);
    if (::getsockopt(posix::descriptor(socket), IPPROTO_TCP, TCP_INFO, &info, &size) == -1) {
        return errc_from_errno(errno);
    }
    return posix::translate(info);
}

}  // namespace spindle::native
