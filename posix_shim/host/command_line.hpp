// Command lines as Windows has them, one text for all arguments, and where a program of a name is found. Answers to the
// pages "CreateProcessW", "SearchPathW" and "Parsing C Command-Line Arguments".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spindle::host {

/// The arguments, the program's name first. Quotes hold together; a backslash is special only before one.
[[nodiscard]] std::vector<std::string> split_command_line(std::string_view line);

/// The directory of this program, the working directory and those of PATH, in this order.
[[nodiscard]] std::vector<std::string> search_directories();

/// The absolute path of the file, with the extension behind it when it has none of its own; empty when none of the
/// directories has it. A name with a directory in it is looked for there alone.
[[nodiscard]] std::string find_file(const std::vector<std::string>& directories, const std::string& name,
                                    const std::string& extension);

/// The program that a command line starts with, which may be a path with spaces and no quotes: what comes before the
/// first space that makes it one. ".exe" may be there or not. Empty: there is none.
[[nodiscard]] std::string find_program(std::string_view line);

/// The program's file, which ".exe" may be missing from; empty: there is none.
[[nodiscard]] std::string program_at(const std::string& path);

}  // namespace spindle::host
