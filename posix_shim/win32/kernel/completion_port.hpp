// Completion ports as sockets and programs use them, in place of the file of the same name. The system's port underneath is
// where threads sleep and where packets of files arrive; those of sockets and posted ones wait here, so that a thread that finds
// one there is spared the system, and so is who queues one while nobody sleeps. Answers to the page "I/O Completion Ports".
#pragma once

#include "kernel/loop_source.hpp"
#include "kernel/object.hpp"
#include "kernel/packet_queue.hpp"
#include "kernel/sync.hpp"

#include <windows.h>

#include <cstddef>
#include <span>

namespace spindle::kernel {

/// Threads: everything from any thread at any time.
class completion_port final : public object {
public:
    static constexpr object_kind static_kind = object_kind::completion_port;

    /// Who takes packets from the port: only take(), or the system's own functions as well, which see no queue of ours.
    enum class taken_by : unsigned char { this_library, anybody };

    /// Over a duplicate of the handle, so that packets find the port as long as a socket belongs to it. Empty: no
    /// handle of a port, or no memory.
    [[nodiscard]] static object_ref<completion_port> over(void* handle, taken_by who) noexcept;

    /// As GetQueuedCompletionStatusEx: takes up to into.size() packets and returns 0, or takes none and returns the error. A
    /// success leaves the thread's last error alone.
    [[nodiscard]] unsigned long take(std::span<OVERLAPPED_ENTRY> into, std::size_t& count, unsigned long milliseconds,
                                     bool alertable) noexcept;

    /// A packet that a program posts; false: no memory, nothing was queued.
    [[nodiscard]] bool post(const packet& posted) noexcept { return push(posted, true); }
    /// The packet of a finished request. It is never lost: without memory the process ends.
    void complete(const packet& finished) noexcept;

    /// Handles of the program that lead here. With the last one the port is closed: waits end with ERROR_ABANDONED_WAIT_0,
    /// and packets go nowhere.
    void handle_opened() noexcept;
    void handle_closed() noexcept;

    /// No provider runs a loop for a port of the system.
    enum class loop_use : unsigned char { joined, none, failed };
    [[nodiscard]] loop_use pin_loop(loop_source&, exchange::loop*&) noexcept { return loop_use::none; }
    void unpin_loop() noexcept {}
    void give_up_loop(const loop_source*) noexcept {}

private:
    /// So often the system's port is looked at although packets wait here, for those that only it has.
    static constexpr std::size_t takes_per_look = 64;

    completion_port(void* duplicate, taken_by who) noexcept : object(static_kind), handle_(duplicate), taken_by_(who) {}
    ~completion_port() override;

    [[nodiscard]] bool push(const packet& added, bool posted) noexcept;
    [[nodiscard]] std::size_t fill_locked(std::span<OVERLAPPED_ENTRY> into) noexcept;
    [[nodiscard]] std::size_t fill_or_sleep(std::span<OVERLAPPED_ENTRY> into, bool& only_look) noexcept;
    [[nodiscard]] std::size_t awake(std::span<OVERLAPPED_ENTRY> into, std::size_t taken, bool& closed) noexcept;
    [[nodiscard]] std::size_t wakes_due_locked(std::size_t wanted) noexcept;
    void wake(std::size_t threads) noexcept;

    void* const handle_;
    const taken_by taken_by_;
    static_mutex mutex_;
    packet_queue queue_;  // this and the rest: under mutex_
    std::size_t sleeping_ = 0;
    std::size_t wakes_ = 0;  // packets in the system's port that only wake
    std::size_t takes_ = 0;
    std::size_t handles_ = 0;
    bool closed_ = false;
};

}  // namespace spindle::kernel
