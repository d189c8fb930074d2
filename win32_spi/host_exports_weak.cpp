// Off Windows the host is whatever the process has loaded; a process without one leaves the weak reference null.
#include "complete_upcall.hpp"
#include "exchange_exports.hpp"
#include "thread_error.hpp"

extern "C" {
int WSPAPI WPUCompleteOverlappedRequest(SOCKET s, LPWSAOVERLAPPED lpOverlapped, DWORD dwError, DWORD cbTransferred,
                                        LPINT lpErrno) __attribute__((weak));
void WINAPI SetLastError(DWORD dwErrCode) __attribute__((weak));
__attribute__((weak)) spindle::exchange::join_function spindle_exchange_join;
__attribute__((weak)) spindle::exchange::leave_function spindle_exchange_leave;
}

namespace spindle::spi {

LPWPUCOMPLETEOVERLAPPEDREQUEST complete_upcall(const WSPUPCALLTABLE&) noexcept
{
    return &WPUCompleteOverlappedRequest;
}

exchange_exports exports_of_host() noexcept
{
    return {&spindle_exchange_join, &spindle_exchange_leave};
}

void set_system_last_error(int code) noexcept
{
    if (&SetLastError != nullptr) {
        SetLastError(static_cast<DWORD>(code));
    }
}

}  // namespace spindle::spi
