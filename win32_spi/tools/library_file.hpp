// What kind of library a file is, by its header: a DLL (PE) or a shared object (ELF), and for which word size. Pure
// functions. Answers to "PE Format" and elf(5).
#pragma once

#include <string_view>

namespace spindle::catalog_tool {

enum class library_format : unsigned char { none, pe, elf };

struct library_kind {
    library_format format = library_format::none;
    int bits = 0;
    bool loadable = false;  // a library, not a program or an object file

    bool operator==(const library_kind&) const = default;
};

/// How much of a file is looked at.
inline constexpr std::size_t library_header_size = 4096;

/// `header`: the beginning of the file.
[[nodiscard]] library_kind kind_of_library(std::string_view header) noexcept;

}  // namespace spindle::catalog_tool
