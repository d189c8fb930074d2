// The process's bound addresses and what a further bind to the same port gets, by the matrix of the page "Using
// SO_REUSEADDR and SO_EXCLUSIVEADDRUSE" (BIND-10, T-BIND, BND-7 to BND-9). A pure table: the system's own sockets
// are bound elsewhere, with its sharing option switched on exactly where this table allows an overlap.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "spindle/address.hpp"
#include "spindle/transport.hpp"

namespace spindle {

enum class bind_mode : std::uint8_t { standard = 0, reuse = 1, exclusive = 2 };

struct bound_port {
    const void* owner = nullptr;
    socket_type type = socket_type::stream;
    socket_address address;  ///< with the port
    bind_mode mode = bind_mode::standard;
    bool dual_stack = false;  ///< an IPv6 socket that also serves IPv4
};

/// Threads: all members, any time.
class port_table {
public:
    struct verdict {
        errc code = errc::success;                ///< success, address_in_use or access_denied
        std::vector<const void*> share_with;      ///< owners whose ports overlap with the allowed new one
    };

    /// What binding `candidate` gets now. Port 0 never conflicts.
    [[nodiscard]] verdict check(const bound_port& candidate) const;
    void add(const bound_port& bound);
    void remove(const void* owner) noexcept;

private:
    mutable std::mutex mutex_;
    std::vector<bound_port> bound_;
};

}  // namespace spindle
