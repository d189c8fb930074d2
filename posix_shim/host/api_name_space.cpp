// Which name space providers there are. Answers to the pages "WSAEnumNameSpaceProvidersW" and
// "WSAEnumNameSpaceProvidersExW" (clause NSV-8).
#include "host/caller_buffer.hpp"
#include "host/name_space.hpp"
#include "host/runtime.hpp"

using namespace spindle::host;

namespace {

template <class Info>
int enumerate(LPDWORD length, Info* buffer) noexcept
try {
    if (!started()) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    if (length == nullptr) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    const std::size_t needed = pack_into(buffer, *length, [](caller_buffer& target) {
        auto* const info = target.make<Info>();
        info->NSProviderId = dns_provider_id;
        info->dwNameSpace = NS_DNS;
        info->fActive = TRUE;
        info->dwVersion = dns_provider_version;
        info->lpszIdentifier =
            target.text<std::remove_pointer_t<decltype(Info::lpszIdentifier)>>("System resolver");
    });
    if (buffer == nullptr || *length < needed) {
        *length = static_cast<DWORD>(needed);
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    return 1;
} catch (const std::bad_alloc&) {
    return fail(SOCKET_ERROR, WSA_NOT_ENOUGH_MEMORY);
}

}  // namespace

INT WSAAPI WSAEnumNameSpaceProvidersA(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOA lpnspBuffer)
{
    return enumerate(lpdwBufferLength, lpnspBuffer);
}

INT WSAAPI WSAEnumNameSpaceProvidersW(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOW lpnspBuffer)
{
    return enumerate(lpdwBufferLength, lpnspBuffer);
}

INT WSAAPI WSAEnumNameSpaceProvidersExA(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOEXA lpnspBuffer)
{
    return enumerate(lpdwBufferLength, lpnspBuffer);
}

INT WSAAPI WSAEnumNameSpaceProvidersExW(LPDWORD lpdwBufferLength, LPWSANAMESPACE_INFOEXW lpnspBuffer)
{
    return enumerate(lpdwBufferLength, lpnspBuffer);
}
