// Windows' own threads and ports as providers use them, see host/exchange_kernel.hpp. Calls queued to a thread run in its
// alertable waits, of which a wait inside the provider is none; it cannot be cancelled from another thread either.
#include "host/exchange_kernel.hpp"

#include "host/system_files.hpp"
#include "host/winsock.hpp"

namespace spindle::host::exchange_kernel {

bool post(std::uintptr_t port_handle, std::uint32_t bytes, std::uintptr_t key, void* overlapped) noexcept
{
    return spindle_PostQueuedCompletionStatus(reinterpret_cast<HANDLE>(port_handle), bytes, key,
                                              static_cast<LPOVERLAPPED>(overlapped)) != FALSE;
}

// Files have no descriptors here.
int duplicate_descriptor(std::uintptr_t) noexcept
{
    return -1;
}

// No loop is opened for a port of the system.
void unattended(exchange::port*) noexcept {}

std::int64_t begin_alertable_wait(void (*)(void*), void*) noexcept
{
    return exchange::no_timed_apc;
}

void end_alertable_wait() noexcept {}

void run_apcs() noexcept {}

void begin_blocking_call(blocked_call*) noexcept {}

void end_blocking_call(blocked_call*) noexcept {}

}  // namespace spindle::host::exchange_kernel
