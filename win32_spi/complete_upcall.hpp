// Where WPUCompleteOverlappedRequest is found: an export of the host, not a member of the upcall table (UP-7).
#pragma once

#include "winsock.hpp"

namespace spindle::spi {

/// The one that belongs to the table of upcalls. Null when the process has none. Slow: to be asked for once.
[[nodiscard]] LPWPUCOMPLETEOVERLAPPEDREQUEST complete_upcall(const WSPUPCALLTABLE& upcalls) noexcept;

}  // namespace spindle::spi
