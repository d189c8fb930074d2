// The fork handlers of the kernel objects, see fork.hpp. None of these locks is taken while another one of
// them is held, so their order does not matter.
#include "kernel/fork.hpp"

#include "kernel/handle_table.hpp"
#include "kernel/local_storage.hpp"
#include "kernel/names.hpp"
#include "kernel/thread.hpp"
#include "kernel/window.hpp"

#include <pthread.h>

#include <mutex>

namespace spindle::kernel {

namespace {

constinit std::mutex registration;
constinit bool registered = false;

void prepare() noexcept
{
    lock_threads_for_fork();
    lock_names_for_fork();
    lock_local_storage_for_fork();
    lock_window_classes_for_fork();
    lock_windows_for_fork();
    handles.lock_for_fork();
}

void in_parent() noexcept
{
    handles.unlock_after_fork();
    unlock_windows_after_fork(false);
    unlock_window_classes_after_fork(false);
    unlock_local_storage_after_fork(false);
    unlock_names_after_fork();
    unlock_threads_after_fork(false);
}

void in_child() noexcept
{
    handles.unlock_after_fork();
    unlock_windows_after_fork(true);
    unlock_window_classes_after_fork(true);
    unlock_local_storage_after_fork(true);
    unlock_names_after_fork();
    unlock_threads_after_fork(true);
}

}  // namespace

void watch_forks() noexcept
{
    std::lock_guard lock(registration);
    if (!registered) {
        registered = pthread_atfork(&prepare, &in_parent, &in_child) == 0;
    }
}

}  // namespace spindle::kernel
