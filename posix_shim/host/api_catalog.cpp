// The catalog as programs see it: enumeration and provider paths. WSAEnumProtocols and the upcall tell what this process
// uses, the WSC functions what is kept: an installer has to find what it has put in (D-31). Answers to the pages
// "WSAEnumProtocolsW", "WSCEnumProtocols", "WSCGetProviderPath", "WPUGetProviderPath" (clauses CTG-24 to 28, UP-28).
#include "host/catalog.hpp"
#include "host/catalog_store.hpp"
#include "host/runtime.hpp"
#include "host/testing.hpp"
#include "host/text.hpp"
#include "host/upcalls.hpp"

#include <new>
#include <string>
#include <vector>

using namespace spindle::host;

namespace {

bool wanted(const int* protocols, int protocol) noexcept
{
    if (protocols == nullptr) {
        return true;
    }
    while (*protocols != 0 && *protocols != protocol) {
        ++protocols;
    }
    return *protocols == protocol && protocol != 0;
}

// What WSAEnumProtocols leaves out (CTG-25).
bool listed(const WSAPROTOCOL_INFOW& info) noexcept
{
    return (info.dwProviderFlags & PFL_HIDDEN) == 0 && info.ProtocolChain.ChainLen != LAYERED_PROTOCOL;
}

using info_vector = std::vector<WSAPROTOCOL_INFOW>;

info_vector entries_in_use(const int* protocols)
{
    info_vector chosen;
    for_each_entry([&](const catalog_entry& entry) {
        if (listed(entry.info) && wanted(protocols, entry.info.iProtocol)) {
            chosen.push_back(entry.info);
        }
    });
    return chosen;
}

const WSAPROTOCOL_INFOW& convert(const WSAPROTOCOL_INFOW& info, const WSAPROTOCOL_INFOW*)
{
    return info;
}

WSAPROTOCOL_INFOA convert(const WSAPROTOCOL_INFOW& info, const WSAPROTOCOL_INFOA*)
{
    return to_narrow(info);
}

// All or nothing (CTG-27). Returns the count, or SOCKET_ERROR with *error set.
template <class Info>
int hand_out(const info_vector& chosen, Info* buffer, DWORD& length, LPINT error)
{
    const auto needed = static_cast<DWORD>(chosen.size() * sizeof(Info));
    if (length < needed || (buffer == nullptr && needed > 0)) {
        length = needed;
        return upcall_failure(SOCKET_ERROR, error, WSAENOBUFS);
    }
    for (const WSAPROTOCOL_INFOW& info : chosen) {
        *buffer = convert(info, buffer);
        ++buffer;
    }
    return static_cast<int>(chosen.size());
}

template <class Info>
int enumerate_for_program(const int* protocols, Info* buffer, LPDWORD length) noexcept
try {
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    int error = WSAEFAULT;
    const int count =
        length == nullptr ? SOCKET_ERROR : hand_out(entries_in_use(protocols), buffer, *length, &error);
    return count == SOCKET_ERROR ? fail(SOCKET_ERROR, error) : count;
} catch (const std::bad_alloc&) {
    return fail(SOCKET_ERROR, WSAENOBUFS);
}

int enumerate_kept(catalog_kind kind, const int* protocols, LPWSAPROTOCOL_INFOW buffer, LPDWORD length,
                   LPINT lpErrno) noexcept
try {
    catalog_data data;
    if (const int error = length == nullptr ? WSAEFAULT : read_stored_catalog(data); error != 0) {
        return upcall_failure(SOCKET_ERROR, lpErrno, error);
    }
    info_vector chosen;
    for (const catalog_entry& entry : data.of(kind).entries) {
        if (wanted(protocols, entry.info.iProtocol)) {
            chosen.push_back(entry.info);
        }
    }
    return hand_out(chosen, buffer, *length, lpErrno);
} catch (const std::bad_alloc&) {
    return upcall_failure(SOCKET_ERROR, lpErrno, WSAENOBUFS);
}

// What WSCGetProviderPath and its upcall check first, and in this order (CTG-28). find(id, path) returns 0 or a code.
template <class Find>
int tell_path(const GUID* id, WCHAR* path, LPINT length, LPINT lpErrno, Find&& find) noexcept
try {
    if (id == nullptr || length == nullptr) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    std::string found;
    if (const int error = *length == -1 ? WSAEINVAL : find(*id, found); error != 0) {
        return upcall_failure(SOCKET_ERROR, lpErrno, error);
    }
    const wide_string wide = to_wide(found);
    const int needed = static_cast<int>(wide.size()) + 1;
    if (path == nullptr || *length < needed) {
        *length = needed;
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    copy_terminated<WCHAR>(wide, path, static_cast<std::size_t>(needed));
    *length = needed;
    return 0;
} catch (const std::bad_alloc&) {
    return upcall_failure(SOCKET_ERROR, lpErrno, WSAENOBUFS);
}

int kept_path(catalog_kind kind, const GUID& id, std::string& path)
{
    catalog_data data;
    if (const int error = read_stored_catalog(data); error != 0) {
        return error;
    }
    for (const catalog_entry& entry : data.of(kind).entries) {
        if (same_guid(entry.info.ProviderId, id)) {
            path = entry.path;
            return 0;
        }
    }
    return WSAEINVAL;
}

int path_in_use(const GUID& id, std::string& path)
{
    catalog_entry entry;
    const bool found = find_entry(id, entry);
    path = entry.path;
    return found ? 0 : WSAEINVAL;
}

}  // namespace

int WSAAPI WSAEnumProtocolsW(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
                             LPDWORD lpdwBufferLength)
{
    return enumerate_for_program(lpiProtocols, lpProtocolBuffer, lpdwBufferLength);
}

int WSAAPI WSAEnumProtocolsA(LPINT lpiProtocols, LPWSAPROTOCOL_INFOA lpProtocolBuffer,
                             LPDWORD lpdwBufferLength)
{
    return enumerate_for_program(lpiProtocols, lpProtocolBuffer, lpdwBufferLength);
}

int WSPAPI WSCEnumProtocols(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
                            LPDWORD lpdwBufferLength, LPINT lpErrno)
{
    return enumerate_kept(catalog_kind::native, lpiProtocols, lpProtocolBuffer, lpdwBufferLength, lpErrno);
}

int WSPAPI WSCEnumProtocols32(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
                              LPDWORD lpdwBufferLength, LPINT lpErrno)
{
    return enumerate_kept(catalog_kind::other, lpiProtocols, lpProtocolBuffer, lpdwBufferLength, lpErrno);
}

int WSPAPI WPUGetProviderPath(LPGUID lpProviderId, WCHAR FAR* lpszProviderDllPath, LPINT lpProviderDllPathLen,
                              LPINT lpErrno)
{
    return tell_path(lpProviderId, lpszProviderDllPath, lpProviderDllPathLen, lpErrno, &path_in_use);
}

int WSPAPI WSCGetProviderPath(LPGUID lpProviderId, WCHAR* lpszProviderDllPath, LPINT lpProviderDllPathLen,
                              LPINT lpErrno)
{
    return tell_path(lpProviderId, lpszProviderDllPath, lpProviderDllPathLen, lpErrno,
                     [](const GUID& id, std::string& path) { return kept_path(catalog_kind::native, id, path); });
}

int WSPAPI WSCGetProviderPath32(LPGUID lpProviderId, WCHAR* lpszProviderDllPath, LPINT lpProviderDllPathLen,
                                LPINT lpErrno)
{
    return tell_path(lpProviderId, lpszProviderDllPath, lpProviderDllPathLen, lpErrno,
                     [](const GUID& id, std::string& path) { return kept_path(catalog_kind::other, id, path); });
}

int spindle_test_add_provider(const WSAPROTOCOL_INFOW* info, const char* path_utf8)
try {
    if (info == nullptr || path_utf8 == nullptr) {
        return WSAEFAULT;
    }
    return add_first_entry(*info, path_utf8);
} catch (const std::bad_alloc&) {
    return WSAENOBUFS;
}

void spindle_test_remove_providers(void)
{
    remove_added_entries();
}
