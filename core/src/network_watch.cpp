// See the header.
#include "network_watch.hpp"

#include <algorithm>

#include "basic_socket.hpp"

namespace spindle {
namespace {

constexpr std::size_t index_of(network_change what) noexcept
{
    return what == network_change::routing_interface ? 1 : 0;
}

/// Takes what has been told so far. News that did not fit are news all the same.
void drain(lower_socket& changes)
{
    std::array<std::byte, 8192> bytes;
    const mutable_buffer whole{bytes.data(), bytes.size()};
    constexpr int most_messages = 10'000;
    for (int taken = 0; taken < most_messages; ++taken) {
        const auto got = changes.receive({&whole, 1}, transfer_flags::none, nullptr);
        if (!got && got.error() != errc::no_buffer_space) {
            return;
        }
    }
}

}  // namespace

result<socket_address> look_up_route(transport& net, const socket_address& destination)
{
    constexpr int udp = 17;
    constexpr std::uint16_t any_port = 9;
    auto probe = net.open({destination.family(), socket_type::datagram, udp}, false);
    if (!probe) {
        return probe.error();
    }
    auto target = destination;
    target.set_port(any_port);
    (void)(*probe)->set_option(lower_option::broadcast, 1);
    if (auto connected = (*probe)->connect(target); !connected) {
        return connected.error();
    }
    auto local = (*probe)->local_address();
    if (local) {
        local->set_port(0);
    }
    return local;
}

errc network_watch::start(const std::shared_ptr<basic_socket>& asking, network_change_request& request,
                          result<socket_address> route)
{
    return add({asking, request.what, request.destination, std::move(route), &request});
}

errc network_watch::expect(const std::shared_ptr<basic_socket>& asking, network_change what,
                           const socket_address& destination)
{
    auto route = what == network_change::routing_interface ? look_up_route(net_, destination)
                                                           : result<socket_address>(socket_address{});
    return add({asking, what, destination, std::move(route), nullptr});
}

errc network_watch::add(waiting who)
{
    const std::scoped_lock lock(mutex_);
    if (who.request == nullptr) {
        std::erase_if(waiting_, [&](const waiting& each) {
            return each.request == nullptr && each.socket == who.socket && each.what == who.what;
        });
    }
    const auto what = who.what;
    if (const auto armed = arm(what); armed != errc::success) {
        return armed;
    }
    waiting_.push_back(std::move(who));
    count_.store(waiting_.size(), std::memory_order_release);
    return errc::io_pending;
}

// Under the mutex.
errc network_watch::arm(network_change what)
{
    source& from = sources_[index_of(what)];
    if (from.armed) {
        return errc::success;
    }
    if (!from.changes) {
        auto opened = net_.open_change_source(what == network_change::routing_interface);
        if (!opened) {
            return to_errc(opened.error());
        }
        from.changes = std::move(*opened);
    }
    drain(*from.changes);  // what came while nobody waited
    const auto armed = from.changes->async_wait(readiness::readable, [this, what](readiness seen) {
        if (seen != readiness::none) {
            on_change(what);
        }
    });
    from.armed = armed.has_value();
    return armed ? errc::success : to_errc(armed.error());
}

// Under the mutex. A route that is still the same goes on.
bool network_watch::still_waits(const waiting& who)
{
    if (who.what == network_change::address_list) {
        return false;
    }
    const auto now = look_up_route(net_, who.destination);
    return now.has_value() == who.route.has_value() && (now ? *now == *who.route : now.error() == who.route.error());
}

void network_watch::on_change(network_change what)
try {
    std::vector<waiting> told;
    {
        const std::scoped_lock lock(mutex_);
        source& from = sources_[index_of(what)];
        from.armed = false;
        if (!from.changes) {
            return;
        }
        drain(*from.changes);
        const auto ended = std::stable_partition(waiting_.begin(), waiting_.end(), [&](const waiting& each) {
            return each.what != what || still_waits(each);
        });
        told.assign(std::make_move_iterator(ended), std::make_move_iterator(waiting_.end()));
        waiting_.erase(ended, waiting_.end());
        count_.store(waiting_.size(), std::memory_order_release);
        if (std::ranges::any_of(waiting_, [&](const waiting& each) { return each.what == what; })) {
            (void)arm(what);
        }
    }
    for (const auto& each : told) {
        each.socket->tell_network_change(each.what, each.request);
    }
} catch (const std::bad_alloc&) {
    // Nothing was taken; the next change finds them all again.
    const std::scoped_lock lock(mutex_);
    (void)arm(what);
}

std::size_t network_watch::take(const basic_socket& asking, request_list& to, const request_filter& which)
{
    if (count_.load(std::memory_order_acquire) == 0) {
        return 0;
    }
    const std::scoped_lock lock(mutex_);
    std::size_t taken = 0;
    std::erase_if(waiting_, [&](const waiting& each) {
        if (each.request == nullptr || each.socket.get() != &asking || !which(*each.request)) {
            return false;
        }
        to.push_back(*each.request);
        ++taken;
        return true;
    });
    count_.store(waiting_.size(), std::memory_order_release);
    return taken;
}

void network_watch::forget(const basic_socket& asking) noexcept
{
    if (count_.load(std::memory_order_acquire) == 0) {
        return;
    }
    const std::scoped_lock lock(mutex_);
    std::erase_if(waiting_, [&](const waiting& each) { return each.request == nullptr && each.socket.get() == &asking; });
    count_.store(waiting_.size(), std::memory_order_release);
}

void network_watch::close() noexcept
{
    const std::scoped_lock lock(mutex_);
    waiting_.clear();
    for (auto& each : sources_) {
        each.changes.reset();
    }
}

}  // namespace spindle
