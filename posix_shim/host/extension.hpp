// Functions that are exports of ws2_32 but have no slot in the procedure table: the provider hands them out
// as extension functions (clauses MAP-11, 12).
#pragma once

#include "host/dispatch.hpp"

namespace spindle::host {

/// The provider's function for the identifier; nullptr, with the last error set, when the provider has none
/// or the socket is none. The caller holds `scope` for as long as it uses the pointer; from here on its call
/// counts as one inside that provider.
template <class Function>
Function extension_function(call_scope& scope, SOCKET s, const GUID& identifier) noexcept
{
    kernel::socket_entry entry;
    if (!kernel::handles.find_socket(s, entry)) {
        return fail(Function{nullptr}, WSAENOTSOCK);
    }
    auto& target = *static_cast<provider*>(entry.owner);
    if (const int refused = target.ensure_started(entry.catalog_entry_id); refused != 0) {
        return fail(Function{nullptr}, refused);
    }
    scope.enter_provider(target);
    GUID wanted = identifier;
    Function found = nullptr;
    DWORD returned = 0;
    int error = 0;
    const int result =
        target.table().lpWSPIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &wanted, sizeof wanted, &found,
                                  sizeof found, &returned, nullptr, nullptr, nullptr, &error);
    if (result == 0 && found != nullptr) {
        return found;
    }
    // Providers that lack a function say so with several codes; for the program it is one thing. What is
    // wrong with the socket or the library stays as it is.
    const bool lacking = result == 0 || error == WSAEINVAL || error == WSAENOPROTOOPT || error == WSAEFAULT;
    return fail(Function{nullptr}, lacking ? WSAEOPNOTSUPP : error);
}

/// The same through the provider's memory: a pointer it has given once serves all its sockets.
template <class Function>
Function known_extension_function(call_scope& scope, extension which, SOCKET s,
                                  const GUID& identifier) noexcept
{
    kernel::socket_entry entry;
    if (!kernel::handles.find_socket(s, entry)) {
        return fail(Function{nullptr}, WSAENOTSOCK);
    }
    auto& target = *static_cast<provider*>(entry.owner);
    auto& known = target.extension_memory(which);
    if (auto* const function = known.load(std::memory_order_relaxed); function != nullptr) {
        scope.enter_provider(target);
        return reinterpret_cast<Function>(function);
    }
    const auto found = extension_function<Function>(scope, s, identifier);
    if (found != nullptr) {
        known.store(reinterpret_cast<provider::any_function>(found), std::memory_order_relaxed);
    }
    return found;
}

}  // namespace spindle::host
