// The environment of the process as Windows programs see it: names do not differ by the case of ASCII letters,
// though a name that is there exactly as written comes first. The functions programs call are in
// api_environment.cpp. Answers to the page "Environment Variables".
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace spindle::host::environment {

[[nodiscard]] std::optional<std::string> value_of(const std::string& name);

/// Every variable as "NAME=value".
[[nodiscard]] std::vector<std::string> all();

/// False when memory is short.
[[nodiscard]] bool set(const std::string& name, const std::string& value);

/// False when there is no such variable.
[[nodiscard]] bool remove(const std::string& name);

}  // namespace spindle::host::environment
