// A part of an object that most objects never have: made by the first who needs it, seen by everyone from then on, and gone
// with the object.
#pragma once

#include <atomic>
#include <memory>

namespace spindle {

/// Threads: get() from any; set() once, and who calls it sees to that.
template <class T>
class made_once {
public:
    made_once() noexcept = default;
    made_once(const made_once&) = delete;
    made_once& operator=(const made_once&) = delete;
    ~made_once() { delete part_.load(std::memory_order_relaxed); }

    /// Null until it is made.
    [[nodiscard]] T* get() const noexcept { return part_.load(std::memory_order_acquire); }
    void set(std::unique_ptr<T> made) noexcept { part_.store(made.release(), std::memory_order_release); }

private:
    std::atomic<T*> part_{nullptr};
};

}  // namespace spindle
