// See the header.
#include "readiness_watch.hpp"

#include <algorithm>
#include <mutex>

#include "basic_socket.hpp"

namespace spindle {

void watch_registry::leave() noexcept
{
    if (active_.fetch_sub(1, std::memory_order_seq_cst) != 1) {
        return;
    }
    std::vector<std::shared_ptr<basic_socket>> unwatched;
    const std::scoped_lock lock(mutex_);
    if (active_.load(std::memory_order_seq_cst) == 0) {
        unwatched.swap(kept_);
    }
}

void watch_registry::keep(std::shared_ptr<basic_socket> closed)
{
    const std::scoped_lock lock(mutex_);
    kept_.push_back(std::move(closed));
}

void watch_registry::add(readiness_watch& watch)
{
    const std::scoped_lock lock(mutex_);
    watches_.push_back(&watch);
}

void watch_registry::remove(const readiness_watch& watch) noexcept
{
    const std::scoped_lock lock(mutex_);
    std::erase(watches_, &watch);
}

void watch_registry::wake(const basic_socket& changed) noexcept
{
    const std::scoped_lock lock(mutex_);
    for (const auto* each : watches_) {
        if (std::find(each->members.begin(), each->members.end(), &changed) != each->members.end()) {
            each->who->nudge();
        }
    }
}

std::size_t watch_registry::end_all(errc why) noexcept
{
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(watches_.begin(), watches_.end(), [why](readiness_watch* each) { return each->who->end(why); }));
}

}  // namespace spindle
