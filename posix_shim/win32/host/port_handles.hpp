// The completion ports that the program has made through this library, by their handles: packets of sockets wait in a queue
// of ours, so whoever takes packets has to come here.
#pragma once

#include "host/winsock.hpp"
#include "kernel/completion_port.hpp"

namespace spindle::host::port_handles {

/// Everything from any thread at any time.
/// The port behind a handle; empty for what was not entered.
[[nodiscard]] kernel::object_ref<kernel::completion_port> find(HANDLE handle) noexcept;
/// Enters a handle; what it stood for before is forgotten, since the system has given the value out anew. False: no memory.
[[nodiscard]] bool enter(HANDLE handle, kernel::object_ref<kernel::completion_port> port) noexcept;
/// The handle is being closed.
void forget(HANDLE handle) noexcept;

}  // namespace spindle::host::port_handles
