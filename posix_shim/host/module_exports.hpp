// Which of Windows' libraries a name comes from, all of which are this one library here. Answers to the "Requirements"
// tables of the functions' pages and to the ordinals of ws2_32.
#pragma once

#include <string_view>

namespace spindle::host {

enum class windows_library {
    ws2_32,
    wsock32,
    mswsock,
    kernel32,
    user32,
    iphlpapi,
    advapi32,
    bcrypt,
    rpcrt4,
    shell32,
    winmm,
    msvcrt,
};

/// Whether the library of Windows exports a function of this name that this library has.
[[nodiscard]] bool exports_name(windows_library library, std::string_view name) noexcept;

/// The name behind an ordinal of ws2_32 and wsock32; nullptr when no function has it.
[[nodiscard]] const char* name_of_ordinal(windows_library library, unsigned ordinal) noexcept;

}  // namespace spindle::host
