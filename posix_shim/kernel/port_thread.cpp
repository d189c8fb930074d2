// The thread's side of completion ports, see port_thread.hpp.
#include "kernel/port_thread.hpp"

#include "kernel/completion_port.hpp"

namespace spindle::kernel {

constinit thread_local port_thread this_port_thread __attribute__((tls_model("initial-exec")));

namespace {

// Made when the thread first names a port. The library is never unloaded by its own doing, so a thread-local with a
// destructor is harmless here.
struct leave_at_exit {
    leave_at_exit() noexcept {}
    ~leave_at_exit() { this_port_thread.leave(); }

    void touch() noexcept {}
};
thread_local leave_at_exit at_exit;

}  // namespace

void port_thread::join(completion_port& wanted) noexcept
{
    leave();
    at_exit.touch();
    wanted.acquire();
    port = &wanted;
}

void port_thread::leave() noexcept
{
    completion_port* const left = port;
    const bool counted = running;
    *this = {};
    if (left != nullptr) {
        if (counted) {
            left->stop_running();
        }
        left->release();
    }
}

void blocking_elsewhere::stop_running() noexcept
{
    left_ = this_port_thread.port;
    this_port_thread.running = false;
    left_->stop_running();
}

void blocking_elsewhere::end() noexcept
{
    left_->run_again();
    this_port_thread.running = true;
}

void forget_port_after_fork() noexcept
{
    this_port_thread = {};
}

}  // namespace spindle::kernel
