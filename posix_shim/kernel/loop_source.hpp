// A provider as completion ports use it (spindle/exchange.hpp).
#pragma once

#include <spindle/exchange.hpp>

#include <atomic>

namespace spindle::kernel {

/// Outlives every loop opened from it: `open_loops` tells when the last is closed.
struct loop_source {
    const exchange::provider_functions* functions = nullptr;
    std::atomic<std::uint32_t> open_loops{0};
};

}  // namespace spindle::kernel
