// Formatting, see format.hpp.
#include "crt/format.hpp"

#include "host/argument_list.hpp"

namespace spindle::crt {

using namespace host;

namespace {

// '*' takes its number from the arguments: a negative width means "left", a negative precision none.
void take_numbers(conversion& how, argument_list& arguments) noexcept
{
    if (how.width_argument) {
        const auto width = static_cast<std::int32_t>(arguments.next(argument_kind::number));
        how.left = how.left || width < 0;
        how.width = static_cast<std::size_t>(width < 0 ? -std::int64_t{width} : std::int64_t{width});
    }
    if (how.precision_argument) {
        const auto precision = static_cast<std::int32_t>(arguments.next(argument_kind::number));
        how.precision = precision < 0 ? std::nullopt : std::optional<std::size_t>(precision);
    }
}

template <class Char>
void append_argument(std::basic_string<Char>& text, conversion& how, argument_list& arguments)
{
    const argument_kind kind = how.kind();
    if (kind == argument_kind::floating || kind == argument_kind::long_double) {
        append_floating(text, how, arguments.next_floating(kind));
        return;
    }
    const std::uint64_t value = arguments.next(kind);
    const bool number = std::string_view("diuoxX").find(how.type) != std::string_view::npos;
    if (number && how.precision) {
        how.zero = false;
    }
    if (value == 0 && how.type != 'o') {
        how.alternate = false;
    }
    append_converted(text, how, value);
}

}  // namespace

template <class Char>
bool format_text(std::basic_string<Char>& text, const Char* format, va_list list)
{
    argument_list arguments(list);
    const std::basic_string_view<Char> whole(format);
    for (std::size_t position = 0; position < whole.size();) {
        const Char letter = whole[position++];
        conversion how;
        if (letter != '%') {
            text += letter;
        } else if (read_conversion(whole, position, how, conversion_set::runtime)) {
            take_numbers(how, arguments);
            append_argument(text, how, arguments);
        } else if (position < whole.size()) {
            if (whole[position] == 'n') {
                return false;
            }
            text += whole[position++];  // "%%", or no conversion: the character stands for itself
        }
    }
    return true;
}

template bool format_text(std::string&, const char*, va_list);
template bool format_text(wide_string&, const WCHAR*, va_list);

}  // namespace spindle::crt
