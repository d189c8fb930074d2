// The rules of installation, see catalog_rules.hpp.
#include "host/catalog_rules.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace spindle::host {

namespace {

using entry_list = std::vector<catalog_entry>;

bool of_provider(const catalog_entry& entry, const GUID& id) noexcept
{
    return same_guid(entry.info.ProviderId, id);
}

bool same_kind(const WSAPROTOCOL_INFOW& left, const WSAPROTOCOL_INFOW& right) noexcept
{
    return left.iAddressFamily == right.iAddressFamily && left.iSocketType == right.iSocketType &&
           left.iProtocol == right.iProtocol;
}

std::span<const DWORD> chain_of(const WSAPROTOCOL_INFOW& info) noexcept
{
    const int length = info.ProtocolChain.ChainLen;
    return {info.ProtocolChain.ChainEntries, length > BASE_PROTOCOL ? static_cast<std::size_t>(length) : 0};
}

// CTG-14: every element is there, none twice, and the last one can be a socket's.
bool chain_is_sound(const WSAPROTOCOL_INFOW& info, const entry_list& installed) noexcept
{
    const auto chain = chain_of(info);
    for (std::size_t index = 0; index < chain.size(); ++index) {
        const catalog_entry* element = entry_of_id(installed, chain[index]);
        const auto before = chain.first(index);
        const bool last = index + 1 == chain.size();
        if (element == nullptr || std::ranges::find(before, chain[index]) != before.end() ||
            (last && !usable_for_sockets(element->info))) {
            return false;
        }
    }
    return true;
}

bool content_is_valid(const WSAPROTOCOL_INFOW& info, const entry_list& installed) noexcept
{
    constexpr DWORD both_ways = XP1_UNI_SEND | XP1_UNI_RECV;
    const int length = info.ProtocolChain.ChainLen;
    return length >= LAYERED_PROTOCOL && length <= MAX_PROTOCOL_CHAIN &&
           std::ranges::find(info.szProtocol, WCHAR{0}) != std::end(info.szProtocol) &&
           (info.dwServiceFlags1 & both_ways) != both_ways && chain_is_sound(info, installed);
}

bool contents_are_valid(info_list infos, const entry_list& installed) noexcept
{
    return std::ranges::all_of(
        infos, [&](const WSAPROTOCOL_INFOW& info) { return content_is_valid(info, installed); });
}

// As it is kept: what the structure does not use is zero, a base entry's chain is its own id (CTG-3).
catalog_entry entry_to_keep(WSAPROTOCOL_INFOW info, const GUID& provider, DWORD id, const std::string& path)
{
    info.ProviderId = provider;
    info.dwCatalogEntryId = id;
    auto& chain = info.ProtocolChain;
    std::fill(chain.ChainEntries + chain_of(info).size(), std::end(chain.ChainEntries), 0);
    if (chain.ChainLen == BASE_PROTOCOL) {
        chain.ChainEntries[0] = id;
    }
    std::fill(std::ranges::find(info.szProtocol, WCHAR{0}), std::end(info.szProtocol), WCHAR{0});
    return {info, path};
}

// Which of the provider's entries each of the list stands for; nullptr: it is new.
std::vector<const catalog_entry*> match_to_present(const entry_list& entries, const GUID& id, info_list infos)
{
    std::vector<const catalog_entry*> matched(infos.size(), nullptr);
    const auto match = [&](std::size_t index, auto&& fits) {
        const auto found = std::ranges::find_if(entries, [&](const catalog_entry& entry) {
            return of_provider(entry, id) && std::ranges::find(matched, &entry) == matched.end() &&
                   fits(entry.info, infos[index]);
        });
        matched[index] = found != entries.end() ? &*found : nullptr;
    };
    for (std::size_t index = 0; index < infos.size(); ++index) {
        match(index, [](const WSAPROTOCOL_INFOW& present, const WSAPROTOCOL_INFOW& given) {
            return present.dwCatalogEntryId == given.dwCatalogEntryId;
        });
    }
    for (std::size_t index = 0; index < infos.size(); ++index) {
        if (matched[index] == nullptr) {
            match(index, &same_kind);
        }
    }
    return matched;
}

// Bases of the kinds there are, the first of each (CTG-20).
std::vector<const catalog_entry*> first_base_of_every_kind(const entry_list& entries)
{
    std::vector<const catalog_entry*> chosen;
    for (const catalog_entry& entry : entries) {
        const auto covered = [&](const catalog_entry* other) { return same_kind(other->info, entry.info); };
        if (entry.info.ProtocolChain.ChainLen == BASE_PROTOCOL && std::ranges::none_of(chosen, covered)) {
            chosen.push_back(&entry);
        }
    }
    return chosen;
}

// The topmost entry of each wanted kind; false when there is none of one of them.
bool topmost_of_kinds(const entry_list& entries, info_list wanted, std::vector<const catalog_entry*>& chosen)
{
    for (const WSAPROTOCOL_INFOW& kind : wanted) {
        const auto found = std::ranges::find_if(entries, [&](const catalog_entry& entry) {
            return usable_for_sockets(entry.info) && same_kind(entry.info, kind);
        });
        if (found == entries.end()) {
            return false;
        }
        if (std::ranges::find(chosen, &*found) == chosen.end()) {
            chosen.push_back(&*found);
        }
    }
    return true;
}

bool has_name(const entry_list& entries, const std::basic_string<WCHAR>& name)
{
    return std::ranges::any_of(entries,
                               [&](const catalog_entry& entry) { return name == entry.info.szProtocol; });
}

void set_name(WSAPROTOCOL_INFOW& info, std::basic_string<WCHAR> name)
{
    name.resize(std::min<std::size_t>(name.size(), WSAPROTOCOL_LEN));
    std::fill(std::copy(name.begin(), name.end(), info.szProtocol), std::end(info.szProtocol), WCHAR{0});
}

// The chain of the layer over an entry: what the entry says of its sockets, the layer's kind of handles.
catalog_entry chain_over(const catalog_entry& covered, const layer_to_install& layer, DWORD layer_id, DWORD id)
{
    WSAPROTOCOL_INFOW info = covered.info;
    const auto below = chain_of(covered.info);
    auto& chain = info.ProtocolChain;
    chain.ChainLen = std::max(2, covered.info.ProtocolChain.ChainLen + 1);
    chain.ChainEntries[0] = layer_id;
    chain.ChainEntries[1] = covered.info.dwCatalogEntryId;
    for (std::size_t index = 1; index < below.size(); ++index) {
        chain.ChainEntries[index + 1] = below[index];
    }
    info.dwServiceFlags1 = (info.dwServiceFlags1 & ~DWORD{XP1_IFS_HANDLES}) | (layer.service_flags & XP1_IFS_HANDLES);
    const WCHAR over[] = {' ', 'o', 'v', 'e', 'r', ' ', '[', 0};
    set_name(info, layer.name + over + covered.info.szProtocol + WCHAR{']'});
    return entry_to_keep(info, layer.id, id, layer.path);
}

catalog_entry own_entry(const layer_to_install& layer, DWORD id)
{
    WSAPROTOCOL_INFOW info{};
    info.dwServiceFlags1 = layer.service_flags;
    info.dwProviderFlags = PFL_HIDDEN;
    info.ProtocolChain.ChainLen = LAYERED_PROTOCOL;
    info.iVersion = 2;
    set_name(info, layer.name);
    return entry_to_keep(info, layer.id, id, layer.path);
}

}  // namespace

