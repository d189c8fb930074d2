// On Windows the function is ws2_32's, which has loaded this library or is loaded beside it.
#include "complete_upcall.hpp"

namespace spindle::spi {

LPWPUCOMPLETEOVERLAPPEDREQUEST complete_upcall() noexcept
{
    const HMODULE host = ::GetModuleHandleW(L"ws2_32.dll");
    return host == nullptr ? nullptr
                           : reinterpret_cast<LPWPUCOMPLETEOVERLAPPEDREQUEST>(reinterpret_cast<void*>(
                                 ::GetProcAddress(host, "WPUCompleteOverlappedRequest")));
}

}  // namespace spindle::spi
