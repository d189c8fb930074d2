// One provider's side of the private agreement (spindle/exchange.hpp) as the host holds it: what the provider offers,
// who is calling it, and the end of all that before its last cleanup. The host's own side is exchange.hpp.
#pragma once

#include "host/winsock.hpp"
#include "kernel/completion_port.hpp"

#include <spindle/call_gate.hpp>
#include <spindle/exchange.hpp>

#include <atomic>

namespace spindle::host {

class provider_exchange {
public:
    provider_exchange() noexcept = default;
    provider_exchange(const provider_exchange&) = delete;
    provider_exchange& operator=(const provider_exchange&) = delete;

    /// Right after WSPStartup: asks the provider. One that refuses is served through the documented calls alone.
    void begin(const WSPPROC_TABLE& table) noexcept;

    /// The same for a provider that asks by itself (exchange::join_function). False: it lacks functions.
    bool join(const exchange::provider_functions& offered) noexcept;

    [[nodiscard]] bool is_agreed() const noexcept { return agreed_.load(std::memory_order_relaxed); }

    /// Before WSPCleanup: on return nobody is inside the provider's functions, and no port has a loop of it; both stays
    /// so. Threads that wait at these ports go on waiting.
    void end() noexcept;

    /// Only for the child of a fork.
    void forget_after_fork() noexcept;

private:
    friend class exchange_scope;

    void install(const exchange::provider_functions& offered) noexcept;
    void offer_news() noexcept;
    void withdraw_news() noexcept;

    std::atomic<bool> agreed_{false};  // of several that come to agree, one does
    exchange::provider_functions functions_{};
    kernel::loop_source source_;
    call_gate gate_;
};

/// A call into the functions that a provider offers. Short: the provider's last cleanup waits for it.
class exchange_scope {
public:
    explicit exchange_scope(provider_exchange& offered) noexcept
        : offered_(offered), entered_(offered.gate_.enter())
    {}
    exchange_scope(const exchange_scope&) = delete;
    exchange_scope& operator=(const exchange_scope&) = delete;
    ~exchange_scope()
    {
        if (entered_) {
            offered_.gate_.leave();
        }
    }

    /// False: the provider offers nothing, or its last cleanup has begun.
    explicit operator bool() const noexcept { return entered_; }
    const exchange::provider_functions* operator->() const noexcept { return &offered_.functions_; }
    [[nodiscard]] kernel::loop_source& source() const noexcept { return offered_.source_; }

private:
    provider_exchange& offered_;
    const bool entered_;
};

/// Has the provider tell now what is new of sockets with network events: for a thread that is about to wait for events,
/// which would otherwise sleep until the provider's thread has told it. Does not wait. With several providers, the first
/// one's.
void look_for_news() noexcept;

}  // namespace spindle::host
