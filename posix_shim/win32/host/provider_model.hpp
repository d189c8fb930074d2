// The provider's DLL lies beside this one; its handles are of its own making, as Windows will have them (HAND-1, decision
// D-8). In place of the file of the same name.
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

inline constexpr const char* builtin_provider_file = "spindle_spi.dll";
inline constexpr DWORD provider_handle_flags = 0;

}  // namespace spindle::host
