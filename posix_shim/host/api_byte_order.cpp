// Byte order and IPv4 text of Winsock 1.1: the htons family, inet_addr, inet_ntoa, which need no WSAStartup
// (MAP-5), and the WSA forms, which take the byte order from the socket's catalog entry (MAP-4).
#include "host/catalog.hpp"
#include "host/dispatch.hpp"

#include <bit>
#include <cstdio>
#include <cstring>
#include <new>

using namespace spindle;
using namespace spindle::host;

namespace {

u_long swapped(u_long value) noexcept
{
    return __builtin_bswap32(value);
}

u_short swapped(u_short value) noexcept
{
    return __builtin_bswap16(value);
}

template <class Number>
Number big_endian(Number value) noexcept
{
    return std::endian::native == std::endian::little ? swapped(value) : value;
}

bool socket_is_big_endian(SOCKET s, bool& big, int& error) noexcept
try {
    kernel::socket_entry socket;
    catalog_entry entry;
    if (!kernel::handles.find_socket(s, socket)) {
        error = WSAENOTSOCK;
        return false;
    }
    big = !find_entry(socket.catalog_entry_id, entry) || entry.info.iNetworkByteOrder == BIGENDIAN;
    return true;
} catch (const std::bad_alloc&) {
    error = WSAENOBUFS;
    return false;
}

// Conversion to and from network order is the same swap.
template <class Number>
int convert(SOCKET s, Number value, Number* result) noexcept
{
    const call_scope scope;
    if (!scope) {
        return fail(SOCKET_ERROR, WSANOTINITIALISED);
    }
    bool big = true;
    int error = 0;
    if (!socket_is_big_endian(s, big, error)) {
        return fail(SOCKET_ERROR, error);
    }
    if (result == nullptr) {
        return fail(SOCKET_ERROR, WSAEFAULT);
    }
    const bool swap = big == (std::endian::native == std::endian::little);
    *result = swap ? swapped(value) : value;
    return 0;
}

// One part of an address: decimal, octal after 0, hexadecimal after 0x. False: no digits or too large.
bool read_part(const char*& text, unsigned long long& value) noexcept
{
    unsigned base = 10;
    bool digits = false;
    if (*text == '0') {
        ++text;
        base = 8;
        digits = true;
        if (*text == 'x' || *text == 'X') {
            ++text;
            base = 16;
            digits = false;
        }
    }
    for (value = 0; value <= 0xFFFFFFFFull; ++text) {
        unsigned digit = 16;
        if (*text >= '0' && *text <= '9') {
            digit = static_cast<unsigned>(*text - '0');
        } else if (const char lower = static_cast<char>(*text | 0x20); lower >= 'a' && lower <= 'f') {
            digit = static_cast<unsigned>(lower - 'a') + 10;
        }
        if (digit >= base) {
            return digits;
        }
        value = value * base + digit;
        digits = true;
    }
    return false;
}

bool is_blank(char c) noexcept
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

u_long WSAAPI htonl(u_long hostlong)
{
    return big_endian(hostlong);
}

u_short WSAAPI htons(u_short hostshort)
{
    return big_endian(hostshort);
}

u_long WSAAPI ntohl(u_long netlong)
{
    return big_endian(netlong);
}

u_short WSAAPI ntohs(u_short netshort)
{
    return big_endian(netshort);
}

int WSAAPI WSAHtonl(SOCKET s, u_long hostlong, u_long* lpnetlong)
{
    return convert(s, hostlong, lpnetlong);
}

int WSAAPI WSAHtons(SOCKET s, u_short hostshort, u_short* lpnetshort)
{
    return convert(s, hostshort, lpnetshort);
}

int WSAAPI WSANtohl(SOCKET s, u_long netlong, u_long* lphostlong)
{
    return convert(s, netlong, lphostlong);
}

int WSAAPI WSANtohs(SOCKET s, u_short netshort, u_short* lphostshort)
{
    return convert(s, netshort, lphostshort);
}

// One to four parts; the last fills all bytes that are left. A single blank is 0.0.0.0, as the page says.
u_long WSAAPI inet_addr(const char* cp)
{
    if (cp == nullptr) {
        return INADDR_NONE;
    }
    if (std::strcmp(cp, " ") == 0) {
        return INADDR_ANY;
    }
    u_long address = 0;
    for (unsigned part = 0; part < 4; ++part) {
        unsigned long long value = 0;
        if (!read_part(cp, value)) {
            return INADDR_NONE;
        }
        if (*cp == '.' && part < 3 && value <= 0xFF) {
            address |= static_cast<u_long>(value) << (24 - 8 * part);
            ++cp;
            continue;
        }
        const unsigned long long largest = 0xFFFFFFFFull >> (8 * part);
        return (*cp == '\0' || is_blank(*cp)) && value <= largest
                   ? htonl(address | static_cast<u_long>(value))
                   : INADDR_NONE;
    }
    return INADDR_NONE;
}

char* WSAAPI inet_ntoa(struct in_addr in)
{
    static thread_local char text[16];
    const auto& bytes = in.S_un.S_un_b;
    std::snprintf(text, sizeof text, "%u.%u.%u.%u", bytes.s_b1, bytes.s_b2, bytes.s_b3, bytes.s_b4);
    return text;
}