bool has_provider(const one_catalog& catalog, const GUID& id) noexcept
{
    return std::ranges::any_of(catalog.entries,
                               [&](const catalog_entry& entry) { return of_provider(entry, id); });
}

int install_provider(catalog_data& data, catalog_kind kind, const GUID& id, const std::string& path, info_list infos)
{
    entry_list& entries = data.of(kind).entries;
    if (!contents_are_valid(infos, entries)) {
        return WSAEINVAL;
    }
    if (has_provider(data.of(kind), id)) {
        return WSANO_RECOVERY;
    }
    for (const WSAPROTOCOL_INFOW& info : infos) {
        entries.push_back(entry_to_keep(info, id, data.next_entry_id++, path));
    }
    return 0;
}

int deinstall_provider(catalog_data& data, catalog_kind kind, const GUID& id)
{
    one_catalog& catalog = data.of(kind);
    const auto removed =
        std::erase_if(catalog.entries, [&](const catalog_entry& entry) { return of_provider(entry, id); });
    std::erase_if(catalog.categories,
                  [&](const provider_categories& each) { return same_guid(each.provider_id, id); });
    return removed == 0 ? WSAEINVAL : 0;
}

int update_provider(catalog_data& data, catalog_kind kind, const GUID& id, const std::string& path, info_list infos)
{
    entry_list& entries = data.of(kind).entries;
    if (!has_provider(data.of(kind), id) || !contents_are_valid(infos, entries)) {
        return WSAEINVAL;
    }
    const auto matched = match_to_present(entries, id, infos);
    entry_list further;
    for (std::size_t index = 0; index < infos.size(); ++index) {
        if (matched[index] == nullptr) {
            further.push_back(entry_to_keep(infos[index], id, data.next_entry_id++, path));
        }
    }
    entry_list updated;
    auto left = std::ranges::count_if(entries, [&](const catalog_entry& entry) { return of_provider(entry, id); });
    for (const catalog_entry& entry : entries) {
        const auto place = std::ranges::find(matched, &entry);
        if (place != matched.end()) {
            const auto& info = infos[static_cast<std::size_t>(place - matched.begin())];
            updated.push_back(entry_to_keep(info, id, entry.info.dwCatalogEntryId, path));
        } else if (!of_provider(entry, id)) {
            updated.push_back(entry);
        }
        if (of_provider(entry, id) && --left == 0) {
            std::ranges::copy(further, std::back_inserter(updated));
        }
    }
    entries = std::move(updated);
    return 0;
}

