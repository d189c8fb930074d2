// Numbers to text and back. Answers to the pages "_itoa, _ltoa, _ultoa, _i64toa", "_itoa_s", "_wtoi", "wcstol".
#include "crt/crt.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <type_traits>

using namespace spindle::crt;

namespace {

constexpr std::size_t no_size_check = 66;  // 64 binary digits, a sign, the terminator

// Windows' long has 32 bits.
template <class Number>
using windows_number = std::conditional_t<std::is_same_v<Number, long>, int,
                                          std::conditional_t<std::is_same_v<Number, unsigned long>, unsigned, Number>>;

template <class Number, class Char>
errno_t print(Number value, Char* target, std::size_t size, int radix) noexcept
{
    if (target == nullptr || size == 0) {
        return invalid_error();
    }
    target[0] = 0;
    if (radix < 2 || radix > 36) {
        return invalid_error();
    }
    const auto number = static_cast<windows_number<Number>>(value);
    const auto bits = static_cast<std::make_unsigned_t<windows_number<Number>>>(number);
    char digits[no_size_check];
    const char* end = radix == 10  // only radix 10 knows a sign; the others show the bits
                          ? std::to_chars(digits, std::end(digits), number, 10).ptr
                          : std::to_chars(digits, std::end(digits), bits, radix).ptr;
    const auto length = static_cast<std::size_t>(end - digits);
    if (length >= size) {
        return invalid_error(ERANGE);
    }
    std::copy_n(digits, length, target);
    target[length] = 0;
    return 0;
}

template <class Number, class Char>
Char* print_unchecked(Number value, Char* target, int radix) noexcept
{
    print(value, target, no_size_check, radix);
    return target;
}

// The beginning that can be a number, as narrow text: what is not ASCII ends it.
std::string narrowed(const WCHAR* text)
{
    std::string narrow;
    for (; *text != 0 && *text < 0x80; ++text) {
        narrow += static_cast<char>(*text);
    }
    return narrow;
}

template <class Number>
Number parse(const WCHAR* text, Number (*convert)(const char*)) noexcept
{
    if (text == nullptr) {
        return invalid(Number{0});
    }
    return memory_checked(Number{0}, [&] { return convert(narrowed(text).c_str()); });
}

// `convert` is one of the standard's, for a number in the radix or for a fraction.
template <class Convert>
auto parse_to_end(const WCHAR* text, WCHAR** end, Convert convert) noexcept
{
    using number = decltype(convert(nullptr, nullptr));
    if (end != nullptr) {
        *end = const_cast<WCHAR*>(text);
    }
    if (text == nullptr) {
        return invalid(number{0});
    }
    return memory_checked(number{0}, [&] {
        const std::string narrow = narrowed(text);
        char* stop = nullptr;
        const number value = convert(narrow.c_str(), &stop);
        if (end != nullptr) {
            *end = const_cast<WCHAR*>(text) + (stop - narrow.c_str());
        }
        return value;
    });
}

}  // namespace

char* _itoa(int value, char* target, int radix)
{
    return print_unchecked(value, target, radix);
}

char* _ltoa(long value, char* target, int radix)
{
    return print_unchecked(value, target, radix);
}

char* _ultoa(unsigned long value, char* target, int radix)
{
    return print_unchecked(value, target, radix);
}

char* _i64toa(long long value, char* target, int radix)
{
    return print_unchecked(value, target, radix);
}

char* _ui64toa(unsigned long long value, char* target, int radix)
{
    return print_unchecked(value, target, radix);
}

WCHAR* _itow(int value, WCHAR* target, int radix)
{
    return print_unchecked(value, target, radix);
}

errno_t _itoa_s(int value, char* target, std::size_t size, int radix)
{
    return print(value, target, size, radix);
}

errno_t _ltoa_s(long value, char* target, std::size_t size, int radix)
{
    return print(value, target, size, radix);
}

errno_t _ultoa_s(unsigned long value, char* target, std::size_t size, int radix)
{
    return print(value, target, size, radix);
}

errno_t _i64toa_s(long long value, char* target, std::size_t size, int radix)
{
    return print(value, target, size, radix);
}

errno_t _ui64toa_s(unsigned long long value, char* target, std::size_t size, int radix)
{
    return print(value, target, size, radix);
}

errno_t _itow_s(int value, WCHAR* target, std::size_t size, int radix)
{
    return print(value, target, size, radix);
}

int _wtoi(const WCHAR* text)
{
    return parse(text, &std::atoi);
}

long _wtol(const WCHAR* text)
{
    return parse(text, &std::atol);
}

long long _wtoi64(const WCHAR* text)
{
    return parse(text, &std::atoll);
}

double _wtof(const WCHAR* text)
{
    return parse(text, &std::atof);
}

long spindle_wcstol(const WCHAR* text, WCHAR** end, int radix)
{
    return parse_to_end(text, end, [radix](const char* from, char** to) { return std::strtol(from, to, radix); });
}

unsigned long spindle_wcstoul(const WCHAR* text, WCHAR** end, int radix)
{
    return parse_to_end(text, end, [radix](const char* from, char** to) { return std::strtoul(from, to, radix); });
}

long long spindle_wcstoll(const WCHAR* text, WCHAR** end, int radix)
{
    return parse_to_end(text, end, [radix](const char* from, char** to) { return std::strtoll(from, to, radix); });
}

unsigned long long spindle_wcstoull(const WCHAR* text, WCHAR** end, int radix)
{
    return parse_to_end(text, end, [radix](const char* from, char** to) { return std::strtoull(from, to, radix); });
}

double spindle_wcstod(const WCHAR* text, WCHAR** end)
{
    return parse_to_end(text, end, [](const char* from, char** to) { return std::strtod(from, to); });
}
