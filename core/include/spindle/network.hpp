// The system's network interfaces as values, and what the system knows of one TCP connection; what the interface lists and
// the connection figures of Winsock are made from (pages "SIO_GET_INTERFACE_LIST", "SIO_ADDRESS_LIST_QUERY", "SIO_TCP_INFO").
#pragma once

#include <cstdint>

#include "spindle/address.hpp"

namespace spindle {

/// One address of one interface.
struct network_interface {
    std::uint32_t index = 0;
    bool up = false;
    bool can_broadcast = false;
    bool loopback = false;
    bool point_to_point = false;
    bool multicast = false;
    bool settled = true;       ///< false: duplicate detection has not ended well
    socket_address address;    ///< port 0
    socket_address netmask;    ///< empty when the system names none
    socket_address broadcast;  ///< ditto
};

/// RFC 793's states, with Winsock's numbers.
enum class tcp_state : int {
    closed, listen, syn_sent, syn_received, established, fin_wait_1, fin_wait_2, close_wait, closing, last_ack, time_wait
};

/// What the system counts on a connection; what it does not count is 0.
struct tcp_statistics {
    tcp_state state = tcp_state::closed;
    std::uint32_t maximum_segment = 0;
    bool timestamps = false;
    std::uint32_t round_trip_us = 0;
    std::uint32_t shortest_round_trip_us = 0;
    std::uint32_t bytes_in_flight = 0;
    std::uint32_t congestion_window = 0;  ///< bytes
    std::uint32_t send_window = 0;        ///< bytes
    std::uint32_t receive_window = 0;     ///< bytes
    std::uint64_t bytes_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint32_t bytes_reordered = 0;
    std::uint32_t bytes_retransmitted = 0;
    std::uint32_t timeouts = 0;
    std::uint32_t syn_retransmitted = 0;
    std::uint64_t limited_by_receiver_us = 0;
    std::uint64_t limited_by_congestion_us = 0;
    std::uint64_t limited_by_sender_us = 0;
};

}  // namespace spindle
