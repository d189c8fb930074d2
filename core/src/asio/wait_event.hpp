// What an event source calls when something may have happened on its socket.
#pragma once

// Before Asio: its 1.22 configuration asks for a macro of libstdc++'s, and a source file that has not seen any
// standard header yet would allocate handlers in another way than the others free them.
#include <atomic>
#include <cstddef>
#include <memory>

#include <asio/error_code.hpp>

#include "asio/native.hpp"

namespace spindle {

class wait_node;

/// What an event source watches; what it points to lives until the source is released.
struct watched_socket {
    native::handle handle = native::no_handle;
    bool* in_port = nullptr;  ///< of a stream: it belongs to the loop's completion port; under its shard's lock
    const std::atomic<bool>* listens = nullptr;  ///< a wait may be older than the listener

    [[nodiscard]] bool is_listener() const noexcept
    {
        return listens != nullptr && listens->load(std::memory_order_acquire);
    }
};

/// A completion handler for Asio; it keeps the node alive while the system may still report.
struct wait_event {
    std::shared_ptr<wait_node> node;
    std::size_t source_slot = 0;

    void operator()() const;
    void operator()(const asio::error_code&) const { (*this)(); }
    /// The end of a receive that was waiting for input.
    void operator()(const asio::error_code& error, std::size_t bytes) const;
};

}  // namespace spindle
