// Off Windows the host is whatever the process has loaded; a process without one leaves the weak reference null.
#include "complete_upcall.hpp"
#include "thread_error.hpp"

extern "C" {
int WSPAPI WPUCompleteOverlappedRequest(SOCKET s, LPWSAOVERLAPPED lpOverlapped, DWORD dwError, DWORD cbTransferred,
                                        LPINT lpErrno) __attribute__((weak));
void WINAPI SetLastError(DWORD dwErrCode) __attribute__((weak));
}

namespace spindle::spi {

LPWPUCOMPLETEOVERLAPPEDREQUEST complete_upcall() noexcept
{
    return &WPUCompleteOverlappedRequest;
}

void set_system_last_error(int code) noexcept
{
    if (&SetLastError != nullptr) {
        SetLastError(static_cast<DWORD>(code));
    }
}

}  // namespace spindle::spi
