// The catalog as text, the form in which a catalog file holds it: ASCII, a line for each fact, "end" as the last one, so
// that a file that was cut off is told from a whole one. Pure functions.
#pragma once

#include "host/catalog_data.hpp"

#include <optional>
#include <string_view>

namespace spindle::host {

[[nodiscard]] std::string catalog_to_text(const catalog_data& data);

/// Empty when the text is none that catalog_to_text could have made, apart from entries that make no sense together.
[[nodiscard]] std::optional<catalog_data> catalog_from_text(std::string_view text);

}  // namespace spindle::host
