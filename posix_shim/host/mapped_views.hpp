// The views of sections that this process has mapped: which addresses belong to one. A view goes on without its section's
// handle, as mapped memory does. Answers to the pages "MapViewOfFile", "UnmapViewOfFile" and "FlushViewOfFile".
#pragma once

#include "host/winsock.hpp"
#include "kernel/section.hpp"

#include <cstdint>

namespace spindle::host::views {

enum class access : std::uint8_t { read, write, copy };

/// Every function returns a Win32 error, 0 for success. Threads: any, at any time.

/// `size` 0: to the section's end. `where` 0: anywhere; else exactly there, where nothing may be yet.
[[nodiscard]] int map(const kernel::section& of, access wanted, bool executable, std::uint64_t offset,
                      std::size_t size, std::uintptr_t where, void*& base) noexcept;
/// The view that begins at `base`.
[[nodiscard]] int unmap(std::uintptr_t base) noexcept;
/// Writes changed pages of the view to the file, from `address` on; `size` 0: to the view's end.
[[nodiscard]] int flush(std::uintptr_t address, std::size_t size) noexcept;

}  // namespace spindle::host::views
