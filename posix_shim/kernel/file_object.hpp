// What the kernel keeps for an open socket beside the socket itself: its signalled state, the completion port it is
// associated with, and how its requests are notified. All handles of the socket share one. Answers to the pages
// "Synchronous and Asynchronous I/O", "CreateIoCompletionPort" and "SetFileCompletionNotificationModes" (clauses
// OVL-14, CP-3 to CP-5, CP-10, CP-11).
#pragma once

#include "kernel/completion_port.hpp"
#include "kernel/object.hpp"

namespace spindle::kernel {

/// Threads: everything from any thread at any time.
class file_object final : public waitable {
public:
    static constexpr object_kind static_kind = object_kind::socket_file;

    file_object() noexcept : waitable(static_kind) {}

    /// A request has completed. Waiters are poked even if the state was signalled before: some wait for one request.
    void signal() noexcept
    {
        signalled_.store(true, std::memory_order_seq_cst);
        poke_waiters();
    }

    /// A request has ended without telling: who waits for that very request looks at it.
    void settle() noexcept
    {
        // Orders the request's status, stored before, with the look at who waits.
        modes_.fetch_or(0, std::memory_order_seq_cst);
        poke_waiters();
    }

    /// A request has started.
    void reset() noexcept
    {
        if (signalled_.load(std::memory_order_relaxed)) {
            signalled_.store(false, std::memory_order_release);
        }
    }

    /// From now on packets go to the port with this key. False: the file belongs to a port already (CP-4).
    [[nodiscard]] bool associate(completion_port& port, std::uintptr_t key) noexcept
    {
        std::lock_guard lock(mutex_);
        if (port_.load(std::memory_order_relaxed) != nullptr) {
            return false;
        }
        port.acquire();
        held_ = object_ref<completion_port>(&port);
        key_ = key;
        port_.store(&port, std::memory_order_release);
        return true;
    }

    /// Takes an association back that the provider has refused. The port stays referenced: a request that completes at
    /// this moment may have read it.
    void disassociate() noexcept
    {
        std::lock_guard lock(mutex_);
        port_.store(nullptr, std::memory_order_relaxed);
    }

    /// Null: not associated.
    [[nodiscard]] completion_port* port() const noexcept { return port_.load(std::memory_order_acquire); }
    /// Valid once port() was not null.
    [[nodiscard]] std::uintptr_t key() const noexcept { return key_; }

    /// FILE_SKIP_...; they cannot be taken back.
    void add_modes(unsigned modes) noexcept { modes_.fetch_or(modes, std::memory_order_relaxed); }
    [[nodiscard]] unsigned modes() const noexcept { return modes_.load(std::memory_order_relaxed); }

private:
    ~file_object() override = default;

    [[nodiscard]] bool signalled_locked() noexcept override
    {
        return signalled_.load(std::memory_order_seq_cst);
    }
    take_result take_locked() noexcept override { return take_result::taken; }

    void poke_waiters() noexcept
    {
        if (has_waiters()) {
            std::lock_guard lock(mutex_);
            poke_waiters_locked();
        }
    }

    std::atomic<bool> signalled_{false};
    std::atomic<unsigned> modes_{0};
    std::atomic<completion_port*> port_{nullptr};
    std::uintptr_t key_ = 0;
    object_ref<completion_port> held_;
};

}  // namespace spindle::kernel
