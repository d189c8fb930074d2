// The catalog of transport providers as this process has it: a copy of the kept one (catalog_store.hpp), taken when
// WSAStartup starts the library and the same until the next start. Which entries exist, in which order, and which one a
// socket call selects. Loading what an entry names is provider.hpp's matter. Answers to the pages "WSAPROTOCOL_INFOW" and
// "Transport Division of Responsibilities" (clauses SOCK-3 to 11, CTG-4 to 6, CTG-13, CTG-16, CTG-33, T-CAT).
#pragma once

#include "host/catalog_data.hpp"

#include <functional>

namespace spindle::host {

/// When the library starts and nobody uses the copy before: takes a new one, and the first time learns what this
/// application is permitted. Returns 0, or WSASYSNOTREADY when the catalog cannot be read.
[[nodiscard]] int take_catalog_copy() noexcept;

/// The entry that (af, type, protocol) selects when the program names none, as this application gets it. Returns 0 or
/// the code of SOCK-8.
[[nodiscard]] int match_entry(int af, int type, int protocol, catalog_entry& found);

/// The entry that an information structure from the program names by its id, or by its provider if the id is
/// unknown, as this application gets it. Returns 0, WSAEAFNOSUPPORT (empty structure, SOCK-11) or WSAEINVAL.
[[nodiscard]] int entry_named_by(const WSAPROTOCOL_INFOW& info, catalog_entry& found);

/// Takes no lock: providers ask each time before they wait.
[[nodiscard]] bool entry_exists(DWORD catalog_entry_id) noexcept;
[[nodiscard]] bool find_entry(DWORD catalog_entry_id, catalog_entry& found);
[[nodiscard]] bool find_entry(const GUID& provider_id, catalog_entry& found);
[[nodiscard]] bool first_entry_of_family(int af, catalog_entry& found);

/// Visits every entry in order.
void for_each_entry(const std::function<void(const catalog_entry&)>& visit);

/// For tests: puts an entry in front of all others, in the kept catalog and in the copy; its id is kept if it is not 0
/// and unused. Returns 0 or a WSA code.
[[nodiscard]] int add_first_entry(const WSAPROTOCOL_INFOW& info, std::string path);

/// For tests: back to the built-in entries.
void remove_added_entries();

}  // namespace spindle::host
