// What an event source calls when something may have happened on its socket.
#pragma once

// Before Asio: its 1.22 configuration asks for a macro of libstdc++'s, and a source file that has not seen any
// standard header yet would allocate handlers in another way than the others free them.
#include <cstddef>
#include <memory>

#include <asio/error_code.hpp>

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
