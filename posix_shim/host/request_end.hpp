// How a program learns that a request of its has finished: by the structure, an event, a completion port.
#pragma once

#include "host/winsock.hpp"
#include "kernel/file_object.hpp"

#include <spindle/exchange.hpp>

namespace spindle::host {

/// The end of a request (OVL-8, 10, 12 to 15; CP-7, 10, 11): stores, then event or file, then packet. `file` may be
/// null. From the stores on the structure is the program's.
void complete_request(kernel::file_object* file, OVERLAPPED& request, DWORD status, ULONG_PTR bytes,
                      exchange::notify how) noexcept;

}  // namespace spindle::host
