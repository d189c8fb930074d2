// WSPAddressToString and WSPStringToAddress: the buffers around the text forms of address_text.hpp. Lengths
// of strings count UTF-16 units with the terminating NUL (ADR-9, decision D-19).
#include <string>

#include "address_text.hpp"
#include "convert.hpp"
#include "thunk.hpp"
#include "thunks.hpp"

namespace spindle::spi {

namespace {

/// IPv4 and IPv6 have text forms; an entry only speaks for its own family (ADR-8).
bool serves_family(const WSAPROTOCOL_INFOW* entry, int family) noexcept
{
    const bool has_text = family == AF_INET || family == AF_INET6;
    return has_text && (entry == nullptr || load(&entry->iAddressFamily) == family);
}

result<std::string> text_of(const sockaddr* address, DWORD length, const WSAPROTOCOL_INFOW* entry)
{
    USHORT family = 0;
    if (address == nullptr || length < sizeof family) {
        return errc::fault;
    }
    std::memcpy(&family, static_cast<const void*>(address), sizeof family);
    if (!serves_family(entry, family)) {
        return errc::invalid_argument;
    }
    if (length < address_size(static_cast<address_family>(family))) {
        return errc::fault;
    }
    const auto parsed = socket_address::from_bytes(address, length);
    return parsed ? result<std::string>(address_to_text(*parsed)) : result<std::string>(parsed.error());
}

/// A buffer that is too small is told what is needed (ADR-10).
result<int> store_text(const std::string& text, LPWSTR target, LPDWORD length) noexcept
{
    const auto needed = static_cast<DWORD>(text.size() + 1);
    const DWORD room = load(length);
    store(length, needed);
    if (target == nullptr || room < needed) {
        return errc::fault;
    }
    for (std::size_t index = 0; index < needed; ++index) {
        store(target + index, static_cast<WCHAR>(text.c_str()[index]));
    }
    return 0;
}

/// The client's string as bytes; a unit beyond ASCII, which no address has, becomes one that no address has
/// either.
std::string narrow(const WCHAR* text)
{
    std::string narrowed;
    for (WCHAR unit = load(text); unit != 0; unit = load(++text)) {
        narrowed += static_cast<unsigned>(unit) < 0x80U ? static_cast<char>(unit) : '?';
    }
    return narrowed;
}

result<int> store_parsed(const std::string& text, address_family family, LPSOCKADDR target, LPINT length)
{
    const auto needed = static_cast<int>(address_size(family));
    if (load(length) < needed) {
        store(length, needed);
        return errc::fault;
    }
    const auto address = address_from_text(family, text);
    if (!address) {
        const USHORT no_family = 0;
        std::memcpy(static_cast<void*>(target), &no_family, sizeof no_family);
        return errc::invalid_argument;
    }
    std::memcpy(static_cast<void*>(target), address->data(), address->size());
    store(length, needed);
    return 0;
}

}  // namespace

INT WSPAPI WSPAddressToString(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                              LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
                              LPDWORD lpdwAddressStringLength, LPINT lpErrno) noexcept
{
    return spi_call(call_failed, lpErrno, [&]() -> result<int> {
        if (lpdwAddressStringLength == nullptr) {
            return errc::fault;
        }
        const auto text = text_of(lpsaAddress, dwAddressLength, lpProtocolInfo);
        return text ? store_text(*text, lpszAddressString, lpdwAddressStringLength)
                    : result<int>(text.error());
    });
}

INT WSPAPI WSPStringToAddress(LPWSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                              LPSOCKADDR lpAddress, LPINT lpAddressLength, LPINT lpErrno) noexcept
{
    return spi_call(call_failed, lpErrno, [&]() -> result<int> {
        if (AddressString == nullptr) {
            return errc::invalid_argument;  // as any text that is no address
        }
        if (lpAddress == nullptr || lpAddressLength == nullptr) {
            return errc::fault;
        }
        if (!serves_family(lpProtocolInfo, AddressFamily)) {
            return errc::invalid_argument;
        }
        return store_parsed(narrow(AddressString), static_cast<address_family>(AddressFamily), lpAddress,
                            lpAddressLength);
    });
}

}  // namespace spindle::spi
