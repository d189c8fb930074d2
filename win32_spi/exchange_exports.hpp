// Where a provider finds the agreement of spindle/exchange.hpp when its host does not come to it.
#pragma once

#include "spindle/exchange.hpp"

namespace spindle::spi {

struct exchange_exports {
    exchange::join_function* join = nullptr;
    exchange::leave_function* leave = nullptr;
};

/// Null in a process whose host is another project's.
[[nodiscard]] exchange_exports exports_of_host() noexcept;

}  // namespace spindle::spi
