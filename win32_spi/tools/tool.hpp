// spindle-catalog as a function: a command line in, texts and an exit code out.
#pragma once

#include "backend.hpp"

#include <iosfwd>

namespace spindle::catalog_tool {

enum exit_code : int { exit_done = 0, exit_failed = 1, exit_usage = 2, exit_refused = 3 };

[[nodiscard]] int run_tool(const std::vector<std::string>& words, backend& system, std::ostream& out, std::ostream& err);

}  // namespace spindle::catalog_tool
