// Looking at catalogs: printing them, and what is wrong with them or with a library that is to be installed.
#pragma once

#include "arguments.hpp"

#include <iosfwd>

namespace spindle::catalog_tool {

void print(std::ostream& out, const snapshot& now);

/// What is wrong, in words; see the usage text.
[[nodiscard]] std::vector<std::string> complaints(const snapshot& now);

/// Why these libraries cannot be installed; empty when they can.
[[nodiscard]] std::string reason_against_libraries(const arguments& given, bool has_other);

}  // namespace spindle::catalog_tool
