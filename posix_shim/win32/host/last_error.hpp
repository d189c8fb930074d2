// The thread's last error is Windows' own; in place of the file of the same name.
#pragma once

#include "host/winsock.hpp"

namespace spindle::host {

inline void set_last_error(int error) noexcept
{
    SetLastError(static_cast<DWORD>(error));
}

}  // namespace spindle::host
