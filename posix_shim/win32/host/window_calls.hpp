// Windows' own windows, in place of the file of the same name.
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

inline bool window_of(HWND window) noexcept
{
    return IsWindow(window) != FALSE;
}

}  // namespace spindle::host
