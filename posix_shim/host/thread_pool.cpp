// The pool, see thread_pool.hpp. At least one thread waits whenever possible: up to one more than there are processors
// the next one is started at once; beyond that only after all have been busy for a while, since they may block in ways
// that the port cannot see.
#include "host/thread_pool.hpp"

#include "kernel/handle_table.hpp"
#include "kernel/port_thread.hpp"
#include "kernel/wait.hpp"

#include <system_error>
#include <thread>
#include <utility>

namespace spindle::host {

namespace {

constexpr unsigned most_threads = 512;
constexpr unsigned idle_milliseconds = 5000;
constexpr unsigned busy_milliseconds = 10;
constexpr unsigned no_limit = 0x7FFFFFFF;  // how many run is decided here, not by the port

struct pool {
    kernel::static_mutex mutex;
    kernel::completion_port* port = nullptr;  // kept until the process ends
    unsigned threads = 0;
    unsigned idle = 0;
    bool late_one_starts = false;
    bool serves_files = false;
};
constinit pool the_pool;

bool add_thread_locked() noexcept;

// A thread takes its place among the busy ones; another one is to wait instead.
void become_busy() noexcept
{
    std::lock_guard lock(the_pool.mutex);
    if (--the_pool.idle == 0) {
        (void)add_thread_locked();
    }
}

void become_idle() noexcept
{
    std::lock_guard lock(the_pool.mutex);
    ++the_pool.idle;
}

enum class idle_thread : unsigned char { waits_on, has_work, ends };

// What becomes of a thread whose wait has brought nothing. Work is handed in under the lock: what came meanwhile is seen.
idle_thread after_idle_wait(kernel::packet& taken) noexcept
{
    std::lock_guard lock(the_pool.mutex);
    if (the_pool.idle == 1) {
        if (the_pool.serves_files) {
            return idle_thread::waits_on;
        }
        if (the_pool.port->take({&taken, 1}, 0, false).count != 0) {
            return idle_thread::has_work;
        }
    }
    --the_pool.idle;
    --the_pool.threads;
    return idle_thread::ends;
}

void serve() noexcept
{
    for (;;) {
        kernel::packet taken;
        if (the_pool.port->take({&taken, 1}, idle_milliseconds, false).count == 0) {
            switch (after_idle_wait(taken)) {
            case idle_thread::waits_on:
                continue;
            case idle_thread::ends:
                return;
            case idle_thread::has_work:
                break;
            }
        }
        become_busy();
        reinterpret_cast<pool_task*>(taken.key)->run(taken);
        become_idle();
    }
}

// Comes when every thread has been busy for a while, and goes again if one was free in time.
void serve_late() noexcept
{
    (void)kernel::wait({}, kernel::wait_mode::any, kernel::deadline_after(busy_milliseconds), false);
    {
        std::lock_guard lock(the_pool.mutex);
        the_pool.late_one_starts = false;
        if (the_pool.idle > 0) {
            --the_pool.threads;
            return;
        }
        ++the_pool.idle;
    }
    serve();
}

bool start_thread(void (*run)() noexcept) noexcept
try {
    std::thread(run).detach();
    return true;
} catch (const std::system_error&) {
    return false;
}

// False: no thread could be started.
bool add_thread_locked() noexcept
{
    const unsigned at_once = std::thread::hardware_concurrency() + 1;
    const bool late = the_pool.threads >= at_once;
    if (late && (the_pool.late_one_starts || the_pool.threads >= most_threads)) {
        return true;
    }
    if (!start_thread(late ? &serve_late : &serve)) {
        return false;
    }
    ++the_pool.threads;
    if (late) {
        the_pool.late_one_starts = true;
    } else {
        ++the_pool.idle;
    }
    return true;
}

// A port, and a thread that waits at it or soon will.
bool ready_locked() noexcept
{
    if (the_pool.port == nullptr) {
        auto made = kernel::completion_port::make(no_limit);
        // The handle lets the last cleanup find the port.
        if (!made || kernel::handles.add(*made) == 0) {
            return false;
        }
        the_pool.port = made.detach();
    }
    return the_pool.idle > 0 || add_thread_locked() || the_pool.threads > 0;
}

}  // namespace

bool run_in_pool(pool_task& task) noexcept
{
    std::lock_guard lock(the_pool.mutex);
    return ready_locked() && the_pool.port->post({reinterpret_cast<std::uintptr_t>(&task), nullptr, 0, 0});
}

kernel::completion_port* pool_port_for_files() noexcept
{
    std::lock_guard lock(the_pool.mutex);
    if (!ready_locked()) {
        return nullptr;
    }
    the_pool.serves_files = true;
    return the_pool.port;
}

void lock_pool_for_fork() noexcept
{
    the_pool.mutex.lock();
}

void unlock_pool_after_fork(bool in_child) noexcept
{
    if (in_child) {
        the_pool.port = nullptr;
        the_pool.threads = 0;
        the_pool.idle = 0;
        the_pool.late_one_starts = false;
        the_pool.serves_files = false;
    }
    the_pool.mutex.unlock();
}

void pool_object::add_due() noexcept
{
    references_.fetch_add(1, std::memory_order_relaxed);
    std::lock_guard lock(mutex_);
    ++due_;
}

void pool_object::take_back() noexcept
{
    {
        std::lock_guard lock(mutex_);
        --(due_ > 0 ? due_ : dropped_);
        changed_.notify_all();
    }
    release();
}

bool pool_object::begin() noexcept
{
    std::lock_guard lock(mutex_);
    if (dropped_ > 0) {  // packets come in order: the dropped ones first
        --dropped_;
        return false;
    }
    --due_;
    ++running_;
    return true;
}

void pool_object::end() noexcept
{
    std::lock_guard lock(mutex_);
    --running_;
    changed_.notify_all();
}

void pool_object::run(const kernel::packet& taken) noexcept
{
    if (begin()) {
        call(taken);
        end();
    }
    release();
}

void pool_object::wait(bool cancel) noexcept
{
    std::unique_lock lock(mutex_);
    if (cancel) {
        dropped_ += std::exchange(due_, 0);
    }
    kernel::blocking_elsewhere not_running;
    while (due_ > 0 || running_ > 0) {
        not_running.begin();
        changed_.wait(lock);
    }
}

}  // namespace spindle::host
