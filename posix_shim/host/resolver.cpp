// Look-ups answered by libc's resolver, see resolver.hpp. This file sees libc's socket headers and no Winsock
// header.
#include "host/native_address.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>

namespace spindle::resolver {

namespace {

struct code_pair {
    int code;
    failure meaning;
};

constexpr code_pair eai_codes[] = {
    {0, failure::none},
    {EAI_AGAIN, failure::try_again},
    {EAI_BADFLAGS, failure::bad_flags},
    {EAI_FAIL, failure::no_recovery},
    {EAI_FAMILY, failure::address_family},
    {EAI_MEMORY, failure::no_memory},
    {EAI_NONAME, failure::host_not_found},
    {EAI_NODATA, failure::no_data},
    {EAI_ADDRFAMILY, failure::host_not_found},
    {EAI_SERVICE, failure::service_not_found},
    {EAI_SOCKTYPE, failure::socket_type},
    {EAI_OVERFLOW, failure::buffer_too_small},
};

constexpr code_pair host_codes[] = {
    {HOST_NOT_FOUND, failure::host_not_found},
    {TRY_AGAIN, failure::try_again},
    {NO_RECOVERY, failure::no_recovery},
    {NO_DATA, failure::no_data},
};

template <std::size_t Size>
failure meaning_of(int code, const code_pair (&table)[Size]) noexcept
{
    const auto* found = std::find_if(std::begin(table), std::end(table),
                                     [code](const code_pair& each) { return each.code == code; });
    return found != std::end(table) ? found->meaning : failure::no_recovery;
}

int native_family(family kind) noexcept
{
    switch (kind) {
    case family::ipv4:
        return AF_INET;
    case family::ipv6:
        return AF_INET6;
    default:
        return AF_UNSPEC;
    }
}

int native_flags(const query& wanted) noexcept
{
    return (wanted.passive ? AI_PASSIVE : 0) | (wanted.canonical_name ? AI_CANONNAME : 0) |
           (wanted.numeric_host ? AI_NUMERICHOST : 0) | (wanted.numeric_service ? AI_NUMERICSERV : 0) |
           (wanted.v4_mapped ? AI_V4MAPPED : 0) | (wanted.all ? AI_ALL : 0) |
           (wanted.address_config ? AI_ADDRCONFIG : 0);
}

void copy_list(char** list, std::vector<std::string>& target)
{
    for (; list != nullptr && *list != nullptr; ++list) {
        target.emplace_back(*list);
    }
}

void copy_host(const hostent& entry, record& result)
{
    result.name = entry.h_name;
    result.kind = entry.h_addrtype == AF_INET6 ? family::ipv6 : family::ipv4;
    copy_list(entry.h_aliases, result.aliases);
    for (char** each = entry.h_addr_list; *each != nullptr; ++each) {
        auto& bytes = result.addresses.emplace_back();
        std::memcpy(bytes.data(), *each, std::min(bytes.size(), static_cast<std::size_t>(entry.h_length)));
    }
}

// The reentrant database functions want a buffer and say ERANGE when it is too small.
template <class Entry, class Call>
int with_growing_buffer(Entry& entry, Entry*& found, std::vector<char>& buffer, Call&& call)
{
    int error = ERANGE;
    for (std::size_t size = 1024; error == ERANGE && size <= 1024 * 1024; size *= 4) {
        buffer.resize(size);
        found = nullptr;
        error = call(&entry, buffer.data(), buffer.size(), &found);
    }
    return error;
}

template <class Call>
failure host_record(Call&& call, record& result)
{
    hostent entry{};
    hostent* found = nullptr;
    std::vector<char> buffer;
    int host_error = NO_RECOVERY;
    with_growing_buffer(entry, found, buffer,
                        [&](hostent* target, char* data, std::size_t size, hostent** out) {
                            return call(target, data, size, out, &host_error);
                        });
    if (found == nullptr) {
        return meaning_of(host_error, host_codes);
    }
    copy_host(*found, result);
    return failure::none;
}

template <class Call>
bool service_record(Call&& call, record& result)
{
    servent entry{};
    servent* found = nullptr;
    std::vector<char> buffer;
    with_growing_buffer(entry, found, buffer, call);
    if (found == nullptr) {
        return false;
    }
    result.name = found->s_name;
    copy_list(found->s_aliases, result.aliases);
    result.protocol_name = found->s_proto;
    result.number = ntohs(static_cast<std::uint16_t>(found->s_port));
    return true;
}

template <class Call>
bool protocol_record(Call&& call, record& result)
{
    protoent entry{};
    protoent* found = nullptr;
    std::vector<char> buffer;
    with_growing_buffer(entry, found, buffer, call);
    if (found == nullptr) {
        return false;
    }
    result.name = found->p_name;
    copy_list(found->p_aliases, result.aliases);
    result.number = found->p_proto;
    return true;
}

}  // namespace

bool from_native(const sockaddr* native, address& where) noexcept
{
    if (native->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, native, sizeof v4);
        where.kind = family::ipv4;
        where.port = ntohs(v4.sin_port);
        std::memcpy(where.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
        return true;
    }
    if (native->sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, native, sizeof v6);
        where.kind = family::ipv6;
        where.port = ntohs(v6.sin6_port);
        where.scope_id = v6.sin6_scope_id;
        where.flow_info = v6.sin6_flowinfo;
        std::memcpy(where.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
        return true;
    }
    return false;
}

socklen_t to_native(const address& where, sockaddr_storage& native) noexcept
{
    native = {};
    if (where.kind == family::ipv4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(where.port);
        std::memcpy(&v4.sin_addr, where.bytes.data(), sizeof v4.sin_addr);
        std::memcpy(&native, &v4, sizeof v4);
        return sizeof v4;
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(where.port);
    v6.sin6_scope_id = where.scope_id;
    v6.sin6_flowinfo = where.flow_info;
    std::memcpy(&v6.sin6_addr, where.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&native, &v6, sizeof v6);
    return sizeof v6;
}

failure look_up(const query& wanted, answer& result)
{
    addrinfo hints{};
    hints.ai_family = native_family(wanted.kind);
    hints.ai_socktype = wanted.socket_type;
    hints.ai_protocol = wanted.protocol;
    hints.ai_flags = native_flags(wanted);
    addrinfo* list = nullptr;
    const int error = getaddrinfo(wanted.node, wanted.service, &hints, &list);
    if (error != 0) {
        return meaning_of(error, eai_codes);
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(list, &freeaddrinfo);
    for (; list != nullptr; list = list->ai_next) {
        found_address each;
        if (from_native(list->ai_addr, each.where)) {
            each.socket_type = list->ai_socktype;
            each.protocol = list->ai_protocol;
            result.addresses.push_back(each);
        }
        if (list->ai_canonname != nullptr && result.canonical_name.empty()) {
            result.canonical_name = list->ai_canonname;
        }
    }
    return result.addresses.empty() ? failure::host_not_found : failure::none;
}

failure name_of(const address& where, const name_query& how, std::string* host, std::string* service)
{
    char host_text[NI_MAXHOST] = {};
    char service_text[NI_MAXSERV] = {};
    const int flags = (how.numeric_host ? NI_NUMERICHOST : 0) | (how.numeric_service ? NI_NUMERICSERV : 0) |
                      (how.name_required ? NI_NAMEREQD : 0) | (how.local_name_only ? NI_NOFQDN : 0) |
                      (how.datagram ? NI_DGRAM : 0);
    sockaddr_storage native{};
    const socklen_t length = to_native(where, native);
    const int error =
        getnameinfo(reinterpret_cast<sockaddr*>(&native), length, host != nullptr ? host_text : nullptr,
                    host != nullptr ? sizeof host_text : 0, service != nullptr ? service_text : nullptr,
                    service != nullptr ? sizeof service_text : 0, flags);
    if (error == 0 && host != nullptr) {
        *host = host_text;
    }
    if (error == 0 && service != nullptr) {
        *service = service_text;
    }
    return meaning_of(error, eai_codes);
}

failure host_by_name(const char* name, record& result)
{
    return host_record(
        [name](hostent* entry, char* data, std::size_t size, hostent** found, int* host_error) {
            return gethostbyname2_r(name, AF_INET, entry, data, size, found, host_error);
        },
        result);
}

failure host_by_address(const address& where, record& result)
{
    const socklen_t length = where.kind == family::ipv6 ? 16 : 4;
    return host_record(
        [&](hostent* entry, char* data, std::size_t size, hostent** found, int* host_error) {
            return gethostbyaddr_r(where.bytes.data(), length, native_family(where.kind), entry, data, size,
                                   found, host_error);
        },
        result);
}

bool service_by_name(const char* name, const char* protocol, record& result)
{
    return service_record(
        [=](servent* entry, char* data, std::size_t size, servent** found) {
            return getservbyname_r(name, protocol, entry, data, size, found);
        },
        result);
}

bool service_by_port(int port, const char* protocol, record& result)
{
    return service_record(
        [=](servent* entry, char* data, std::size_t size, servent** found) {
            return getservbyport_r(htons(static_cast<std::uint16_t>(port)), protocol, entry, data, size,
                                   found);
        },
        result);
}

bool protocol_by_name(const char* name, record& result)
{
    return protocol_record([=](protoent* entry, char* data, std::size_t size,
                               protoent** found) { return getprotobyname_r(name, entry, data, size, found); },
                           result);
}

bool protocol_by_number(int number, record& result)
{
    return protocol_record(
        [=](protoent* entry, char* data, std::size_t size, protoent** found) {
            return getprotobynumber_r(number, entry, data, size, found);
        },
        result);
}

std::string local_host_name()
{
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

bool parse_address(family kind, const char* text, std::uint8_t* bytes) noexcept
{
    return inet_pton(native_family(kind), text, bytes) == 1;
}

std::string address_text(family kind, const std::uint8_t* bytes)
{
    char text[INET6_ADDRSTRLEN] = {};
    return inet_ntop(native_family(kind), bytes, text, sizeof text) != nullptr ? text : "";
}

}  // namespace spindle::resolver
