// On Windows the function is an export of the library whose upcalls the provider was given: ws2_32, or what plays its role.
// A layered provider above may have put upcalls of its own into the table; its library exports no such function, and
// ws2_32's is the one.
#include "complete_upcall.hpp"
#include "exchange_exports.hpp"
#include "thread_error.hpp"

namespace spindle::spi {

namespace {

LPWPUCOMPLETEOVERLAPPEDREQUEST exported_by(HMODULE library) noexcept
{
    return library == nullptr ? nullptr
                              : reinterpret_cast<LPWPUCOMPLETEOVERLAPPEDREQUEST>(reinterpret_cast<void*>(
                                    ::GetProcAddress(library, "WPUCompleteOverlappedRequest")));
}

HMODULE library_of(LPWPUCREATESOCKETHANDLE upcall) noexcept
{
    HMODULE found = nullptr;
    ::GetModuleHandleExW(
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
        reinterpret_cast<LPCWSTR>(reinterpret_cast<void*>(upcall)), &found);
    return found;
}

}  // namespace

LPWPUCOMPLETEOVERLAPPEDREQUEST complete_upcall(const WSPUPCALLTABLE& upcalls) noexcept
{
    const auto own = exported_by(library_of(upcalls.lpWPUCreateSocketHandle));
    return own != nullptr ? own : exported_by(::GetModuleHandleW(L"ws2_32.dll"));
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
