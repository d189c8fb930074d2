// Which network events hold, of each socket type: from the snapshot of levels to events (T-FD). What happens once, like the
// end of an attempt, counts as holding from then on; the record knows what was told. Contract EVT-22 to EVT-37, FDC.
#include <array>

#include "datagram_socket.hpp"
#include "stream_socket.hpp"

namespace spindle {
namespace {

namespace fd = network_event;

struct condition_row {
    unsigned event;
    level asked;
};

constexpr std::array<condition_row, 6> conditions{{
    {fd::read, level::data},
    {fd::write, level::writable},
    {fd::out_of_band, level::urgent},
    {fd::accept, level::connection},
    {fd::connect, level::connected | level::connect_failed},
    {fd::close, level::end_of_stream | level::broken},
}};

level asked_for(unsigned events) noexcept
{
    auto asked = level::none;
    for (const auto& row : conditions) {
        asked |= (events & row.event) != 0 ? row.asked : level::none;
    }
    return asked;
}

network_events from_levels(const socket_levels& now, unsigned which) noexcept
{
    network_events found;
    for (const auto& row : conditions) {
        if ((which & row.event) != 0 && has_any(now.holds, row.asked)) {
            found.add(row.event);
        }
    }
    return found;
}

}  // namespace

network_events stream_socket::events_that_hold(unsigned which, network_event_target::form,
                                               std::optional<readiness> known)
{
    const auto asked = asked_for(which);
    const bool looks = !known || has_any(system_interest(asked), readiness::writable);
    const auto now = looks ? levels_now(asked) : levels(*known, asked);
    auto found = from_levels(now, which);
    if (has_any(now.holds, level::broken) && (which & fd::close) != 0) {
        found.add(fd::close, errc::connection_aborted);  // however it was lost (EVT-34, FDC-2, FDC-3)
    }
    if (has_any(now.holds, level::connect_failed) && (which & fd::connect) != 0) {
        found.add(fd::connect, now.code);
    }
    if (has_any(now.holds, level::broken) || has(state::send_shut)) {
        found.events &= ~fd::write;
    }
    if ((found.events & fd::connect) != 0) {
        const std::scoped_lock lock(state_mutex());
        found.events &= was_accepted_ ? ~fd::connect : fd::all;  // EVT-26
    }
    return found;
}

void stream_socket::watch_room()
{
    const std::scoped_lock lock(send_mutex_);
    (void)arm_drain();
}

// EVT-28: nothing is sent or received before there is a name, but messages tell of room at once.
network_events datagram_socket::events_that_hold(unsigned which, network_event_target::form form,
                                                 std::optional<readiness> known)
{
    const bool named = has(state::bound);
    const bool posts = form == network_event_target::form::message;
    network_events found;
    if (named || posts) {
        found.add(fd::write);
    }
    if (has(state::connected) && !posts) {
        found.add(fd::connect);
    }
    if ((which & fd::read) != 0 && named && !has(state::receive_shut) && !has_input_requests() &&
        has_something(known)) {
        found.add(fd::read);
    }
    found.events &= which;
    return found;
}

void datagram_socket::before_look(readiness seen)
{
    if (has_any(seen, readiness::failed)) {
        look_for_failure();
    }
}

bool datagram_socket::has_something(std::optional<readiness> known)
{
    return failure_ahead_.load(std::memory_order_acquire) != errc::success ||
           (has_any(known ? *known : lower().poll(readiness::readable), readiness::readable) && has_datagram());
}

void datagram_socket::watch_room()
{
    const std::scoped_lock lock(send_mutex_);
    (void)await_room();
}

}  // namespace spindle
