// The system's own catalogs. The functions are looked up by name at run time: Windows' versions differ in which they
// have. Answers to the pages of the WSC functions.
#pragma once

#include "backend.hpp"

#include <memory>

namespace spindle::catalog_tool {

/// What an operation says whose function this system does not have.
inline constexpr int function_missing = 127;  // ERROR_PROC_NOT_FOUND

[[nodiscard]] std::unique_ptr<backend> make_winsock_backend();

}  // namespace spindle::catalog_tool
