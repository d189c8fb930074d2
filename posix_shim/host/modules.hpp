// Loaded libraries as modules: those of Windows that this library stands for, the program, and shared libraries of the
// system. Answers to the page "Dynamic-Link Library Functions".
#pragma once

#include "host/module_exports.hpp"
#include "host/winsock.hpp"

#include <string>

namespace spindle::host::modules {

/// The module of a library of Windows, by any path and case, ".dll" may be missing; nullptr when it is none that this
/// library stands for.
[[nodiscard]] HMODULE windows_module(const std::string& name);

/// The program itself.
[[nodiscard]] HMODULE program() noexcept;

struct opened {
    HMODULE module = nullptr;
    int error = 0;  // of Win32, when there is none
};
/// Loads a shared library, or counts one more use of it.
[[nodiscard]] opened load(const std::string& name);
/// What finding a module does to it: nothing, counts a use, or lets it stay for ever.
enum class use { none, counted, pinned };
/// A shared library that is in the process already.
[[nodiscard]] opened find(const std::string& name, use wanted);
/// The module whose code or data is at the address.
[[nodiscard]] opened at(const void* address, use wanted);

/// Gives a use back; false when the module is none or no use was counted. Libraries of Windows and the program stay.
[[nodiscard]] bool release(HMODULE module);

/// The function or variable; nullptr with the Win32 error set.
[[nodiscard]] void* address_of(HMODULE module, const char* name);
[[nodiscard]] void* address_of(HMODULE module, unsigned ordinal);

/// The file, empty when the module is none. Libraries of Windows all are this one.
[[nodiscard]] std::string path_of(HMODULE module);

}  // namespace spindle::host::modules
