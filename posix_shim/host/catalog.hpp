// The catalog of transport providers: which entries exist, in which order, and which one a socket call
// selects. Loading what an entry names is provider.hpp's matter. Answers to the pages "WSAPROTOCOL_INFOW" and
// "Transport Division of Responsibilities" (clauses SOCK-3 to 11, CTG-4 to 6, T-CAT).
#pragma once

#include "host/winsock.hpp"

#include <functional>
#include <string>

namespace spindle::host {

struct catalog_entry {
    WSAPROTOCOL_INFOW info{};
    std::string path;  // UTF-8, as installed
};

/// The entry that (af, type, protocol) selects when the program names none. Returns 0 or the code of SOCK-8.
[[nodiscard]] int match_entry(int af, int type, int protocol, catalog_entry& found);

/// The entry that an information structure from the program names by its id, or by its provider if the id is
/// unknown. Returns 0, WSAEAFNOSUPPORT (empty structure, SOCK-11) or WSAEINVAL.
[[nodiscard]] int entry_named_by(const WSAPROTOCOL_INFOW& info, catalog_entry& found);

/// Takes no lock for built-in entries: providers ask each time before they wait.
[[nodiscard]] bool entry_exists(DWORD catalog_entry_id) noexcept;
[[nodiscard]] bool find_entry(DWORD catalog_entry_id, catalog_entry& found);
[[nodiscard]] bool find_entry(const GUID& provider_id, catalog_entry& found);
[[nodiscard]] bool first_entry_of_family(int af, catalog_entry& found);

/// Visits every entry in order, under the catalog's lock: the visitor makes no calls out.
void for_each_entry(const std::function<void(const catalog_entry&)>& visit);

/// Puts an entry in front of all others; its id is kept if it is not 0 and unused. Returns 0 or a WSA code.
[[nodiscard]] int add_first_entry(const WSAPROTOCOL_INFOW& info, std::string path);

/// Back to the built-in entries.
void remove_added_entries() noexcept;

void lock_catalog_for_fork() noexcept;
void unlock_catalog_after_fork() noexcept;

}  // namespace spindle::host
