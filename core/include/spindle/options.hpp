// Socket option levels, names and structures with Winsock's numbers and layouts (pages "SOL_SOCKET Socket
// Options", "IPPROTO_TCP Socket Options", ...). Typed setters for embedding programs are members of socket.
#pragma once

#include <cstdint>

namespace spindle {

namespace option_level {
inline constexpr int ip = 0;
inline constexpr int tcp = 6;
inline constexpr int udp = 17;
inline constexpr int ipv6 = 41;
inline constexpr int socket = 0xFFFF;
}  // namespace option_level

namespace socket_option {
inline constexpr int debug = 0x1;
inline constexpr int accept_connections = 0x2;
inline constexpr int reuse_address = 0x4;
inline constexpr int keep_alive = 0x8;
inline constexpr int dont_route = 0x10;
inline constexpr int broadcast = 0x20;
inline constexpr int linger = 0x80;
inline constexpr int oob_inline = 0x100;
inline constexpr int dont_linger = ~0x80;
inline constexpr int exclusive_address_use = ~0x4;
inline constexpr int send_buffer = 0x1001;
inline constexpr int receive_buffer = 0x1002;
inline constexpr int send_timeout = 0x1005;
inline constexpr int receive_timeout = 0x1006;
inline constexpr int error = 0x1007;
inline constexpr int type = 0x1008;
inline constexpr int bsp_state = 0x1009;
inline constexpr int group_id = 0x2001;
inline constexpr int group_priority = 0x2002;
inline constexpr int max_message_size = 0x2003;
inline constexpr int conditional_accept = 0x3002;
inline constexpr int pause_accept = 0x3003;
inline constexpr int update_accept_context = 0x700B;
inline constexpr int connect_time = 0x700C;
inline constexpr int update_connect_context = 0x7010;
}  // namespace socket_option

namespace tcp_option {
inline constexpr int no_delay = 1;
inline constexpr int expedited_1122 = 2;
}  // namespace tcp_option

namespace ipv6_option {
inline constexpr int v6_only = 27;
}  // namespace ipv6_option

/// Settings that Winsock reaches by ioctls; their codes serve as names at level udp or tcp.
namespace ioctl_setting {
inline constexpr int udp_report_reset = static_cast<int>(0x9800000CU);    ///< SIO_UDP_CONNRESET
inline constexpr int udp_report_expired = static_cast<int>(0x9800000FU);  ///< SIO_UDP_NETRESET
inline constexpr int tcp_syn_retries = static_cast<int>(0x98000011U);     ///< the count of SIO_TCP_INITIAL_RTO
}  // namespace ioctl_setting

/// Winsock's struct linger: two 16-bit fields, the time in seconds.
struct linger_option {
    std::uint16_t on = 0;
    std::uint16_t seconds = 0;

    friend bool operator==(const linger_option&, const linger_option&) = default;
};

}  // namespace spindle
