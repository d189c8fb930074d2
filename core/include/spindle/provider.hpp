// The provider: counted startups, sockets, and the last cleanup that loses nothing and leaves nothing. This is
// the front door of the embedded C++ interface and what the SPI's WSPStartup, WSPSocket and WSPCleanup rest on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "spindle/call_gate.hpp"
#include "spindle/constant_mutex.hpp"
#include "spindle/host.hpp"
#include "spindle/result.hpp"
#include "spindle/socket.hpp"
#include "spindle/transport.hpp"

namespace spindle {

/// A Winsock version; compares as the pair (major, minor).
struct version {
    std::uint8_t major = 0;
    std::uint8_t minor = 0;

    friend auto operator<=>(const version&, const version&) = default;
};

struct version_range {
    version lowest{2, 2};
    version highest{2, 2};
};

/// The version to be used for a request (START-4), or version_not_supported when it is below the lowest (START-5).
[[nodiscard]] result<version> negotiate(version requested, const version_range& supported) noexcept;

/// What the last cleanup did. Milliseconds are wall time of the whole cleanup and of its flush.
struct cleanup_report {
    bool last = false;                   ///< false: the count was only lowered; the rest is zero
    std::size_t sockets_open = 0;        ///< open when the cleanup began; the outcomes also count lingering ones
    std::size_t sockets_closed = 0;      ///< had no connection to end: listeners, datagram and unconnected sockets
    std::size_t sockets_flushed = 0;     ///< ended gracefully, all their bytes handed over
    std::size_t sockets_reset = 0;       ///< linger {1,0}: reset as asked
    std::size_t sockets_timed_out = 0;   ///< reset at their bound, data lost
    std::size_t sockets_failed = 0;      ///< the connection was reset or aborted, before or during the flush
    std::uint64_t bytes_unsent = 0;      ///< held by the provider when the sockets' ends began: flushed + lost
    std::uint64_t bytes_in_system = 0;   ///< held by the system, unacknowledged, when the cleanup began
    std::uint64_t bytes_flushed = 0;     ///< of bytes_unsent: handed over
    std::uint64_t bytes_lost = 0;        ///< of bytes_unsent: dropped by resets, time-outs and failures
    std::size_t calls_woken = 0;         ///< blocked calls ended with errc::interrupted
    std::chrono::milliseconds flush_time{0};
    std::chrono::milliseconds total_time{0};
};

class provider_life;

struct provider_settings {
    version_range versions{};
    /// A graceful flush is given up when the peer accepted no byte for this long (decision D-3).
    /// SPINDLE_FLUSH_STALL_MS overrides it in a process without raised privileges.
    std::chrono::milliseconds flush_stall_limit{10'000};
    /// Makes the transport of each life of the provider; null means make_system_transport.
    std::unique_ptr<transport> (*make_transport)() = nullptr;
};

struct socket_request {
    socket_kind kind{};
    std::uint32_t creation_flags = 0;  ///< WSA_FLAG_ bits
    std::uint32_t catalog_entry_id = 0;
};

struct duplicate_request {
    std::uint32_t token = 0;
    std::uint32_t creation_flags = 0;  ///< WSA_FLAG_ bits; what the source has counts where both say something
    std::uint32_t catalog_entry_id = 0;
};

struct opened_duplicate {
    socket_ptr socket;
    socket_handle handle = 0;  ///< the new one
};

/// WSA_FLAG_ bits that core looks at.
namespace creation_flag {
inline constexpr std::uint32_t overlapped = 0x1;
inline constexpr std::uint32_t multipoint = 0x1E;
inline constexpr std::uint32_t no_handle_inherit = 0x80;
inline constexpr std::uint32_t known = 0x1DF;
}  // namespace creation_flag

/// One provider. Constant-initialised: it may be a static of a library that is unloaded and does nothing until
/// the first startup. Between the last cleanup and the next startup it holds no resource.
///
/// Threads: every member from every thread. cleanup() of the last startup blocks until the flush has ended
/// (within its bounds) and every other thread has left; a startup that arrives meanwhile waits and starts afresh.
class provider {
public:
    constexpr provider() noexcept = default;
    explicit constexpr provider(const provider_settings& settings) noexcept : settings_(settings) {}
    provider(const provider&) = delete;
    provider& operator=(const provider&) = delete;
    /// Cleans up what is left: as if cleanup() had been called until the count is zero.
    ~provider();

