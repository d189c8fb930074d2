// The handles by which a client knows one socket: the first one and duplicates (page "Shared Sockets in the SPI").
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
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
        if (oldest_.handle != 0) {
            if (!more_) {
                more_ = std::make_unique<std::vector<socket_descriptor>>();
            }
            more_->push_back(made);
            return;
        }
        oldest_ = made;
        first_.store(made.handle, std::memory_order_release);
    }
    [[nodiscard]] bool has(socket_handle handle) const noexcept
    {
        bool found = false;
        each([&](const socket_descriptor& one) { found = found || one.handle == handle; });
        return found;
    }
    /// Nothing but one handle keeps the socket open.
    [[nodiscard]] bool is_last() const noexcept { return count() <= 1; }
    [[nodiscard]] bool keeps_open() const noexcept { return count() > 0; }
    /// Empty: it is none of them.
    std::optional<socket_descriptor> take(socket_handle handle) noexcept
    {
        if (handle != oldest_.handle) {
            return take_later(handle);
        }
        const socket_descriptor taken = oldest_;
        oldest_ = {};
        if (more_ && !more_->empty()) {
            oldest_ = more_->front();
            more_->erase(more_->begin());
            // Without another one it stays readable: what a socket that is being closed was called.
            first_.store(oldest_.handle, std::memory_order_release);
        }
        return taken;
    }

    std::optional<socket_descriptor> take_oldest() noexcept
    {
        return oldest_.handle != 0 ? take(oldest_.handle) : std::nullopt;
    }

    void reserve() noexcept { ++reserved_; }
    void drop_reservation() noexcept { --reserved_; }

    template <class Visit>
    void each(Visit&& visit) const
    {
        if (oldest_.handle != 0) {
            visit(oldest_);
        }
        if (more_) {
            std::ranges::for_each(*more_, visit);
        }
    }

private:
    [[nodiscard]] std::size_t count() const noexcept
    {
        return (oldest_.handle != 0 ? 1 : 0) + (more_ ? more_->size() : 0) + reserved_;
    }
    std::optional<socket_descriptor> take_later(socket_handle handle) noexcept
    {
        if (!more_) {
            return std::nullopt;
        }
        const auto found =
            std::ranges::find(*more_, handle, [](const socket_descriptor& one) { return one.handle; });
        if (found == more_->end()) {
            return std::nullopt;
        }
        const socket_descriptor taken = *found;
        more_->erase(found);
        return taken;
    }

    std::uint32_t reserved_ = 0;
    std::atomic<socket_handle> first_{0};
    socket_descriptor oldest_;                              // handle 0: none
    std::unique_ptr<std::vector<socket_descriptor>> more_;  // most sockets have one handle
};

}  // namespace spindle
