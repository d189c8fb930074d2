// The completion ports that the program has made through this library, by their handles: packets of sockets wait in a queue
// of ours, so whoever takes packets has to come here.
#pragma once

#include "host/winsock.hpp"
#include "kernel/completion_port.hpp"

namespace spindle::host::port_handles {

/// Everything from any thread at any time.
/// The port behind a handle; empty for what was not entered.
[[nodiscard]] kernel::object_ref<kernel::completion_port> find(HANDLE handle) noexcept;
/// Enters a handle that the system has just given out. False: no memory.
[[nodiscard]] bool enter(HANDLE handle, kernel::object_ref<kernel::completion_port> port) noexcept;
/// Takes the entry of a handle out; empty if there was none. The port still counts the handle: handle_closed() follows, or
/// put_back().
[[nodiscard]] kernel::object_ref<kernel::completion_port> take_out(HANDLE handle) noexcept;
/// After take_out(), when the handle goes on. Without memory the port is the system's alone from here on.
void put_back(HANDLE handle, kernel::object_ref<kernel::completion_port> port) noexcept;

}  // namespace spindle::host::port_handles
