// wsprintf. As documented it writes at most 1024 characters, the terminator among them. Answers to the page
// "wsprintfW".
#include "host/argument_list.hpp"
#include "host/text_arguments.hpp"

using namespace spindle::host;

namespace {

constexpr std::size_t output_limit = 1024;

template <class Char>
std::basic_string<Char> formatted(std::basic_string_view<Char> format, argument_list& arguments)
{
    std::basic_string<Char> text;
    for (std::size_t position = 0; position < format.size() && text.size() < output_limit;) {
        const Char letter = format[position++];
        conversion how;
        if (letter != '%') {
            text += letter;
        } else if (read_conversion(format, position, how) && !how.width_argument && !how.precision_argument) {
            append_converted(text, how, arguments.next(how.kind()));
        } else if (position < format.size()) {
            text += format[position++];  // "%%", or no conversion: the character stands for itself
        }
    }
    return text;
}

template <class Char>
int print(Char* buffer, const Char* format, argument_list& arguments) noexcept
{
    if (buffer == nullptr || format == nullptr) {
        return fail(0, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(0, [&] {
        const auto text = formatted(std::basic_string_view<Char>(format), arguments);
        copy_terminated<Char>(text, buffer, output_limit);
        return static_cast<int>(std::min(text.size(), output_limit - 1));
    });
}

}  // namespace

int WINAPI wvsprintfA(LPSTR text, LPCSTR format, va_list arguments)
{
    argument_list own(arguments);
    return print(text, format, own);
}

int WINAPI wvsprintfW(LPWSTR text, LPCWSTR format, va_list arguments)
{
    argument_list own(arguments);
    return print(text, format, own);
}

int WINAPIV wsprintfA(LPSTR text, LPCSTR format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = wvsprintfA(text, format, arguments);
    va_end(arguments);
    return length;
}

int WINAPIV wsprintfW(LPWSTR text, LPCWSTR format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = wvsprintfW(text, format, arguments);
    va_end(arguments);
    return length;
}
