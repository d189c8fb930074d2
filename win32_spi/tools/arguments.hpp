// The command line of spindle-catalog as data, and its usage text.
#pragma once

#include "catalog_model.hpp"

namespace spindle::catalog_tool {

enum class command : unsigned char { help, version, list, verify, install, remove, reorder, undo };

struct arguments {
    command what = command::help;
    bool apply = false;
    std::string journal;  // empty: the default
    GUID provider{};
    std::string library;
    std::string other_library;
    std::string layer_name;  // empty: a base provider
    bool native_only = false;
    bool ifs_handles = false;
    bool to_front = false;
    bool to_end = false;
    DWORD categories = 0;
    std::vector<DWORD> order;
};

/// Empty, with the reason in `problem`, when the words are no command line of the tool.
[[nodiscard]] std::optional<arguments> parse_arguments(const std::vector<std::string>& words, std::string& problem);

[[nodiscard]] const char* usage_text() noexcept;

/// "firewall,system"; "none" for 0.
[[nodiscard]] std::string category_names(DWORD categories);

/// What Spindle's own entries are installed under, unless the command line says otherwise.
inline constexpr GUID spindle_provider{0x3d9e61a4, 0x27c8, 0x4f05, {0x8b, 0x13, 0xd6, 0x40, 0x9a, 0x5e, 0x72, 0xcf}};

}  // namespace spindle::catalog_tool
