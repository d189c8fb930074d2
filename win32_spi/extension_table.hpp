// The extension functions this provider hands out through SIO_GET_EXTENSION_FUNCTION_POINTER and its plural, by GUID
// (mswsock.h). Each reports its error through the thread's last error: extension_call() is their common frame.
#pragma once

#include "exchange_provider.hpp"
#include "thunk.hpp"
#include "winsock.hpp"

namespace spindle::spi {

/// The function for the identifier, or null.
[[nodiscard]] void* extension_function(const GUID& identifier) noexcept;

/// Sets the calling thread's last error.
void set_last_error(int code) noexcept;

/// body(socket&) returns result<void>; 0 or SOCKET_ERROR with the last error set. Errors besides the body's:
/// not_initialised, not_socket.
template <class Body>
int extension_int_call(SOCKET s, Body&& body) noexcept
{
    int error = 0;
    const int outcome = socket_call(s, &error, body);
    if (outcome != 0) {
        set_last_error(error);
    }
    return outcome;
}

/// The form most of them have: TRUE or FALSE.
template <class Body>
BOOL extension_call(SOCKET s, Body&& body) noexcept
{
    return extension_int_call(s, body) == 0 ? 1 : 0;
}

}  // namespace spindle::spi
