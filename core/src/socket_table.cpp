// The sharded handle table; see the header.
#include "socket_table.hpp"

#include "basic_socket.hpp"

namespace spindle {

bool socket_table::insert(socket_handle handle, std::shared_ptr<basic_socket> socket)
{
    auto& part = shard_of(handle);
    const std::scoped_lock lock(part.mutex);
    return part.sockets.try_emplace(handle, std::move(socket)).second;
}

std::shared_ptr<basic_socket> socket_table::find(socket_handle handle) noexcept
{
    auto& part = shard_of(handle);
    const std::scoped_lock lock(part.mutex);
    const auto found = part.sockets.find(handle);
    return found == part.sockets.end() ? nullptr : found->second;
}

bool socket_table::erase(socket_handle handle, const basic_socket* expected) noexcept
{
    auto& part = shard_of(handle);
    std::shared_ptr<basic_socket> last;  // declared before the lock: released after it
    const std::scoped_lock lock(part.mutex);
    const auto found = part.sockets.find(handle);
    if (found == part.sockets.end() || found->second.get() != expected) {
        return false;
    }
    last = std::move(found->second);
    part.sockets.erase(found);
    return true;
}

std::vector<std::shared_ptr<basic_socket>> socket_table::snapshot()
{
    std::vector<std::shared_ptr<basic_socket>> all;
    for (auto& part : shards_) {
        const std::scoped_lock lock(part.mutex);
        for (const auto& [handle, socket] : part.sockets) {
            all.push_back(socket);
        }
    }
    return all;
}

}  // namespace spindle
