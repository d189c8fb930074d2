// wsprintf. As documented it writes at most 1024 characters, the terminator among them. Answers to the page
// "wsprintfW".
#include "host/text_arguments.hpp"
#include "host/text_format.hpp"

#include <cstdarg>

using namespace spindle::host;

namespace {

constexpr std::size_t output_limit = 1024;

// A va_list in a structure, since an array cannot be passed on by reference.
struct argument_list {
    va_list list;

    [[nodiscard]] std::uint64_t next(argument_kind kind) noexcept
    {
        switch (kind) {
        case argument_kind::number64:
            return va_arg(list, unsigned long long);
        case argument_kind::pointer:
            return reinterpret_cast<std::uintptr_t>(va_arg(list, void*));
        default:
            return static_cast<std::uint32_t>(va_arg(list, int));
        }
    }
};

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
    argument_list own;
    va_copy(own.list, arguments);
    const int length = print(text, format, own);
    va_end(own.list);
    return length;
}

int WINAPI wvsprintfW(LPWSTR text, LPCWSTR format, va_list arguments)
{
    argument_list own;
    va_copy(own.list, arguments);
    const int length = print(text, format, own);
    va_end(own.list);
    return length;
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
