// Where WPUCompleteOverlappedRequest is found: an export of the host, not a member of the upcall table (UP-7).
#pragma once

#include "winsock.hpp"

namespace spindle::spi {

/// Null when the process has none.
[[nodiscard]] LPWPUCOMPLETEOVERLAPPEDREQUEST complete_upcall() noexcept;

}  // namespace spindle::spi
