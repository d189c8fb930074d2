// Addresses as text with ports and scopes. These do reach a transport provider: the one that the caller's
// protocol structure names, else the first of the address family (clause MAP-9).
#include "host/catalog.hpp"
#include "host/dispatch.hpp"
#include "host/text.hpp"

#include <new>

using namespace spindle::host;

namespace {

// Finds and starts the provider, and calls it with its own structure of the entry (ADR-8).
template <class Call>
int call_for_family(int family, const WSAPROTOCOL_INFOW* info, Call&& call)
{
    call_scope scope;
    if (!scope) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    catalog_entry entry;
    if (info != nullptr ? entry_named_by(*info, entry) != 0 : !first_entry_of_family(family, entry)) {
        return fail(SOCKET_ERROR, WSAEINVAL);
    }
    provider* target = provider_for(entry.path);
    int error = target == nullptr ? WSAENOBUFS : target->ensure_started(entry.info);
    if (error != 0) {
        return fail(SOCKET_ERROR, error);
    }
    scope.enter_provider(*target);
    error = WSASYSCALLFAILURE;
    const int result = call(target->table(), &entry.info, &error);
    return result == SOCKET_ERROR ? fail(SOCKET_ERROR, error) : result;
}

int address_to_string(LPSOCKADDR address, DWORD length, const WSAPROTOCOL_INFOW* info, LPWSTR text,
                      LPDWORD text_length)
{
    if (gate.is_open() && (address == nullptr || length < sizeof address->sa_family)) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    const int family = address == nullptr ? 0 : address->sa_family;
    return call_for_family(
        family, info, [&](const WSPPROC_TABLE& table, LPWSAPROTOCOL_INFOW entry, LPINT lpErrno) {
            return table.lpWSPAddressToString(address, length, entry, text, text_length, lpErrno);
        });
}

int string_to_address(LPWSTR text, INT family, const WSAPROTOCOL_INFOW* info, LPSOCKADDR address,
                      LPINT length)
{
    return call_for_family(
        family, info, [&](const WSPPROC_TABLE& table, LPWSAPROTOCOL_INFOW entry, LPINT lpErrno) {
            return table.lpWSPStringToAddress(text, family, entry, address, length, lpErrno);
        });
}

// Turns the optional narrow structure into an optional wide one.
struct widened {
    explicit widened(const WSAPROTOCOL_INFOA* info) : given(info != nullptr)
    {
        if (given) {
            wide = to_wide(*info);
        }
    }
    [[nodiscard]] const WSAPROTOCOL_INFOW* get() const { return given ? &wide : nullptr; }

    bool given;
    WSAPROTOCOL_INFOW wide{};
};

int give_narrow(const WCHAR* wide, LPSTR text, LPDWORD text_length)
{
    const std::string narrow = to_utf8(wide);
    const DWORD needed = static_cast<DWORD>(narrow.size()) + 1;
    const DWORD given = *text_length;
    *text_length = needed;
    if (text == nullptr || given < needed) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    copy_terminated<char>(narrow, text, needed);
    return 0;
}

template <class Function>
int without_exceptions(Function&& function) noexcept
try {
    return function();
} catch (const std::bad_alloc&) {
    return fail(SOCKET_ERROR, WSAENOBUFS);
}

}  // namespace

INT WSAAPI WSAAddressToStringW(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                               LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
                               LPDWORD lpdwAddressStringLength)
{
    return without_exceptions([&] {
        return address_to_string(lpsaAddress, dwAddressLength, lpProtocolInfo, lpszAddressString,
                                 lpdwAddressStringLength);
    });
}

INT WSAAPI WSAAddressToStringA(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                               LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSTR lpszAddressString,
                               LPDWORD lpdwAddressStringLength)
{
    return without_exceptions([&] {
        const widened info(lpProtocolInfo);
        WCHAR wide[256] = {};
        DWORD wide_length = 256;
        const int result = address_to_string(lpsaAddress, dwAddressLength, info.get(), wide,
                                             lpdwAddressStringLength != nullptr ? &wide_length : nullptr);
        return result != 0 || lpdwAddressStringLength == nullptr
                   ? result
                   : give_narrow(wide, lpszAddressString, lpdwAddressStringLength);
    });
}

INT WSAAPI WSAStringToAddressW(LPWSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                               LPSOCKADDR lpAddress, LPINT lpAddressLength)
{
    return without_exceptions([&] {
        return string_to_address(AddressString, AddressFamily, lpProtocolInfo, lpAddress, lpAddressLength);
    });
}

INT WSAAPI WSAStringToAddressA(LPSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOA lpProtocolInfo,
                               LPSOCKADDR lpAddress, LPINT lpAddressLength)
{
    return without_exceptions([&] {
        const widened info(lpProtocolInfo);
        wide_string text = to_wide(AddressString != nullptr ? AddressString : "");
        return string_to_address(AddressString != nullptr ? text.data() : nullptr, AddressFamily, info.get(),
                                 lpAddress, lpAddressLength);
    });
}
