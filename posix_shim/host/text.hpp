// UTF-8 <-> UTF-16, as every A/W pair of functions needs it. Malformed input becomes U+FFFD, as the Win32
// conversions do. The A forms speak UTF-8, the only narrow encoding that makes sense on the systems this
// library runs on.
#pragma once

#include "host/winsock.hpp"

#include <string>
#include <string_view>

namespace spindle::host {

using wide_string = std::basic_string<WCHAR>;
using wide_view = std::basic_string_view<WCHAR>;

[[nodiscard]] wide_string to_wide(std::string_view utf8);
[[nodiscard]] std::string to_utf8(wide_view utf16);

/// False when the conversion would put a U+FFFD where none was.
[[nodiscard]] bool is_well_formed(std::string_view utf8) noexcept;
[[nodiscard]] bool is_well_formed(wide_view utf16) noexcept;

/// Copies text into a caller's array of `size` characters, cut to fit and always terminated (size > 0).
template <class Char>
void copy_terminated(std::basic_string_view<Char> text, Char* target, std::size_t size)
{
    const std::size_t length = text.size() < size ? text.size() : size - 1;
    text.copy(target, length);
    target[length] = 0;
}

/// The structures differ in szProtocol alone (CAT-2).
[[nodiscard]] WSAPROTOCOL_INFOW to_wide(const WSAPROTOCOL_INFOA& info);
[[nodiscard]] WSAPROTOCOL_INFOA to_narrow(const WSAPROTOCOL_INFOW& info);

}  // namespace spindle::host
