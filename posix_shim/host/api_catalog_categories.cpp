// What layers are and what applications are permitted. Answers to the pages "WSCSetProviderInfo", "WSCGetProviderInfo",
// "WSCSetApplicationCategory", "WSCGetApplicationCategory" (clauses CTG-30, CTG-34, CTG-35).
#include "host/catalog_categories.hpp"
#include "host/catalog_rules.hpp"
#include "host/catalog_store.hpp"
#include "host/module_path.hpp"
#include "host/text.hpp"
#include "host/upcalls.hpp"

#include <algorithm>
#include <new>

using namespace spindle::host;

namespace {

// Runs what returns 0 or a code.
template <class Call>
int reported(LPINT lpErrno, Call&& call) noexcept
try {
    const int error = call();
    return error == 0 ? 0 : upcall_failure(SOCKET_ERROR, lpErrno, error);
} catch (const std::bad_alloc&) {
    return upcall_failure(SOCKET_ERROR, lpErrno, WSA_NOT_ENOUGH_MEMORY);
}

// The provider comes before the type of information, that before the buffer (observed, CTG-34).
int check_provider(const one_catalog& catalog, const GUID& id, WSC_PROVIDER_INFO_TYPE type) noexcept
{
    if (!has_provider(catalog, id)) {
        return WSANO_RECOVERY;
    }
    if (type == ProviderInfoAudit) {
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
    return type == ProviderInfoLspCategories ? 0 : WSAEINVAL;
}

int provider_info(catalog_kind kind, const GUID* id, WSC_PROVIDER_INFO_TYPE type, PBYTE info, size_t* size)
{
    if (id == nullptr) {
        return WSAEFAULT;
    }
    catalog_data data;
    int error = read_stored_catalog(data);
    error = error == 0 ? check_provider(data.of(kind), *id, type) : error;
    if (error != 0 || size == nullptr) {
        return error != 0 ? error : WSAEFAULT;
    }
    const DWORD categories = categories_of_provider(data.of(kind).categories, *id);
    if (info == nullptr || *size < sizeof categories) {
        *size = sizeof categories;
        return WSAEFAULT;
    }
    std::memcpy(info, &categories, sizeof categories);
    *size = sizeof categories;
    return 0;
}

void store_categories(one_catalog& catalog, const GUID& id, DWORD categories)
{
    std::erase_if(catalog.categories,
                  [&](const provider_categories& each) { return same_guid(each.provider_id, id); });
    if (categories != 0) {
        catalog.categories.push_back({id, categories});
    }
}

int set_provider_info(catalog_kind kind, const GUID* id, WSC_PROVIDER_INFO_TYPE type, const BYTE* info, size_t size)
{
    if (id == nullptr) {
        return WSAEFAULT;
    }
    return change_stored_catalog(
        [&](catalog_data& data) {
            DWORD categories = 0;
            if (const int error = check_provider(data.of(kind), *id, type); error != 0) {
                return error;
            }
            if (info == nullptr) {
                return WSAEFAULT;
            }
            if (size != sizeof categories) {
                return WSAEINVAL;
            }
            std::memcpy(&categories, info, sizeof categories);
            if ((categories & ~all_categories) != 0) {
                return WSAEINVAL;
            }
            store_categories(data.of(kind), *id, categories);
            return 0;
        },
        when_busy::wait, tell::nobody);
}

// A text of that many characters; no text and none is nothing. Returns 0 or a WSA code.
int text_argument(LPCWSTR text, DWORD length, std::string& utf8)
{
    if (text == nullptr) {
        return length == 0 ? 0 : WSAEFAULT;
    }
    const wide_view view(text, length);
    if (length >= MAX_PATH || view.find(WCHAR{0}) != wide_view::npos || !is_well_formed(view)) {
        return WSAEINVAL;
    }
    utf8 = to_utf8(view);
    return 0;
}

// The application as it is recorded: strings of the environment are those of the caller.
int application_argument(LPCWSTR path, DWORD path_length, LPCWSTR extra, DWORD extra_length,
                         application_categories& application)
{
    if (path == nullptr) {
        return WSAEFAULT;
    }
    int error = text_argument(path, path_length, application.path);
    error = error == 0 ? text_argument(extra, extra_length, application.arguments) : error;
    if (error == 0 && application.path.empty()) {
        error = WSAEINVAL;
    }
    application.path = expand_environment(application.path);
    return error;
}

auto find_application(std::vector<application_categories>& all, const application_categories& wanted)
{
    return std::ranges::find_if(all, [&](const application_categories& each) {
        return each.path == wanted.path && each.arguments == wanted.arguments;
    });
}

}  // namespace

int WSPAPI WSCGetProviderInfo(LPGUID lpProviderId, WSC_PROVIDER_INFO_TYPE InfoType, PBYTE Info, size_t* InfoSize,
                              DWORD, LPINT lpErrno)
{
    return reported(lpErrno,
                    [&] { return provider_info(catalog_kind::native, lpProviderId, InfoType, Info, InfoSize); });
}

int WSPAPI WSCGetProviderInfo32(LPGUID lpProviderId, WSC_PROVIDER_INFO_TYPE InfoType, PBYTE Info, size_t* InfoSize,
                                DWORD, LPINT lpErrno)
{
    return reported(lpErrno,
                    [&] { return provider_info(catalog_kind::other, lpProviderId, InfoType, Info, InfoSize); });
}

int WSPAPI WSCSetProviderInfo(LPGUID lpProviderId, WSC_PROVIDER_INFO_TYPE InfoType, PBYTE Info, size_t InfoSize, DWORD,
                              LPINT lpErrno)
{
    return reported(lpErrno,
                    [&] { return set_provider_info(catalog_kind::native, lpProviderId, InfoType, Info, InfoSize); });
}

int WSPAPI WSCSetProviderInfo32(LPGUID lpProviderId, WSC_PROVIDER_INFO_TYPE InfoType, PBYTE Info, size_t InfoSize,
                                DWORD, LPINT lpErrno)
{
    return reported(lpErrno,
                    [&] { return set_provider_info(catalog_kind::other, lpProviderId, InfoType, Info, InfoSize); });
}

int WSPAPI WSCSetApplicationCategory(LPCWSTR Path, DWORD PathLength, LPCWSTR Extra, DWORD ExtraLength,
                                     DWORD PermittedLspCategories, DWORD* pPrevPermLspCat, LPINT lpErrno)
{
    return reported(lpErrno, [&] {
        application_categories wanted;
        if (const int error = application_argument(Path, PathLength, Extra, ExtraLength, wanted); error != 0) {
            return error;
        }
        if ((PermittedLspCategories & ~all_categories) != 0) {
            return WSAEINVAL;
        }
        DWORD before = 0;
        const int error = change_stored_catalog(
            [&](catalog_data& data) {
                auto found = find_application(data.applications, wanted);
                if (found == data.applications.end()) {
                    found = data.applications.insert(found, wanted);
                }
                before = found->categories;
                found->categories |= PermittedLspCategories;
                return 0;
            },
            when_busy::wait, tell::nobody);
        if (error == 0 && pPrevPermLspCat != nullptr) {
            *pPrevPermLspCat = before;
        }
        return error;
    });
}

int WSPAPI WSCGetApplicationCategory(LPCWSTR Path, DWORD PathLength, LPCWSTR Extra, DWORD ExtraLength,
                                     DWORD* pPermittedLspCategories, LPINT lpErrno)
{
    return reported(lpErrno, [&] {
        application_categories wanted;
        catalog_data data;
        int error = pPermittedLspCategories == nullptr
                        ? WSAEFAULT
                        : application_argument(Path, PathLength, Extra, ExtraLength, wanted);
        error = error == 0 ? read_stored_catalog(data) : error;
        if (error != 0) {
            return error;
        }
        const auto found = find_application(data.applications, wanted);
        if (found == data.applications.end()) {
            return WSASERVICE_NOT_FOUND;
        }
        *pPermittedLspCategories = found->categories;
        return 0;
    });
}
