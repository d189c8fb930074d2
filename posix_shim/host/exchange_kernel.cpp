// Threads and ports as providers use them, see exchange_kernel.hpp.
#include "host/exchange_kernel.hpp"

#include "host/kernel_objects.hpp"
#include "kernel/completion_port.hpp"

#include <algorithm>
#include <chrono>

namespace spindle::host::exchange_kernel {

namespace {

// A thread that waits inside the provider: an APC queued to it pokes the provider's wait.
class provider_wait final : public kernel::waiter {
public:
    void poke() noexcept override { poke_(context_); }

    std::int64_t begin(void (*poke_function)(void*), void* context) noexcept
    {
        poke_ = poke_function;
        context_ = context;
        auto* self = kernel::known_thread_object();
        if (self == nullptr) {
            return exchange::no_timed_apc;
        }
        bool pending = false;
        outer_ = self->listen(this, pending);
        return pending ? 0 : nanoseconds_until(self->next_timed_call());
    }

    void end() noexcept
    {
        bool pending = false;
        if (auto* self = kernel::known_thread_object()) {
            self->listen(outer_, pending);
        }
    }

private:
    static std::int64_t nanoseconds_until(kernel::clock::time_point due) noexcept
    {
        if (due == kernel::no_deadline) {
            return exchange::no_timed_apc;
        }
        const std::chrono::nanoseconds left = due - kernel::clock::now();
        return std::max<std::int64_t>(left.count(), 0);
    }

    void (*poke_)(void*) = nullptr;
    void* context_ = nullptr;
    waiter* outer_ = nullptr;
};

// Calls end before the routines run, so one per thread is enough.
thread_local provider_wait this_provider_wait;

}  // namespace

bool post(std::uintptr_t port_handle, std::uint32_t bytes, std::uintptr_t key, void* overlapped) noexcept
{
    const auto port = kernel::handles.find<kernel::completion_port>(port_handle);
    return port && port->post({key, overlapped, 0, bytes});
}

int duplicate_descriptor(std::uintptr_t file_handle) noexcept
{
    return kernel::duplicate_descriptor(file_handle);
}

void unattended(exchange::port* which) noexcept
{
    reinterpret_cast<kernel::completion_port*>(which)->unattended();
}

std::int64_t begin_alertable_wait(void (*poke)(void*), void* context) noexcept
{
    return this_provider_wait.begin(poke, context);
}

void end_alertable_wait() noexcept
{
    this_provider_wait.end();
}

void run_apcs() noexcept
{
    if (auto* self = kernel::known_thread_object()) {
        self->run_queued();
    }
}

// A thread without an object has no handle by which another could name it, and gets none while it is blocked.
void begin_blocking_call(blocked_call* call) noexcept
{
    if (auto* self = kernel::known_thread_object()) {
        self->enter(*call);
    }
}

void end_blocking_call(blocked_call* call) noexcept
{
    if (auto* self = kernel::known_thread_object()) {
        self->leave(*call);
    }
}

}  // namespace spindle::host::exchange_kernel
