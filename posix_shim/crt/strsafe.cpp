// Strings that are cut instead of running over. Answers to the pages "StringCchCopyW", "StringCchCopyNW", "StringCchCatW",
// "StringCchCatNW", "StringCchPrintfW", "StringCchVPrintfW", "StringCchLengthW" and their Cb forms.
#pragma GCC visibility push(default)
#include <strsafe.h>
#pragma GCC visibility pop

#include "crt/format.hpp"

using namespace spindle::crt;

namespace {

constexpr std::size_t everything = static_cast<std::size_t>(-1);

template <class Char>
bool is_target(const Char* target, std::size_t size) noexcept
{
    return target != nullptr && size != 0 && size <= STRSAFE_MAX_CCH;
}

template <class Char>
HRESULT put(Char* target, std::size_t room, const Char* source, std::size_t count) noexcept
{
    const std::size_t length = bounded_length(source, count < room ? count : room);
    const std::size_t copied = length < room ? length : room - 1;
    std::char_traits<Char>::move(target, source, copied);
    target[copied] = 0;
    return copied == length ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

template <class Char>
HRESULT copy(Char* target, std::size_t size, const Char* source, std::size_t count = everything) noexcept
{
    const bool valid = source != nullptr && (count == everything || count <= STRSAFE_MAX_CCH);
    if (!is_target(target, size) || !valid) {
        if (is_target(target, size)) {
            target[0] = 0;
        }
        return STRSAFE_E_INVALID_PARAMETER;
    }
    return put(target, size, source, count);
}

template <class Char>
HRESULT append(Char* target, std::size_t size, const Char* source, std::size_t count = everything) noexcept
{
    const std::size_t used = is_target(target, size) ? bounded_length(target, size) : size;
    if (used == size || source == nullptr || (count != everything && count > STRSAFE_MAX_CCH)) {
        return STRSAFE_E_INVALID_PARAMETER;
    }
    return put(target + used, size - used, source, count);
}

template <class Char>
HRESULT print(Char* target, std::size_t size, const Char* format, va_list arguments) noexcept
try {
    if (!is_target(target, size) || format == nullptr) {
        return STRSAFE_E_INVALID_PARAMETER;
    }
    target[0] = 0;
    std::basic_string<Char> text;
    if (!format_text(text, format, arguments)) {
        return STRSAFE_E_INVALID_PARAMETER;
    }
    spindle::host::copy_terminated<Char>(text, target, size);
    return text.size() < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
} catch (const std::bad_alloc&) {
    return E_OUTOFMEMORY;
}

template <class Char>
HRESULT measure(const Char* text, std::size_t most, std::size_t* length, std::size_t unit) noexcept
{
    const std::size_t found =
        text != nullptr && most != 0 && most <= STRSAFE_MAX_CCH ? bounded_length(text, most) : most;
    if (length != nullptr) {
        *length = found < most ? found * unit : 0;
    }
    return found < most ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}

}  // namespace

HRESULT StringCchCopyA(char* target, size_t size, const char* source)
{
    return copy(target, size, source);
}

HRESULT StringCchCopyNA(char* target, size_t size, const char* source, size_t count)
{
    return copy(target, size, source, count);
}

HRESULT StringCchCatA(char* target, size_t size, const char* source)
{
    return append(target, size, source);
}

HRESULT StringCchCatNA(char* target, size_t size, const char* source, size_t count)
{
    return append(target, size, source, count);
}

HRESULT StringCchVPrintfA(char* target, size_t size, const char* format, va_list arguments)
{
    return print(target, size, format, arguments);
}

HRESULT StringCchPrintfA(char* target, size_t size, const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const HRESULT result = StringCchVPrintfA(target, size, format, arguments);
    va_end(arguments);
    return result;
}

HRESULT StringCchLengthA(const char* text, size_t most, size_t* length)
{
    return measure(text, most, length, 1);
}

HRESULT StringCchCopyW(WCHAR* target, size_t size, const WCHAR* source)
{
    return copy(target, size, source);
}

HRESULT StringCchCopyNW(WCHAR* target, size_t size, const WCHAR* source, size_t count)
{
    return copy(target, size, source, count);
}

HRESULT StringCchCatW(WCHAR* target, size_t size, const WCHAR* source)
{
    return append(target, size, source);
}

HRESULT StringCchCatNW(WCHAR* target, size_t size, const WCHAR* source, size_t count)
{
    return append(target, size, source, count);
}

HRESULT StringCchVPrintfW(WCHAR* target, size_t size, const WCHAR* format, va_list arguments)
{
    return print(target, size, format, arguments);
}

HRESULT StringCchPrintfW(WCHAR* target, size_t size, const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const HRESULT result = StringCchVPrintfW(target, size, format, arguments);
    va_end(arguments);
    return result;
}

HRESULT StringCchLengthW(const WCHAR* text, size_t most, size_t* length)
{
    return measure(text, most, length, 1);
}

HRESULT StringCbCopyA(char* target, size_t size, const char* source)
{
    return copy(target, size, source);
}

HRESULT StringCbCopyNA(char* target, size_t size, const char* source, size_t count)
{
    return copy(target, size, source, count);
}

HRESULT StringCbCatA(char* target, size_t size, const char* source)
{
    return append(target, size, source);
}

HRESULT StringCbCatNA(char* target, size_t size, const char* source, size_t count)
{
    return append(target, size, source, count);
}

HRESULT StringCbVPrintfA(char* target, size_t size, const char* format, va_list arguments)
{
    return print(target, size, format, arguments);
}

HRESULT StringCbPrintfA(char* target, size_t size, const char* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const HRESULT result = StringCbVPrintfA(target, size, format, arguments);
    va_end(arguments);
    return result;
}

HRESULT StringCbLengthA(const char* text, size_t most, size_t* length)
{
    return measure(text, most, length, 1);
}

HRESULT StringCbCopyW(WCHAR* target, size_t size, const WCHAR* source)
{
    return copy(target, size / sizeof(WCHAR), source);
}

HRESULT StringCbCopyNW(WCHAR* target, size_t size, const WCHAR* source, size_t count)
{
    return copy(target, size / sizeof(WCHAR), source, count / sizeof(WCHAR));
}

HRESULT StringCbCatW(WCHAR* target, size_t size, const WCHAR* source)
{
    return append(target, size / sizeof(WCHAR), source);
}

HRESULT StringCbCatNW(WCHAR* target, size_t size, const WCHAR* source, size_t count)
{
    return append(target, size / sizeof(WCHAR), source, count / sizeof(WCHAR));
}

HRESULT StringCbVPrintfW(WCHAR* target, size_t size, const WCHAR* format, va_list arguments)
{
    return print(target, size / sizeof(WCHAR), format, arguments);
}

HRESULT StringCbPrintfW(WCHAR* target, size_t size, const WCHAR* format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const HRESULT result = StringCbVPrintfW(target, size, format, arguments);
    va_end(arguments);
    return result;
}

HRESULT StringCbLengthW(const WCHAR* text, size_t most, size_t* length)
{
    return measure(text, most / sizeof(WCHAR), length, sizeof(WCHAR));
}
