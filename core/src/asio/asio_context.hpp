// The part of the transport that its sockets share: the Asio loop with its one service thread, made when
// first needed, and the locks that guard waits. What a wait is, is in wait_node.hpp.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>

#include <asio/io_context.hpp>

#include "asio/delayed_tasks.hpp"
#include "asio/native.hpp"
#include "asio/spare_sockets.hpp"
#include "service_thread.hpp"
#include "spindle/transport.hpp"

namespace spindle {

class wait_node;

/// One of the locks among which sockets are spread, and the waits of its sockets. While `open`, and while the
/// lock is held, the loop exists. Asio is called under it, handlers and their destructors never are.
struct alignas(64) wait_shard {
    std::mutex mutex;
    bool open = false;
    wait_node* first = nullptr;
};

/// Threads: all members but stop() from any thread; stop() from one thread, not the service thread.
class asio_context {
public:
    asio_context() = default;
    asio_context(const asio_context&) = delete;
    asio_context& operator=(const asio_context&) = delete;
    ~asio_context() { stop(); }

    [[nodiscard]] wait_shard& shard_for(const void* owner) noexcept;

    /// Makes the loop and its thread if they do not exist yet. Not with a shard's lock held.
    /// Errors: no_buffer_space or the system's reason; operation_aborted after stop().
    result<void> start() noexcept;
    /// Valid while a shard that is open is locked, on the service thread, and for detaching in stop().
    [[nodiscard]] asio::io_context& loop() noexcept { return *loop_; }

    result<void> post(transport::task work) noexcept;
    result<void> after(std::chrono::milliseconds delay, transport::task work) noexcept;
    void stop() noexcept;
    [[nodiscard]] bool on_service_thread() const noexcept;

    native::session session;
    spare_sockets spares;

private:
    enum class stage { idle, running, stopped };

    template <class Use>
    result<void> with_loop(Use&& use) noexcept;
    void run() noexcept;
    void turn();
    void detach_all_waits() noexcept;

    static constexpr std::size_t shard_count = 32;

    std::array<wait_shard, shard_count> shards_;
    std::mutex stage_mutex_;  // before the shards' in lock order
    stage stage_ = stage::idle;
    std::unique_ptr<asio::io_context> loop_;
    delayed_tasks delays_;
    service_thread thread_;
    std::atomic<std::thread::id> service_thread_{};
};

}  // namespace spindle
