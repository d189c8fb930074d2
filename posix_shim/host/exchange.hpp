// The host's side of the private agreement with a provider (spindle/exchange.hpp): file objects of sockets, and
// what a thread waits for in a provider.
#pragma once

#include "host/winsock.hpp"
#include "kernel/file_object.hpp"

#include <spindle/exchange.hpp>

namespace spindle::host {

/// The table that providers get. "Both stay valid": the functions are this library's, which outlives every provider.
[[nodiscard]] const exchange::host_functions& host_functions() noexcept;

inline exchange::file* to_exchange(kernel::file_object* file) noexcept
{
    return reinterpret_cast<exchange::file*>(file);
}

}  // namespace spindle::host
