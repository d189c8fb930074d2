// The thread's last error without this project's host: Windows has its own; elsewhere whatever host the process has
// loaded may export SetLastError.
#pragma once

namespace spindle::spi {

void set_system_last_error(int code) noexcept;

}  // namespace spindle::spi
