// The part of the agreement with providers that is the kernel's: threads that wait inside a provider, completion ports,
// files. The functions are those of exchange::host_functions.
#pragma once

#include <spindle/exchange.hpp>

namespace spindle::host::exchange_kernel {

bool post(std::uintptr_t port_handle, std::uint32_t bytes, std::uintptr_t key, void* overlapped) noexcept;
int duplicate_descriptor(std::uintptr_t file_handle) noexcept;
void unattended(exchange::port* which) noexcept;
std::int64_t begin_alertable_wait(void (*poke)(void*), void* context) noexcept;
void end_alertable_wait() noexcept;
void run_apcs() noexcept;
void begin_blocking_call(blocked_call* call) noexcept;
void end_blocking_call(blocked_call* call) noexcept;

}  // namespace spindle::host::exchange_kernel
