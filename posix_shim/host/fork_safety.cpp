// The fork handlers, see fork_safety.hpp. All locks are taken before the fork, in the order in which they nest
// (lifetime, providers, catalog, waits for its changes, look-ups, thread pool, then those of the kernel objects),
// so the child's copy of everything is consistent.
#include "host/fork_safety.hpp"

#include "host/catalog_store.hpp"
#include "host/name_request.hpp"
#include "host/open_look_ups.hpp"
#include "host/provider.hpp"
#include "host/provider_change.hpp"
#include "host/thread_pool.hpp"
#include "kernel/fork.hpp"
#include "kernel/handle_table.hpp"
#include "kernel/port_thread.hpp"

#include <pthread.h>

namespace spindle::host {

namespace {

constinit bool registered = false;

void prepare() noexcept
{
    lock_lifetime_for_fork();
    lock_providers_for_fork();
    lock_catalog_store_for_fork();
    lock_change_waits_for_fork();
    lock_queries_for_fork();
    lock_look_ups_for_fork();
    lock_name_requests_for_fork();
    lock_pool_for_fork();
}

void release(bool in_child) noexcept
{
    unlock_pool_after_fork(in_child);
    unlock_name_requests_after_fork(in_child);
    unlock_look_ups_after_fork(in_child);
    unlock_queries_after_fork(in_child);
    unlock_change_waits_after_fork(in_child);
    unlock_catalog_store_after_fork();
    unlock_providers_after_fork(in_child);
    unlock_lifetime_after_fork(in_child);
}

void in_parent() noexcept
{
    release(false);
}

void in_child() noexcept
{
    release(true);
    kernel::handles.for_each(kernel::object_kind::socket, [](std::uint32_t handle, std::uintptr_t) {
        kernel::handles.remove(handle, kernel::object_kind::socket);
    });
    kernel::handles.forget_after_fork(kernel::object_kind::completion_port);
    kernel::handles.forget_after_fork(kernel::object_kind::process);  // the parent's children
    kernel::forget_port_after_fork();
}

}  // namespace

void register_fork_handlers() noexcept
{
    kernel::watch_forks();  // first: handlers that prepare a fork run in the opposite order
    if (!registered) {
        registered = pthread_atfork(&prepare, &in_parent, &in_child) == 0;
    }
}

}  // namespace spindle::host
