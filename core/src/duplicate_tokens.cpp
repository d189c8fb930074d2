// See the header.
#include "duplicate_tokens.hpp"

#include <algorithm>
#include <iterator>
#include <random>

#include "basic_socket.hpp"
#include "spindle/transport.hpp"
#include "system.hpp"

namespace spindle {
namespace {

// From the system's own source (DUP-3): a token that was not issued is most unlikely to stand for a socket.
std::uint32_t unguessable()
{
    std::random_device source;
    std::uint32_t number = 0;
    while (number == 0) {
        number = source();
    }
    return number;
}

}  // namespace

result<std::uint32_t> duplicate_tokens::issue(transport& net, basic_socket& of, std::uint32_t process)
{
    return process == system::process_id() ? issue_here(of) : issue_to(net, of, process);
}

result<std::uint32_t> duplicate_tokens::issue_here(basic_socket& of)
{
    auto socket = std::static_pointer_cast<basic_socket>(of.shared_from_this());
    if (!of.reserve_descriptor()) {
        return errc::not_socket;
    }
    try {
        const std::scoped_lock lock(mutex_);
        std::uint32_t token = unguessable();
        while (locate(token) != issued_.end()) {
            token = unguessable();
        }
        issued_.push_back({token, std::move(socket), nullptr});
        return token;
    } catch (...) {
        of.drop_reservation();
        throw;
    }
}

result<std::uint32_t> duplicate_tokens::issue_to(transport& net, basic_socket& of, std::uint32_t process)
{
    auto share = of.begin_sharing();
    if (!share) {
        return share.error();
    }
    for (;;) {
        const auto token = unguessable();
        // Booked before the other process can take it.
        {
            const std::scoped_lock lock(mutex_);
            issued_.push_back({token, nullptr, nullptr});
        }
        auto offer = net.offer(of.lower(), **share, process, token, [this, token] { forget(token); });
        if (!offer) {
            forget(token);
            if (offer.error() == make_error_code(errc::address_in_use)) {
                continue;
            }
            return offer.error();
        }
        std::unique_ptr<socket_offer> taken_already = std::move(offer).value();
        const std::scoped_lock lock(mutex_);
        const auto booked = locate(token);
        if (booked != issued_.end()) {
            booked->offer = std::move(taken_already);
        }
        return token;
    }
}

std::vector<duplicate_tokens::issued>::iterator duplicate_tokens::locate(std::uint32_t token) noexcept
{
    return std::ranges::find(issued_, token, &issued::token);
}

std::shared_ptr<basic_socket> duplicate_tokens::find(std::uint32_t token) noexcept
{
    const std::scoped_lock lock(mutex_);
    const auto found = locate(token);
    return found != issued_.end() ? found->socket : nullptr;
}

std::shared_ptr<basic_socket> duplicate_tokens::take(std::uint32_t token) noexcept
{
    const std::scoped_lock lock(mutex_);
    const auto found = locate(token);
    if (found == issued_.end() || !found->socket) {
        return nullptr;
    }
    auto socket = std::move(found->socket);
    issued_.erase(found);
    return socket;
}

void duplicate_tokens::forget(std::uint32_t token) noexcept
{
    std::unique_ptr<socket_offer> over;  // ends without the lock
    const std::scoped_lock lock(mutex_);
    const auto found = locate(token);
    if (found != issued_.end()) {
        over = std::move(found->offer);
        issued_.erase(found);
    }
}

void duplicate_tokens::withdraw_offers()
{
    std::vector<issued> over;  // ends without the lock
    const std::scoped_lock lock(mutex_);
    const auto offers = std::partition(issued_.begin(), issued_.end(),
                                       [](const issued& each) { return each.socket != nullptr; });
    over.assign(std::make_move_iterator(offers), std::make_move_iterator(issued_.end()));
    issued_.erase(offers, issued_.end());
}

void duplicate_tokens::append_sockets(std::vector<std::shared_ptr<basic_socket>>& to)
{
    const std::scoped_lock lock(mutex_);
    for (const auto& each : issued_) {
        if (each.socket) {
            to.push_back(each.socket);
        }
    }
}

}  // namespace spindle
