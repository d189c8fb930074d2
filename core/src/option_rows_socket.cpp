// Level SOL_SOCKET: page "SOL_SOCKET Socket Options", contract T-SOL. Options whose values are client structures with
// pointers are the SPI layer's.
#include <array>

#include "option_values.hpp"
#include "spindle/options.hpp"

namespace spindle {
namespace {

/// Names without a documented constant in options.hpp.
namespace number {
constexpr int use_loopback = 0x40;
constexpr int send_low_water = 0x1003;
constexpr int receive_low_water = 0x1004;
constexpr int provider_configuration = 0x3001;
constexpr int compartment = 0x3004;
constexpr int randomize_port = 0x3005;
constexpr int port_scalability = 0x3006;
constexpr int reuse_unicast_port = 0x3007;
constexpr int reuse_multicast_port = 0x3008;
constexpr int connect_data = 0x7000;
constexpr int connect_options = 0x7001;
constexpr int disconnect_data = 0x7002;
constexpr int disconnect_options = 0x7003;
constexpr int connect_data_length = 0x7004;
constexpr int connect_options_length = 0x7005;
constexpr int disconnect_data_length = 0x7006;
constexpr int disconnect_options_length = 0x7007;
constexpr int largest_datagram = 0x7009;
constexpr int largest_path_datagram = 0x700A;
}  // namespace number

using namespace option_values;
using option = lower_option;
using values = socket_options;
namespace so = socket_option;
using enum length_rule;
constexpr int sol = option_level::socket;

constexpr option_row row(int name, unsigned who, length_rule length, number_getter get, number_setter set) noexcept
{
    return number_option(sol, name, who, length, get, set);
}

constexpr auto rows = std::to_array<option_row>({
    row(so::debug, owners::all, boolean, stored<&values::debug>, store_flag<&values::debug>),
    row(so::accept_connections, owners::all, boolean, is_listening, nullptr),
    row(so::reuse_address, owners::all, boolean, is_bind_mode<bind_mode::reuse>,
        set_bind_mode<bind_mode::reuse, bind_mode::exclusive>),
    row(so::exclusive_address_use, owners::all, boolean, is_bind_mode<bind_mode::exclusive>,
        set_bind_mode<bind_mode::exclusive, bind_mode::reuse>),
    row(so::keep_alive, owners::streams, one_byte, stored<&values::keep_alive>, switch_keep_alive),
    row(so::dont_route, owners::ipv4 | owners::local, one_byte, stored<&values::dont_route>,
        store_flag<&values::dont_route>),
    row(so::broadcast, owners::all, boolean, stored<&values::broadcast>, set_broadcast),
    row(so::linger, owners::streams, whole, linger_value, set_linger_value),
    row(so::dont_linger, owners::streams, boolean, dont_linger, set_dont_linger),
    row(so::oob_inline, owners::streams, boolean, stored<&values::oob_inline>, set_oob_inline),
    row(so::send_buffer, owners::all, whole, stored<&values::send_buffer>,
        set_buffer<option::send_buffer, &values::send_buffer>),
    row(so::receive_buffer, owners::all, whole, stored<&values::receive_buffer>,
        set_buffer<option::receive_buffer, &values::receive_buffer>),
    row(so::send_timeout, owners::all, whole, stored<&values::send_timeout_ms>,
        store_milliseconds<&values::send_timeout_ms>),
    row(so::receive_timeout, owners::all, whole, stored<&values::receive_timeout_ms>,
        store_milliseconds<&values::receive_timeout_ms>),
    row(so::error, owners::all, whole, pending_error, set_pending_error),
    row(so::type, owners::all, whole, type_number, refuse_type),
    row(so::group_id, owners::all, whole, always<0>, nullptr),
    row(so::group_priority, owners::all, whole, stored<&values::group_priority>,
        store_number<&values::group_priority>),
    row(so::max_message_size, owners::datagrams, whole, largest_datagram, nullptr),
    row(number::largest_datagram, owners::datagrams, whole, largest_datagram, nullptr),
    row(number::largest_path_datagram, owners::datagrams, whole, largest_datagram, nullptr),
    row(so::conditional_accept, owners::streams, boolean, stored<&values::conditional_accept>,
        set_conditional_accept),
    row(so::pause_accept, owners::streams, boolean, always<0>, nothing_but<0>),
    row(so::connect_time, owners::all, whole, connect_seconds, nullptr),
    row(number::randomize_port, owners::tcp | owners::udp, boolean, kept_value<kept::randomize_port, 0>,
        before_bind<set_randomize_port>),
    row(number::port_scalability, owners::tcp | owners::udp, boolean, kept_value<kept::port_scalability, 0>,
        before_bind<keep_flag<kept::port_scalability>>),
    row(number::reuse_unicast_port, owners::tcp | owners::udp, boolean, kept_value<kept::reuse_unicast_port, 0>,
        before_bind<set_kept_flag<option::late_port, kept::reuse_unicast_port>>),
    row(number::reuse_multicast_port, owners::udp, whole, kept_value<kept::reuse_multicast_port, 0>,
        before_bind<set_reuse_multicast_port>),
    refused_option(sol, number::use_loopback, errc::invalid_argument),
    refused_option(sol, number::send_low_water, errc::invalid_argument),
    refused_option(sol, number::receive_low_water, errc::invalid_argument),
    refused_option(sol, number::provider_configuration),
    refused_option(sol, number::compartment),
    refused_option(sol, number::connect_data),
    refused_option(sol, number::connect_options),
    refused_option(sol, number::disconnect_data),
    refused_option(sol, number::disconnect_options),
    refused_option(sol, number::connect_data_length),
    refused_option(sol, number::connect_options_length),
    refused_option(sol, number::disconnect_data_length),
    refused_option(sol, number::disconnect_options_length),
});

}  // namespace

std::span<const option_row> socket_level_options() noexcept
{
    return rows;
}

}  // namespace spindle
