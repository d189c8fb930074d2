// Bringing the catalogs back to a state that was recorded.
#pragma once

#include "backend.hpp"

namespace spindle::catalog_tool {

/// On return 0: the catalogs have the wanted content (same_content). Otherwise the code of the function that failed, or
/// WSANO_RECOVERY when all succeeded and the content is another one all the same. May be called again.
[[nodiscard]] int restore(backend& system, const snapshot& wanted);

}  // namespace spindle::catalog_tool
