// Waiting for a condition with a bound, in place of fixed sleeps. The bounds are generous, since a condition
// that holds ends the wait at once and a sanitizer on a busy machine is slow; a test that measures time uses
// the clock itself.
#pragma once

#include <chrono>
#include <thread>

namespace spindle::test {

using namespace std::chrono_literals;

/// How long a test waits for what must happen soon before it says that it does not happen.
inline constexpr std::chrono::milliseconds patience = 20s;

/// Waits until `holds()` is true, at most for `bound`; what it was in the end.
template <class Predicate>
[[nodiscard]] bool eventually(Predicate holds, std::chrono::milliseconds bound = patience)
{
    const auto deadline = std::chrono::steady_clock::now() + bound;
    while (!holds()) {
        if (std::chrono::steady_clock::now() >= deadline) {
            return holds();
        }
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

/// Measures the time since it was made.
class stopwatch {
public:
    [[nodiscard]] std::chrono::milliseconds elapsed() const
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                     start_);
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace spindle::test
