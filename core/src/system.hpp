// The few things core asks of the process it lives in. Implemented below asio/posix and asio/win32.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace spindle::system {

/// The variable's value, or nothing when it is unset or the process runs with raised privileges.
[[nodiscard]] std::optional<std::string> trusted_environment(const char* name);

/// The handler runs in the child of every later fork, while no other thread exists. It may only touch atomics.
/// Does nothing where there is no fork. Registered once per load of the library.
void at_fork_in_child(void (*handler)()) noexcept;

[[nodiscard]] std::uint32_t process_id() noexcept;
/// Of any user, as far as this process may know.
[[nodiscard]] bool process_exists(std::uint32_t id) noexcept;

}  // namespace spindle::system
