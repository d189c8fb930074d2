// printf's conversions as wsprintf and the inserts of FormatMessage have them: no floating point, two widths of
// characters. Where the arguments come from is the caller's business. Answers to the pages "wsprintfW" and
// "FormatMessageW".
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
    wide64
};  // none, h, l and w, I, I64 and ll
enum class argument_kind : std::uint8_t { number, number64, pointer };

struct conversion {
    bool left = false;
    bool alternate = false;
    bool zero = false;
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
                                   conversion& found);

/// The value is what a va_list of that kind of argument gave, numbers in their low bits.
template <class Char>
void append_converted(std::basic_string<Char>& text, const conversion& how, std::uint64_t value);

}  // namespace spindle::host
