// Categories, see catalog_categories.hpp.
#include "host/catalog_categories.hpp"

#include <algorithm>
#include <iterator>

namespace spindle::host {

namespace {

// An element whose entry is gone is for the layer above to stumble over (CTG-16).
bool element_is_permitted(const one_catalog& catalog, DWORD id, permitted_categories application) noexcept
{
    const catalog_entry* element = entry_of_id(catalog.entries, id);
    return element == nullptr || element->info.ProtocolChain.ChainLen == BASE_PROTOCOL ||
           layer_is_permitted(categories_of_provider(catalog.categories, element->info.ProviderId), application);
}

}  // namespace

bool layer_is_permitted(DWORD layer, permitted_categories application) noexcept
{
    if (!application) {
        return true;
    }
    const bool for_system = (*application & LSP_SYSTEM) == 0 || (layer & LSP_SYSTEM) != 0;
    return (layer & *application) != 0 && (layer & ~*application) == 0 && for_system;
}

permitted_categories categories_of_application(const std::vector<application_categories>& all, const std::string& path,
                                               const std::string& arguments)
{
    for (const std::string& wanted : {arguments, std::string()}) {
        const auto found = std::ranges::find_if(all, [&](const application_categories& each) {
            return each.path == path && each.arguments == wanted;
        });
        if (found != all.end()) {
            return found->categories;
        }
    }
    return std::nullopt;
}

DWORD categories_of_provider(const std::vector<provider_categories>& all, const GUID& id) noexcept
{
    const auto found = std::ranges::find_if(
        all, [&](const provider_categories& each) { return same_guid(each.provider_id, id); });
    return found != all.end() ? found->categories : 0;
}

catalog_entry entered_through(const one_catalog& catalog, const catalog_entry& chosen, permitted_categories application)
{
    const int length = chosen.info.ProtocolChain.ChainLen;
    if (length <= BASE_PROTOCOL || !application) {
        return chosen;
    }
    catalog_entry entered = chosen;
    auto& chain = entered.info.ProtocolChain;
    auto* const end = std::copy_if(
        chosen.info.ProtocolChain.ChainEntries, chosen.info.ProtocolChain.ChainEntries + length, chain.ChainEntries,
        [&](DWORD id) { return element_is_permitted(catalog, id, application); });
    std::fill(end, std::end(chain.ChainEntries), 0);
    chain.ChainLen = static_cast<int>(end - chain.ChainEntries);
    const catalog_entry* first = entry_of_id(catalog.entries, chain.ChainEntries[0]);
    if (chain.ChainLen == length || first == nullptr) {
        return chosen;
    }
    if (chain.ChainLen == BASE_PROTOCOL) {
        return *first;
    }
    entered.path = first->path;
    return entered;
}

}  // namespace spindle::host
