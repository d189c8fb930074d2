// The sharded handle table; see the header.
#include "socket_table.hpp"

#include <mutex>
#include <utility>

#include "basic_socket.hpp"

namespace spindle {

std::size_t socket_table::shard::home_of(socket_handle handle) const noexcept
{
    return ((handle >> 2) / shard_count) & (slots.size() - 1);
}

std::size_t socket_table::shard::place_of(socket_handle handle) const noexcept
{
    std::size_t at = home_of(handle);
    while (slots[at].socket && slots[at].handle != handle) {
        at = (at + 1) & (slots.size() - 1);
    }
    return at;
}

void socket_table::shard::grow()
{
    constexpr std::size_t first_size = 4;
    std::vector<entry> before(slots.empty() ? first_size : 2 * slots.size());
    before.swap(slots);
    for (entry& each : before) {
        if (each.socket) {
            slots[place_of(each.handle)] = std::move(each);
        }
    }
}

// Moves those that were put behind their home because of this one back into the gap, so that no search ends too early.
void socket_table::shard::close_gap(std::size_t gap) noexcept
{
    const std::size_t mask = slots.size() - 1;
    for (std::size_t at = (gap + 1) & mask; slots[at].socket; at = (at + 1) & mask) {
        const std::size_t from_home = (at - home_of(slots[at].handle)) & mask;
        if (from_home >= ((at - gap) & mask)) {
            slots[gap] = std::move(slots[at]);
            gap = at;
        }
    }
}

bool socket_table::insert(socket_handle handle, std::shared_ptr<basic_socket> socket)
{
    auto& part = shard_of(handle);
    const std::scoped_lock lock(part.mutex);
    if (2 * (part.used + 1) > part.slots.size()) {
        part.grow();
    }
    entry& place = part.slots[part.place_of(handle)];
    if (place.socket) {
        return false;
    }
    place = {handle, std::move(socket)};
    ++part.used;
    return true;
}

std::shared_ptr<basic_socket> socket_table::find(socket_handle handle) noexcept
{
    auto& part = shard_of(handle);
    const std::scoped_lock lock(part.mutex);
    return part.slots.empty() ? nullptr : part.slots[part.place_of(handle)].socket;
}

basic_socket* socket_table::find_to_watch(socket_handle handle) noexcept
{
    auto& part = shard_of(handle);
    const std::scoped_lock lock(part.mutex);
    auto* found = part.slots.empty() ? nullptr : part.slots[part.place_of(handle)].socket.get();
    if (found == nullptr || found->begin_watch()) {
        return found;
    }
    found->end_watch();  // closed, and erased as soon as the lock is free: its closer is its last user
    return nullptr;
}

bool socket_table::erase(socket_handle handle, const basic_socket* expected) noexcept
{
    auto& part = shard_of(handle);
    std::shared_ptr<basic_socket> last;  // declared before the lock: released after it
    const std::scoped_lock lock(part.mutex);
    if (part.slots.empty()) {
        return false;
    }
    const std::size_t place = part.place_of(handle);
    if (!part.slots[place].socket || part.slots[place].socket.get() != expected) {
        return false;
    }
    last = std::move(part.slots[place].socket);
    --part.used;
    part.close_gap(place);
    return true;
}

std::vector<std::shared_ptr<basic_socket>> socket_table::snapshot()
{
    std::vector<std::shared_ptr<basic_socket>> all;
    for (auto& part : shards_) {
        const std::scoped_lock lock(part.mutex);
        for (const entry& each : part.slots) {
            if (each.socket) {
                all.push_back(each.socket);
            }
        }
    }
    return all;
}

}  // namespace spindle
