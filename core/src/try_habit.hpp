// Whether a receive tries before it waits. A client that asks and waits for the answer finds nothing at its first try every
// time. After a few such tries the receive waits at once, which saves a system call; now and then it tries first again, in case
// the pattern changed.
#pragma once

#include <atomic>

namespace spindle {

/// Threads: any; counts that threads take from each other make it learn a little later.
class try_habit {
public:
    /// To be asked before each receive.
    [[nodiscard]] bool tries_first() noexcept
    {
        const unsigned vain = vain_.load(std::memory_order_relaxed);
        if (vain < enough) {
            return true;
        }
        keep(vain + 1 < try_again_after ? vain + 1 : enough - 1);
        return false;
    }
    void found() noexcept { keep(0); }
    /// True: it is from this one that the habit was learned.
    bool found_nothing() noexcept
    {
        const unsigned vain = vain_.load(std::memory_order_relaxed);
        if (vain >= enough) {
            return false;
        }
        keep(vain + 1);
        return vain + 1 == enough;
    }

private:
    static constexpr unsigned enough = 4;
    static constexpr unsigned try_again_after = 32;

    void keep(unsigned vain) noexcept { vain_.store(static_cast<unsigned char>(vain), std::memory_order_relaxed); }

    std::atomic<unsigned char> vain_{0};  // receives in a row that found nothing, then those that did not try
};

}  // namespace spindle
