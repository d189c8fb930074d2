// The host's side of the private agreement with a provider (spindle/exchange.hpp): file objects of sockets and the
// notification of finished requests.
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

/// The end of a request (OVL-8, 10, 12 to 15; CP-7, 10, 11): stores, then event or file, then packet. `file` may be
/// null. From the stores on the structure is the program's.
void complete_request(kernel::file_object* file, OVERLAPPED& request, DWORD status, ULONG_PTR bytes,
                      exchange::notify how) noexcept;

}  // namespace spindle::host
