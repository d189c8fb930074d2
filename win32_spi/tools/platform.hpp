// What spindle-catalog asks of the system beside Winsock. One file for each system. Paths are UTF-8.
#pragma once

#include "library_file.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spindle::catalog_tool {

/// With the variables of the environment in place of %NAME%.
[[nodiscard]] std::string expanded_path(const std::string& path);
[[nodiscard]] bool is_absolute_path(const std::string& expanded);
/// Where a 32-bit program finds a library of this path: elsewhere for those in the system's folder, else empty.
[[nodiscard]] std::string path_for_32_bit_programs(const std::string& expanded);

/// What libraries are on this system.
[[nodiscard]] library_format native_library_format() noexcept;

/// Why this process may not change the catalog; empty when it may.
[[nodiscard]] std::string reason_against_changes();

[[nodiscard]] std::string default_journal();

/// Held by one object of all processes at a time, for as long as it lives or its process does. The file may stay behind.
class sole_use {
public:
    enum class outcome : unsigned char { held, busy, failed };

    explicit sole_use(const std::string& file);
    sole_use(const sole_use&) = delete;
    sole_use& operator=(const sole_use&) = delete;
    ~sole_use();

    [[nodiscard]] outcome result() const noexcept { return outcome_; }

private:
    std::intptr_t file_ = -1;  // the system's descriptor or handle
    outcome outcome_ = outcome::failed;
};

/// Puts the finished file in the target's place. After a loss of power one of the two is there, whole. False: the target is as
/// it was.
[[nodiscard]] bool replace_durably(const std::string& finished, const std::string& target);

/// The command line's words without the program, in UTF-8.
[[nodiscard]] std::vector<std::string> command_line_words(int count, char** words);

}  // namespace spindle::catalog_tool
