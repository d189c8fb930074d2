// Addresses as plain text, without port and scope, and the texts of getaddrinfo's codes. All of it works
// without WSAStartup (MAP-3, MAP-5). Answers to the pages "inet_pton", "inet_ntop", "gai_strerrorA".
#include "host/name_errors.hpp"
#include "host/text.hpp"

#include <algorithm>
#include <iterator>
#include <new>

using namespace spindle;
using namespace spindle::host;

namespace {

bool is_internet(INT family) noexcept
{
    return family == AF_INET || family == AF_INET6;
}

INT parse(INT family, const char* text, PVOID bytes) noexcept
{
    if (!is_internet(family)) {
        return fail(-1, WSAEAFNOSUPPORT);
    }
    if (text == nullptr || bytes == nullptr) {
        return fail(-1, WSAEFAULT);
    }
    return resolver::parse_address(family_of(family), text, static_cast<std::uint8_t*>(bytes)) ? 1 : 0;
}

template <class Char>
const Char* print(INT family, const void* bytes, Char* text, std::size_t size,
                  std::basic_string<Char> (*convert)(const std::string&))
try {
    if (!is_internet(family)) {
        return fail(static_cast<const Char*>(nullptr), WSAEAFNOSUPPORT);
    }
    if (bytes == nullptr || text == nullptr) {
        return fail(static_cast<const Char*>(nullptr), ERROR_INVALID_PARAMETER);
    }
    const auto printed =
        convert(resolver::address_text(family_of(family), static_cast<const std::uint8_t*>(bytes)));
    if (printed.size() >= size) {
        return fail(static_cast<const Char*>(nullptr), ERROR_INVALID_PARAMETER);
    }
    copy_terminated<Char>(printed, text, size);
    return text;
} catch (const std::bad_alloc&) {
    return fail(static_cast<const Char*>(nullptr), WSAENOBUFS);
}

struct code_text {
    int code;
    const char* text;
};

constexpr code_text getaddrinfo_texts[] = {
    {WSATRY_AGAIN, "the name server did not answer in time; try again later"},
    {WSAEINVAL, "a flag or another argument is not valid"},
    {WSANO_RECOVERY, "the name look-up failed for good"},
    {WSAEAFNOSUPPORT, "the address family is not supported"},
    {WSA_NOT_ENOUGH_MEMORY, "not enough memory"},
    {WSAHOST_NOT_FOUND, "no such host is known"},
    {WSANO_DATA, "the name exists but has no address of this kind"},
    {WSATYPE_NOT_FOUND, "the service is not known for this socket type"},
    {WSAESOCKTNOSUPPORT, "the socket type is not supported"},
    {WSAEFAULT, "a pointer or a buffer length is not valid"},
    {WSANOTINITIALISED, "WSAStartup has not been called"},
};

const char* text_of(int code) noexcept
{
    const auto* found = std::find_if(std::begin(getaddrinfo_texts), std::end(getaddrinfo_texts),
                                     [code](const code_text& each) { return each.code == code; });
    return found != std::end(getaddrinfo_texts) ? found->text : "unknown error of a name look-up";
}

}  // namespace

INT WSAAPI inet_pton(INT Family, PCSTR pszAddrString, PVOID pAddrBuf)
{
    return parse(Family, pszAddrString, pAddrBuf);
}

INT WSAAPI InetPtonW(INT Family, PCWSTR pszAddrString, PVOID pAddrBuf)
try {
    return parse(Family, pszAddrString == nullptr ? nullptr : to_utf8(pszAddrString).c_str(), pAddrBuf);
} catch (const std::bad_alloc&) {
    return fail(-1, WSAENOBUFS);
}

PCSTR WSAAPI inet_ntop(INT Family, const VOID* pAddr, PSTR pStringBuf, size_t StringBufSize)
{
    return print<char>(Family, pAddr, pStringBuf, StringBufSize,
                       [](const std::string& text) { return text; });
}

PCWSTR WSAAPI InetNtopW(INT Family, const VOID* pAddr, PWSTR pStringBuf, size_t StringBufSize)
{
    return print<WCHAR>(Family, pAddr, pStringBuf, StringBufSize,
                        [](const std::string& text) { return to_wide(text); });
}

// Per thread: the pages warn that the buffer is shared, which nobody can rely on.
char* gai_strerrorA(int ecode)
{
    static thread_local char text[GAI_STRERROR_BUFFER_SIZE + 1];
    copy_terminated<char>(text_of(ecode), text, sizeof text);
    return text;
}

WCHAR* gai_strerrorW(int ecode)
{
    static thread_local WCHAR text[GAI_STRERROR_BUFFER_SIZE + 1];
    const std::string_view narrow = text_of(ecode);
    std::copy(narrow.begin(), narrow.end(), text);  // plain ASCII
    text[narrow.size()] = 0;
    return text;
}
