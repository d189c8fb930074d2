// Counts the calls of the invalid parameter handler for as long as it lives.
#pragma once

#include <winsock2.h>

#include <stdlib.h>

#include <string>

#include "support/catch.hpp"

namespace spindle::test {

class refusals {
public:
    refusals() : before_(_set_invalid_parameter_handler(&count)) { calls = 0; }
    refusals(const refusals&) = delete;
    refusals& operator=(const refusals&) = delete;
    ~refusals() { _set_invalid_parameter_handler(before_); }

    /// How often the handler was called since the last question.
    [[nodiscard]] int taken() const { return std::exchange(calls, 0); }

private:
    static void count(const wchar_t*, const wchar_t*, const wchar_t*, unsigned, uintptr_t) { ++calls; }

    static inline int calls = 0;
    _invalid_parameter_handler before_;
};

inline std::basic_string<WCHAR> wide(const std::string& ascii)
{
    return {ascii.begin(), ascii.end()};
}

}  // namespace spindle::test
