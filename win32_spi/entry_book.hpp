// What the SPI layer remembers of the catalog entries it was started for or made sockets of: a copy of each
// WSAPROTOCOL_INFOW by dwCatalogEntryId. It answers SO_PROTOCOL_INFO and names the entry of a socket that was
// asked for without one; matching requests against entries is core's affair (core/src/catalog.cpp).
#pragma once

#include <optional>

#include "spindle/transport.hpp"
#include "winsock.hpp"

namespace spindle::spi {

/// Keeps the book in memory. Every upcall_host holds one, so the book lives exactly as long as the provider's
/// life. Threads: any, for this class and for the functions below.
class entry_book_user {
public:
    entry_book_user();
    ~entry_book_user();
    entry_book_user(const entry_book_user&) = delete;
    entry_book_user& operator=(const entry_book_user&) = delete;
};

/// Adds the entry or replaces the one of the same id. Does nothing while the book has no user. Throws
/// bad_alloc.
void remember_entry(const WSAPROTOCOL_INFOW& entry);

/// The id of the remembered entry for sockets of that kind, else of the one remembered first, else 0.
[[nodiscard]] DWORD entry_id_for(const socket_kind& kind) noexcept;

/// The description of a socket of `kind` under entry `id`: the remembered entry, with the fields that depend
/// on the kind corrected when the client overrode them in its request (SOCK-10, SOCK-12).
[[nodiscard]] WSAPROTOCOL_INFOW describe_socket(DWORD id, const socket_kind& kind) noexcept;

/// In the child of a fork: an empty book without users; the parent's is left alone, lock and all.
void forget_entries_after_fork() noexcept;

/// The triple of an entry, unchecked.
[[nodiscard]] socket_kind kind_of(const WSAPROTOCOL_INFOW& entry) noexcept;

}  // namespace spindle::spi
