// The calling thread's last error, which GetLastError and WSAGetLastError read.
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

// initial-exec: one instruction per access; the few bytes fit in the static TLS reserve even for a late
// dlopen.
extern constinit thread_local DWORD last_error_of_thread __attribute__((tls_model("initial-exec")));

inline void set_last_error(int error) noexcept
{
    last_error_of_thread = static_cast<DWORD>(error);
}

}  // namespace spindle::host
