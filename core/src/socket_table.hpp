// Handle to socket. The host mints the handles; this table maps them to the provider's sockets. Sharded, so that
// look-ups of different sockets do not meet; nothing else of the data path is shared between sockets.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "spindle/constant_mutex.hpp"
#include "spindle/host.hpp"

namespace spindle {

class basic_socket;

/// Threads: all members, any time.
class socket_table {
public:
    /// False when the handle is taken (a host that mints a handle twice). Throws bad_alloc.
    bool insert(socket_handle handle, std::shared_ptr<basic_socket> socket);
    /// The socket, or null.
    [[nodiscard]] std::shared_ptr<basic_socket> find(socket_handle handle) noexcept;
    /// The socket, counted as watched (basic_socket::begin_watch), or null. Only between enter() and leave() of the registry of
    /// watches, which keeps it.
    [[nodiscard]] basic_socket* find_to_watch(socket_handle handle) noexcept;
    /// True when this call removed it.
    bool erase(socket_handle handle, const basic_socket* expected) noexcept;
    /// All sockets at this moment.
    [[nodiscard]] std::vector<std::shared_ptr<basic_socket>> snapshot();

private:
    static constexpr std::size_t shard_count = 64;

    struct entry {
        socket_handle handle = 0;
        std::shared_ptr<basic_socket> socket;  ///< null: the slot is free
    };

    /// Open addressing with linear probing: every transfer looks a handle up, and one cache line answers.
    struct alignas(64) shard {
        constant_mutex mutex;
        std::vector<entry> slots;  ///< a power of two of them, at most half in use; none before the first insert
        std::size_t used = 0;

        [[nodiscard]] std::size_t home_of(socket_handle handle) const noexcept;
        /// The handle's slot, or the free one where it would go. Only when there are slots.
        [[nodiscard]] std::size_t place_of(socket_handle handle) const noexcept;
        void grow();
        void close_gap(std::size_t gap) noexcept;
    };

    // Handles are multiples of four and dense, so the bits above spread evenly.
    [[nodiscard]] shard& shard_of(socket_handle handle) noexcept { return shards_[(handle >> 2) % shard_count]; }

    std::array<shard, shard_count> shards_;
};

}  // namespace spindle
