// Copying, appending and splitting strings with the target's size known. On an error the target becomes the empty
// string. Answers to the pages "strcpy_s, wcscpy_s", "strcat_s", "strncpy_s", "strncat_s", "strtok_s", "strnlen".
#include "crt/crt.hpp"

using namespace spindle::crt;

namespace {

template <class Char>
errno_t refuse(Char* target, int error) noexcept
{
    target[0] = 0;
    return invalid_error(error);
}

template <class Char>
bool is_target(const Char* target, std::size_t size) noexcept
{
    return target != nullptr && size != 0;
}

// Puts at most `count` characters of the source behind the first `used` of the target.
template <class Char>
errno_t put(Char* target, std::size_t size, std::size_t used, const Char* source, std::size_t count) noexcept
{
    const bool truncate = count == _TRUNCATE;
    const std::size_t room = size - used;
    const std::size_t length = bounded_length(source, truncate || count > room ? room : count);
    if (length < room) {
        std::char_traits<Char>::move(target + used, source, length);
        target[used + length] = 0;
        return 0;
    }
    if (!truncate) {
        return refuse(target, ERANGE);
    }
    std::char_traits<Char>::move(target + used, source, room - 1);
    target[size - 1] = 0;
    return STRUNCATE;
}

template <class Char>
errno_t copy(Char* target, std::size_t size, const Char* source) noexcept
{
    if (!is_target(target, size)) {
        return invalid_error();
    }
    return source == nullptr ? refuse(target, EINVAL) : put(target, size, 0, source, size);
}

template <class Char>
errno_t copy_some(Char* target, std::size_t size, const Char* source, std::size_t count) noexcept
{
    if (count == 0 && target == nullptr && size == 0) {
        return 0;
    }
    if (!is_target(target, size)) {
        return invalid_error();
    }
    if (count == 0) {
        target[0] = 0;
        return 0;
    }
    return source == nullptr ? refuse(target, EINVAL) : put(target, size, 0, source, count);
}

template <class Char>
errno_t append_some(Char* target, std::size_t size, const Char* source, std::size_t count) noexcept
{
    if (count == 0 && target == nullptr && size == 0) {
        return 0;
    }
    if (!is_target(target, size)) {
        return invalid_error();
    }
    const std::size_t used = bounded_length(target, size);
    if (used == size || (source == nullptr && count != 0)) {
        return refuse(target, EINVAL);  // no string to append to, or none to append
    }
    return count == 0 ? 0 : put(target, size, used, source, count);
}

template <class Char>
errno_t append(Char* target, std::size_t size, const Char* source) noexcept
{
    return append_some(target, size, source, size != 0 ? size : 1);
}

template <class Char>
Char* next_token(Char* text, const Char* separators, Char** context) noexcept
{
    if (separators == nullptr || context == nullptr || (text == nullptr && *context == nullptr)) {
        return invalid<Char*>(nullptr);
    }
    const auto separates = [&](Char letter) {
        return std::char_traits<Char>::find(separators, std::char_traits<Char>::length(separators), letter) !=
               nullptr;
    };
    Char* start = text != nullptr ? text : *context;
    while (*start != 0 && separates(*start)) {
        ++start;
    }
    Char* end = start;
    while (*end != 0 && !separates(*end)) {
        ++end;
    }
    *context = *end != 0 ? end + 1 : end;
    *end = 0;
    return start != end ? start : nullptr;
}

template <class Char>
std::size_t length_within(const Char* text, std::size_t size) noexcept
{
    return text != nullptr ? bounded_length(text, size) : 0;
}

// With `clears` a refused copy leaves zeros behind, as memcpy_s does and memmove_s does not.
errno_t move_bytes(void* target, std::size_t size, const void* source, std::size_t count, bool clears) noexcept
{
    if (count == 0) {
        return 0;
    }
    if (target == nullptr) {
        return invalid_error();
    }
    if (source == nullptr || size < count) {
        if (clears) {
            std::memset(target, 0, size);
        }
        return invalid_error(source == nullptr ? EINVAL : ERANGE);
    }
    std::memmove(target, source, count);
    return 0;
}

constexpr std::size_t bytes_of(std::size_t characters) noexcept
{
    constexpr std::size_t most = static_cast<std::size_t>(-1) / sizeof(WCHAR);
    return characters > most ? static_cast<std::size_t>(-1) : characters * sizeof(WCHAR);
}

}  // namespace

errno_t memcpy_s(void* target, rsize_t size, const void* source, rsize_t count)
{
    return move_bytes(target, size, source, count, true);
}

errno_t memmove_s(void* target, rsize_t size, const void* source, rsize_t count)
{
    return move_bytes(target, size, source, count, false);
}

errno_t wmemcpy_s(WCHAR* target, rsize_t size, const WCHAR* source, rsize_t count)
{
    return move_bytes(target, bytes_of(size), source, bytes_of(count), true);
}

errno_t wmemmove_s(WCHAR* target, rsize_t size, const WCHAR* source, rsize_t count)
{
    return move_bytes(target, bytes_of(size), source, bytes_of(count), false);
}

errno_t strcpy_s(char* target, rsize_t size, const char* source)
{
    return copy(target, size, source);
}

errno_t wcscpy_s(WCHAR* target, rsize_t size, const WCHAR* source)
{
    return copy(target, size, source);
}

errno_t strcat_s(char* target, rsize_t size, const char* source)
{
    return append(target, size, source);
}

errno_t wcscat_s(WCHAR* target, rsize_t size, const WCHAR* source)
{
    return append(target, size, source);
}

errno_t strncpy_s(char* target, rsize_t size, const char* source, rsize_t count)
{
    return copy_some(target, size, source, count);
}

errno_t wcsncpy_s(WCHAR* target, rsize_t size, const WCHAR* source, rsize_t count)
{
    return copy_some(target, size, source, count);
}

errno_t strncat_s(char* target, rsize_t size, const char* source, rsize_t count)
{
    return append_some(target, size, source, count);
}

errno_t wcsncat_s(WCHAR* target, rsize_t size, const WCHAR* source, rsize_t count)
{
    return append_some(target, size, source, count);
}

char* strtok_s(char* text, const char* separators, char** context)
{
    return next_token(text, separators, context);
}

WCHAR* wcstok_s(WCHAR* text, const WCHAR* separators, WCHAR** context)
{
    return next_token(text, separators, context);
}

std::size_t strnlen_s(const char* text, std::size_t size)
{
    return length_within(text, size);
}

std::size_t wcsnlen_s(const WCHAR* text, std::size_t size)
{
    return length_within(text, size);
}
