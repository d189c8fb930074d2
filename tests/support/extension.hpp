// Extension functions as programs get them, through SIO_GET_EXTENSION_FUNCTION_POINTER.
#pragma once

#include <mswsock.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

namespace spindle::test {

/// Requires that the socket's provider has the function.
template <class Function>
Function extension(SOCKET socket, GUID identifier)
{
    Function function = nullptr;
    DWORD bytes = 0;
    REQUIRE(error_of(WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &identifier, sizeof identifier,
                              &function, sizeof function, &bytes, nullptr, nullptr)) == 0);
    REQUIRE(function != nullptr);
    return function;
}

}  // namespace spindle::test
