// Which layers an application gets. Pure functions. Answers to the page "Categorizing Layered Service Providers and
// Applications" (clauses CTG-30 to CTG-33).
#pragma once

#include "host/catalog_data.hpp"

#include <optional>

namespace spindle::host {

inline constexpr DWORD all_categories = LSP_SYSTEM | LSP_INSPECTOR | LSP_REDIRECTOR | LSP_PROXY | LSP_FIREWALL |
                                        LSP_INBOUND_MODIFY | LSP_OUTBOUND_MODIFY | LSP_CRYPTO_COMPRESS | LSP_LOCAL_CACHE;

/// What applications are permitted: none given, everything.
using permitted_categories = std::optional<DWORD>;

[[nodiscard]] bool layer_is_permitted(DWORD layer, permitted_categories application) noexcept;

/// What is recorded for this program started with these arguments: the record that names the arguments comes first.
[[nodiscard]] permitted_categories categories_of_application(const std::vector<application_categories>& all,
                                                             const std::string& path, const std::string& arguments);

[[nodiscard]] DWORD categories_of_provider(const std::vector<provider_categories>& all, const GUID& id) noexcept;

/// A chain as an application with these permissions gets it: without the layers that are ruled out, entered through the
/// library of the first that is left; the base's own entry when none is. Other entries as they are.
[[nodiscard]] catalog_entry entered_through(const one_catalog& catalog, const catalog_entry& chosen,
                                            permitted_categories application);

}  // namespace spindle::host
