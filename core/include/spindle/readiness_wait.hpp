// Waiting for many sockets at once: what WSPSelect and WSAPoll rest on, and what programs that embed the core use in their
// place. Answers to the pages WSPSelect, "WSAPoll"; contract SEL, POL, CLOSE-7, CLOSE-8, CAN-13, BLK-8.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "spindle/host.hpp"
#include "spindle/provider.hpp"
#include "spindle/readiness_levels.hpp"
#include "spindle/result.hpp"

namespace spindle {

struct watched_sockets;

/// One call: made, given its sockets, waited on once, read. Its memory comes from the provider and goes back there, so that
/// calls that follow each other allocate nothing.
///
/// Threads: one. A socket that was added may be used and closed by other threads meanwhile; its descriptor stays open until the
/// object goes.
class readiness_wait {
public:
    /// Counts as a call in progress. Throws bad_alloc.
    explicit readiness_wait(provider& owner);
    readiness_wait(const readiness_wait&) = delete;
    readiness_wait& operator=(const readiness_wait&) = delete;
    ~readiness_wait();

    /// False: the provider is not started.
    explicit operator bool() const noexcept { return memory_ != nullptr; }

    /// The n-th one added has the index n - 1; one socket may be added several times. `wanted` is what ends the wait. False:
    /// the handle stands for no socket; the index tells not_socket and is waited for no further. Throws bad_alloc.
    bool add(socket_handle handle, level wanted);

    /// Waits until a level that is wanted holds of a socket, or one is closed by another thread, or the time is over. Returns of
    /// how many indexes this is so, not counting those that were never sockets; 0 after the time.
    /// `timeout`: nothing means without end, zero is a look that waits for nothing. Routines that are queued to the thread run
    /// during the wait, not when something holds at once; then the wait goes on (SEL-11).
    /// Errors: interrupted (the last cleanup, cancel_blocking_call, the blocking hook), operation_aborted (cancelled through
    /// the host), no_buffer_space.
    result<std::size_t> wait(std::optional<std::chrono::nanoseconds> timeout);

    [[nodiscard]] std::size_t size() const noexcept;
    /// What holds of what is wanted, or not_socket.
    [[nodiscard]] level holds(std::size_t index) const noexcept;

private:
    provider::call call_;
    provider_life* life_ = nullptr;
    std::unique_ptr<watched_sockets> memory_;
};

}  // namespace spindle
