// What a thread is to completion ports: the port whose packets it works on, whether it counts there as running, whether
// it is inside the port's loop. Answers to the page "I/O Completion Ports" (a thread is bound to the last port it
// waited at until it ends, names another port, or the port closes; clause CP-23).
#pragma once

#include <cstdint>

namespace spindle::kernel {

class completion_port;

/// Trivial, constant-initialised data: reading it costs no guard.
struct port_thread {
    /// A reference is held.
    completion_port* port = nullptr;
    /// The handle by which the thread found `port`.
    std::uintptr_t handle = 0;
    /// The thread is in a turn of this port's loop: what it completes there needs no lock.
    completion_port* leading = nullptr;
    /// steady_clock when the thread left with packets, in nanoseconds; 0: not measured.
    std::int64_t left_at = 0;
    /// Took packets from `port` and is counted there.
    bool running = false;

    /// Binds the thread to the port, and leaves the one before.
    void join(completion_port& wanted) noexcept;
    void leave() noexcept;
};

extern constinit thread_local port_thread this_port_thread __attribute__((tls_model("initial-exec")));

/// While it exists after begin(), the thread does not count as running at its port: it blocks elsewhere.
class blocking_elsewhere {
public:
    blocking_elsewhere() noexcept = default;
    blocking_elsewhere(const blocking_elsewhere&) = delete;
    blocking_elsewhere& operator=(const blocking_elsewhere&) = delete;
    ~blocking_elsewhere()
    {
        if (left_ != nullptr) {
            end();
        }
    }

    void begin() noexcept
    {
        if (this_port_thread.running) {
            stop_running();
        }
    }

private:
    void stop_running() noexcept;
    void end() noexcept;

    completion_port* left_ = nullptr;
};

/// In the child of a fork: the port may be locked by a thread that does not exist; it is left behind.
void forget_port_after_fork() noexcept;

}  // namespace spindle::kernel