    /// Adds one to the count; the first startup sets up, and every startup's host is used for all upcalls from
    /// then on (null keeps the present one; the first time, the built-in default host).
    /// Errors: version_not_supported, in_progress (from inside the last cleanup's own upcalls, or
    /// from a call-out while the last cleanup runs), no_buffer_space.
    result<version> startup(version requested, std::shared_ptr<host> services = nullptr);

    /// Subtracts one from the count; at zero flushes, frees and reports.
    /// Errors: not_initialised (count already zero), in_progress (inside a call-out of one of the provider's calls).
    result<cleanup_report> cleanup();

    /// Errors: not_initialised, those of the transport and of the host's create_socket_handle, invalid_argument
    /// (unknown flags), no_buffer_space.
    result<socket_ptr> open(const socket_request& request);
    /// A token by which the process `process`, and no other, opens another handle of the socket, once. The socket stays open
    /// for it until then, or until the last cleanup, whatever becomes of its handles.
    /// Errors: not_socket (closed), invalid_argument (no such process), operation_not_supported (another process, where
    /// sockets cannot go there), too_many_open_sockets, no_buffer_space.
    result<std::uint32_t> duplicate(socket& of, std::uint32_t process);
    /// What duplicate() prepared, in this process: another handle of the same socket, or, from another process, a socket that
    /// shares the system's. Waits a few seconds at most for a process that does not answer.
    /// Errors: invalid_argument (no token for this process, or used before; unknown flags), those of open().
    result<opened_duplicate> open_duplicate(const duplicate_request& request);
    /// Such a process may be given to duplicate().
    [[nodiscard]] static bool process_exists(std::uint32_t process) noexcept;
    /// The open socket with that handle, or null.
    [[nodiscard]] socket_ptr find(socket_handle handle) noexcept;
    /// A loop that the client's threads turn and sockets join (socket::join). It must be closed by close_loop() before the last
    /// cleanup, which otherwise closes it. `unattended`: see event_loop::left(). Null where the system has none.
    [[nodiscard]] std::shared_ptr<event_loop> open_loop(std::function<void()> unattended);
    /// Its sockets go on without it.
    void close_loop(event_loop& loop);
    /// Tells on the calling thread what is new of sockets with network events, unless the provider's own thread is about to.
    /// Does not wait. With a call in progress.
    void look_for_news();

    /// Ends the calling thread's blocking call with errc::interrupted; legal from inside a blocking hook.
    /// Errors: invalid_argument when the thread has no blocking call outstanding.
    result<void> cancel_blocking_call();

    [[nodiscard]] unsigned startup_count() noexcept;
    /// The settings count from the next first startup on.
    void set_settings(const provider_settings& settings) noexcept;

    /// A call in progress: holds the provider alive. Converts to false when the provider is not started.
    class call {
    public:
        explicit call(provider& owner) noexcept : owner_(owner.gate_.enter() ? &owner : nullptr) {}
        /// Counts nobody: for a caller that is inside a call already.
        explicit call(std::nullptr_t) noexcept : owner_(nullptr) {}
        call(const call&) = delete;
        call& operator=(const call&) = delete;
        ~call()
        {
            if (owner_ != nullptr) {
                owner_->gate_.leave();
            }
        }
        explicit operator bool() const noexcept { return owner_ != nullptr; }
        /// As provider::find(). Only on a call that is counted.
        [[nodiscard]] socket_ptr find(socket_handle handle) const noexcept { return owner_->look_up(handle); }

    private:
        provider* owner_;
    };

    /// In the child of every later fork `process_wide` is as if never started: handles are unknown, its startup begins
    /// afresh, the parent's connections go on. Descriptors are inherited until exec or exit. One provider per process.
    /// `also` (may be null) runs in the child, too, and may touch nothing but atomics and plain variables.
    static void watch_forks(provider& process_wide, void (*also)() noexcept = nullptr) noexcept;

private:
    friend class readiness_wait;

    enum class phase : int { down, starting, up, stopping };

    [[nodiscard]] socket_ptr look_up(socket_handle handle) noexcept;
    result<version> first_startup(const version& agreed, std::shared_ptr<host> services);
    cleanup_report last_cleanup();
    void enter_phase(phase next) noexcept;
    void forget_after_fork() noexcept;


    call_gate gate_;
    constant_mutex lifecycle_;
    std::atomic<phase> phase_{phase::down};  // written under lifecycle_, waited on without it
    unsigned count_ = 0;
    std::optional<std::thread::id> busy_thread_;  // runs the first startup or the last cleanup
    std::atomic<provider_life*> life_{nullptr};
    provider_settings settings_{};
};

}  // namespace spindle
