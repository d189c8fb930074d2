// Watches one descriptor through Asio's reactor. It is registered from the first arm() to release() only.
#pragma once

// Before Asio: its 1.22 configuration asks for a macro of libstdc++'s, and a source file that has not seen any
// standard header yet would allocate handlers in another way than the others free them.
#include <cstddef>
#include <optional>

#include <asio/io_context.hpp>
#include <asio/posix/basic_stream_descriptor.hpp>

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

    event_source(asio::io_context& loop, watched_socket socket) noexcept : loop_{loop}, socket_{socket.handle} {}
    event_source(const event_source&) = delete;
    event_source& operator=(const event_source&) = delete;
    ~event_source() { release(); }

    /// Has the event called once when the condition or an error may hold; false when the system lacks memory
    /// for it.
    bool arm(readiness condition, wait_event event) noexcept;
    /// The slot's event was delivered.
    void acknowledge(std::size_t) noexcept {}
    /// What holds now of the wanted conditions and failed.
    [[nodiscard]] readiness look(readiness wanted) noexcept { return native::poll(socket_, wanted); }
    /// Ends the registration. Events still outstanding are called soon or dropped; none is called on this
    /// thread.
    void release() noexcept;

private:
    using registration = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

    asio::io_context& loop_;
    native::handle socket_;
    std::optional<registration> registration_;
};

}  // namespace spindle
