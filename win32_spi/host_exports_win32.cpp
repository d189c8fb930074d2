// On Windows the function is ws2_32's, which has loaded this library or is loaded beside it.
#include "complete_upcall.hpp"
#include "exchange_exports.hpp"
#include "thread_error.hpp"

namespace spindle::spi {

LPWPUCOMPLETEOVERLAPPEDREQUEST complete_upcall() noexcept
{
    const HMODULE host = ::GetModuleHandleW(L"ws2_32.dll");
    return host == nullptr ? nullptr
                           : reinterpret_cast<LPWPUCOMPLETEOVERLAPPEDREQUEST>(reinterpret_cast<void*>(
                                 ::GetProcAddress(host, "WPUCompleteOverlappedRequest")));
}

exchange_exports exports_of_host() noexcept
{
    return {};
}

void set_system_last_error(int code) noexcept
{
    ::SetLastError(static_cast<DWORD>(code));
}

}  // namespace spindle::spi
