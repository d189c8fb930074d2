// The process's catalog, see catalog.hpp. Copies are immutable: readers take no lock. One that was replaced stays until
// the next start, when nobody can be reading it.
#include "host/catalog.hpp"

#include "host/catalog_categories.hpp"
#include "host/catalog_store.hpp"
#include "host/module_path.hpp"

#include <atomic>
#include <memory>
#include <new>
#include <utility>

namespace spindle::host {

namespace {

struct catalog_copy {
    one_catalog catalog;
    catalog_copy* replaced = nullptr;
};
constinit std::atomic<catalog_copy*> current{nullptr};

// Of this process, from its first start on (CTG-33).
struct application_facts {
    bool known = false;
    permitted_categories permitted;
};
constinit application_facts application;

// Empty before the first start.
std::span<const catalog_entry> entries() noexcept
{
    const catalog_copy* copy = current.load(std::memory_order_acquire);
    return copy != nullptr ? std::span<const catalog_entry>(copy->catalog.entries) : std::span<const catalog_entry>();
}

void publish(one_catalog&& taken)
{
    auto made = std::make_unique<catalog_copy>(catalog_copy{std::move(taken), nullptr});
    made->replaced = current.load(std::memory_order_relaxed);
    current.store(made.release(), std::memory_order_release);
}

void delete_replaced() noexcept
{
    catalog_copy* copy = current.load(std::memory_order_relaxed);
    copy = copy != nullptr ? std::exchange(copy->replaced, nullptr) : nullptr;
    while (copy != nullptr) {
        delete std::exchange(copy, copy->replaced);
    }
}

template <class Predicate>
bool copy_first(catalog_entry& found, Predicate&& holds)
{
    for (const catalog_entry& entry : entries()) {
        if (holds(entry.info)) {
            found = entry;
            return true;
        }
    }
    return false;
}

// An entry that is there, as this application gets it.
catalog_entry permitted_form(const catalog_entry& entry)
{
    return entered_through(current.load(std::memory_order_acquire)->catalog, entry, application.permitted);
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

int take_catalog_copy_checked()
{
    catalog_data kept;
    if (read_stored_catalog(kept) != 0) {
        return WSASYSNOTREADY;
    }
    if (!application.known) {
        application = {true, categories_of_application(kept.applications, program_file(), program_arguments())};
    }
    publish(std::move(kept.of(catalog_kind::native)));
    delete_replaced();
    return 0;
}

}  // namespace

int take_catalog_copy() noexcept
try {
    return take_catalog_copy_checked();
} catch (const std::bad_alloc&) {
    return WSASYSNOTREADY;
}

int match_entry(int af, int type, int protocol, catalog_entry& found)
{
    if (af == 0 && protocol == 0) {
        return WSAEINVAL;
    }
    catalog_entry chosen;
    if (copy_first(chosen, [&](const WSAPROTOCOL_INFOW& info) {
            return usable_for_sockets(info) && (af == 0 || af == info.iAddressFamily) && type_matches(info, type) &&
                   protocol_matches(info, protocol);
        })) {
        found = permitted_form(chosen);
        return 0;
    }
    const auto known = [&chosen](int value, int WSAPROTOCOL_INFOW::*field) {
        return value == 0 || copy_first(chosen, [&](const WSAPROTOCOL_INFOW& info) {
                   return usable_for_sockets(info) && info.*field == value;
               });
    };
    if (!known(type, &WSAPROTOCOL_INFOW::iSocketType)) {
        return WSAESOCKTNOSUPPORT;
    }
    return known(af, &WSAPROTOCOL_INFOW::iAddressFamily) ? WSAEPROTONOSUPPORT : WSAEAFNOSUPPORT;
}

int entry_named_by(const WSAPROTOCOL_INFOW& info, catalog_entry& found)
{
    catalog_entry named;
    if (!find_entry(info.dwCatalogEntryId, named) && !find_entry(info.ProviderId, named)) {
        return info.dwCatalogEntryId == 0 && info.iAddressFamily == 0 ? WSAEAFNOSUPPORT : WSAEINVAL;
    }
    if (!usable_for_sockets(named.info)) {
        return WSAEINVAL;
    }
    found = permitted_form(named);
    return 0;
}

bool entry_exists(DWORD catalog_entry_id) noexcept
{
    return entry_of_id(entries(), catalog_entry_id) != nullptr;
}

bool find_entry(DWORD catalog_entry_id, catalog_entry& found)
{
    const catalog_entry* entry = entry_of_id(entries(), catalog_entry_id);
    if (entry != nullptr) {
        found = *entry;
    }
    return entry != nullptr;
}

bool find_entry(const GUID& provider_id, catalog_entry& found)
{
    return copy_first(found,
                      [&](const WSAPROTOCOL_INFOW& info) { return same_guid(info.ProviderId, provider_id); });
}

bool first_entry_of_family(int af, catalog_entry& found)
{
    const bool there = copy_first(found, [&](const WSAPROTOCOL_INFOW& info) {
        return usable_for_sockets(info) && info.iAddressFamily == af;
    });
    if (there) {
        found = permitted_form(found);
    }
    return there;
}

void for_each_entry(const std::function<void(const catalog_entry&)>& visit)
{
    for (const catalog_entry& entry : entries()) {
        visit(entry);
    }
}

int add_first_entry(const WSAPROTOCOL_INFOW& info, std::string path)
{
    catalog_entry added{info, std::move(path)};
    const int error = change_stored_catalog(
        [&](catalog_data& data) {
            auto& entries = data.of(catalog_kind::native).entries;
            DWORD& id = added.info.dwCatalogEntryId;
            if (id != 0 && entry_of_id(entries, id) != nullptr) {
                return WSAEINVAL;
            }
            id = id != 0 ? id : data.next_entry_id++;
            entries.insert(entries.begin(), added);
            return 0;
        },
        when_busy::wait, tell::nobody);
    if (const catalog_copy* copy = current.load(std::memory_order_acquire); error == 0 && copy != nullptr) {
        one_catalog with_it = copy->catalog;
        with_it.entries.insert(with_it.entries.begin(), added);
        publish(std::move(with_it));
    }
    return error;
}

void remove_added_entries()
{
    forget_stored_catalog();
    if (current.load(std::memory_order_acquire) == nullptr) {
        return;
    }
    publish(std::move(builtin_catalog().of(catalog_kind::native)));
}

}  // namespace spindle::host
