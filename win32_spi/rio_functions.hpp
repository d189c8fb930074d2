// The functions of Registered I/O as SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER hands them out (contract RIO, CTL-20).
#pragma once

#include <mswsock.h>

#include "winsock.hpp"

namespace spindle::spi {

[[nodiscard]] RIO_EXTENSION_FUNCTION_TABLE rio_functions() noexcept;

}  // namespace spindle::spi
