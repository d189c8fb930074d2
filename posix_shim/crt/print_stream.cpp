// Formatted text on streams, wide text as UTF-8. Answers to the pages "printf_s, wprintf_s", "fprintf_s", "vfprintf_s",
// "_putws", "_cprintf".
#include "crt/format.hpp"

#include <cstdio>

using namespace spindle::crt;

namespace {

// The number of characters, not of the bytes that stand for them.
template <class Char>
int print(FILE* stream, const Char* format, va_list arguments) noexcept
{
    if (stream == nullptr || format == nullptr) {
        return invalid(-1);
    }
    return memory_checked(-1, [&] {
        std::basic_string<Char> text;
        if (!format_text(text, format, arguments)) {
            return invalid(-1);
        }
        std::string bytes;
        if constexpr (std::is_same_v<Char, char>) {
            bytes = std::move(text);
        } else {
            bytes = spindle::host::to_utf8(text);
        }
        const std::size_t characters = std::is_same_v<Char, char> ? bytes.size() : text.size();
        return std::fwrite(bytes.data(), 1, bytes.size(), stream) == bytes.size() ? static_cast<int>(characters)
                                                                                  : -1;
    });
}

}  // namespace

int vfprintf_s(FILE* stream, const char* format, va_list arguments)
{
    return print(stream, format, arguments);
}

int fprintf_s(FILE* stream, const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vfprintf_s(stream, format, arguments);
    va_end(arguments);
    return length;
}

int vfwprintf_s(FILE* stream, const WCHAR* format, va_list arguments)
{
    return print(stream, format, arguments);
}

int fwprintf_s(FILE* stream, const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vfwprintf_s(stream, format, arguments);
    va_end(arguments);
    return length;
}

int vprintf_s(const char* format, va_list arguments)
{
    return print(stdout, format, arguments);
}

int printf_s(const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vprintf_s(format, arguments);
    va_end(arguments);
    return length;
}

int vwprintf_s(const WCHAR* format, va_list arguments)
{
    return print(stdout, format, arguments);
}

int wprintf_s(const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vwprintf_s(format, arguments);
    va_end(arguments);
    return length;
}

int _putws(const WCHAR* text)
{
    if (text == nullptr) {
        return invalid(EOF);
    }
    return memory_checked(EOF, [&] { return std::puts(spindle::host::to_utf8(text).c_str()); });
}

int _cprintf(const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vprintf_s(format, arguments);
    va_end(arguments);
    return length;
}

int spindle_vfwprintf(FILE* stream, const WCHAR* format, va_list arguments)
{
    return vfwprintf_s(stream, format, arguments);
}

int spindle_fwprintf(FILE* stream, const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = spindle_vfwprintf(stream, format, arguments);
    va_end(arguments);
    return length;
}

int spindle_vwprintf(const WCHAR* format, va_list arguments)
{
    return vwprintf_s(format, arguments);
}

int spindle_wprintf(const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = spindle_vwprintf(format, arguments);
    va_end(arguments);
    return length;
}
