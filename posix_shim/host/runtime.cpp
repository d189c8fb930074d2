// Startup count and last cleanup, see runtime.hpp. Order of the last cleanup: refuse new calls, WSPCleanup of
// every provider (which wakes blocked calls and flushes), wait until every call has left, invalidate all
// sockets, unload.
#include "host/runtime.hpp"

#include "host/catalog.hpp"
#include "host/fork_safety.hpp"
#include "host/provider.hpp"
#include "host/surroundings.hpp"
#include "host/upcalls.hpp"
#include "kernel/handle_table.hpp"
#include "kernel/sync.hpp"

namespace spindle::host {

constinit thread_local thread_state this_thread __attribute__((tls_model("initial-exec")));
constinit call_gate gate;
constinit std::atomic<unsigned> fork_epoch{0};

namespace {

struct lifetime {
    kernel::static_mutex mutex;
    kernel::condition changed;
    unsigned count = 0;
    bool cleaning = false;
};
constinit lifetime life;

int tear_down() noexcept
{
    interrupt_waits();
    int error = stop_all_providers();
    while (!gate.wait_idle_for(std::chrono::milliseconds(1000))) {
        // A call that was on its way into socket() when the gate closed may have loaded a provider since, and
        // block in it, or wait for a change of the catalog; it needs the wake-up too.
        interrupt_waits();
        const int late = stop_all_providers();
        error = error != 0 ? error : late;
    }
    const int late = stop_all_providers();
    error = error != 0 ? error : late;
    kernel::handles.for_each(kernel::object_kind::socket, [](std::uint32_t handle, std::uintptr_t) {
        kernel::handles.remove(handle, kernel::object_kind::socket);
    });
    drop_provider_apcs();
    end_surroundings();
    unload_all_providers();
    return error;
}

}  // namespace

bool started() noexcept
{
    return gate.is_open();
}

bool serving_providers() noexcept
{
    std::lock_guard lock(life.mutex);
    return life.count > 0 || life.cleaning;
}

int add_start() noexcept
{
    std::unique_lock lock(life.mutex);
    while (life.cleaning) {
        if (this_thread.calls > 0) {
            return WSAEINPROGRESS;  // the cleanup waits for this very thread to leave its call
        }
        life.changed.wait(lock);
    }
    if (life.count == 0) {
        int error = take_catalog_copy();
        if (error == 0) {
            error = prepare_surroundings();
        }
        if (error != 0) {
            return error;
        }
        gate.open();
    }
    ++life.count;
    return 0;
}

int take_start() noexcept
{
    {
        std::lock_guard lock(life.mutex);
        if (life.count == 0) {
            return WSANOTINITIALISED;
        }
        if (life.count == 1 && this_thread.calls > 0) {
            return WSAEINPROGRESS;  // CLEAN-24
        }
        if (--life.count > 0) {
            return 0;
        }
        life.cleaning = true;
        gate.close();
    }
    const int error = tear_down();
    std::lock_guard lock(life.mutex);
    life.cleaning = false;
    life.changed.notify_all();
    return error;
}

void lock_lifetime_for_fork() noexcept
{
    life.mutex.lock();
}

void unlock_lifetime_after_fork(bool in_child) noexcept
{
    if (in_child) {
        life.count = 0;
        life.cleaning = false;
        life.changed.reset_after_fork();
        gate.reset_after_fork();
        fork_epoch.fetch_add(1, std::memory_order_relaxed);
        this_thread.calls = 0;
        this_thread.current_provider = nullptr;
        this_thread.hook_depth = 0;
    }
    life.mutex.unlock();
}

}  // namespace spindle::host
