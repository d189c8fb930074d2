// fork(): no lock of the kernel objects may be held by a thread that the child does not have, and the thread
// that forked is another one in the child. Answers to pthread_atfork(3); Windows has no such thing.
#pragma once

namespace spindle::kernel {

/// From the return on, forks of this process are looked after. The host, whose locks are taken before these,
/// calls it before it registers handlers of its own.
void watch_forks() noexcept;

}  // namespace spindle::kernel
