// The catalog, see catalog.hpp: the built-in entries of catalog_builtin.hpp, and in front of them what was
// added.
#include "host/catalog.hpp"

#include "host/catalog_builtin.hpp"
#include "host/module_path.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

namespace spindle::host {

namespace {

// Made at first use and kept: a static of class type would need a destructor at unload.
struct entry_list {
    entry_list* next;
    catalog_entry entry;
};
constinit std::mutex catalog_mutex;
constinit entry_list* added_entries = nullptr;
constinit entry_list* builtin_entries = nullptr;
constinit DWORD next_entry_id = 1101;

WSAPROTOCOL_INFOW info_of(const builtin_row& row)
{
    WSAPROTOCOL_INFOW info{};
    info.dwServiceFlags1 = row.service_flags;
    info.dwProviderFlags = row.provider_flags;
    info.ProviderId = row.provider_id;
    info.dwCatalogEntryId = row.catalog_entry_id;
    info.ProtocolChain.ChainLen = BASE_PROTOCOL;
    info.ProtocolChain.ChainEntries[0] = row.catalog_entry_id;
    info.iVersion = 2;
    info.iAddressFamily = row.af;
    info.iMaxSockAddr = row.max_address;
    info.iMinSockAddr = row.min_address;
    info.iSocketType = row.type;
    info.iProtocol = row.protocol;
    info.iProtocolMaxOffset = row.protocol_max_offset;
    info.iNetworkByteOrder = BIGENDIAN;
    info.iSecurityScheme = SECURITY_PROTOCOL_NONE;
    info.dwMessageSize = row.message_size;
    for (std::size_t index = 0; row.name[index] != 0; ++index) {
        info.szProtocol[index] = static_cast<WCHAR>(row.name[index]);
    }
    return info;
}

void delete_list(entry_list* list) noexcept
{
    while (list != nullptr) {
        delete std::exchange(list, list->next);
    }
}

void make_builtin_entries_locked()
{
    if (builtin_entries != nullptr) {
        return;
    }
    const std::string path = beside_this_library(builtin_provider_file);
    std::unique_ptr<entry_list, decltype(&delete_list)> made(nullptr, &delete_list);
    for (auto row = builtin_rows.rbegin(); row != builtin_rows.rend(); ++row) {
        auto* node = new entry_list{made.get(), {info_of(*row), path}};
        static_cast<void>(made.release());
        made.reset(node);
    }
    builtin_entries = made.release();
}

/// The first entry in catalog order for which the predicate holds, or nullptr. Lock held.
template <class Predicate>
const catalog_entry* find_locked(Predicate&& holds)
{
    make_builtin_entries_locked();
    for (const entry_list* list : {added_entries, builtin_entries}) {
        for (; list != nullptr; list = list->next) {
            if (holds(list->entry.info)) {
                return &list->entry;
            }
        }
    }
    return nullptr;
}

template <class Predicate>
bool copy_first(catalog_entry& found, Predicate&& holds)
{
    std::lock_guard lock(catalog_mutex);
    const catalog_entry* entry = find_locked(holds);
    if (entry != nullptr) {
        found = *entry;
    }
    return entry != nullptr;
}

bool usable_for_sockets(const WSAPROTOCOL_INFOW& info)
{
    return info.ProtocolChain.ChainLen >= BASE_PROTOCOL;  // CTG-2
}

/// Raw sockets are for those alone who ask for them: their entries match every protocol.
bool type_matches(const WSAPROTOCOL_INFOW& info, int type)
{
    return type == info.iSocketType || (type == 0 && info.iSocketType != SOCK_RAW);
}

bool protocol_matches(const WSAPROTOCOL_INFOW& info, int protocol)
{
    if (protocol == 0) {
        return (info.dwProviderFlags & PFL_MATCHES_PROTOCOL_ZERO) != 0;  // SOCK-5
    }
    return protocol >= info.iProtocol && protocol - info.iProtocol <= info.iProtocolMaxOffset;
}

bool same_guid(const GUID& left, const GUID& right)
{
    return std::memcmp(&left, &right, sizeof left) == 0;
}

}  // namespace

int match_entry(int af, int type, int protocol, catalog_entry& found)
{
    if (af == 0 && protocol == 0) {
        return WSAEINVAL;
    }
    std::lock_guard lock(catalog_mutex);
    const catalog_entry* entry = find_locked([&](const WSAPROTOCOL_INFOW& info) {
        return usable_for_sockets(info) && (af == 0 || af == info.iAddressFamily) &&
               type_matches(info, type) && protocol_matches(info, protocol);
    });
    if (entry != nullptr) {
        found = *entry;
        return 0;
    }
    const auto known = [](int value, int WSAPROTOCOL_INFOW::*field) {
        return value == 0 || find_locked([&](const WSAPROTOCOL_INFOW& info) {
                                 return usable_for_sockets(info) && info.*field == value;
                             }) != nullptr;
    };
    if (!known(type, &WSAPROTOCOL_INFOW::iSocketType)) {
        return WSAESOCKTNOSUPPORT;
    }
    return known(af, &WSAPROTOCOL_INFOW::iAddressFamily) ? WSAEPROTONOSUPPORT : WSAEAFNOSUPPORT;
}

int entry_named_by(const WSAPROTOCOL_INFOW& info, catalog_entry& found)
{
    if (find_entry(info.dwCatalogEntryId, found) || find_entry(info.ProviderId, found)) {
        return usable_for_sockets(found.info) ? 0 : WSAEINVAL;
    }
    return info.dwCatalogEntryId == 0 && info.iAddressFamily == 0 ? WSAEAFNOSUPPORT : WSAEINVAL;
}

bool entry_exists(DWORD catalog_entry_id) noexcept
{
    for (const builtin_row& row : builtin_rows) {
        if (row.catalog_entry_id == catalog_entry_id) {
            return true;
        }
    }
    std::lock_guard lock(catalog_mutex);
    const entry_list* list = added_entries;
    while (list != nullptr && list->entry.info.dwCatalogEntryId != catalog_entry_id) {
        list = list->next;
    }
    return list != nullptr;
}

bool find_entry(DWORD catalog_entry_id, catalog_entry& found)
{
    return copy_first(
        found, [&](const WSAPROTOCOL_INFOW& info) { return info.dwCatalogEntryId == catalog_entry_id; });
}

bool find_entry(const GUID& provider_id, catalog_entry& found)
{
    return copy_first(found,
                      [&](const WSAPROTOCOL_INFOW& info) { return same_guid(info.ProviderId, provider_id); });
}

bool first_entry_of_family(int af, catalog_entry& found)
{
    return copy_first(found, [&](const WSAPROTOCOL_INFOW& info) {
        return usable_for_sockets(info) && info.iAddressFamily == af;
    });
}

void for_each_entry(const std::function<void(const catalog_entry&)>& visit)
{
    std::lock_guard lock(catalog_mutex);
    make_builtin_entries_locked();
    for (const entry_list* list : {added_entries, builtin_entries}) {
        for (; list != nullptr; list = list->next) {
            visit(list->entry);
        }
    }
}

int add_first_entry(const WSAPROTOCOL_INFOW& info, std::string path)
{
    catalog_entry taken;
    if (info.dwCatalogEntryId != 0 && find_entry(info.dwCatalogEntryId, taken)) {
        return WSAEINVAL;
    }
    auto node = std::make_unique<entry_list>(entry_list{nullptr, {info, std::move(path)}});
    std::lock_guard lock(catalog_mutex);
    if (info.dwCatalogEntryId == 0) {
        node->entry.info.dwCatalogEntryId = next_entry_id++;
    }
    node->next = added_entries;
    added_entries = node.release();
    return 0;
}

void remove_added_entries() noexcept
{
    std::lock_guard lock(catalog_mutex);
    delete_list(std::exchange(added_entries, nullptr));
}

void lock_catalog_for_fork() noexcept
{
    catalog_mutex.lock();
}

void unlock_catalog_after_fork() noexcept
{
    catalog_mutex.unlock();
}

}  // namespace spindle::host
