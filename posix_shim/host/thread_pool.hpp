// The process's pool of threads: one completion port that they wait at, packets that name what is to run. Threads start
// when needed and end when idle. What programs hand in is in api_threadpool.cpp and api_threadpool_io.cpp. Answers to
// the page "Thread Pools".
#pragma once

#include "kernel/completion_port.hpp"

#include <atomic>
#include <cstddef>

namespace spindle::host {

/// What a packet's key points to. Runs on a thread of the pool, several at a time.
class pool_task {
public:
    virtual void run(const kernel::packet& taken) noexcept = 0;

protected:
    pool_task() = default;
    ~pool_task() = default;
};

/// Runs the task once. The packet is not lost: false (no memory, no thread) means that nothing was queued.
[[nodiscard]] bool run_in_pool(pool_task& task) noexcept;

/// The port for files whose packets name tasks; from now on a thread is always there. Null: no memory, no thread.
[[nodiscard]] kernel::completion_port* pool_port_for_files() noexcept;

void lock_pool_for_fork() noexcept;
void unlock_pool_after_fork(bool in_child) noexcept;

/// The callbacks of one object of the pool: how many are due and how many run. The object lives as long as a packet
/// names it or the program has not closed it.
class pool_object : public pool_task {
public:
    /// Waits until no callback runs and none is due; `cancel`: those that are due and have not begun get none.
    void wait(bool cancel) noexcept;
    void release() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

protected:
    pool_object() = default;
    virtual ~pool_object() = default;

    /// One more callback is due; the reference that goes with it is given back by run() or take_back().
    void add_due() noexcept;
    /// A callback will not come after all.
    void take_back() noexcept;

private:
    void run(const kernel::packet& taken) noexcept final;
    virtual void call(const kernel::packet& taken) noexcept = 0;
    [[nodiscard]] bool begin() noexcept;
    void end() noexcept;

    std::atomic<unsigned> references_{1};
    kernel::static_mutex mutex_;
    kernel::condition changed_;
    std::size_t due_ = 0;
    std::size_t dropped_ = 0;  // of those whose packets are still to come
    std::size_t running_ = 0;
};

}  // namespace spindle::host
