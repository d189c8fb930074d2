// What a command is going to do, as a list of steps that can be printed and carried out one by one.
#pragma once

#include "arguments.hpp"
#include "backend.hpp"

#include <functional>

namespace spindle::catalog_tool {

struct step {
    std::string what;  // in words
    /// Returns 0 or the code of the function that failed.
    std::function<int(backend& system)> carry_out;
};
using plan = std::vector<step>;

/// The steps of install, remove or reorder on the catalogs as they are now. Empty, with the reason in `problem`, when
/// there is nothing that could be done.
[[nodiscard]] plan make_plan(const arguments& given, const snapshot& now, std::string& problem);

/// What has to be done to get from one state to the other, in words.
[[nodiscard]] std::vector<std::string> differences(const snapshot& now, const snapshot& wanted);

}  // namespace spindle::catalog_tool
