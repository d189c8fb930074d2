// The handles by which a client knows one socket: the first one and duplicates (page "Shared Sockets in the SPI").
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "spindle/host.hpp"

namespace spindle {

struct socket_descriptor {
    socket_handle handle = 0;
    std::uint32_t catalog_entry_id = 0;
};

/// Threads: first() from any; the rest under the socket's state mutex.
class socket_descriptors {
public:
    /// The oldest that is open; 0 while there is none.
    [[nodiscard]] socket_handle first() const noexcept { return first_.load(std::memory_order_acquire); }

    /// Throws bad_alloc.
    void add(const socket_descriptor& made)
    {
        open_.push_back(made);
        note_first();
    }
    [[nodiscard]] bool has(socket_handle handle) const noexcept { return find(handle) != open_.end(); }
    /// Nothing but this handle keeps the socket open.
    [[nodiscard]] bool is_last() const noexcept { return open_.size() + reserved_ <= 1; }
    [[nodiscard]] bool keeps_open() const noexcept { return open_.size() + reserved_ > 0; }
    /// Empty: it is none of them.
    std::optional<socket_descriptor> take(socket_handle handle) noexcept
    {
        const auto found = find(handle);
        if (found == open_.end()) {
            return std::nullopt;
        }
        const socket_descriptor taken = *found;
        open_.erase(found);
        note_first();
        return taken;
    }
    [[nodiscard]] std::vector<socket_descriptor> take_all() noexcept
    {
        std::vector<socket_descriptor> all;
        all.swap(open_);
        return all;
    }

    void reserve() noexcept { ++reserved_; }
    void drop_reservation() noexcept { --reserved_; }

    template <class Visit>
    void each(Visit&& visit) const
    {
        for (const auto& one : open_) {
            visit(one);
        }
    }

private:
    using list = std::vector<socket_descriptor>;

    [[nodiscard]] list::const_iterator find(socket_handle handle) const noexcept
    {
        auto at = open_.begin();
        while (at != open_.end() && at->handle != handle) {
            ++at;
        }
        return at;
    }
    // The last one stays readable: what a socket that is being closed was called.
    void note_first() noexcept
    {
        if (!open_.empty()) {
            first_.store(open_.front().handle, std::memory_order_release);
        }
    }

    std::atomic<socket_handle> first_{0};
    list open_;
    std::uint32_t reserved_ = 0;
};

}  // namespace spindle
