// The provider object of this library. It is constant-initialised and never destroyed: loading and unloading
// run no code of it, and between the last WSPCleanup and the next WSPStartup it holds no resource.
#pragma once

#include "spindle/provider.hpp"

namespace spindle::spi {

[[nodiscard]] provider& the_provider() noexcept;

}  // namespace spindle::spi
