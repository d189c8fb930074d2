// Headers of libraries, see library_file.hpp.
#include "library_file.hpp"

namespace spindle::catalog_tool {

namespace {

// A little-endian number; 0 beyond the end.
unsigned long number_at(std::string_view text, std::size_t offset, std::size_t bytes) noexcept
{
    unsigned long value = 0;
    if (offset <= text.size() && bytes <= text.size() - offset) {
        for (std::size_t index = bytes; index > 0; --index) {
            value = value << 8 | static_cast<unsigned char>(text[offset + index - 1]);
        }
    }
    return value;
}

library_kind elf_kind(std::string_view header) noexcept
{
    constexpr std::size_t class_offset = 4;
    constexpr std::size_t type_offset = 16;
    constexpr unsigned long shared_object = 3;
    const auto word_class = number_at(header, class_offset, 1);
    return {library_format::elf, word_class == 1 ? 32 : word_class == 2 ? 64 : 0,
            number_at(header, type_offset, 2) == shared_object};
}

library_kind pe_kind(std::string_view header) noexcept
{
    constexpr std::size_t signature_pointer = 0x3c;
    constexpr unsigned long dll = 0x2000;
    const std::size_t signature = number_at(header, signature_pointer, 4);
    if (signature > header.size() || !header.substr(signature).starts_with(std::string_view("PE\0\0", 4))) {
        return {};
    }
    const auto magic = number_at(header, signature + 24, 2);
    return {library_format::pe, magic == 0x10b ? 32 : magic == 0x20b ? 64 : 0,
            (number_at(header, signature + 22, 2) & dll) != 0};
}

}  // namespace

library_kind kind_of_library(std::string_view header) noexcept
{
    if (header.starts_with("\x7f""ELF")) {
        return elf_kind(header);
    }
    return header.starts_with("MZ") ? pe_kind(header) : library_kind{};
}

}  // namespace spindle::catalog_tool
