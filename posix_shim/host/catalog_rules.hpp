// How the catalog changes: what an installer may put in, what goes with a provider, in which order entries stand. Pure
// functions on catalog_data; each returns 0, or a WSA code and has changed nothing. They throw std::bad_alloc, after
// which the data is of no use: callers work on a copy. Answers to the pages "WSCInstallProvider",
// "WSCDeinstallProvider", "WSCUpdateProvider", "WSCWriteProviderOrder", "WSCInstallProviderAndChains" (clauses CTG-4 to
// CTG-6, CTG-9 to CTG-21).
#pragma once

#include "host/catalog_data.hpp"

#include <span>

namespace spindle::host {

using info_list = std::span<const WSAPROTOCOL_INFOW>;

/// Puts the entries at the end, with ids of their own (CTG-13).
/// Errors: WSANO_RECOVERY (the provider is there already), WSAEINVAL (content, CTG-9, CTG-14).
[[nodiscard]] int install_provider(catalog_data& data, catalog_kind kind, const GUID& id, const std::string& path,
                                   info_list infos);

/// Errors: WSAEINVAL (no such provider).
[[nodiscard]] int deinstall_provider(catalog_data& data, catalog_kind kind, const GUID& id);

/// An entry keeps its place and id if the list names it by its id, or else by family, type and protocol; further ones
/// follow the provider's last; those that the list leaves out go (CTG-17).
/// Errors: WSAEINVAL (no such provider, content).
[[nodiscard]] int update_provider(catalog_data& data, catalog_kind kind, const GUID& id, const std::string& path,
                                  info_list infos);

/// Errors: WSAEINVAL (not every id exactly once).
[[nodiscard]] int reorder_entries(catalog_data& data, catalog_kind kind, std::span<const DWORD> ids);

struct layer_to_install {
    GUID id{};
    std::string path;
    std::basic_string<WCHAR> name;  // at most WSAPROTOCOL_LEN characters
    DWORD service_flags = 0;
    /// Whom to cover; with `every_kind` instead one base entry for each family, type and protocol.
    info_list wanted;
    bool every_kind = false;
};
/// Puts the layer's entry and one chain for each covered entry in front (CTG-20). `entry_id`: the layer's own.
/// Errors: WSAEINVAL (id or name taken, nothing matches), WSANO_RECOVERY (chain too long, no base).
[[nodiscard]] int install_layer(catalog_data& data, catalog_kind kind, const layer_to_install& layer, DWORD& entry_id);

[[nodiscard]] bool has_provider(const one_catalog& catalog, const GUID& id) noexcept;

}  // namespace spindle::host
