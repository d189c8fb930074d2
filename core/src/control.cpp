// See spindle/control.hpp. Each function is one call on the socket, like its members.
#include "spindle/control.hpp"

#include <algorithm>

#include "address_order.hpp"
#include "network_watch.hpp"
#include "provider_life.hpp"

namespace spindle {
namespace {

// Every socket is one.
basic_socket& as_basic(socket& it) noexcept
{
    return static_cast<basic_socket&>(it);
}

/// The destination as a route look-up wants it.
result<socket_address> checked_destination(const basic_socket& asking, const socket_address& destination)
{
    if (destination.family() != asking.kind().family) {
        return errc::address_family_not_supported;
    }
    return destination.is_wildcard() ? result<socket_address>(errc::invalid_argument) : destination;
}

constexpr unsigned event_of(network_change what) noexcept
{
    return what == network_change::routing_interface ? network_event::routing_interface_change
                                                     : network_event::address_list_change;
}

/// IPv4 in mapped form as IPv4.
socket_address unmapped(const socket_address& address) noexcept
{
    if (!address.is_ipv4_mapped()) {
        return address;
    }
    std::array<std::uint8_t, 4> host{};
    std::ranges::transform(address.host().last(host.size()), host.begin(),
                           [](std::byte each) { return std::to_integer<std::uint8_t>(each); });
    return socket_address::ipv4(host, address.port());
}

}  // namespace

result<std::vector<network_interface>> network_interfaces(socket& asking)
{
    auto& it = as_basic(asking);
    const basic_socket::use guard(it);
    return guard ? it.life().net->interfaces() : result<std::vector<network_interface>>(guard.error());
}

result<socket_address> route_to(socket& asking, const socket_address& destination)
{
    auto& it = as_basic(asking);
    const basic_socket::use guard(it);
    if (!guard) {
        return guard.error();
    }
    const auto checked = checked_destination(it, destination);
    return checked ? look_up_route(*it.life().net, *checked) : checked;
}

void sort_destinations(socket& asking, std::span<socket_address> destinations)
{
    auto& it = as_basic(asking);
    const basic_socket::use guard(it);
    if (!guard) {
        return;
    }
    std::vector<route_choice> choices;
    for (const auto& each : destinations) {
        const auto source = look_up_route(*it.life().net, unmapped(each));
        choices.push_back({each, source ? std::optional(*source) : std::nullopt});
    }
    std::ranges::stable_sort(choices, better_destination);
    std::ranges::transform(choices, destinations.begin(), &route_choice::destination);
}

result<connection_figures> figures_of(socket& connection)
{
    auto& it = as_basic(connection);
    const basic_socket::use guard(it);
    if (!guard) {
        return guard.error();
    }
    if (!it.is_stream() || it.kind().family == address_family::local) {
        return errc::operation_not_supported;
    }
    it.update_connect_state();
    const std::scoped_lock lock(it.state_mutex());
    const auto since = it.connected_since();
    if (!since) {
        return errc::not_connected;
    }
    const auto counted = it.lower().statistics();
    if (!counted) {
        return counted.error();
    }
    return connection_figures{*counted, std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - *since),
                              it.options().receive_buffer};
}

result<std::uint32_t> peer_process(socket& connection)
{
    auto& it = as_basic(connection);
    const basic_socket::use guard(it);
    if (!guard) {
        return guard.error();
    }
    if (it.kind().family != address_family::local) {
        return errc::operation_not_supported;
    }
    if (!it.has(state::connected)) {
        return errc::not_connected;
    }
    const std::scoped_lock lock(it.state_mutex());
    const auto id = it.lower().get_option(lower_option::peer_process);
    return id ? result<std::uint32_t>(static_cast<std::uint32_t>(*id)) : id.error();
}

errc start_network_change(socket& asking, network_change_request& request)
{
    auto& it = as_basic(asking);
    const basic_socket::use guard(it, request.counted);
    if (!guard) {
        return guard.error();
    }
    return it.start_network_change(request);
}

result<void> expect_network_change(socket& asking, network_change what, const socket_address& destination)
{
    auto& it = as_basic(asking);
    const basic_socket::use guard(it);
    if (!guard) {
        return guard.error();
    }
    if (what == network_change::routing_interface) {
        if (const auto checked = checked_destination(it, destination); !checked) {
            return checked.error();
        }
    }
    it.await_network_change(event_of(what));
    const auto code = it.life().changes.expect(it.shared_from_this(), what, destination);
    return code == errc::io_pending ? result<void>() : result<void>(code);
}

errc basic_socket::start_network_change(network_change_request& request)
{
    auto route = result<socket_address>(socket_address{});
    if (request.what == network_change::routing_interface) {
        if (const auto checked = checked_destination(*this, request.destination); !checked) {
            return to_errc(checked.error());
        }
        route = look_up_route(*life_->net, request.destination);
    }
    const auto code = life_->changes.start(shared_from_this(), request, std::move(route));
    if (code == errc::io_pending && is_retired()) {
        end_network_changes(errc::operation_aborted, false);  // closed by another thread meanwhile
    }
    return code;
}

void basic_socket::end_network_changes(errc code, bool silent) noexcept
{
    request_list taken;
    life_->changes.take(*this, taken, [](const io_request&) { return true; });
    tell_outcome(taken, {code, 0, 0, silent});
    life_->changes.forget(*this);
}

void basic_socket::tell_network_change(network_change what, network_change_request* request)
{
    if (request == nullptr) {
        note_network_change(event_of(what), errc::success);
        return;
    }
    request_list finished;
    finished.push_finished(*request, {});
    tell(finished);
}

}  // namespace spindle
