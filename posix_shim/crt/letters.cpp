// Comparing without regard to case, changing case, reversing, filling, copying to the heap. Answers to the pages
// "_stricmp, _wcsicmp", "_strnicmp", "_memicmp", "_strlwr", "_strlwr_s", "_strrev", "_strset", "_strdup".
#include "crt/crt.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>

using namespace spindle::crt;

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
constexpr int compare_error = std::numeric_limits<int>::max();  // _NLSCMPERROR

template <class Char>
int rank(Char letter) noexcept
{
    return static_cast<int>(std::char_traits<Char>::to_int_type(lower(letter)));
}

template <class Char>
int compare(const Char* one, const Char* two, std::size_t count) noexcept
{
    if (one == nullptr || two == nullptr || (count != unlimited && count > INT32_MAX)) {
        return invalid(compare_error);
    }
    for (; count != 0; --count, ++one, ++two) {
        if (rank(*one) != rank(*two) || *one == 0) {
            return rank(*one) - rank(*two);
        }
    }
    return 0;
}

template <class Char>
Char* convert(Char* text, Char (*change)(Char)) noexcept
{
    if (text == nullptr) {
        return invalid<Char*>(nullptr);
    }
    std::transform(text, text + std::char_traits<Char>::length(text), text, change);
    return text;
}

template <class Char>
errno_t convert_bounded(Char* text, std::size_t size, Char (*change)(Char)) noexcept
{
    if (text == nullptr) {
        return invalid_error();
    }
    const std::size_t length = bounded_length(text, size);
    if (length == size) {
        if (size != 0) {
            text[0] = 0;
        }
        return invalid_error();  // no terminator within the size
    }
    std::transform(text, text + length, text, change);
    return 0;
}

template <class Char>
Char* reverse(Char* text) noexcept
{
    if (text == nullptr) {
        return invalid<Char*>(nullptr);
    }
    std::reverse(text, text + std::char_traits<Char>::length(text));
    return text;
}

template <class Char>
Char* duplicate(const Char* text) noexcept
{
    if (text == nullptr) {
        return nullptr;
    }
    const std::size_t size = (std::char_traits<Char>::length(text) + 1) * sizeof(Char);
    void* copy = std::malloc(size);
    return copy != nullptr ? static_cast<Char*>(std::memcpy(copy, text, size)) : nullptr;
}

char* fill(char* text, int letter, std::size_t count) noexcept
{
    if (text == nullptr) {
        return invalid<char*>(nullptr);
    }
    std::fill_n(text, bounded_length(text, count), static_cast<char>(letter));
    return text;
}

}  // namespace

int _stricmp(const char* one, const char* two)
{
    return compare(one, two, unlimited);
}

int _wcsicmp(const WCHAR* one, const WCHAR* two)
{
    return compare(one, two, unlimited);
}

int _strnicmp(const char* one, const char* two, std::size_t count)
{
    return compare(one, two, count);
}

int _wcsnicmp(const WCHAR* one, const WCHAR* two, std::size_t count)
{
    return compare(one, two, count);
}

int _memicmp(const void* one, const void* two, std::size_t count)
{
    if (count != 0 && (one == nullptr || two == nullptr)) {
        return invalid(compare_error);
    }
    const char* left = static_cast<const char*>(one);
    const char* right = static_cast<const char*>(two);
    for (std::size_t index = 0; index < count; ++index) {
        if (const int difference = rank(left[index]) - rank(right[index])) {
            return difference;
        }
    }
    return 0;
}

char* _strlwr(char* text)
{
    return convert(text, &lower<char>);
}

char* _strupr(char* text)
{
    return convert(text, &upper<char>);
}

WCHAR* _wcslwr(WCHAR* text)
{
    return convert(text, &lower<WCHAR>);
}

WCHAR* _wcsupr(WCHAR* text)
{
    return convert(text, &upper<WCHAR>);
}

errno_t _strlwr_s(char* text, std::size_t size)
{
    return convert_bounded(text, size, &lower<char>);
}

errno_t _strupr_s(char* text, std::size_t size)
{
    return convert_bounded(text, size, &upper<char>);
}

errno_t _wcslwr_s(WCHAR* text, std::size_t size)
{
    return convert_bounded(text, size, &lower<WCHAR>);
}

errno_t _wcsupr_s(WCHAR* text, std::size_t size)
{
    return convert_bounded(text, size, &upper<WCHAR>);
}

char* _strrev(char* text)
{
    return reverse(text);
}

WCHAR* _wcsrev(WCHAR* text)
{
    return reverse(text);
}

char* _strset(char* text, int letter)
{
    return fill(text, letter, unlimited);
}

char* _strnset(char* text, int letter, std::size_t count)
{
    return fill(text, letter, count);
}

char* _strdup(const char* text)
{
    return duplicate(text);
}

WCHAR* _wcsdup(const WCHAR* text)
{
    return duplicate(text);
}
