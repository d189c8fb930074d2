// From a relative path to an absolute one, by text alone or by what exists. Answers to the page "GetFullPathNameW".
#pragma once

#include <string>

namespace spindle::host {

/// The working directory before a relative path, "." and ".." and doubled separators resolved, links not followed;
/// nothing needs to exist. Empty, with errno set, when there is no working directory.
[[nodiscard]] std::string full_path(const std::string& path);

/// The path without symbolic links, as it is when nothing exists there. See realpath(3).
[[nodiscard]] std::string resolved_path(const std::string& path);

}  // namespace spindle::host
