// The standard's functions on wide strings and blocks, in 16-bit units; undefined for null pointers, as the standard's are.
// Answers to the pages "strlen, wcslen", "strcpy, wcscpy", "strncpy, wcsncpy", "strcat, wcscat", "strcmp, wcscmp", "strchr,
// wcschr", "strstr, wcsstr", "strtok, wcstok", "memcpy, wmemcpy".
#include "crt/crt.hpp"

#include <algorithm>

using namespace spindle::crt;

namespace {

using traits = std::char_traits<WCHAR>;

wide_view rest_of(const WCHAR* text) noexcept
{
    return text;
}

WCHAR* at(const WCHAR* text, std::size_t position) noexcept
{
    return position == wide_view::npos ? nullptr : const_cast<WCHAR*>(text + position);
}

int order(int comparison) noexcept
{
    return (comparison > 0) - (comparison < 0);
}

}  // namespace

std::size_t spindle_wcslen(const WCHAR* text)
{
    return traits::length(text);
}

std::size_t spindle_wcsnlen(const WCHAR* text, std::size_t size)
{
    return bounded_length(text, size);
}

WCHAR* spindle_wcscpy(WCHAR* target, const WCHAR* source)
{
    return traits::copy(target, source, traits::length(source) + 1);
}

// Fills up with zeros; no terminator when the source is too long.
WCHAR* spindle_wcsncpy(WCHAR* target, const WCHAR* source, std::size_t count)
{
    const std::size_t length = bounded_length(source, count);
    traits::copy(target, source, length);
    std::fill(target + length, target + count, WCHAR{0});
    return target;
}

WCHAR* spindle_wcscat(WCHAR* target, const WCHAR* source)
{
    spindle_wcscpy(target + traits::length(target), source);
    return target;
}

WCHAR* spindle_wcsncat(WCHAR* target, const WCHAR* source, std::size_t count)
{
    WCHAR* end = target + traits::length(target);
    const std::size_t length = bounded_length(source, count);
    traits::copy(end, source, length);
    end[length] = 0;
    return target;
}

int spindle_wcscmp(const WCHAR* one, const WCHAR* two)
{
    return order(rest_of(one).compare(two));
}

int spindle_wcsncmp(const WCHAR* one, const WCHAR* two, std::size_t count)
{
    return order(wide_view(one, bounded_length(one, count)).compare(wide_view(two, bounded_length(two, count))));
}

std::size_t spindle_wcsspn(const WCHAR* text, const WCHAR* letters)
{
    const wide_view whole(text);
    return std::min(whole.find_first_not_of(letters), whole.size());
}

std::size_t spindle_wcscspn(const WCHAR* text, const WCHAR* letters)
{
    const wide_view whole(text);
    return std::min(whole.find_first_of(letters), whole.size());
}

// The terminator can be looked for, too.
WCHAR* spindle_wcschr(const WCHAR* text, WCHAR letter)
{
    return at(text, wide_view(text, traits::length(text) + 1).find(letter));
}

WCHAR* spindle_wcsrchr(const WCHAR* text, WCHAR letter)
{
    return at(text, wide_view(text, traits::length(text) + 1).rfind(letter));
}

WCHAR* spindle_wcsstr(const WCHAR* text, const WCHAR* wanted)
{
    return at(text, rest_of(text).find(wanted));
}

WCHAR* spindle_wcspbrk(const WCHAR* text, const WCHAR* letters)
{
    return at(text, rest_of(text).find_first_of(letters));
}

WCHAR* spindle_wcstok(WCHAR* text, const WCHAR* separators, WCHAR** context)
{
    return wcstok_s(text, separators, context);
}

WCHAR* spindle_wmemcpy(WCHAR* target, const WCHAR* source, std::size_t count)
{
    return traits::copy(target, source, count);
}

WCHAR* spindle_wmemmove(WCHAR* target, const WCHAR* source, std::size_t count)
{
    return traits::move(target, source, count);
}

WCHAR* spindle_wmemset(WCHAR* target, WCHAR letter, std::size_t count)
{
    return traits::assign(target, count, letter);
}

int spindle_wmemcmp(const WCHAR* one, const WCHAR* two, std::size_t count)
{
    return order(traits::compare(one, two, count));
}

WCHAR* spindle_wmemchr(const WCHAR* text, WCHAR letter, std::size_t count)
{
    return at(text, wide_view(text, count).find(letter));
}
