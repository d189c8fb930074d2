// From a relative path to an absolute one, by text alone. Answers to the page "GetFullPathNameW".
#pragma once

#include <string>

namespace spindle::host {

/// The working directory before a relative path, "." and ".." and doubled separators resolved, links not followed;
/// nothing needs to exist. Empty, with errno set, when there is no working directory.
[[nodiscard]] std::string full_path(const std::string& path);

}  // namespace spindle::host
