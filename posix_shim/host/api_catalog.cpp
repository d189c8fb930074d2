// The catalog as programs see it: enumeration and provider paths. Answers to the pages "WSAEnumProtocolsW",
// "WSCEnumProtocols", "WSCGetProviderPath", "WPUGetProviderPath" (clauses CTG-24 to 28, UP-28).
#include "host/catalog.hpp"
#include "host/runtime.hpp"
#include "host/testing.hpp"
#include "host/text.hpp"
#include "host/upcalls.hpp"

#include <new>
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

std::vector<WSAPROTOCOL_INFOW> chosen_entries(const int* protocols, bool all)
{
    std::vector<WSAPROTOCOL_INFOW> chosen;
    for_each_entry([&](const catalog_entry& entry) {
        if ((all || listed(entry.info)) && wanted(protocols, entry.info.iProtocol)) {
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
int enumerate(const int* protocols, bool all, Info* buffer, LPDWORD length, LPINT error) noexcept
try {
    if (length == nullptr) {
        return upcall_failure(SOCKET_ERROR, error, WSAEFAULT);
    }
    const auto chosen = chosen_entries(protocols, all);
    const auto needed = static_cast<DWORD>(chosen.size() * sizeof(Info));
    if (*length < needed || (buffer == nullptr && needed > 0)) {
        *length = needed;
        return upcall_failure(SOCKET_ERROR, error, WSAENOBUFS);
    }
    for (const WSAPROTOCOL_INFOW& info : chosen) {
        *buffer = convert(info, buffer);
        ++buffer;
    }
    return static_cast<int>(chosen.size());
} catch (const std::bad_alloc&) {
    return upcall_failure(SOCKET_ERROR, error, WSAENOBUFS);
}

template <class Info>
int enumerate_for_program(const int* protocols, Info* buffer, LPDWORD length) noexcept
{
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    int error = 0;
    const int count = enumerate(protocols, false, buffer, length, &error);
    return count == SOCKET_ERROR ? fail(SOCKET_ERROR, error) : count;
}

int copy_provider_path(const GUID& provider_id, WCHAR* path, LPINT length, LPINT lpErrno)
{
    catalog_entry entry;
    if (*length == -1 || !find_entry(provider_id, entry)) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEINVAL);
    }
    const wide_string wide = to_wide(entry.path);
    const int needed = static_cast<int>(wide.size()) + 1;
    if (path == nullptr || *length < needed) {
        *length = needed;
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    copy_terminated<WCHAR>(wide, path, static_cast<std::size_t>(needed));
    *length = needed;
    return 0;
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
    return enumerate(lpiProtocols, true, lpProtocolBuffer, lpdwBufferLength, lpErrno);
}

int WSPAPI WPUGetProviderPath(LPGUID lpProviderId, WCHAR FAR* lpszProviderDllPath, LPINT lpProviderDllPathLen,
                              LPINT lpErrno)
try {
    if (lpProviderId == nullptr || lpProviderDllPathLen == nullptr) {
        return upcall_failure(SOCKET_ERROR, lpErrno, WSAEFAULT);
    }
    return copy_provider_path(*lpProviderId, lpszProviderDllPath, lpProviderDllPathLen, lpErrno);
} catch (const std::bad_alloc&) {
    return upcall_failure(SOCKET_ERROR, lpErrno, WSAENOBUFS);
}

int WSPAPI WSCGetProviderPath(LPGUID lpProviderId, WCHAR* lpszProviderDllPath, LPINT lpProviderDllPathLen,
                              LPINT lpErrno)
{
    return WPUGetProviderPath(lpProviderId, lpszProviderDllPath, lpProviderDllPathLen, lpErrno);
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
