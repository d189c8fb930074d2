// Conversions, see text_format.hpp.
#include "host/text_format.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

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
constexpr prefix_word runtime_prefix_words[] = {
    {"hh", length_prefix::byte},   {"j", length_prefix::wide64},      {"z", length_prefix::pointer},
    {"t", length_prefix::pointer}, {"L", length_prefix::long_double},
};

struct flag_word {
    std::string_view word;
    bool conversion::*flag;
    conversion_set least;
};
constexpr flag_word flag_words[] = {
    {"-", &conversion::left, conversion_set::windows},
    {"#", &conversion::alternate, conversion_set::windows},
    {"0", &conversion::zero, conversion_set::windows},
    {"+", &conversion::plus, conversion_set::runtime},
    {" ", &conversion::space, conversion_set::runtime},
};

constexpr std::string_view floating_types = "aAeEfFgG";

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
    case length_prefix::byte:
        return static_cast<std::uint8_t>(value);
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
    case length_prefix::byte:
        return static_cast<std::int8_t>(value);
    case length_prefix::wide64:
        return static_cast<std::int64_t>(value);
    case length_prefix::pointer:
        return static_cast<std::intptr_t>(value);
    default:
        return static_cast<std::int32_t>(value);
    }
}

struct digits {
    std::string sign;  // the sign or the 0x of the alternate form: padding zeros go behind it
    std::string text;
};

std::string sign_of(const conversion& how, bool negative)
{
    return negative ? "-" : how.plus ? "+" : how.space ? " " : "";
}

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
    const int radix = hexadecimal ? 16 : how.type == 'o' ? 8 : 10;
    char buffer[24];
    const auto end = std::to_chars(buffer, std::end(buffer), magnitude, radix).ptr;
    digits result{decimal ? sign_of(how, number < 0) : "", {buffer, end}};
    if (how.type != 'x') {
        std::ranges::transform(result.text, result.text.begin(), [](char digit) {
            return digit >= 'a' ? static_cast<char>(digit - 32) : digit;
        });
    }
    if (how.alternate && hexadecimal && how.type != 'p') {
        result.sign = how.type == 'x' ? "0x" : "0X";
    }
    if (magnitude == 0 && how.precision == std::size_t{0} && how.type != 'p') {
        result.text.clear();
    }
    const std::size_t least = how.type == 'p' ? 2 * sizeof(void*) : how.precision.value_or(1);
    if (result.text.size() < least) {
        result.text.insert(0, least - result.text.size(), '0');
    }
    if (how.alternate && how.type == 'o' && !result.text.starts_with('0')) {
        result.text.insert(0, 1, '0');
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
    if (floating_types.find(type) != std::string_view::npos) {
        return prefix == length_prefix::long_double ? argument_kind::long_double : argument_kind::floating;
    }
    if (type == 's' || type == 'S' || type == 'p' || prefix == length_prefix::pointer) {
        return argument_kind::pointer;
    }
    return prefix == length_prefix::wide64 ? argument_kind::number64 : argument_kind::number;
}

template <class Char>
bool read_conversion(std::basic_string_view<Char> format, std::size_t& position, conversion& found,
                     conversion_set set)
{
    const bool runtime = set == conversion_set::runtime;
    for (bool flags = true; flags;) {
        flags = false;
        for (const flag_word& each : flag_words) {
            if (each.least <= set && take(format, position, each.word)) {
                found.*each.flag = true;
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
    const auto read_prefix = [&](const auto& words) {
        return std::ranges::any_of(words, [&](const prefix_word& each) {
            const bool there = take(format, position, each.word);
            found.prefix = there ? each.prefix : found.prefix;
            return there;
        });
    };
    if (!runtime || !read_prefix(runtime_prefix_words)) {
        read_prefix(prefix_words);
    }
    for (const char type : std::string_view(runtime ? "cCdipsSuxXoaAeEfFgG" : "cCdipsSuxX")) {
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

// libc's digits are what the standard asks for, and Microsoft's follow the standard, too.
template <class Char>
void append_floating(std::basic_string<Char>& text, const conversion& how, long double value)
{
    const std::string format = std::string("%") + (how.alternate ? "#" : "") +
                               (how.precision ? "." + std::to_string(*how.precision) : "") + "L" + how.type;
    const long double magnitude = std::signbit(value) ? -value : value;
    const int length = std::snprintf(nullptr, 0, format.c_str(), magnitude);
    std::string digits(static_cast<std::size_t>(length < 0 ? 0 : length), ' ');
    std::snprintf(digits.data(), digits.size() + 1, format.c_str(), magnitude);
    const std::string sign = sign_of(how, std::signbit(value));
    const std::size_t used = sign.size() + digits.size();
    conversion field = how;
    if (!std::isfinite(value)) {
        field.zero = false;
    } else if (how.zero && !how.left && how.width > used) {
        const std::size_t prefix = how.type == 'a' || how.type == 'A' ? 2 : 0;  // zeros go behind 0x
        digits.insert(prefix, how.width - used, '0');
    }
    append_padded<Char>(text, field, widened<Char>(sign + digits));
}

template bool read_conversion(std::string_view, std::size_t&, conversion&, conversion_set);
template bool read_conversion(wide_view, std::size_t&, conversion&, conversion_set);
template void append_floating(std::string&, const conversion&, long double);
template void append_floating(wide_string&, const conversion&, long double);
template void append_converted(std::string&, const conversion&, std::uint64_t);
template void append_converted(wide_string&, const conversion&, std::uint64_t);

}  // namespace spindle::host
