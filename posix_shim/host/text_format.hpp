// printf's conversions with two widths of characters, as wsprintf and the inserts of FormatMessage have them, and as the
// C run-time's functions do, which know more flags and floating point. Where the arguments come from is the caller's
// business. Answers to the pages "wsprintfW", "FormatMessageW" and "Format specification syntax: printf and wprintf
// functions".
#pragma once

#include "host/text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spindle::host {

enum class length_prefix : std::uint8_t {
    none,
    half,
    full,
    pointer,
    wide64,
    byte,
    long_double
};  // none, h, l and w, I and z and t, I64 and ll and j, hh, L
enum class argument_kind : std::uint8_t { number, number64, pointer, floating, long_double };
enum class conversion_set : std::uint8_t { windows, runtime };

struct conversion {
    bool left = false;
    bool alternate = false;
    bool zero = false;
    bool plus = false;   // from here on the run-time's alone
    bool space = false;
    bool width_argument = false;      // a '*' stands for the width
    bool precision_argument = false;  // and here for the precision
    std::size_t width = 0;
    std::optional<std::size_t> precision;
    length_prefix prefix = length_prefix::none;
    char type = 0;

    [[nodiscard]] argument_kind kind() const noexcept;
};

/// Reads what follows a '%' and moves past it. False when it is no conversion; then `position` is at the
/// character that made no sense.
template <class Char>
[[nodiscard]] bool read_conversion(std::basic_string_view<Char> format, std::size_t& position,
                                   conversion& found, conversion_set set = conversion_set::windows);

/// The value is what a va_list of that kind of argument gave, numbers in their low bits.
template <class Char>
void append_converted(std::basic_string<Char>& text, const conversion& how, std::uint64_t value);

/// The same for the conversions whose argument is a floating-point number.
template <class Char>
void append_floating(std::basic_string<Char>& text, const conversion& how, long double value);

}  // namespace spindle::host
