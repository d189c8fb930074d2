// The library's own lifetime: the count that WSAStartup and WSACleanup keep, and what the last cleanup does.
// Answers to the pages "WSAStartup" and "WSACleanup" (clauses MAP-13, 23, 24, CLEAN-20, 24).
#pragma once

#include "host/call_scope.hpp"

namespace spindle::host {

/// True between the first WSAStartup and the last WSACleanup.
[[nodiscard]] bool started() noexcept;

/// True as long as a provider may make upcalls: also during the last cleanup.
[[nodiscard]] bool serving_providers() noexcept;

/// Adds one to the count. Returns 0, WSAEINPROGRESS, or WSASYSNOTREADY when there is no catalog to start with; waits
/// while a last cleanup is under way.
[[nodiscard]] int add_start() noexcept;

/// Takes one from the count and tears everything down when it was the last. Returns 0 or a WSA code.
[[nodiscard]] int take_start() noexcept;

}  // namespace spindle::host
