// Formatted text into a caller's buffer, in the three ways the run-time has: sized and checked (sprintf_s), cut without a
// terminator (_snprintf), cut with one (_snprintf_s). Answers to the pages "sprintf_s", "_snprintf, _snwprintf",
// "_snprintf_s", "_scprintf", "swprintf".
#include "crt/format.hpp"

using namespace spindle::crt;

namespace {

// What a print does with text that is not as long as the buffer has room: the length is returned, otherwise this.
constexpr int failed = -1;

// The text's length as the functions return it; `use` does the rest.
template <class Char, class Use>
int with_text(const Char* format, va_list arguments, Use use) noexcept
{
    if (format == nullptr) {
        return invalid(failed);
    }
    return memory_checked(failed, [&] {
        std::basic_string<Char> text;
        return format_text(text, format, arguments) ? use(text) : invalid(failed);
    });
}

template <class Char>
void put(const std::basic_string<Char>& text, Char* target, std::size_t size) noexcept
{
    spindle::host::copy_terminated<Char>(text, target, size);
}

template <class Char>
int refuse(Char* target, int error) noexcept
{
    target[0] = 0;
    return invalid(failed, error);
}

template <class Char>
int print_checked(Char* target, std::size_t size, const Char* format, va_list arguments) noexcept
{
    if (target == nullptr || size == 0) {
        return invalid(failed);
    }
    return with_text(format, arguments, [&](const std::basic_string<Char>& text) {
        if (text.size() >= size) {
            return refuse(target, ERANGE);
        }
        put(text, target, size);
        return static_cast<int>(text.size());
    });
}

// As many characters as there is room for; the terminator only if there is room for that, too.
template <class Char>
int print_unterminated(Char* target, std::size_t count, const Char* format, va_list arguments) noexcept
{
    if (target == nullptr && count != 0) {
        return invalid(failed);
    }
    return with_text(format, arguments, [&](const std::basic_string<Char>& text) {
        text.copy(target, count);
        if (text.size() < count) {
            target[text.size()] = 0;
        }
        return text.size() <= count ? static_cast<int>(text.size()) : failed;
    });
}

template <class Char>
int print_cut(Char* target, std::size_t size, std::size_t count, const Char* format, va_list arguments) noexcept
{
    if (count == 0 && target == nullptr && size == 0) {
        return 0;
    }
    if (target == nullptr || size == 0) {
        return invalid(failed);
    }
    return with_text(format, arguments, [&](const std::basic_string<Char>& text) {
        const bool fits = text.size() < size;
        if (!fits && count != _TRUNCATE && count >= size) {
            return refuse(target, ERANGE);
        }
        const std::size_t room = count < size ? count + 1 : size;
        put(text, target, room);
        return text.size() < room ? static_cast<int>(text.size()) : failed;
    });
}

template <class Char>
int count_only(const Char* format, va_list arguments) noexcept
{
    return with_text(format, arguments,
                     [](const std::basic_string<Char>& text) { return static_cast<int>(text.size()); });
}

// The standard's: cut, terminated, a failure when it was cut.
template <class Char>
int print_standard(Char* target, std::size_t size, const Char* format, va_list arguments) noexcept
{
    return print_cut(target, size, _TRUNCATE, format, arguments);
}

}  // namespace

int vsprintf_s(char* target, std::size_t size, const char* format, va_list arguments)
{
    return print_checked(target, size, format, arguments);
}

int sprintf_s(char* target, std::size_t size, const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsprintf_s(target, size, format, arguments);
    va_end(arguments);
    return length;
}

int vswprintf_s(WCHAR* target, std::size_t size, const WCHAR* format, va_list arguments)
{
    return print_checked(target, size, format, arguments);
}

int swprintf_s(WCHAR* target, std::size_t size, const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vswprintf_s(target, size, format, arguments);
    va_end(arguments);
    return length;
}

int _vsnprintf(char* target, std::size_t count, const char* format, va_list arguments)
{
    return print_unterminated(target, count, format, arguments);
}

int _snprintf(char* target, std::size_t count, const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = _vsnprintf(target, count, format, arguments);
    va_end(arguments);
    return length;
}

int _vsnwprintf(WCHAR* target, std::size_t count, const WCHAR* format, va_list arguments)
{
    return print_unterminated(target, count, format, arguments);
}

int _snwprintf(WCHAR* target, std::size_t count, const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = _vsnwprintf(target, count, format, arguments);
    va_end(arguments);
    return length;
}

int _vsnprintf_s(char* target, std::size_t size, std::size_t count, const char* format, va_list arguments)
{
    return print_cut(target, size, count, format, arguments);
}

int _snprintf_s(char* target, std::size_t size, std::size_t count, const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = _vsnprintf_s(target, size, count, format, arguments);
    va_end(arguments);
    return length;
}

int _vsnwprintf_s(WCHAR* target, std::size_t size, std::size_t count, const WCHAR* format, va_list arguments)
{
    return print_cut(target, size, count, format, arguments);
}

int _snwprintf_s(WCHAR* target, std::size_t size, std::size_t count, const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = _vsnwprintf_s(target, size, count, format, arguments);
    va_end(arguments);
    return length;
}

int _vscprintf(const char* format, va_list arguments)
{
    return count_only(format, arguments);
}

int _scprintf(const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = _vscprintf(format, arguments);
    va_end(arguments);
    return length;
}

int _vscwprintf(const WCHAR* format, va_list arguments)
{
    return count_only(format, arguments);
}

int _scwprintf(const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = _vscwprintf(format, arguments);
    va_end(arguments);
    return length;
}

int spindle_vswprintf(WCHAR* target, std::size_t size, const WCHAR* format, va_list arguments)
{
    return print_standard(target, size, format, arguments);
}

int spindle_swprintf(WCHAR* target, std::size_t size, const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = spindle_vswprintf(target, size, format, arguments);
    va_end(arguments);
    return length;
}
