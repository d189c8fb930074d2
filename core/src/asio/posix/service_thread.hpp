// A thread of the provider's own, with every signal blocked: handlers of the program run on the program's own threads.
#pragma once

#include <functional>
#include <thread>

namespace spindle {

/// Threads: from one at a time.
class service_thread {
public:
    /// Runs `body` on a new thread. Throws std::system_error.
    void start(std::function<void()> body);
    [[nodiscard]] bool started() const noexcept { return thread_.joinable(); }
    /// Returns when the thread has ended. Not on the thread itself.
    void join() noexcept { thread_.join(); }

private:
    std::thread thread_;
};

/// The calling thread no longer interrupts threads of the program when it has something to do, where the system can be told
/// so: it runs when they wait, or when its share of time is due.
void yield_to_program_threads() noexcept;

}  // namespace spindle
