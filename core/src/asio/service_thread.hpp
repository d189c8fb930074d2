// How the service thread is started on this platform; the thread's work is in asio_context.cpp.
#pragma once

#include <functional>
#include <thread>

namespace spindle {

/// A new thread that runs `body` and takes no signals of the process. Throws std::system_error.
std::thread start_service_thread(std::function<void()> body);
/// The calling thread no longer interrupts threads of the program when it has something to do, where the system can be told
/// so: it runs when they wait, or when its share of time is due.
void yield_to_program_threads() noexcept;

}  // namespace spindle
