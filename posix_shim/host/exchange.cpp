// What providers call, see exchange.hpp.
#include "host/exchange.hpp"

#include "host/exchange_kernel.hpp"
#include "host/kernel_objects.hpp"
#include "host/request_end.hpp"
#include "host/thread_state.hpp"

#include <atomic>
#include <cstddef>

namespace spindle::host {

namespace {

static_assert(sizeof(OVERLAPPED) == sizeof(WSAOVERLAPPED) &&
              offsetof(OVERLAPPED, Internal) == offsetof(WSAOVERLAPPED, Internal) &&
              offsetof(OVERLAPPED, InternalHigh) == offsetof(WSAOVERLAPPED, InternalHigh) &&
              offsetof(OVERLAPPED, hEvent) == offsetof(WSAOVERLAPPED, hEvent));

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

void set_thread_error(std::uint32_t code) noexcept
{
    host::set_last_error(static_cast<int>(code));
}

constexpr exchange::host_functions functions{
    exchange::version,
    &file_of,
    &release_file,
    &share_file,
    &begin,
    &complete,
    &exchange_kernel::post,
    &exchange_kernel::duplicate_descriptor,
    &exchange_kernel::unattended,
    &set_thread_error,
    &exchange_kernel::begin_alertable_wait,
    &exchange_kernel::end_alertable_wait,
    &exchange_kernel::run_apcs,
    &exchange_kernel::begin_blocking_call,
    &exchange_kernel::end_blocking_call,
};

}  // namespace

const exchange::host_functions& host_functions() noexcept
{
    return functions;
}

}  // namespace spindle::host
