// Installing, changing, ordering and removing transport providers. The functions whose names end in 32 work on the
// catalog of 32-bit programs, which no program of this library uses and which an installer can be tested with. Answers to
// the pages "WSCInstallProvider", "WSCDeinstallProvider", "WSCUpdateProvider", "WSCWriteProviderOrder",
// "WSCInstallProviderAndChains", "WSCInstallProviderAndChains64_32" (clauses CTG-10 to CTG-23).
#include "host/catalog_rules.hpp"
#include "host/catalog_store.hpp"
#include "host/text.hpp"
#include "host/upcalls.hpp"

#include <algorithm>
#include <array>
#include <new>

using namespace spindle::host;

namespace {

// A caller who cannot be told of a failure gets nothing done.
template <class Change>
int report(LPINT lpErrno, int no_memory, Change&& change) noexcept
{
    if (lpErrno == nullptr) {
        return SOCKET_ERROR;
    }
    int error = no_memory;
    try {
        error = change();
    } catch (const std::bad_alloc&) {
        // the code says so
    }
    return error == 0 ? 0 : upcall_failure(SOCKET_ERROR, lpErrno, error);
}

// A path as the catalog keeps it. Returns 0 or a WSA code.
int path_argument(const WCHAR* given, std::string& path)
{
    if (given == nullptr) {
        return WSAEFAULT;
    }
    const wide_view wide(given);
    if (wide.empty() || wide.size() >= MAX_PATH || !is_well_formed(wide)) {
        return WSAEINVAL;
    }
    path = to_utf8(wide);
    return 0;
}

struct list_argument {
    const GUID* id;
    const WCHAR* path;
    const WSAPROTOCOL_INFOW* infos;
    DWORD count;
};

using list_rule = int (*)(catalog_data&, catalog_kind, const GUID&, const std::string&, info_list);

// Checks what a list of entries comes with and has the rule applied to each catalog.
int apply_list(const list_argument& given, std::span<const catalog_kind> kinds, list_rule rule)
{
    std::string path;
    if (given.id == nullptr || given.infos == nullptr) {
        return WSAEFAULT;
    }
    if (const int error = path_argument(given.path, path); error != 0) {
        return error;
    }
    if (given.count == 0) {
        return WSAEINVAL;
    }
    return change_stored_catalog(
        [&](catalog_data& data) {
            int error = 0;
            for (std::size_t index = 0; index < kinds.size() && error == 0; ++index) {
                error = rule(data, kinds[index], *given.id, path, {given.infos, given.count});
            }
            return error;
        },
        when_busy::wait, tell::everybody);
}

constexpr catalog_kind native_only[] = {catalog_kind::native};
constexpr catalog_kind other_only[] = {catalog_kind::other};

int deinstall(catalog_kind kind, const GUID* id)
{
    if (id == nullptr) {
        return WSAEFAULT;
    }
    return change_stored_catalog([&](catalog_data& data) { return deinstall_provider(data, kind, *id); },
                                 when_busy::wait, tell::everybody);
}

// Returns the code itself; whoever comes while somebody else is at it has no chance of a right list (CTG-18).
int write_order(catalog_kind kind, const DWORD* ids, DWORD count) noexcept
try {
    if (ids == nullptr) {
        return WSAEINVAL;
    }
    const int error = change_stored_catalog(
        [&](catalog_data& data) { return reorder_entries(data, kind, {ids, count}); }, when_busy::give_up,
        tell::everybody);
    return error == WSAEINPROGRESS ? WSAEINVAL : error;
} catch (const std::bad_alloc&) {
    return WSA_NOT_ENOUGH_MEMORY;
}

struct layer_argument {
    const GUID* id;
    const WCHAR* path;
    const WCHAR* name;
    DWORD service_flags;
    const WSAPROTOCOL_INFOW* infos;
    DWORD count;
};

// Returns 0 or a WSA code (CTG-21).
int layer_of(const layer_argument& given, layer_to_install& layer)
{
    if (given.id == nullptr || given.path == nullptr || given.name == nullptr) {
        return WSAEINVAL;
    }
    layer.name = given.name;
    if (layer.name.empty() || layer.name.size() > WSAPROTOCOL_LEN || (given.infos != nullptr && given.count == 0)) {
        return WSAEINVAL;
    }
    layer.id = *given.id;
    layer.service_flags = given.service_flags;
    layer.every_kind = given.infos == nullptr;
    layer.wanted = {given.infos, given.infos != nullptr ? given.count : 0};
    return path_argument(given.path, layer.path);
}

// The first goes into the native catalog, a second one into the other, or none of them.
int install_layers(std::span<const layer_to_install> layers, LPDWORD entry_id)
{
    std::array<DWORD, catalog_kinds.size()> made{};
    const int error = change_stored_catalog(
        [&](catalog_data& data) {
            int first_error = 0;
            for (std::size_t index = 0; index < layers.size() && first_error == 0; ++index) {
                first_error = install_layer(data, catalog_kinds[index], layers[index], made[index]);
            }
            return first_error;
        },
        when_busy::give_up, tell::everybody);
    if (error == 0 && entry_id != nullptr) {
        *entry_id = made[0];
    }
    return error;
}

int install_layer_in_native(const layer_argument& given, LPDWORD entry_id)
{
    layer_to_install layer;
    const int error = layer_of(given, layer);
    return error != 0 ? error : install_layers({&layer, 1}, entry_id);
}

wide_string lower_case(wide_view text)
{
    wide_string lower(text);
    std::ranges::transform(lower, lower.begin(), [](WCHAR letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<WCHAR>(letter + 32) : letter;
    });
    return lower;
}

// The one place that means another folder to a 32-bit program: without a path of its own its library has to be there.
bool is_in_system_folder(wide_view path)
{
    const std::string lower = to_utf8(lower_case(path));
    for (const std::string_view folder : {"%windir%\\system32\\", "%systemroot%\\system32\\"}) {
        if (lower.starts_with(folder) && lower.size() > folder.size() &&
            lower.find_first_of("\\/", folder.size()) == std::string::npos) {
            return true;
        }
    }
    return false;
}

int install_layer_in_both(const layer_argument& given, const WCHAR* other_path, LPDWORD entry_id)
{
    std::array<layer_to_install, 2> layers;
    if (const int error = layer_of(given, layers[0]); error != 0) {
        return error;
    }
    if (other_path == nullptr && !is_in_system_folder(given.path)) {
        return WSAEINVAL;
    }
    layers[1] = layers[0];
    const int error = other_path != nullptr ? path_argument(other_path, layers[1].path) : 0;
    return error != 0 ? error : install_layers(layers, entry_id);
}

}  // namespace

