// What the first start sets up and the last cleanup ends beside the providers: the system's names, waits for changes of the
// catalog, and what a fork needs.
#pragma once

namespace spindle::host {

/// Before the first start of a life, under its lock. Returns 0 or the WSA code with which the start fails.
[[nodiscard]] int prepare_surroundings() noexcept;

/// At the last cleanup, while calls may still be on their way: what the program waits for there ends.
void interrupt_waits() noexcept;

/// At the last cleanup, when no call is in progress any more.
void end_surroundings() noexcept;

}  // namespace spindle::host
