// Everything one life of the provider owns, from its first startup to its last cleanup: transport, hosts, sockets,
// bound ports, waiting threads, background flushes and the figures of the cleanup report.
//
// Lock order (the only one): provider lifecycle -> bind_mutex -> socket send mutex -> socket state mutex -> table
// shard / duplicate tokens / port table / waiter pool / watch registry / flush ledger (leaves). No upcall, client callback or
// trace line under any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "basic_socket.hpp"
#include "blocking_call.hpp"
#include "duplicate_tokens.hpp"
#include "network_watch.hpp"
#include "port_table.hpp"
#include "readiness_watch.hpp"
#include "watched_sockets.hpp"
#include "socket_table.hpp"
#include "spindle/provider.hpp"

namespace spindle {

/// How a socket's graceful end came out.
enum class flush_outcome { flushed, reset_as_asked, timed_out, failed, closed };

/// Counts the sockets that end in the background and what became of their bytes.
class flush_ledger {
public:
    void begin() noexcept;
    void end(flush_outcome outcome, std::uint64_t bytes_flushed, std::uint64_t bytes_lost) noexcept;
    /// A socket that ended without a background flush.
    void note(flush_outcome outcome) noexcept;
    /// Accepted bytes that were dropped because their connection ended outside a background flush.
    void lose(std::uint64_t bytes) noexcept;
    void wait_until_empty();
    /// From now on the figures count for the report.
    void start_report() noexcept;
    void fill(cleanup_report& report) const noexcept;

private:
    void count(flush_outcome outcome) noexcept;

    mutable std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t running_ = 0;
    std::size_t outcomes_[5] = {};
    std::uint64_t flushed_ = 0;
    std::uint64_t lost_ = 0;
};

class provider_life {
public:
    provider_life(provider& owner, const provider_settings& settings, std::shared_ptr<host> services);

    provider_life(const provider_life&) = delete;
    provider_life& operator=(const provider_life&) = delete;

    /// Makes a socket around the lower socket, gives it a handle and books it. Takes `lower` on success only.
    result<std::shared_ptr<basic_socket>> make_socket(const socket_request& request,
                                                      std::unique_ptr<lower_socket>& lower);
    /// Opens the duplicate that the token stands for (DUP-3, DUP-5). Errors: invalid_argument (no such token for this
    /// process), those of the host.
    result<opened_duplicate> open_duplicate(const duplicate_request& request);
    /// All sockets that are not closed, each once. Throws bad_alloc.
    [[nodiscard]] std::vector<std::shared_ptr<basic_socket>> all_sockets();
    void use_host(std::shared_ptr<host> services);
    [[nodiscard]] host& services() const noexcept { return *current_host_.load(std::memory_order_acquire); }
    [[nodiscard]] std::shared_ptr<event_loop> open_loop(std::function<void()> unattended);
    /// The loop that tells of news of sockets whose client waits for network events; a thread of its own turns it. Null where
    /// there are no loops.
    [[nodiscard]] std::shared_ptr<event_loop> news_loop();
    /// That loop's look(), 0 when there is none.
    [[nodiscard]] std::uint64_t news_look() const noexcept
    {
        const auto* loop = attended_loop_.load(std::memory_order_acquire);
        return loop != nullptr ? loop->look() : 0;
    }
    void look_for_news() noexcept
    {
        if (auto* loop = attended_loop_.load(std::memory_order_acquire)) {
            loop->turn(0);
        }
    }
    void close_loops() noexcept;
    /// Ends every blocked call; repeated until the gate is idle.
    void wake_everybody() noexcept;
    /// Flush, then free: fills the report. The gate is shut and idle.
    void tear_down(cleanup_report& report);

    [[nodiscard]] bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }
    void begin_stopping() noexcept { stopping_.store(true, std::memory_order_release); }

    std::unique_ptr<transport> net;
    waiter_pool waiters;
    watch_registry watches;
    watched_sockets_pool watch_memory;
    socket_table sockets;
    duplicate_tokens duplicates;
    port_table ports;
    network_watch changes;
    flush_ledger flushes;
    std::mutex bind_mutex;
    std::chrono::milliseconds stall_limit;

private:
    // Odd, so that a token is never mistaken for a handle, which is a multiple of four.
    [[nodiscard]] socket_token next_token() noexcept
    {
        return next_token_.fetch_add(4, std::memory_order_relaxed) + 1;
    }
    std::shared_ptr<basic_socket> build(const socket_request& request, socket_token token,
                                        std::unique_ptr<lower_socket>& lower);
    result<opened_duplicate> open_own(const duplicate_request& request, const std::shared_ptr<basic_socket>& of);
    result<opened_duplicate> open_received(const duplicate_request& request);
    void count_unsent(cleanup_report& report);

    provider& owner_;
    std::atomic<host*> current_host_{nullptr};
    std::mutex hosts_mutex_;
    std::vector<std::shared_ptr<host>> hosts_;
    std::mutex loops_mutex_;
    std::vector<std::weak_ptr<event_loop>> loops_;
    std::shared_ptr<event_loop> news_loop_;  // under loops_mutex_; stays once made
    std::atomic<event_loop*> attended_loop_{nullptr};
    std::atomic<socket_token> next_token_{0};
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> woken_{0};
};

/// The host of programs that bring none: handles are the tokens, there is no hook.
[[nodiscard]] std::shared_ptr<host> make_default_host();

}  // namespace spindle
