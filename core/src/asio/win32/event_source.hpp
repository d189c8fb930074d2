// Watches one socket through a Winsock event and the system's wait threads. Asio's own readiness waits are
// not used on Windows: for anything but stream input they go through a select() thread with sockets that Asio
// opens itself, which may be this provider's.
#pragma once

#include <winsock2.h>

// Before Asio: its 1.22 configuration asks for a macro of libstdc++'s, and a source file that has not seen any
// standard header yet would allocate handlers in another way than the others free them.
#include <cstddef>
#include <optional>

#include <asio/io_context.hpp>

#include "asio/native.hpp"
#include "asio/wait_event.hpp"
#include "spindle/transport.hpp"

namespace spindle {

/// Not thread-safe: its node's lock is held for every call.
class event_source {
public:
    /// One event of the system stands for all conditions.
    static constexpr std::size_t slot_count = 1;
    [[nodiscard]] static std::size_t slot_of(readiness) noexcept { return 0; }

    event_source(asio::io_context& loop, native::handle socket) noexcept : loop_{loop}, socket_{socket} {}
    event_source(const event_source&) = delete;
    event_source& operator=(const event_source&) = delete;
    ~event_source() { release(); }

    /// Has the event called once when something may have happened; false when the system lacks the means.
    bool arm(readiness condition, wait_event event) noexcept;
    /// An event was delivered and the state is about to be looked at.
    void acknowledge() noexcept;
    /// Ends the registration. Events still outstanding are called soon or dropped; none is called on this
    /// thread.
    void release() noexcept;

private:
    static void CALLBACK on_signal(void* self, BOOLEAN timed_out) noexcept;
    bool select_events() noexcept;
    void end_wait() noexcept;

    asio::io_context& loop_;
    native::handle socket_;
    WSAEVENT signal_ = WSA_INVALID_EVENT;
    HANDLE wait_ = nullptr;
    std::optional<wait_event> event_;  // written while no wait is registered, taken by its callback
};

}  // namespace spindle