int WSPAPI WSCInstallProvider(LPGUID lpProviderId, const WCHAR FAR* lpszProviderDllPath,
                              const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries, LPINT lpErrno)
{
    return report(lpErrno, WSAENOBUFS, [&] {
        return apply_list({lpProviderId, lpszProviderDllPath, lpProtocolInfoList, dwNumberOfEntries}, native_only,
                          &install_provider);
    });
}

int WSPAPI WSCInstallProvider64_32(LPGUID lpProviderId, const WCHAR FAR* lpszProviderDllPath,
                                   const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries,
                                   LPINT lpErrno)
{
    return report(lpErrno, WSAENOBUFS, [&] {
        return apply_list({lpProviderId, lpszProviderDllPath, lpProtocolInfoList, dwNumberOfEntries}, catalog_kinds,
                          &install_provider);
    });
}

int WSPAPI WSCUpdateProvider(LPGUID lpProviderId, const WCHAR FAR* lpszProviderDllPath,
                             const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries, LPINT lpErrno)
{
    return report(lpErrno, WSA_NOT_ENOUGH_MEMORY, [&] {
        return apply_list({lpProviderId, lpszProviderDllPath, lpProtocolInfoList, dwNumberOfEntries}, native_only,
                          &update_provider);
    });
}

int WSPAPI WSCUpdateProvider32(LPGUID lpProviderId, const WCHAR FAR* lpszProviderDllPath,
                               const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries, LPINT lpErrno)
{
    return report(lpErrno, WSA_NOT_ENOUGH_MEMORY, [&] {
        return apply_list({lpProviderId, lpszProviderDllPath, lpProtocolInfoList, dwNumberOfEntries}, other_only,
                          &update_provider);
    });
}

int WSPAPI WSCDeinstallProvider(LPGUID lpProviderId, LPINT lpErrno)
{
    return report(lpErrno, WSA_NOT_ENOUGH_MEMORY, [&] { return deinstall(catalog_kind::native, lpProviderId); });
}

int WSPAPI WSCDeinstallProvider32(LPGUID lpProviderId, LPINT lpErrno)
{
    return report(lpErrno, WSA_NOT_ENOUGH_MEMORY, [&] { return deinstall(catalog_kind::other, lpProviderId); });
}

int WSPAPI WSCWriteProviderOrder(LPDWORD lpwdCatalogEntryId, DWORD dwNumberOfEntries)
{
    return write_order(catalog_kind::native, lpwdCatalogEntryId, dwNumberOfEntries);
}

int WSPAPI WSCWriteProviderOrder32(LPDWORD lpwdCatalogEntryId, DWORD dwNumberOfEntries)
{
    return write_order(catalog_kind::other, lpwdCatalogEntryId, dwNumberOfEntries);
}

int WSPAPI WSCInstallProviderAndChains(const LPGUID lpProviderId, const LPWSTR lpszProviderDllPath,
                                       const LPWSTR lpszLspName, DWORD dwServiceFlags,
                                       const LPWSAPROTOCOL_INFOW lpProtocolInfoList, DWORD dwNumberOfEntries,
                                       LPDWORD lpdwCatalogEntryId, LPINT lpErrno)
{
    return report(lpErrno, WSAENOBUFS, [&] {
        return install_layer_in_native({lpProviderId, lpszProviderDllPath, lpszLspName, dwServiceFlags,
                                        lpProtocolInfoList, dwNumberOfEntries},
                                       lpdwCatalogEntryId);
    });
}

int WSPAPI WSCInstallProviderAndChains64_32(const LPGUID lpProviderId, const LPWSTR lpszProviderDllPath,
                                            const LPWSTR lpszProviderDllPath32, const LPWSTR lpszLspName,
                                            DWORD dwServiceFlags, const LPWSAPROTOCOL_INFOW lpProtocolInfoList,
                                            DWORD dwNumberOfEntries, LPDWORD lpdwCatalogEntryId, LPINT lpErrno)
{
    return report(lpErrno, WSAENOBUFS, [&] {
        return install_layer_in_both({lpProviderId, lpszProviderDllPath, lpszLspName, dwServiceFlags,
                                      lpProtocolInfoList, dwNumberOfEntries},
                                     lpszProviderDllPath32, lpdwCatalogEntryId);
    });
}
