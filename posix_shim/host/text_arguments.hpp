// How the A and W forms of a function become one: text comes in as UTF-8 and goes out in the caller's
// encoding. Only functions that say how long a text is in characters use this; see text.hpp for the rest.
#pragma once

#include "host/text.hpp"
#include "host/thread_state.hpp"

#include <new>
#include <string>
#include <type_traits>

namespace spindle::host {

inline std::string narrow_text(const char* text)
{
    return text;
}

inline std::string narrow_text(const WCHAR* text)
{
    return to_utf8(text);
}

template <class Char>
std::basic_string<Char> text_in(const std::string& utf8)
{
    if constexpr (std::is_same_v<Char, char>) {
        return utf8;
    } else {
        return to_wide(utf8);
    }
}

/// What GetTempPath, GetEnvironmentVariable and their like do: the length without the terminator when the text
/// fits into `size` characters, otherwise the size that is needed, and nothing is written.
template <class Char>
DWORD copy_or_tell_size(const std::string& utf8, Char* buffer, DWORD size)
{
    const auto text = text_in<Char>(utf8);
    if (buffer == nullptr || text.size() >= size) {
        return static_cast<DWORD>(text.size() + 1);
    }
    copy_terminated<Char>(text, buffer, size);
    return static_cast<DWORD>(text.size());
}

/// Runs what may run out of memory and turns that into the function's failure.
template <class Result, class Call>
Result memory_checked(Result failure, Call call) noexcept
try {
    return call();
} catch (const std::bad_alloc&) {
    return fail(failure, ERROR_NOT_ENOUGH_MEMORY);
}

}  // namespace spindle::host
