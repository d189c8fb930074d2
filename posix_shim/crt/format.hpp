// Formatting text as the run-time's printf functions do. Answers to the page "Format specification syntax: printf and
// wprintf functions".
#pragma once

#include "crt/crt.hpp"

#include <cstdarg>

namespace spindle::crt {

/// Appends the formatted text. False when the format asks for what is not allowed (%n); the text is then worth
/// nothing.
template <class Char>
[[nodiscard]] bool format_text(std::basic_string<Char>& text, const Char* format, va_list arguments);

}  // namespace spindle::crt
