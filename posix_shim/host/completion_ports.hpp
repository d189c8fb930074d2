// Bringing sockets and completion ports together: the host's file object, the port's loop and the provider's socket.
// Answers to the page "CreateIoCompletionPort" (clauses CP-3 to CP-6).
#pragma once

#include "host/socket_handles.hpp"
#include "kernel/completion_port.hpp"

namespace spindle::host {

/// Returns 0 or a Win32 code: ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER (has a port, or is not overlapped),
/// ERROR_NOT_ENOUGH_MEMORY. On failure the socket is as it was.
[[nodiscard]] int associate_with_port(HANDLE socket, kernel::completion_port& port, ULONG_PTR key) noexcept;

}  // namespace spindle::host
