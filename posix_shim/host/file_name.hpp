// File names as programs give them, and what a failed system call on a file is called in Win32. Opening and
// deleting are in api_file_open.cpp. Answers to the pages "Naming Files, Paths, and Namespaces" and "System
// Error Codes (0-499)".
#pragma once

#include "host/winsock.hpp"

#include <string>

namespace spindle::host {

/// A path for the system, or the Win32 error that the name deserves.
struct native_path {
    std::string text;
    int error = 0;
};

/// A backslash separates, unless something of the literal name exists: no name of Windows contains one, a name
/// of Linux may. NUL, CONIN$ and CONOUT$ are devices; other names of the \\server and \\.\ spaces exist not.
[[nodiscard]] native_path to_native(const std::string& name);

/// The part before the last separator, "." when there is none.
[[nodiscard]] std::string directory_of(const std::string& path);

/// The Win32 error of an errno value.
[[nodiscard]] int file_error(int error) noexcept;

/// The same for a call that took this path: tells a missing file from a missing directory.
[[nodiscard]] int file_error(int error, const std::string& path);

}  // namespace spindle::host
