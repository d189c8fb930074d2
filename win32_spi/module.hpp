// The module this library was loaded as. Windows only.
#pragma once

#include "winsock.hpp"

namespace spindle::spi {

/// Set by DllMain, before any other code of the library can run.
extern HINSTANCE this_module;

}  // namespace spindle::spi
