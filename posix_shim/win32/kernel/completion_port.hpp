// A completion port of the system, as sockets that belong to one use it; in place of the file of the same name. Threads
// wait at it in the system's own functions.
#pragma once

#include "kernel/loop_source.hpp"
#include "kernel/object.hpp"
#include "kernel/packet_queue.hpp"

namespace spindle::kernel {

/// Threads: everything from any thread at any time.
class completion_port final : public object {
public:
    static constexpr object_kind static_kind = object_kind::completion_port;

    /// Over a duplicate of the handle, so that packets find the port as long as a socket belongs to it. Empty: no
    /// handle, or no memory.
    [[nodiscard]] static object_ref<completion_port> over(void* handle) noexcept;

    /// The packet of a finished request, with its status. It is never lost: without memory the process ends.
    void complete(const packet& finished) noexcept;

    /// No provider runs a loop for a port of the system.
    enum class loop_use : unsigned char { joined, none, failed };
    [[nodiscard]] loop_use pin_loop(loop_source&, exchange::loop*&) noexcept { return loop_use::none; }
    void unpin_loop() noexcept {}
    void give_up_loop(const loop_source*) noexcept {}

private:
    explicit completion_port(void* duplicate) noexcept : object(static_kind), handle_(duplicate) {}
    ~completion_port() override;

    void* const handle_;
};

}  // namespace spindle::kernel
