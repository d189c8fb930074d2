// Off Windows the host is whatever the process has loaded; a process without one leaves the weak reference null.
#include "complete_upcall.hpp"

extern "C" {
int WSPAPI WPUCompleteOverlappedRequest(SOCKET s, LPWSAOVERLAPPED lpOverlapped, DWORD dwError, DWORD cbTransferred,
                                        LPINT lpErrno) __attribute__((weak));
}

namespace spindle::spi {

LPWPUCOMPLETEOVERLAPPEDREQUEST complete_upcall() noexcept
{
    return &WPUCompleteOverlappedRequest;
}

}  // namespace spindle::spi
