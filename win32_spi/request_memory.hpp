// Memory of requests. One is made and freed for every overlapped call, so freed ones are kept at hand, in sharded stacks
// that threads seldom share; what does not fit goes to the heap. Nothing is kept after the last WSPCleanup.
#pragma once

#include <cstddef>

namespace spindle::spi {

/// Throws bad_alloc.
[[nodiscard]] void* take_request_memory(std::size_t size);
void give_request_memory(void* memory, std::size_t size) noexcept;
/// Frees what is kept. While no request exists.
void drop_request_memory() noexcept;
/// In the child of a fork: what was kept is left behind.
void forget_request_memory_after_fork() noexcept;

}  // namespace spindle::spi
