// A system socket that several processes hold, as the transport sees it: each process's part in it, with memory that all
// of them see, and the way it goes from one process to another. What is kept in that memory is core's affair.
#pragma once

#include <cstddef>
#include <memory>

#include "spindle/transport.hpp"

namespace spindle {

/// One process's part. While it lives the socket counts as held by this process; it ends with the process at the latest.
///
/// Threads: memory() from any; lock() and unlock() from one at a time; leave() once.
class socket_share {
public:
    static constexpr std::size_t memory_size = 4096;

    virtual ~socket_share() = default;

    /// memory_size bytes, aligned for any type, zero at first. Every process that holds the socket may write to them.
    [[nodiscard]] virtual std::byte* memory() noexcept = 0;
    /// Keeps other processes out until unlock(). A process that dies lets go.
    virtual void lock() noexcept = 0;
    virtual void unlock() noexcept = 0;
    /// This process holds the socket no longer. True: nor does any other, and no offer of it is open. Of several
    /// processes that leave at the same time at least one is told so.
    virtual bool leave() noexcept = 0;
};

/// A socket on offer to another process, which holds it from now on; the destructor withdraws the offer.
class socket_offer {
public:
    virtual ~socket_offer() = default;
};

struct received_socket {
    socket_kind kind;  ///< as the system knows it
    std::unique_ptr<lower_socket> socket;
    std::unique_ptr<socket_share> share;
};

}  // namespace spindle
