// Packets of Registered I/O's completion queues on their way to a completion port of the client's: the kernel's on
// Windows, elsewhere the host's, which has ports only under the agreement of spindle/exchange.hpp.
#pragma once

#include "winsock.hpp"

namespace spindle::spi {

[[nodiscard]] bool has_ports() noexcept;

/// Queues (0 bytes, key, overlapped). False: the handle is no port, or no memory.
bool post_to_port(HANDLE port, void* key, void* overlapped) noexcept;

}  // namespace spindle::spi
