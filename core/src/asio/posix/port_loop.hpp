// The epoll loop of one completion port. Sockets are registered once, edge-triggered, for as long as they are members.
// Turning is serialised by a lock; whoever holds it is "inside". An attended loop has a thread of its own inside. See
// epoll(7).
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <sys/epoll.h>
#include <vector>

#include "asio/asio_context.hpp"
#include "asio/port_loop.hpp"
#include "asio/posix/descriptor.hpp"
#include "asio/posix/service_thread.hpp"
#include "asio/wait_node.hpp"
#include "spindle/constant_mutex.hpp"

namespace spindle {

class epoll_loop final : public port_loop, public std::enable_shared_from_this<epoll_loop> {
public:
    /// Takes over the two descriptors.
    epoll_loop(std::shared_ptr<asio_context> context, int epoll, int alarm, std::function<void()> unattended);
    ~epoll_loop() override;

    bool turn(int timeout_ms) noexcept override;
    void wake() noexcept override;
    void left() noexcept override;
    [[nodiscard]] std::uint64_t look() const noexcept override { return looks_.load(std::memory_order_seq_cst); }
    void close() noexcept override;
    /// Starts the thread that turns the loop until close(). Once. Throws std::system_error.
    void attend();
    result<loop_ticket> add(native::handle socket, const std::weak_ptr<readiness_sink>& sink,
                            readiness interesting) noexcept override;
    void remove(loop_ticket member, native::handle socket) noexcept override;

private:
    struct member {
        std::weak_ptr<readiness_sink> sink;
        std::uint32_t generation = 1;  ///< never 0, which stands for the alarm
    };

    bool serve(int timeout_ms) noexcept;
    void attend_until_closed() noexcept;
    bool look_locked() noexcept;
    void look_after() noexcept;
    void schedule_look() noexcept;
    void watch() noexcept;
    void on_watched(readiness seen) noexcept;

    const std::shared_ptr<asio_context> context_;
    posix::scoped_descriptor epoll_;
    posix::scoped_descriptor alarm_;
    const std::function<void()> unattended_;

    static constexpr int most_events = 64;
    void measure_turn(std::size_t reports, std::size_t bytes) noexcept;
    struct report {
        std::shared_ptr<readiness_sink> sink;
        readiness seen;
    };

    constant_mutex turn_mutex_;
    std::array<epoll_event, most_events> events_;  // this and reports_: under turn_mutex_
    std::vector<report> reports_;
    int next_events_ = most_events;  // ditto: how many are asked for
    std::atomic<bool> closed_{false};
    std::atomic<bool> woken_{false};
    std::atomic<int> inside_{0};           // users in or on their way into turn()
    std::atomic<std::uint64_t> turns_{0};  // begun by users
    std::atomic<std::uint64_t> looks_{0};  // of the loop's own thread
    bool attended_ = false;
    service_thread attendant_;

    constant_mutex members_mutex_;
    std::deque<member> members_;
    std::vector<std::uint32_t> free_;

    // The backstop; the service thread's but for `scheduled_`.
    std::atomic<bool> scheduled_{false};
    std::uint64_t turns_at_look_ = 0;
    wait_node::slot watch_;  // under the lock of the context's shard for `this`
};

}  // namespace spindle
