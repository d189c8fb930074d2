// Asking a provider to cancel requests of a socket (clauses CAN-5 to CAN-7, CAN-14). The service provider interface has no
// function for that: it goes through the private agreement.
#pragma once

#include "host/winsock.hpp"

#include <cstdint>

namespace spindle::host {

/// `request` null: all; `own_only`: only those that the calling thread issued. `found`: how many there were.
/// Returns 0 or a Win32 code: ERROR_INVALID_HANDLE, ERROR_NOT_SUPPORTED (the provider does not take part).
[[nodiscard]] int cancel_requests(HANDLE file, const OVERLAPPED* request, bool own_only, std::uint32_t& found) noexcept;

}  // namespace spindle::host
