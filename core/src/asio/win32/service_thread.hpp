// A thread of the provider's own. It holds a reference to the library that its code is in and gives it back with its last step,
// so that whoever waits for it need not wait where it cannot end: under the loader's lock.
#pragma once

#include <functional>

namespace spindle {

/// Threads: from one at a time.
class service_thread {
public:
    service_thread() noexcept = default;
    service_thread(const service_thread&) = delete;
    service_thread& operator=(const service_thread&) = delete;

    /// Runs `body` on a new thread. Throws std::system_error.
    void start(std::function<void()> body);
    [[nodiscard]] bool started() const noexcept { return thread_ != nullptr; }
    /// Returns when `body` has ended and is destroyed, and the thread too, unless that takes long: a thread cannot end while its
    /// process's loader is busy, as it is when this is called from a DllMain. It ends later then, and the library stays loaded
    /// until it has. Not on the thread itself.
    void join() noexcept;

private:
    void* thread_ = nullptr;  // handles
    void* done_ = nullptr;
};

}  // namespace spindle
