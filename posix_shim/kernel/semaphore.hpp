// Semaphore objects: signalled while their count is above zero. The functions programs call are in
// api_semaphore.cpp. Answers to the page "Semaphore Objects".
#pragma once

#include "kernel/names.hpp"

namespace spindle::kernel {

class semaphore final : public nameable {
public:
    static constexpr object_kind static_kind = object_kind::semaphore;

    /// 0 <= count <= maximum, 0 < maximum.
    semaphore(std::int32_t count, std::int32_t maximum) noexcept
        : nameable(static_kind), count_(count), maximum_(maximum)
    {}

    /// Adds to the count and tells what it was; false, and nothing changed, when it would pass the maximum.
    /// amount > 0.
    [[nodiscard]] bool post(std::int32_t amount, std::int32_t& previous) noexcept
    {
        std::lock_guard lock(mutex_);
        if (amount > maximum_ - count_) {
            return false;
        }
        previous = count_;
        count_ += amount;
        poke_waiters_locked();
        return true;
    }

private:
    [[nodiscard]] bool signalled_locked() noexcept override { return count_ > 0; }
    take_result take_locked() noexcept override
    {
        --count_;
        return take_result::taken;
    }

    std::int32_t count_;
    const std::int32_t maximum_;
};

}  // namespace spindle::kernel
