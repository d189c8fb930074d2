// Where the built-in provider lies, and which kind of handles it is told to have (HAND-1, decision D-8): the host is the
// kernel here, so sockets are handles that the system's functions know.
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

inline constexpr const char* builtin_provider_file = "libspindle_spi.so";
inline constexpr DWORD provider_handle_flags = XP1_IFS_HANDLES;

}  // namespace spindle::host
