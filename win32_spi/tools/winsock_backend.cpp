// The WSC functions behind the operations, see winsock_backend.hpp.
#include "winsock_backend.hpp"

#include <windows.h>

#include <algorithm>

namespace spindle::catalog_tool {

namespace {

using enum_function = int(WSPAPI*)(LPINT, LPWSAPROTOCOL_INFOW, LPDWORD, LPINT);
using path_function = int(WSPAPI*)(LPGUID, WCHAR*, LPINT, LPINT);
using list_function = int(WSPAPI*)(LPGUID, const WCHAR*, LPWSAPROTOCOL_INFOW, DWORD, LPINT);
using remove_function = int(WSPAPI*)(LPGUID, LPINT);
using order_function = int(WSPAPI*)(LPDWORD, DWORD);
using get_info_function = int(WSPAPI*)(LPGUID, WSC_PROVIDER_INFO_TYPE, PBYTE, size_t*, DWORD, LPINT);
using set_info_function = int(WSPAPI*)(LPGUID, WSC_PROVIDER_INFO_TYPE, PBYTE, size_t, DWORD, LPINT);
using layer_function = int(WSPAPI*)(LPGUID, LPWSTR, LPWSTR, DWORD, LPWSAPROTOCOL_INFOW, DWORD, LPDWORD, LPINT);
using both_layers_function = int(WSPAPI*)(LPGUID, LPWSTR, LPWSTR, LPWSTR, DWORD, LPWSAPROTOCOL_INFOW, DWORD, LPDWORD,
                                          LPINT);

// The functions that exist for either catalog.
struct catalog_functions {
    enum_function enumerate = nullptr;
    path_function path = nullptr;
    list_function update = nullptr;
    remove_function remove = nullptr;
    order_function order = nullptr;
    get_info_function get_info = nullptr;
    set_info_function set_info = nullptr;
};

template <class Function>
void find(HMODULE library, Function& function, std::string name)
{
    function = reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(library, name.c_str())));
}

catalog_functions functions_of(HMODULE library, const std::string& suffix)
{
    catalog_functions found;
    find(library, found.enumerate, "WSCEnumProtocols" + suffix);
    find(library, found.path, "WSCGetProviderPath" + suffix);
    find(library, found.update, "WSCUpdateProvider" + suffix);
    find(library, found.remove, "WSCDeinstallProvider" + suffix);
    find(library, found.order, "WSCWriteProviderOrder" + suffix);
    find(library, found.get_info, "WSCGetProviderInfo" + suffix);
    find(library, found.set_info, "WSCSetProviderInfo" + suffix);
    return found;
}

template <class Function, class... Arguments>
int code_of(Function function, Arguments... arguments)
{
    int error = WSASYSCALLFAILURE;
    if (function == nullptr) {
        return function_missing;
    }
    return function(arguments..., &error) == 0 ? 0 : error;
}

int read_entries(const catalog_functions& functions, info_list& entries)
{
    // Between the two calls the catalog may grow.
    for (DWORD size = 0;;) {
        int error = 0;
        entries.resize(size / sizeof(WSAPROTOCOL_INFOW));
        const int count = functions.enumerate(nullptr, entries.empty() ? nullptr : entries.data(), &size, &error);
        if (count != SOCKET_ERROR) {
            entries.resize(static_cast<std::size_t>(count));
            return 0;
        }
        if (error != WSAENOBUFS) {
            return error;
        }
    }
}

int read_path(const catalog_functions& functions, GUID id, std::string& path)
{
    std::vector<WCHAR> text(1024);
    int length = static_cast<int>(text.size());
    const int error = code_of(functions.path, &id, text.data(), &length);
    path = error == 0 ? to_utf8(text.data()) : std::string();
    return error;
}

// Systems that know no categories have none set.
DWORD read_categories(const catalog_functions& functions, GUID id)
{
    DWORD categories = 0;
    size_t size = sizeof categories;
    const int error = code_of(functions.get_info, &id, ProviderInfoLspCategories, reinterpret_cast<PBYTE>(&categories),
                              &size, DWORD{0});
    return error == 0 ? categories : 0;
}

