// The lstr functions on terminated strings. Null pointers get the documented answer; comparison goes by the
// characters' numbers, and only ASCII letters have two cases. Answers to the pages "lstrlenW", "lstrcpyW",
// "lstrcpynW", "lstrcatW", "lstrcmpiW".
#include "host/winsock.hpp"

#include <string>
#include <type_traits>

namespace {

template <class Char>
int length_of(const Char* text) noexcept
{
    return text != nullptr ? static_cast<int>(std::char_traits<Char>::length(text)) : 0;
}

template <class Char>
Char* copy(Char* target, const Char* source) noexcept
{
    if (target == nullptr || source == nullptr) {
        return nullptr;
    }
    return std::char_traits<Char>::move(target, source, static_cast<std::size_t>(length_of(source)) + 1);
}

// At most `size` characters, the terminator among them.
template <class Char>
Char* copy_bounded(Char* target, const Char* source, int size) noexcept
{
    if (target == nullptr || source == nullptr || size <= 0) {
        return nullptr;
    }
    int length = 0;
    while (length < size - 1 && source[length] != 0) {
        ++length;
    }
    std::char_traits<Char>::move(target, source, static_cast<std::size_t>(length));
    target[length] = 0;
    return target;
}

template <class Char>
Char* append(Char* target, const Char* source) noexcept
{
    if (target == nullptr || copy(target + length_of(target), source) == nullptr) {
        return nullptr;
    }
    return target;
}

template <class Char>
unsigned exact(Char letter) noexcept
{
    return std::make_unsigned_t<std::conditional_t<sizeof(Char) == 1, char, std::int16_t>>(letter);
}

template <class Char>
unsigned folded(Char letter) noexcept
{
    return letter >= 'A' && letter <= 'Z' ? exact(letter) + 32 : exact(letter);
}

// A null pointer comes before every string.
template <class Char>
int compare(const Char* one, const Char* two, unsigned (*key)(Char)) noexcept
{
    if (one == nullptr || two == nullptr) {
        return static_cast<int>(one != nullptr) - static_cast<int>(two != nullptr);
    }
    while (*one != 0 && key(*one) == key(*two)) {
        ++one;
        ++two;
    }
    return static_cast<int>(key(*one) > key(*two)) - static_cast<int>(key(*one) < key(*two));
}

}  // namespace

int WINAPI lstrcmpA(LPCSTR lpString1, LPCSTR lpString2)
{
    return compare(lpString1, lpString2, &exact<CHAR>);
}

int WINAPI lstrcmpW(LPCWSTR lpString1, LPCWSTR lpString2)
{
    return compare(lpString1, lpString2, &exact<WCHAR>);
}

int WINAPI lstrcmpiA(LPCSTR lpString1, LPCSTR lpString2)
{
    return compare(lpString1, lpString2, &folded<CHAR>);
}

int WINAPI lstrcmpiW(LPCWSTR lpString1, LPCWSTR lpString2)
{
    return compare(lpString1, lpString2, &folded<WCHAR>);
}

LPSTR WINAPI lstrcpyA(LPSTR lpString1, LPCSTR lpString2)
{
    return copy(lpString1, lpString2);
}

LPWSTR WINAPI lstrcpyW(LPWSTR lpString1, LPCWSTR lpString2)
{
    return copy(lpString1, lpString2);
}

LPSTR WINAPI lstrcpynA(LPSTR lpString1, LPCSTR lpString2, int iMaxLength)
{
    return copy_bounded(lpString1, lpString2, iMaxLength);
}

LPWSTR WINAPI lstrcpynW(LPWSTR lpString1, LPCWSTR lpString2, int iMaxLength)
{
    return copy_bounded(lpString1, lpString2, iMaxLength);
}

LPSTR WINAPI lstrcatA(LPSTR lpString1, LPCSTR lpString2)
{
    return append(lpString1, lpString2);
}

LPWSTR WINAPI lstrcatW(LPWSTR lpString1, LPCWSTR lpString2)
{
    return append(lpString1, lpString2);
}

int WINAPI lstrlenA(LPCSTR lpString)
{
    return length_of(lpString);
}

int WINAPI lstrlenW(LPCWSTR lpString)
{
    return length_of(lpString);
}
