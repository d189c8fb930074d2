// Start, use and end of the transport's loop and service thread. The order of the end: no new work, thread
// joined, waits detached from Asio, loop destroyed, and only then, without any lock, the handlers and tasks that nobody
// will call.
#include "asio/asio_context.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <cerrno>
#include <functional>
#include <new>
#include <system_error>
#include <utility>

#include "asio/wait_node.hpp"
#include "spindle/trace.hpp"

namespace spindle {
namespace {

using shared_task = delayed_tasks::shared_task;

/// Shared, so that a failing allocation in Asio never destroys the client's function while a lock is held.
struct posted_task {
    shared_task work;
    void operator()() { (*work)(); }
};

}  // namespace

wait_shard& asio_context::shard_for(const void* owner) noexcept
{
    // Neighbours in memory get different locks; the low bits are the same for all heap objects.
    const auto address = reinterpret_cast<std::uintptr_t>(owner);
    return shards_[((address >> 6U) ^ (address >> 11U)) % shard_count];
}

result<void> asio_context::start() noexcept
try {
    const std::lock_guard lock{stage_mutex_};
    if (stage_ != stage::idle) {
        return stage_ == stage::running ? result<void>{} : result<void>{errc::operation_aborted};
    }
    loop_ = std::make_unique<asio::io_context>(1);
    try {
        thread_.start([this] { run(); });
    } catch (...) {
        loop_.reset();
        throw;
    }
    stage_ = stage::running;
    for (auto& shard : shards_) {
        const std::lock_guard shard_lock{shard.mutex};
        shard.open = true;
    }
    return {};
} catch (...) {
    // START-24: whatever the system lacks for a loop or a thread is a lack of resources to the client.
    return errc::no_buffer_space;
}

void asio_context::run() noexcept
{
    service_thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    const auto guard = asio::make_work_guard(*loop_);
    while (!loop_->stopped()) {
        try {
            turn();
        } catch (const std::exception& error) {
            trace::write(trace::level::critical, "exception on the service thread", {{"what", error.what()}});
        } catch (...) {
            trace::write(trace::level::critical, "exception on the service thread");
        }
    }
}

// The delayed tasks whose time has come, and one handler of the loop.
void asio_context::turn()
{
    const auto now = delayed_tasks::clock::now();
    while (const auto due = delays_.take_due(now)) {
        (*due)();
    }
    if (const auto next = delays_.next_due()) {
        loop_->run_one_until(*next);
    } else {
        loop_->run_one();
    }
}

template <class Use>
result<void> asio_context::with_loop(Use&& use) noexcept
try {
    const char spot{};  // its address differs from thread to thread, so threads rarely share the lock
    auto& shard = shard_for(&spot);
    for (;;) {
        {
            const std::lock_guard lock{shard.mutex};
            if (shard.open) {
                use(*loop_);
                return {};
            }
        }
        if (auto started = start(); !started) {
            return started;
        }
    }
} catch (...) {
    return errc::no_buffer_space;
}

result<void> asio_context::post(transport::task work) noexcept
try {
    const auto shared = std::make_shared<transport::task>(std::move(work));
    return with_loop([&shared](asio::io_context& loop) { asio::post(loop, posted_task{shared}); });
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

result<void> asio_context::after(std::chrono::milliseconds delay, transport::task work) noexcept
try {
    const auto shared = std::make_shared<transport::task>(std::move(work));
    return with_loop([this, &shared, delay](asio::io_context& loop) {
        delays_.add(delayed_tasks::clock::now() + delay, shared, [&loop] { asio::post(loop, [] {}); });
    });
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

bool asio_context::on_service_thread() const noexcept
{
    return service_thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void asio_context::stop() noexcept
{
    {
        const std::lock_guard lock{stage_mutex_};
        if (std::exchange(stage_, stage::stopped) != stage::running) {
            return;
        }
        for (auto& shard : shards_) {
            const std::lock_guard shard_lock{shard.mutex};
            shard.open = false;
        }
    }
    loop_->stop();
    thread_.join();
    service_thread_.store(std::thread::id{}, std::memory_order_relaxed);
    detach_all_waits();
    // The tasks' destructors may use sockets, whose waits are all detached by now.
    loop_.reset();
    delays_.clear();
}

void asio_context::detach_all_waits() noexcept
{
    for (auto& shard : shards_) {
        std::shared_ptr<wait_node> detached;
        {
            const std::lock_guard lock{shard.mutex};
            while (shard.first != nullptr) {
                detached = wait_node::detach_for_good(*shard.first, std::move(detached));
            }
        }
        while (detached) {
            detached = detached->drop_handlers();
        }
    }
}

}  // namespace spindle
