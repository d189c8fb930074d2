// What goes along with one datagram besides its bytes and its peer: where it was sent to or is to be sent from, its hop
// limit, traffic class and congestion mark. Neutral: Winsock's layout is control_buffer.hpp's, the system's the
// transport's affair. Answers to the pages "WSASendMsg", "LPFN_WSARECVMSG", "WSAMSG"; contract MSG.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "spindle/address.hpp"

namespace spindle {

/// Received: the address the datagram was sent to and the interface it came in by. Sent: the source address (all zero:
/// the system's choice) and the interface to use (0: the same).
struct packet_info {
    std::array<std::byte, 16> address{};  ///< network order; of IPv4 the first four
    std::uint32_t interface_index = 0;
};

enum class delivery : unsigned char { unicast, broadcast, multicast };

/// The forms in which packet info is told to a client: as IP_PKTINFO, IP_RECVIF, IP_RECVDSTADDR, IP_ORIGINAL_ARRIVAL_IF and
/// IP_PKTINFO_EX ask for it.
namespace packet_form {
inline constexpr unsigned whole = 1U << 0;
inline constexpr unsigned interface_only = 1U << 1;
inline constexpr unsigned destination_only = 1U << 2;
inline constexpr unsigned arrival_interface = 1U << 3;
inline constexpr unsigned with_scope = 1U << 4;
}  // namespace packet_form

/// The control information of one datagram; what is not there was not asked for, or the system cannot tell.
struct message_control {
    /// Of the datagram itself: ipv4 also on an IPv6 socket that receives or sends IPv4.
    address_family family = address_family::unspecified;
    std::optional<packet_info> packet;
    unsigned packet_forms = packet_form::whole;  ///< of a received one
    std::optional<int> hop_limit;            ///< 0 to 255: TTL, hop limit
    std::optional<int> traffic_class;        ///< 0 to 255: TOS, traffic class, with the congestion bits
    std::optional<int> congestion_mark;      ///< 0 to 3: the ECN field
    delivery delivered = delivery::unicast;  ///< received only

    [[nodiscard]] bool empty() const noexcept
    {
        return !packet && !hop_limit && !traffic_class && !congestion_mark;
    }
};

}  // namespace spindle
