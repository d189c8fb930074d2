// The provider's half of the private agreement with this project's host (spindle/exchange.hpp): the tables are swapped by
// a vendor ioctl, and gone with the last WSPCleanup. Without it everything below answers "none".
#pragma once

#include <atomic>

#include "spindle/exchange.hpp"
#include "spindle/result.hpp"
#include "spindle/socket.hpp"

namespace spindle::spi {

/// The host's table, or null.
[[nodiscard]] const exchange::host_functions* host_kernel() noexcept;

/// Serves exchange::ioctl_code. Errors: fault, version_not_supported.
result<void> swap_tables(const void* in, std::size_t in_size, void* out, std::size_t out_size) noexcept;

class upcall_host;

/// When a socket is made: asks the host for the agreement, once, if the host has not come with it.
void join_host(const upcall_host& host) noexcept;

/// When the last WSPCleanup begins: ends the agreement that join_host() got. The host's table stays good.
void leave_host() noexcept;

/// After the last WSPCleanup.
void forget_host_kernel() noexcept;
/// In the child of a fork.
void forget_host_kernel_after_fork() noexcept;

/// What the SPI layer hangs on a socket that serves requests.
class socket_record {
public:
    socket_record() = default;
    socket_record(const socket_record&) = delete;
    socket_record& operator=(const socket_record&) = delete;
    ~socket_record();

    /// The host's file object, made when first needed; null without the exchange.
    [[nodiscard]] exchange::file* file_of(std::uintptr_t handle) noexcept;
    [[nodiscard]] bool has_port() const noexcept { return has_port_.load(std::memory_order_acquire); }

    /// Takes over the reference.
    void take_port_file(exchange::file* associated) noexcept;

    /// The id of the socket's request queue of Registered I/O; 0: none.
    std::atomic<std::uintptr_t> request_queue{0};

private:
    std::atomic<exchange::file*> file_{nullptr};
    std::atomic<bool> has_port_{false};
};

/// The socket's record, made when first asked for. Throws bad_alloc.
[[nodiscard]] socket_record& record_of(socket& it);
/// The same without making one.
[[nodiscard]] bool has_port(const socket& it) noexcept;
/// A further handle of the socket stands for the same file object as the others. Throws bad_alloc.
void share_file(socket& it, std::uintptr_t further);

}  // namespace spindle::spi
