// The table WSPStartup hands out.
#pragma once

#include "winsock.hpp"

namespace spindle::spi {

/// The same 30 pointers at every call, none of them null (START-11, START-12, START-17).
[[nodiscard]] const WSPPROC_TABLE& proc_table() noexcept;

}  // namespace spindle::spi
