// What an event source calls when something may have happened on its socket.
#pragma once

#include <asio/error_code.hpp>
#include <cstddef>
#include <memory>

namespace spindle {

class wait_node;

/// A completion handler for Asio; it keeps the node alive while the system may still report.
struct wait_event {
    std::shared_ptr<wait_node> node;
    std::size_t source_slot = 0;

    void operator()() const;
    void operator()(const asio::error_code&) const { (*this)(); }
};

}  // namespace spindle
