// The English sentence for an error number, Win32's and Winsock's, in our own words. Putting it into a
// program's buffer is FormatMessage's job, api_format_message.cpp.
#pragma once

#include "host/winsock.hpp"

#include <string_view>

namespace spindle::host {

/// Without capital and full stop; empty for a number that has no message.
[[nodiscard]] std::string_view error_text(DWORD code) noexcept;

}  // namespace spindle::host
