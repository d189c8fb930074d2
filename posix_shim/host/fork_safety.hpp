// fork(): the child finds the library as if it had never been started. Its count is 0 and every call fails
// with WSANOTINITIALISED; the parent's sockets are no handles in the child, and its WSAStartup starts afresh,
// with the provider still mapped but started anew. The provider looks after its own state in a handler of its
// own.
#pragma once

namespace spindle::host {

/// At the first start of the process; later calls do nothing. Caller holds the lifetime lock.
void register_fork_handlers() noexcept;

// The lifetime's part, defined in runtime.cpp.
void lock_lifetime_for_fork() noexcept;
void unlock_lifetime_after_fork(bool in_child) noexcept;

}  // namespace spindle::host
