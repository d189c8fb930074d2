// What VirtualAlloc has reserved and which pages of it are committed with what protection. The argument checks
// that need no look at the regions are in api_virtual_memory.cpp. Answers to the pages "VirtualAlloc",
// "VirtualFree", "VirtualProtect".
#pragma once

#include "host/winsock.hpp"

#include <cstddef>
#include <cstdint>

namespace spindle::host::pages {

/// Whole pages: from `first` up to and without `last`.
struct range {
    std::uintptr_t first;
    std::uintptr_t last;
};

/// The pages that contain these bytes; first == last when there are none or the sum does not fit.
[[nodiscard]] range around(std::uintptr_t address, std::size_t size) noexcept;

/// Every function returns a Win32 error, 0 for success. Threads: any, at any time.

/// Reserves address space for `size` bytes, at `address` rounded down to the granularity of 64 KiB unless it is
/// 0, and tells where.
[[nodiscard]] int reserve(std::uintptr_t address, std::size_t size, std::uintptr_t& base) noexcept;
/// Commits pages of one region; those that are committed keep their contents.
[[nodiscard]] int commit(range wanted, DWORD protection) noexcept;
/// Takes pages back; the address space stays reserved.
[[nodiscard]] int decommit(range wanted) noexcept;
/// The whole region that begins at `base`.
[[nodiscard]] int decommit_all(std::uintptr_t base) noexcept;
[[nodiscard]] int release(std::uintptr_t base) noexcept;
/// Changes committed pages and tells the protection that the first one had.
[[nodiscard]] int protect(range wanted, DWORD protection, DWORD& before) noexcept;

/// Is it one of the protections that pages can have here?
[[nodiscard]] bool is_protection(DWORD protection) noexcept;

}  // namespace spindle::host::pages
