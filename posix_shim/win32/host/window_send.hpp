// Windows' own messages, in place of the file of the same name.
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

/// Returns 0 or why the message was not posted. The thread's last error stays.
inline int post_to_window(HWND window, UINT message, WPARAM wparam, LPARAM lparam) noexcept
{
    const DWORD before = GetLastError();
    const int error = PostMessageW(window, message, wparam, lparam) != FALSE ? 0 : static_cast<int>(GetLastError());
    SetLastError(before);
    return error;
}

}  // namespace spindle::host
