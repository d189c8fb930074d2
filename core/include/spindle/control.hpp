// What a socket's control codes ask besides options: the system's interfaces and routes, news of their changes, figures of
// a connection. Answers to the pages of WSPIoctl's codes (SIO_GET_INTERFACE_LIST, SIO_ROUTING_INTERFACE_QUERY, SIO_TCP_INFO
// and so on); contract CTL-25 to CTL-45. Layouts are the SPI layer's.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "spindle/network.hpp"
#include "spindle/overlapped.hpp"
#include "spindle/socket.hpp"

namespace spindle {

struct connection_figures {
    tcp_statistics counted;
    std::chrono::milliseconds age{0};  ///< since the connection was made
    int receive_buffer = 0;
};

// Errors common to all: not_socket after close(); not_initialised after the last cleanup. Threads: any.

/// All addresses of all interfaces.
[[nodiscard]] result<std::vector<network_interface>> network_interfaces(socket& asking);
/// The local address that would be used for the destination, port 0. Errors: invalid_argument (wildcard),
/// address_family_not_supported (not the socket's), network_unreachable and its like.
[[nodiscard]] result<socket_address> route_to(socket& asking, const socket_address& destination);
/// Puts destinations into the order of RFC 6724, the best first; those without a route come last. IPv6 addresses, IPv4 ones
/// in mapped form.
void sort_destinations(socket& asking, std::span<socket_address> destinations);
/// Errors: not_connected, operation_not_supported (not TCP).
[[nodiscard]] result<connection_figures> figures_of(socket& connection);
/// Of a connected AF_UNIX socket: the peer's process id. Errors: not_connected, operation_not_supported.
[[nodiscard]] result<std::uint32_t> peer_process(socket& connection);

enum class network_change { address_list, routing_interface };

/// Finishes when the list of addresses, or the interface for `destination`, changes next.
class network_change_request : public io_request {
public:
    network_change what = network_change::address_list;
    socket_address destination;

protected:
    ~network_change_request() = default;
};

/// io_pending, or why it was not started; as a receive it may be cancelled and ends with the socket. Errors:
/// operation_not_supported where the system does not tell of changes; those of route_to() but for unreachable networks.
errc start_network_change(socket& asking, network_change_request& request);
/// From now on until the change: one network event for the socket when it comes. Errors: as start_network_change().
result<void> expect_network_change(socket& asking, network_change what, const socket_address& destination);

}  // namespace spindle
