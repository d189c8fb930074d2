// Handle to socket. The host mints the handles; this table maps them to the provider's sockets. Sharded, so that
// look-ups of different sockets do not meet; nothing else of the data path is shared between sockets.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "spindle/host.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle {

class basic_socket;

/// Threads: all members, any time.
class socket_table {
public:
    /// False when the handle is taken (a host that mints a handle twice).
    bool insert(socket_handle handle, std::shared_ptr<basic_socket> socket);
    /// The socket, or null.
    [[nodiscard]] std::shared_ptr<basic_socket> find(socket_handle handle) noexcept;
    /// True when this call removed it.
    bool erase(socket_handle handle, const basic_socket* expected) noexcept;
    /// All sockets at this moment.
    [[nodiscard]] std::vector<std::shared_ptr<basic_socket>> snapshot();

private:
    static constexpr std::size_t shard_count = 64;

    struct alignas(64) shard {
        constant_mutex mutex;
        std::unordered_map<socket_handle, std::shared_ptr<basic_socket>> sockets;
    };

    // Handles are multiples of four and dense, so the bits above spread evenly.
    [[nodiscard]] shard& shard_of(socket_handle handle) noexcept { return shards_[(handle >> 2) % shard_count]; }

    std::array<shard, shard_count> shards_;
};

}  // namespace spindle
