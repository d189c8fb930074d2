// Sleeping until a word of memory changes: what the locks that need no handle are made of. Answers to futex(2).
#pragma once

#include "kernel/sync.hpp"

#include <atomic>
#include <cstdint>

namespace spindle::kernel {

/// A word of a structure that programs own and initialise as plain data.
using futex_word = std::atomic_ref<std::uint32_t>;

inline constexpr std::uint32_t every_sleeper = 0xFFFFFFFF;

/// Sleeps while the word has this value. Returns when it has not, when woken, for no reason, or, with false,
/// at the deadline. Only a wake whose mask has a bit in common with `mask` ends it.
bool futex_wait(const void* word, std::uint32_t value, clock::time_point deadline = no_deadline,
                std::uint32_t mask = every_sleeper) noexcept;

/// Wakes up to `count` threads; how many it were.
int futex_wake(const void* word, int count, std::uint32_t mask = every_sleeper) noexcept;
inline constexpr int everyone = 0x7FFFFFFF;

}  // namespace spindle::kernel
