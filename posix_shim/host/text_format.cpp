// Conversions, see text_format.hpp.
#include "host/text_format.hpp"

#include <algorithm>
#include <charconv>

namespace spindle::host {

namespace {

constexpr std::size_t field_limit = 0x10000;  // FormatMessage's output is at most that long

template <class Char>
bool take(std::basic_string_view<Char> format, std::size_t& position, std::string_view word) noexcept
{
    if (position + word.size() > format.size() ||
        !std::equal(word.begin(), word.end(), format.begin() + static_cast<std::ptrdiff_t>(position))) {
        return false;
    }
    position += word.size();
    return true;
}

template <class Char>
std::size_t read_number(std::basic_string_view<Char> format, std::size_t& position) noexcept
{
    std::size_t number = 0;
    for (; position < format.size() && format[position] >= '0' && format[position] <= '9'; ++position) {
        number = std::min(number * 10 + static_cast<std::size_t>(format[position] - '0'), field_limit);
    }
    return number;
}

struct prefix_word {
    std::string_view word;
    length_prefix prefix;
};
// A longer word stands before its own beginning.
constexpr prefix_word prefix_words[] = {
    {"I64", length_prefix::wide64}, {"I32", length_prefix::none}, {"I", length_prefix::pointer},
    {"ll", length_prefix::wide64},  {"l", length_prefix::full},   {"h", length_prefix::half},
    {"w", length_prefix::full},
};

template <class Char>
std::basic_string<Char> widened(std::string_view ascii)
{
    return {ascii.begin(), ascii.end()};
}

// How many characters there are up to the terminator, looking at no more than `limit`.
template <class Char>
std::size_t bounded_length(const Char* text, std::optional<std::size_t> limit) noexcept
{
    std::size_t length = 0;
    while ((!limit || length < *limit) && text[length] != 0) {
        ++length;
    }
    return length;
}

template <class To, class From>
std::basic_string<To> converted(std::basic_string_view<From> text)
{
    if constexpr (std::is_same_v<To, From>) {
        return std::basic_string<To>(text);
    } else if constexpr (std::is_same_v<To, char>) {
        return to_utf8(text);
    } else {
        return to_wide(text);
    }
}

// A plain s or c has the width of the function's own characters, a capital one the other.
template <class Char>
bool is_wide(const conversion& how) noexcept
{
    if (how.prefix == length_prefix::half || how.prefix == length_prefix::full) {
        return how.prefix == length_prefix::full;
    }
    const bool capital = how.type == 'S' || how.type == 'C';
    return std::is_same_v<Char, WCHAR> != capital;
}

template <class Char>
std::basic_string<Char> text_of(const conversion& how, std::uint64_t value)
{
    const auto address = static_cast<std::uintptr_t>(value);
    if (address == 0) {
        return widened<Char>("(null)");
    }
    if (is_wide<Char>(how)) {
        const auto* wide = reinterpret_cast<const WCHAR*>(address);
        return converted<Char>(wide_view(wide, bounded_length(wide, how.precision)));
    }
    const auto* narrow = reinterpret_cast<const char*>(address);
    return converted<Char>(std::string_view(narrow, bounded_length(narrow, how.precision)));
}

template <class Char>
std::basic_string<Char> character_of(const conversion& how, std::uint64_t value)
{
    if (is_wide<Char>(how)) {
        const auto wide = static_cast<WCHAR>(value);
        return converted<Char>(wide_view(&wide, 1));
    }
    const char narrow = static_cast<char>(value);
    return converted<Char>(std::string_view(&narrow, 1));
}

std::uint64_t unsigned_value(const conversion& how, std::uint64_t value) noexcept
{
    switch (how.prefix) {
    case length_prefix::half:
        return static_cast<std::uint16_t>(value);
    case length_prefix::wide64:
        return value;
    case length_prefix::pointer:
        return static_cast<std::uintptr_t>(value);
    default:
        return static_cast<std::uint32_t>(value);
    }
}

std::int64_t signed_value(const conversion& how, std::uint64_t value) noexcept
{
    switch (how.prefix) {
    case length_prefix::half:
        return static_cast<std::int16_t>(value);
    case length_prefix::wide64:
        return static_cast<std::int64_t>(value);
    case length_prefix::pointer:
        return static_cast<std::intptr_t>(value);
    default:
        return static_cast<std::int32_t>(value);
    }
}

struct digits {
    std::string sign;  // '-' or the 0x of the alternate form: padding zeros go behind it
    std::string text;
};

digits digits_of(const conversion& how, std::uint64_t value)
{
    const bool decimal = how.type == 'd' || how.type == 'i';
    const std::int64_t number = decimal ? signed_value(how, value) : 0;
    std::uint64_t magnitude = unsigned_value(how, value);
    if (decimal) {
        magnitude = number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
    } else if (how.type == 'p') {
        magnitude = static_cast<std::uintptr_t>(value);
    }
    const bool hexadecimal = how.type == 'x' || how.type == 'X' || how.type == 'p';
    char buffer[24];
    const auto end = std::to_chars(buffer, std::end(buffer), magnitude, hexadecimal ? 16 : 10).ptr;
    digits result{number < 0 ? "-" : "", {buffer, end}};
    if (how.type != 'x') {
        std::ranges::transform(result.text, result.text.begin(), [](char digit) {
            return digit >= 'a' ? static_cast<char>(digit - 32) : digit;
        });
    }
    if (how.alternate && hexadecimal && how.type != 'p') {
        result.sign = how.type == 'x' ? "0x" : "0X";
    }
    const std::size_t least = how.type == 'p' ? 2 * sizeof(void*) : how.precision.value_or(1);
    if (result.text.size() < least) {
        result.text.insert(0, least - result.text.size(), '0');
    }
    return result;
}

template <class Char>
void append_padded(std::basic_string<Char>& text, const conversion& how, std::basic_string_view<Char> field)
{
    const std::size_t padding = how.width > field.size() ? how.width - field.size() : 0;
    if (how.left) {
        text.append(field).append(padding, ' ');
    } else {
        text.append(padding, how.zero ? '0' : ' ').append(field);
    }
}

}  // namespace

argument_kind conversion::kind() const noexcept
{
    if (type == 's' || type == 'S' || type == 'p' || prefix == length_prefix::pointer) {
        return argument_kind::pointer;
    }
    return prefix == length_prefix::wide64 ? argument_kind::number64 : argument_kind::number;
}

template <class Char>
bool read_conversion(std::basic_string_view<Char> format, std::size_t& position, conversion& found)
{
    for (bool flags = true; flags;) {
        flags = false;
        for (const auto& [word, flag] :
             {std::pair{"-", &conversion::left}, {"#", &conversion::alternate}, {"0", &conversion::zero}}) {
            if (take(format, position, word)) {
                found.*flag = true;
                flags = true;
            }
        }
    }
    found.width_argument = take(format, position, "*");
    found.width = read_number(format, position);
    if (take(format, position, ".")) {
        found.precision_argument = take(format, position, "*");
        found.precision = read_number(format, position);
    }
    for (const auto& each : prefix_words) {
        if (take(format, position, each.word)) {
            found.prefix = each.prefix;
            break;
        }
    }
    for (const char type : std::string_view("cCdipsSuxX")) {
        if (take(format, position, std::string_view(&type, 1))) {
            found.type = type;
            return true;
        }
    }
    return false;
}

template <class Char>
void append_converted(std::basic_string<Char>& text, const conversion& how, std::uint64_t value)
{
    if (how.type == 's' || how.type == 'S') {
        append_padded<Char>(text, how, text_of<Char>(how, value));
    } else if (how.type == 'c' || how.type == 'C') {
        append_padded<Char>(text, how, character_of<Char>(how, value));
    } else {
        digits number = digits_of(how, value);
        const std::size_t used = number.sign.size() + number.text.size();
        if (how.zero && !how.left && how.width > used) {
            number.text.insert(0, how.width - used, '0');
        }
        append_padded<Char>(text, how, widened<Char>(number.sign + number.text));
    }
}

template bool read_conversion(std::string_view, std::size_t&, conversion&);
template bool read_conversion(wide_view, std::size_t&, conversion&);
template void append_converted(std::string&, const conversion&, std::uint64_t);
template void append_converted(wide_string&, const conversion&, std::uint64_t);

}  // namespace spindle::host
