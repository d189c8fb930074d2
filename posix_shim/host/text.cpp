// Conversions of text, see text.hpp.
#include "host/text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string.h>

namespace spindle::host {

namespace {

constexpr std::uint32_t replacement = 0xFFFD;

bool is_surrogate(std::uint32_t code) noexcept
{
    return code >= 0xD800 && code <= 0xDFFF;
}

// Reads one code point at `position` and moves past it; past one byte only when the bytes make no sense.
std::uint32_t next_code_point(std::string_view text, std::size_t& position) noexcept
{
    struct form {
        unsigned mask, lead, trailing;
        std::uint32_t minimum;
    };
    static constexpr form forms[] = {
        {0x80, 0x00, 0, 0}, {0xE0, 0xC0, 1, 0x80}, {0xF0, 0xE0, 2, 0x800}, {0xF8, 0xF0, 3, 0x10000}};
    const auto byte_at = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned lead = byte_at(position++);
    for (const form& each : forms) {
        if ((lead & each.mask) != each.lead) {
            continue;
        }
        std::uint32_t code = lead & ~each.mask & 0xFF;
        for (unsigned index = 0; index < each.trailing; ++index) {
            if (position + index >= text.size() || (byte_at(position + index) & 0xC0) != 0x80) {
                return replacement;
            }
            code = (code << 6) | (byte_at(position + index) & 0x3Fu);
        }
        if (code < each.minimum || code > 0x10FFFF || is_surrogate(code)) {
            return replacement;
        }
        position += each.trailing;
        return code;
    }
    return replacement;
}

// The same for UTF-16; a surrogate without its other half comes back as it is.
std::uint32_t next_code_point(wide_view text, std::size_t& position) noexcept
{
    const auto unit_at = [&](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<std::uint16_t>(text[at]));
    };
    const std::uint32_t high = unit_at(position++);
    if (high < 0xD800 || high >= 0xDC00 || position == text.size()) {
        return high;
    }
    const std::uint32_t low = unit_at(position);
    if (low < 0xDC00 || low > 0xDFFF) {
        return high;
    }
    ++position;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

void append_utf8(std::string& text, std::uint32_t code)
{
    const auto trailing = [&](unsigned shift) { text += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0 | (code >> 6));
        trailing(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0 | (code >> 12));
        trailing(6);
        trailing(0);
    } else {
        text += static_cast<char>(0xF0 | (code >> 18));
        trailing(12);
        trailing(6);
        trailing(0);
    }
}

template <class From, class To>
void copy_common(const From& from, To& to)
{
    static_assert(offsetof(From, szProtocol) == offsetof(To, szProtocol));
    std::memcpy(static_cast<void*>(&to), &from, offsetof(From, szProtocol));
}

}  // namespace

wide_string to_wide(std::string_view utf8)
{
    wide_string wide;
    wide.reserve(utf8.size());
    for (std::size_t position = 0; position < utf8.size();) {
        const std::uint32_t code = next_code_point(utf8, position);
        if (code < 0x10000) {
            wide += static_cast<WCHAR>(code);
        } else {
            wide += static_cast<WCHAR>(0xD800 + ((code - 0x10000) >> 10));
            wide += static_cast<WCHAR>(0xDC00 + ((code - 0x10000) & 0x3FF));
        }
    }
    return wide;
}

std::string to_utf8(wide_view utf16)
{
    std::string text;
    text.reserve(utf16.size());
    for (std::size_t position = 0; position < utf16.size();) {
        const std::uint32_t code = next_code_point(utf16, position);
        append_utf8(text, is_surrogate(code) ? replacement : code);
    }
    return text;
}

bool is_well_formed(std::string_view utf8) noexcept
{
    for (std::size_t position = 0; position < utf8.size();) {
        const std::size_t start = position;
        if (next_code_point(utf8, position) == replacement && position - start == 1) {
            return false;
        }
    }
    return true;
}

bool is_well_formed(wide_view utf16) noexcept
{
    for (std::size_t position = 0; position < utf16.size();) {
        if (is_surrogate(next_code_point(utf16, position))) {
            return false;
        }
    }
    return true;
}

WSAPROTOCOL_INFOW to_wide(const WSAPROTOCOL_INFOA& info)
{
    WSAPROTOCOL_INFOW wide{};
    copy_common(info, wide);
    const std::string_view name(info.szProtocol, strnlen(info.szProtocol, sizeof info.szProtocol));
    copy_terminated<WCHAR>(to_wide(name), wide.szProtocol, WSAPROTOCOL_LEN + 1);
    return wide;
}

WSAPROTOCOL_INFOA to_narrow(const WSAPROTOCOL_INFOW& info)
{
    WSAPROTOCOL_INFOA narrow{};
    copy_common(info, narrow);
    std::size_t length = 0;
    while (length <= WSAPROTOCOL_LEN && info.szProtocol[length] != 0) {
        ++length;
    }
    copy_terminated<char>(to_utf8({info.szProtocol, length}), narrow.szProtocol, WSAPROTOCOL_LEN + 1);
    return narrow;
}

}  // namespace spindle::host
