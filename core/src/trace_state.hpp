// What the environment's sink needs of the trace front beyond its public interface: knowing whether another
// sink is in place, and taking its own away so that its memory may be freed.
#pragma once

#include "spindle/trace.hpp"

namespace spindle::trace {

[[nodiscard]] bool has_sink() noexcept;

/// Removes `target` when it is the current sink. On return no thread is inside it, whether it was or not.
void remove_sink(sink target) noexcept;

/// In the child of a fork, where neither a writer nor the holder of a lock exists any more: no sink is in place.
void forget_after_fork() noexcept;
/// The environment sink's part of that.
void forget_logger_after_fork() noexcept;

}  // namespace spindle::trace