int read_catalog(const catalog_functions& functions, one_catalog& catalog)
{
    if (const int error = read_entries(functions, catalog.entries); error != 0) {
        return error;
    }
    for (const WSAPROTOCOL_INFOW& info : catalog.entries) {
        if (catalog.has(info.ProviderId)) {
            continue;
        }
        provider_facts facts;
        if (const int error = read_path(functions, info.ProviderId, facts.path); error != 0) {
            return error;
        }
        facts.categories = read_categories(functions, info.ProviderId);
        catalog.providers[info.ProviderId] = facts;
    }
    return 0;
}

int call_with_list(list_function function, GUID id, const std::string& path, info_list infos)
{
    return code_of(function, &id, to_wide(path).c_str(), infos.data(), static_cast<DWORD>(infos.size()));
}

class winsock_backend final : public backend {
public:
    explicit winsock_backend(HMODULE library) : native_(functions_of(library, "")), other_(functions_of(library, "32"))
    {
        find(library, install_, "WSCInstallProvider");
        find(library, install_both_, "WSCInstallProvider64_32");
        find(library, install_layer_, "WSCInstallProviderAndChains");
        find(library, install_both_layers_, "WSCInstallProviderAndChains64_32");
    }

    [[nodiscard]] bool has_other() const override { return other_.enumerate != nullptr; }

    [[nodiscard]] int read(snapshot& now) override
    {
        now = {};
        if (native_.enumerate == nullptr) {
            return function_missing;
        }
        const int error = read_catalog(native_, now.native);
        if (error != 0 || !has_other()) {
            return error;
        }
        return read_catalog(other_, now.other.emplace());
    }

    [[nodiscard]] int install(const GUID& id, const std::string& path, const info_list& infos, bool everywhere) override
    {
        return call_with_list(everywhere ? install_both_ : install_, id, path, infos);
    }

    [[nodiscard]] int install_layer(const layer& wanted) override
    {
        GUID id = wanted.id;
        auto path = to_wide(wanted.path);
        auto other_path = to_wide(wanted.other_path);
        auto name = to_wide(wanted.name);
        DWORD made = 0;
        const LPWSAPROTOCOL_INFOW every_protocol = nullptr;
        if (wanted.other_path.empty()) {
            return code_of(install_layer_, &id, path.data(), name.data(), wanted.service_flags, every_protocol, DWORD{0},
                           &made);
        }
        return code_of(install_both_layers_, &id, path.data(), other_path.data(), name.data(), wanted.service_flags,
                       every_protocol, DWORD{0}, &made);
    }

    [[nodiscard]] int update(which catalog, const GUID& id, const std::string& path, const info_list& infos) override
    {
        return call_with_list(of(catalog).update, id, path, infos);
    }

    [[nodiscard]] int remove(which catalog, const GUID& id) override
    {
        GUID given = id;
        return code_of(of(catalog).remove, &given);
    }

    [[nodiscard]] int order(which catalog, const std::vector<DWORD>& ids) override
    {
        std::vector<DWORD> given = ids;
        const order_function function = of(catalog).order;
        return function != nullptr ? function(given.data(), static_cast<DWORD>(given.size())) : function_missing;
    }

    [[nodiscard]] int set_categories(which catalog, const GUID& id, DWORD categories) override
    {
        GUID given = id;
        return code_of(of(catalog).set_info, &given, ProviderInfoLspCategories, reinterpret_cast<PBYTE>(&categories),
                       sizeof categories, DWORD{0});
    }

private:
    [[nodiscard]] const catalog_functions& of(which catalog) const
    {
        return catalog == which::native ? native_ : other_;
    }

    catalog_functions native_;
    catalog_functions other_;
    list_function install_ = nullptr;
    list_function install_both_ = nullptr;
    layer_function install_layer_ = nullptr;
    both_layers_function install_both_layers_ = nullptr;
};

}  // namespace

std::unique_ptr<backend> make_winsock_backend()
{
    const WCHAR name[] = {'w', 's', '2', '_', '3', '2', '.', 'd', 'l', 'l', 0};
    return std::make_unique<winsock_backend>(LoadLibraryW(name));
}

}  // namespace spindle::catalog_tool
