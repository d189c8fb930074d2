// The keys of standard input, without the headers of Winsock, which exclude poll. See console.cpp.
#pragma once

namespace spindle::crt {

/// Waits for a key; -1 at the end of the input. On a terminal without echo, and Enter is '\r'.
[[nodiscard]] int next_key() noexcept;

/// Whether next_key would return at once.
[[nodiscard]] bool key_waits() noexcept;

}  // namespace spindle::crt
