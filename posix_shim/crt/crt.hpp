// What the sources of Microsoft's C run-time share: its headers, with what they declare exported; the outcomes of a
// function with bad arguments; memory that runs out. The functions that take narrow and wide text are templates over
// the character.
#pragma once

#pragma GCC visibility push(default)
#include <conio.h>
#include <direct.h>
#include <io.h>
#include <malloc.h>
#include <share.h>
#include <sys/stat.h>
#include <sys/timeb.h>
#include <wchar.h>
#pragma GCC visibility pop
#include "host/text_arguments.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <new>
#include <optional>
#include <string>

namespace spindle::crt {

using host::wide_string;
using host::wide_view;

/// Stores the error, calls the program's invalid parameter handler and returns when that does. Without one the
/// process ends.
void report_invalid_parameter(int error) noexcept;

/// The same, and what the function returns afterwards.
template <class Result>
Result invalid(Result result, int error = EINVAL) noexcept
{
    report_invalid_parameter(error);
    return result;
}

/// For functions that return their error.
inline errno_t invalid_error(int error = EINVAL) noexcept
{
    return invalid(error, error);
}

template <class Result>
Result fail(Result result, int error) noexcept
{
    errno = error;
    return result;
}

/// Runs what may run out of memory and turns that into the function's failure.
template <class Result, class Call>
Result memory_checked(Result failure, Call call) noexcept
try {
    return call();
} catch (const std::bad_alloc&) {
    return fail(failure, ENOMEM);
}

/// A path for the system; empty, with errno set, when there is no such name.
[[nodiscard]] std::optional<std::string> native_path(const std::string& name);

/// The length up to the terminator, `limit` when none is among that many characters.
template <class Char>
std::size_t bounded_length(const Char* text, std::size_t limit) noexcept
{
    std::size_t length = 0;
    while (length < limit && text[length] != 0) {
        ++length;
    }
    return length;
}

/// Only ASCII letters have two cases.
template <class Char>
Char lower(Char letter) noexcept
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<Char>(letter + 32) : letter;
}
template <class Char>
Char upper(Char letter) noexcept
{
    return letter >= 'a' && letter <= 'z' ? static_cast<Char>(letter - 32) : letter;
}

}  // namespace spindle::crt
