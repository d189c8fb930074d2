// Where libraries lie: the built-in provider beside this library, others where their catalog entry says.
#pragma once

#include <string>

namespace spindle::host {

/// The absolute path of a file in the directory of this library.
[[nodiscard]] std::string beside_this_library(const char* file_name);

/// The file of the running program; empty when the system does not tell.
[[nodiscard]] std::string program_file();

/// What the program was started with behind its name, separated by spaces; empty when there is nothing.
[[nodiscard]] std::string program_arguments();

/// Replaces every %NAME% by the environment variable of that name (START-26); unknown names stay as they are,
/// and in a set-user-id process all do.
[[nodiscard]] std::string expand_environment(const std::string& path);

/// The library of that path after expansion; nullptr when it cannot be loaded.
[[nodiscard]] void* open_library(const std::string& path) noexcept;
/// nullptr: the library exports no such function.
[[nodiscard]] void* find_function(void* library, const char* name) noexcept;
void release_library(void* library) noexcept;

}  // namespace spindle::host
