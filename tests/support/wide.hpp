// Texts of 16-bit units for the wide forms of the API.
#pragma once

#include <string>

#include <winsock2.h>

namespace spindle::test {

using wide_text = std::basic_string<WCHAR>;

inline wide_text wide(const std::string& text)
{
    return {text.begin(), text.end()};
}

inline std::string narrow(const WCHAR* text)
{
    std::string made;
    for (; *text != 0; ++text) {
        made += *text < 128 ? static_cast<char>(*text) : '?';
    }
    return made;
}

}  // namespace spindle::test
