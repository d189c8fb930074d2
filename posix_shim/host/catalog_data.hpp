// What the catalog holds, as plain data: the entries of both word sizes in order, the categories of layers and of
// applications. The rules by which it changes are catalog_rules.hpp's, where it is kept catalog_store.hpp's. Answers to
// the page "Transport Configuration and Installation" (clauses CTG-1 to CTG-6, CTG-23).
#pragma once

#include "host/winsock.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace spindle::host {

struct catalog_entry {
    WSAPROTOCOL_INFOW info{};
    std::string path;  // UTF-8, as installed
};

struct provider_categories {
    GUID provider_id{};
    DWORD categories = 0;
};

/// An application is its program's file together with its arguments; no arguments stand for any.
struct application_categories {
    std::string path;
    std::string arguments;
    DWORD categories = 0;
};

/// The catalog of programs of this word size, and the one of 32-bit programs beside it.
enum class catalog_kind : unsigned char { native, other };
inline constexpr std::array catalog_kinds{catalog_kind::native, catalog_kind::other};

struct one_catalog {
    std::vector<catalog_entry> entries;
    std::vector<provider_categories> categories;
};

struct catalog_data {
    std::array<one_catalog, catalog_kinds.size()> catalogs;
    std::vector<application_categories> applications;
    DWORD next_entry_id = 0;
    /// Goes up with every change that WSAProviderConfigChange tells of.
    std::uint64_t change = 0;

    [[nodiscard]] one_catalog& of(catalog_kind kind) { return catalogs[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] const one_catalog& of(catalog_kind kind) const
    {
        return catalogs[static_cast<std::size_t>(kind)];
    }
};

/// The entries that exist without any installation, in both catalogs.
[[nodiscard]] catalog_data builtin_catalog();

/// Where the library of these entries lies.
[[nodiscard]] std::string builtin_provider_path();

[[nodiscard]] inline bool same_guid(const GUID& left, const GUID& right) noexcept
{
    return std::memcmp(&left, &right, sizeof left) == 0;
}

/// Only these can be a socket's (CTG-2).
[[nodiscard]] inline bool usable_for_sockets(const WSAPROTOCOL_INFOW& info) noexcept
{
    return info.ProtocolChain.ChainLen >= BASE_PROTOCOL;
}

[[nodiscard]] inline const catalog_entry* entry_of_id(std::span<const catalog_entry> entries, DWORD id) noexcept
{
    for (const catalog_entry& entry : entries) {
        if (entry.info.dwCatalogEntryId == id) {
            return &entry;
        }
    }
    return nullptr;
}

}  // namespace spindle::host
