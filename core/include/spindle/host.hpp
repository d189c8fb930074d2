// What a provider asks of whoever loaded it. In the SPI layer this is Winsock's upcall table (WSPUPCALLTABLE); a
// program that embeds the core may use the default host, which mints plain numbers and has no blocking hook.
#pragma once

#include <chrono>
#include <cstdint>

#include "spindle/blocked_call.hpp"
#include "spindle/network_events.hpp"
#include "spindle/result.hpp"

namespace spindle {

/// What the client of the provider knows a socket by: SOCKET in Winsock, never 0.
using socket_handle = std::uintptr_t;

/// The provider's own name of a socket, handed to the host when it mints the handle. Never reused within one
/// provider life, so a late use can be told from a new socket.
using socket_token = std::uintptr_t;

/// A hook that a blocking call runs again and again while it waits (Winsock SPI: WPUQueryBlockingCallback).
/// Returns false when the call is to end with errc::interrupted.
struct blocking_hook {
    bool (*call)(std::uintptr_t context) = nullptr;
    std::uintptr_t context = 0;
};

/// Threads: any member may be called from any thread, and is called without any core lock held. The object must
/// live until provider::cleanup() ended the provider's life or, if it was replaced by a later startup, likewise.
class host {
public:
    virtual ~host() = default;

    /// Mints the handle under which the client will know the socket. Errors are passed to the client unchanged.
    virtual result<socket_handle> create_socket_handle(std::uint32_t catalog_entry_id, socket_token token) = 0;
    /// Gives a minted handle back, exactly once per success of create_socket_handle.
    virtual void close_socket_handle(std::uint32_t catalog_entry_id, socket_handle handle) noexcept = 0;
    /// The calling thread is about to wait inside a blocking call: until end_alertable_wait() whatever the host queues to the
    /// thread has wake(context) called, on any thread; nothing that blocks may be done there. Returns how soon the wait
    /// has to end without a call of wake, because something falls due by itself; zero: something is queued already.
    /// A host without such queues keeps the default.
    virtual std::chrono::nanoseconds begin_alertable_wait(void (*)(void*), void*) noexcept
    {
        return std::chrono::nanoseconds::max();
    }
    virtual void end_alertable_wait() noexcept {}
    /// Runs what is queued to the calling thread; client code, which may call into the provider again.
    virtual void run_queued_routines() noexcept {}
    /// The calling thread is in this blocking call until end_blocking_call(); calls nest. Meanwhile another thread may
    /// cancel it through the host, if the host has a way.
    virtual void begin_blocking_call(blocked_call&) noexcept {}
    virtual void end_blocking_call(blocked_call&) noexcept {}
    /// Tells of network events: sets the event object of the target, or posts one message to its window. Must not block and
    /// must not call the provider. A host whose clients select no network events keeps the default.
    virtual void set_event(const network_event_target&) noexcept {}
    virtual void post_network_event(const network_event_target&, socket_handle, unsigned /* event */,
                                    errc /* how it came out */) noexcept
    {}
    /// The calling thread's hook for a call that is about to wait; .call null when there is none.
    virtual blocking_hook query_blocking_hook(std::uint32_t catalog_entry_id) noexcept = 0;
};

}  // namespace spindle
