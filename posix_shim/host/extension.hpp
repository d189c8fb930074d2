// Functions that are exports of ws2_32 but have no slot in the procedure table: the provider hands them out
// as extension functions (clauses MAP-11, 12).
#pragma once

#include "host/dispatch.hpp"

namespace spindle::host {

/// The provider's function for the identifier; nullptr, with the last error set, when the provider has none
/// or the socket is none. The caller holds a call_scope for as long as it uses the pointer.
template <class Function>
Function extension_function(SOCKET s, const GUID& identifier) noexcept
{
    GUID wanted = identifier;
    Function found = nullptr;
    DWORD returned = 0;
    const int result = call_provider(s, [&](const WSPPROC_TABLE& table, LPINT lpErrno) {
        return table.lpWSPIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &wanted, sizeof wanted, &found,
                                sizeof found, &returned, nullptr, nullptr, nullptr, lpErrno);
    });
    if (result != 0) {
        // A socket that exists but has no such function: the provider says so with any of several codes.
        return this_thread.last_error == WSAENOTSOCK ? nullptr : fail(Function{nullptr}, WSAEOPNOTSUPP);
    }
    return found != nullptr ? found : fail(Function{nullptr}, WSAEOPNOTSUPP);
}

}  // namespace spindle::host
