// Where the catalog is kept: in the file that SPINDLE_CATALOG names, for all programs that name it, else in this process's
// memory. What a process uses is a copy of it, see catalog.hpp. Answers to the pages of the WSC functions (clauses
// CTG-10, CTG-11, CTG-13, CTG-16, CTG-18, CTG-21).
#pragma once

#include "host/catalog_data.hpp"

#include <functional>

namespace spindle::host {

/// The file; empty when there is none. It is ignored in set-user-id processes.
[[nodiscard]] std::string catalog_file_name();

/// Returns 0, or WSANO_RECOVERY when the file cannot be read or is damaged. Throws std::bad_alloc.
[[nodiscard]] int read_stored_catalog(catalog_data& data);

enum class when_busy : unsigned char { wait, give_up };
enum class tell : unsigned char { everybody, nobody };
/// Works on a copy; the catalog changes as a whole, when the function has returned 0 and everything is written.
using catalog_change = std::function<int(catalog_data& data)>;

/// Returns 0, what the change returned, WSANO_RECOVERY (the file cannot be read or written, or another process keeps it
/// for too long), or WSAEINPROGRESS (when_busy::give_up, and somebody else is changing it). Throws std::bad_alloc; then
/// nothing has changed. `tell::everybody`: those who wait in WSAProviderConfigChange are told.
[[nodiscard]] int change_stored_catalog(const catalog_change& change, when_busy busy, tell whom);

/// The number of changes that were told, for those who wait for the next; 0 while the file cannot be read.
[[nodiscard]] std::uint64_t number_of_changes() noexcept;

/// For tests: back to the built-in entries; a file is left alone.
void forget_stored_catalog() noexcept;

void lock_catalog_store_for_fork() noexcept;
void unlock_catalog_store_after_fork() noexcept;

}  // namespace spindle::host
