// The arguments of a function of printf's kind, taken one after the other as the conversions name them.
#pragma once

#include "host/text_format.hpp"

#include <cstdarg>

namespace spindle::host {

// A va_list in a structure, since an array cannot be passed on by reference.
struct argument_list {
    explicit argument_list(va_list arguments) noexcept { va_copy(list, arguments); }
    argument_list(const argument_list&) = delete;
    argument_list& operator=(const argument_list&) = delete;
    ~argument_list() { va_end(list); }

    [[nodiscard]] std::uint64_t next(argument_kind kind) noexcept
    {
        switch (kind) {
        case argument_kind::number64:
            return va_arg(list, unsigned long long);
        case argument_kind::pointer:
            return reinterpret_cast<std::uintptr_t>(va_arg(list, void*));
        default:
            return static_cast<std::uint32_t>(va_arg(list, int));
        }
    }

    [[nodiscard]] long double next_floating(argument_kind kind) noexcept
    {
        return kind == argument_kind::long_double ? va_arg(list, long double)
                                                  : static_cast<long double>(va_arg(list, double));
    }

    va_list list;
};

}  // namespace spindle::host
