// What providers call, see exchange.hpp.
#include "host/exchange.hpp"

#include "host/kernel_objects.hpp"
#include "host/thread_state.hpp"
#include "kernel/completion_port.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>

namespace spindle::host {

namespace {

static_assert(sizeof(OVERLAPPED) == sizeof(WSAOVERLAPPED) &&
              offsetof(OVERLAPPED, Internal) == offsetof(WSAOVERLAPPED, Internal) &&
              offsetof(OVERLAPPED, InternalHigh) == offsetof(WSAOVERLAPPED, InternalHigh) &&
              offsetof(OVERLAPPED, hEvent) == offsetof(WSAOVERLAPPED, hEvent));

constexpr std::uintptr_t no_packet_bit = 1;  // in hEvent, OVL-15

kernel::file_object* from_exchange(exchange::file* file) noexcept
{
    return reinterpret_cast<kernel::file_object*>(file);
}

exchange::file* file_of(std::uintptr_t socket) noexcept
{
    return to_exchange(kernel::handles.file_of(socket).detach());
}

void release_file(exchange::file* which) noexcept
{
    from_exchange(which)->release();
}

void share_file(std::uintptr_t further, exchange::file* of) noexcept
{
    kernel::handles.share_file(further, *from_exchange(of));
}

void begin(exchange::file* of, void* overlapped, bool has_routine) noexcept
{
    auto& request = *static_cast<OVERLAPPED*>(overlapped);
    const HANDLE event = request.hEvent;
    std::atomic_ref(request.Internal).store(STATUS_PENDING, std::memory_order_relaxed);
    if (has_routine) {
        return;
    }
    if (handle_value(event) != 0) {
        reset_event_object(event);
    } else if (of != nullptr) {
        from_exchange(of)->reset();
    }
}

void complete(exchange::file* of, void* overlapped, std::uint32_t status, std::uintptr_t bytes,
              exchange::notify how) noexcept
{
    complete_request(from_exchange(of), *static_cast<OVERLAPPED*>(overlapped), status, bytes, how);
}

bool post(std::uintptr_t port_handle, std::uint32_t bytes, std::uintptr_t key, void* overlapped) noexcept
{
    const auto port = kernel::handles.find<kernel::completion_port>(port_handle);
    return port && port->post({key, overlapped, 0, bytes});
}

// No handle of this library stands for a descriptor of the system.
void unattended(exchange::port* which) noexcept
{
    reinterpret_cast<kernel::completion_port*>(which)->unattended();
}

void set_thread_error(std::uint32_t code) noexcept
{
    host::set_last_error(static_cast<int>(code));
}

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

constexpr exchange::host_functions functions{
    exchange::version,     &file_of,    &release_file,    &share_file, &begin,
    &complete,             &post,       &kernel::duplicate_descriptor, &unattended,
    &set_thread_error,     &begin_alertable_wait, &end_alertable_wait, &run_apcs,
    &begin_blocking_call,  &end_blocking_call,
};

}  // namespace

const exchange::host_functions& host_functions() noexcept
{
    return functions;
}

void complete_request(kernel::file_object* file, OVERLAPPED& request, DWORD status, ULONG_PTR bytes,
                      exchange::notify how) noexcept
{
    const HANDLE event = request.hEvent;
    std::atomic_ref(request.InternalHigh).store(bytes, std::memory_order_relaxed);
    std::atomic_ref(request.Internal).store(status, std::memory_order_release);
    if (how == exchange::notify::settle_only) {
        if (file != nullptr) {
            file->settle();
        }
        return;
    }
    const unsigned modes = file != nullptr ? file->modes() : 0;
    if (handle_value(event) != 0) {
        set_event_object(event);
    } else if (file != nullptr && (modes & FILE_SKIP_SET_EVENT_ON_HANDLE) == 0) {
        file->signal();
    }
    kernel::completion_port* const port = file != nullptr ? file->port() : nullptr;
    const bool skipped =
        how == exchange::notify::at_once && (modes & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0;
    if (port != nullptr && !skipped && (reinterpret_cast<std::uintptr_t>(event) & no_packet_bit) == 0) {
        port->complete({file->key(), &request, status, static_cast<std::uint32_t>(bytes)});
    }
}

}  // namespace spindle::host
