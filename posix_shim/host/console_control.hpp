// Console control events: signals of the process, told to the handlers that the program registered. The
// functions programs call are in api_console.cpp. Answers to the pages "SetConsoleCtrlHandler", "HandlerRoutine"
// and "CTRL+CLOSE Signal".
//
// SIGINT is CTRL_C_EVENT and SIGQUIT, the terminal's other interrupt key, CTRL_BREAK_EVENT. SIGHUP, the terminal
// going away, and SIGTERM, the request to end that a service manager sends, are CTRL_CLOSE_EVENT, which taskkill
// and a closed console window cause on Windows. A signal that the program or whoever started it handles or
// ignores already stays theirs.
//
// While at least one handler is registered a thread waits for the signals. Every event runs the handlers on a
// thread of its own, the last registered one first, until one returns TRUE. When none does, and after
// CTRL_CLOSE_EVENT in any case, the process ends by the signal. A forked child starts without handlers.
#pragma once

#include "host/winsock.hpp"

namespace spindle::host::console {

/// False when memory or threads are short.
[[nodiscard]] bool add_handler(PHANDLER_ROUTINE routine) noexcept;
/// False when it is not registered. Handlers that run at this moment go on.
[[nodiscard]] bool remove_handler(PHANDLER_ROUTINE routine) noexcept;
/// Whether SIGINT is ignored; processes started from here inherit it.
void ignore_interrupts(bool ignore) noexcept;

/// The signal that stands for CTRL_C_EVENT or CTRL_BREAK_EVENT; 0 for other events.
[[nodiscard]] int signal_of(DWORD event) noexcept;

}  // namespace spindle::host::console
