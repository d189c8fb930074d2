// Watches one socket: input of a stream through an overlapped receive of no bytes, everything else through a Winsock event
// and the system's wait threads. Asio's own readiness waits are not used on Windows: for anything but stream input they go
// through a select() thread with sockets that Asio opens itself, which may be this provider's.
#pragma once

#include <winsock2.h>

// Before Asio: its 1.22 configuration asks for a macro of libstdc++'s, and a source file that has not seen any
// standard header yet would allocate handlers in another way than the others free them.
#include <array>
#include <atomic>
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
    /// How many events may be outstanding at once, and which one stands for a condition.
    static constexpr std::size_t slot_count = 3;
    [[nodiscard]] static std::size_t slot_of(readiness condition) noexcept;

    event_source(asio::io_context& loop, watched_socket socket) noexcept : loop_{loop}, socket_{socket} {}
    event_source(const event_source&) = delete;
    event_source& operator=(const event_source&) = delete;
    ~event_source() { release(); }

    /// Has the event called once when something may have happened; false when the system lacks the means.
    bool arm(readiness condition, wait_event event) noexcept;
    /// The slot's event was delivered.
    void acknowledge(std::size_t slot) noexcept;
    /// What holds now of the wanted conditions and failed.
    [[nodiscard]] readiness look(readiness wanted) noexcept;
    /// Ends the registration. Events still outstanding are called soon or dropped; none is called on this
    /// thread.
    void release() noexcept;

private:
    struct outstanding {
        std::atomic<bool> armed{false};  // whoever takes this back has the event
        std::optional<wait_event> event;
    };

    static void CALLBACK on_signal(void* self, BOOLEAN timed_out) noexcept;
    bool receive_nothing(const wait_event& event) noexcept;
    bool begin_wait() noexcept;
    bool select_events() noexcept;

    asio::io_context& loop_;
    const watched_socket socket_;
    OVERLAPPED* receive_ = nullptr;  // the receive that waits for input; Asio's
    HANDLE signal_ = nullptr;
    HANDLE wait_ = nullptr;
    std::array<outstanding, slot_count> outstanding_;
};

}  // namespace spindle