int reorder_entries(catalog_data& data, catalog_kind kind, std::span<const DWORD> ids)
{
    entry_list& entries = data.of(kind).entries;
    if (ids.size() != entries.size()) {
        return WSAEINVAL;
    }
    entry_list ordered;
    for (const DWORD id : ids) {
        const catalog_entry* entry = entry_of_id(entries, id);
        if (entry == nullptr || entry_of_id(ordered, id) != nullptr) {
            return WSAEINVAL;
        }
        ordered.push_back(*entry);
    }
    entries = std::move(ordered);
    return 0;
}

int install_layer(catalog_data& data, catalog_kind kind, const layer_to_install& layer, DWORD& entry_id)
{
    entry_list& entries = data.of(kind).entries;
    if (has_provider(data.of(kind), layer.id) || has_name(entries, layer.name)) {
        return WSAEINVAL;
    }
    std::vector<const catalog_entry*> covered;
    if (layer.every_kind) {
        covered = first_base_of_every_kind(entries);
    } else if (!topmost_of_kinds(entries, layer.wanted, covered)) {
        return WSAEINVAL;
    }
    const auto too_long = [](const catalog_entry* entry) {
        return entry->info.ProtocolChain.ChainLen >= MAX_PROTOCOL_CHAIN;
    };
    if (covered.empty() || std::ranges::any_of(covered, too_long)) {
        return WSANO_RECOVERY;
    }
    entry_id = data.next_entry_id++;
    entry_list ordered{own_entry(layer, entry_id)};
    for (const catalog_entry* entry : covered) {
        ordered.push_back(chain_over(*entry, layer, entry_id, data.next_entry_id++));
    }
    std::ranges::copy(entries, std::back_inserter(ordered));
    entries = std::move(ordered);
    return 0;
}

}  // namespace spindle::host
