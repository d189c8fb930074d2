// getaddrinfo, getnameinfo and their wide forms: flags and results translated between Winsock and the
// resolver, whose numbers and structures differ. Answers to the pages "getaddrinfo", "getnameinfo",
// "addrinfo" (clause MAP-8).
#include "host/name_errors.hpp"
#include "host/runtime.hpp"
#include "host/sockaddr_text.hpp"
#include "host/text.hpp"

#include <algorithm>
#include <memory>
#include <new>

using namespace spindle;
using namespace spindle::host;

namespace {

// Hints that change how a name is looked up or cached on Windows, never what it stands for: accepted, no
// effect.
constexpr int harmless_flags = AI_DNS_ONLY | AI_BYPASS_DNS_CACHE | AI_NON_AUTHORITATIVE |
                               AI_RETURN_PREFERRED_NAMES | AI_FILESERVER | AI_DISABLE_IDN_ENCODING;
constexpr int known_flags = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_ALL |
                            AI_ADDRCONFIG | AI_V4MAPPED | AI_FQDN | harmless_flags;

template <class Info>
using char_of = std::remove_pointer_t<decltype(Info::ai_canonname)>;

template <class Info>
struct node {
    Info info;  // first, so that the program's pointer is the node's
    SOCKADDR_STORAGE address;
};

template <class Info>
void free_list(Info* list) noexcept
{
    while (list != nullptr) {
        Info* next = list->ai_next;
        delete[] list->ai_canonname;
        delete reinterpret_cast<node<Info>*>(list);
        list = next;
    }
}

std::string as_utf8(const char* text)
{
    return text;
}

std::string as_utf8(const WCHAR* text)
{
    return to_utf8(text);
}

void convert_name(const std::string& name, char*& target)
{
    target = new char[name.size() + 1];
    copy_terminated<char>(name, target, name.size() + 1);
}

void convert_name(const std::string& name, WCHAR*& target)
{
    const wide_string wide = to_wide(name);
    target = new WCHAR[wide.size() + 1];
    copy_terminated<WCHAR>(wide, target, wide.size() + 1);
}

template <class Info>
int check_hints(const Info& hints) noexcept
{
    if (hints.ai_addrlen != 0 || hints.ai_canonname != nullptr || hints.ai_addr != nullptr ||
        hints.ai_next != nullptr) {
        return WSANO_RECOVERY;
    }
    if ((hints.ai_flags & ~known_flags) != 0) {
        return WSAEINVAL;
    }
    if (family_of(hints.ai_family) == resolver::family::other) {
        return WSAEAFNOSUPPORT;
    }
    return hints.ai_socktype >= 0 && hints.ai_socktype <= SOCK_RAW ? 0 : WSAESOCKTNOSUPPORT;
}

bool is_number(const std::string& text) noexcept
{
    return std::all_of(text.begin(), text.end(), [](char each) { return each >= '0' && each <= '9'; });
}

template <class Info>
resolver::query query_of(const Info& hints)
{
    resolver::query wanted;
    wanted.kind = family_of(hints.ai_family);
    wanted.socket_type = hints.ai_socktype;
    wanted.protocol = hints.ai_protocol;
    wanted.passive = (hints.ai_flags & AI_PASSIVE) != 0;
    wanted.canonical_name = (hints.ai_flags & (AI_CANONNAME | AI_FQDN)) != 0;
    wanted.numeric_host = (hints.ai_flags & AI_NUMERICHOST) != 0;
    wanted.numeric_service = (hints.ai_flags & AI_NUMERICSERV) != 0;
    wanted.v4_mapped = (hints.ai_flags & AI_V4MAPPED) != 0;
    wanted.all = (hints.ai_flags & AI_ALL) != 0;
    wanted.address_config = (hints.ai_flags & AI_ADDRCONFIG) != 0;
    return wanted;
}

template <class Info>
Info* make_list(const resolver::answer& answer, const Info& hints, bool types_as_found)
{
    std::unique_ptr<Info, decltype(&free_list<Info>)> list(nullptr, &free_list<Info>);
    for (auto each = answer.addresses.rbegin(); each != answer.addresses.rend(); ++each) {
        auto* made = new node<Info>{};
        made->info.ai_flags = 0;
        made->info.ai_socktype = types_as_found ? each->socket_type : hints.ai_socktype;
        made->info.ai_protocol = types_as_found ? each->protocol : hints.ai_protocol;
        made->info.ai_addrlen = store_address(each->where, made->address);
        made->info.ai_family = made->address.ss_family;
        made->info.ai_addr = reinterpret_cast<sockaddr*>(&made->address);
        made->info.ai_next = list.release();
        list.reset(&made->info);
    }
    if (list && !answer.canonical_name.empty()) {
        convert_name(answer.canonical_name, list->ai_canonname);
    }
    return list.release();
}

template <class Info>
int look_up(const char_of<Info>* node_name, const char_of<Info>* service_name, const Info* given,
            Info** result)
{
    const Info none{};
    const Info& hints = given != nullptr ? *given : none;
    if (const int error = check_hints(hints); error != 0) {
        return error;
    }
    if (node_name == nullptr && service_name == nullptr) {
        return WSAHOST_NOT_FOUND;
    }
    std::string host = node_name != nullptr ? as_utf8(node_name) : std::string();
    const std::string service = service_name != nullptr ? as_utf8(service_name) : std::string();
    if (node_name != nullptr && host.empty()) {
        host = resolver::local_host_name();  // an empty name means this computer
    }
    resolver::query wanted = query_of(hints);
    wanted.node = node_name != nullptr ? host.c_str() : nullptr;
    wanted.service = service.empty() ? nullptr : service.c_str();
    if (service_name != nullptr && service.empty()) {
        wanted.service = "0";
    }
    // Winsock lists each address once when no type is asked for; libc once per type. Only a service that has
    // a name decides which types there are.
    const bool types_as_found = hints.ai_socktype == 0 && hints.ai_protocol == 0 && !is_number(service);
    if (hints.ai_socktype == 0 && hints.ai_protocol == 0 && !types_as_found) {
        wanted.socket_type = SOCK_STREAM;
    }
    resolver::answer answer;
    const auto failure = resolver::look_up(wanted, answer);
    if (failure == resolver::failure::none) {
        *result = make_list(answer, hints, types_as_found);
    }
    return code_of(failure);
}

// The code is returned and is the last error as well.
template <class Function>
int reported(Function&& function) noexcept
{
    int error = WSANOTINITIALISED;
    try {
        error = started() ? function() : error;
    } catch (const std::bad_alloc&) {
        error = WSA_NOT_ENOUGH_MEMORY;
    }
    if (error != 0) {
        set_last_error(error);
    }
    return error;
}

template <class Info>
int get_address_info(const char_of<Info>* node_name, const char_of<Info>* service_name, const Info* hints,
                     Info** result) noexcept
{
    return reported([&] {
        if (result == nullptr) {
            return WSAEFAULT;
        }
        *result = nullptr;
        return look_up(node_name, service_name, hints, result);
    });
}

bool give_text(const std::string& text, char* buffer, DWORD size)
{
    if (text.size() < size) {
        copy_terminated<char>(text, buffer, size);
    }
    return text.size() < size;
}

bool give_text(const std::string& text, WCHAR* buffer, DWORD size)
{
    const wide_string wide = to_wide(text);
    if (wide.size() < size) {
        copy_terminated<WCHAR>(wide, buffer, size);
    }
    return wide.size() < size;
}

template <class Char>
int get_name_info(const SOCKADDR* address, socklen_t length, Char* host, DWORD host_size, Char* service,
                  DWORD service_size, INT flags) noexcept
{
    return reported([&] {
        resolver::address where;
        if (const int error = read_address(address, length, where); error != 0) {
            return error;
        }
        const bool want_host = host != nullptr && host_size > 0;
        const bool want_service = service != nullptr && service_size > 0;
        if (!want_host && !want_service) {
            return int{WSAHOST_NOT_FOUND};
        }
        const resolver::name_query how{(flags & NI_NUMERICHOST) != 0, (flags & NI_NUMERICSERV) != 0,
                                       (flags & NI_NAMEREQD) != 0, (flags & NI_NOFQDN) != 0,
                                       (flags & NI_DGRAM) != 0};
        std::string host_text;
        std::string service_text;
        const auto failure = resolver::name_of(where, how, want_host ? &host_text : nullptr,
                                               want_service ? &service_text : nullptr);
        if (failure != resolver::failure::none) {
            return code_of(failure);
        }
        const bool fits = (!want_host || give_text(host_text, host, host_size)) &&
                          (!want_service || give_text(service_text, service, service_size));
        return fits ? 0 : int{ERROR_INSUFFICIENT_BUFFER};
    });
}

}  // namespace

INT WSAAPI getaddrinfo(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA* pHints, PADDRINFOA* ppResult)
{
    return get_address_info(pNodeName, pServiceName, pHints, ppResult);
}

INT WSAAPI GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW* pHints, PADDRINFOW* ppResult)
{
    return get_address_info(pNodeName, pServiceName, pHints, ppResult);
}

VOID WSAAPI freeaddrinfo(PADDRINFOA pAddrInfo)
{
    free_list(pAddrInfo);
}

VOID WSAAPI FreeAddrInfoW(PADDRINFOW pAddrInfo)
{
    free_list(pAddrInfo);
}

INT WSAAPI getnameinfo(const SOCKADDR* pSockaddr, socklen_t SockaddrLength, PCHAR pNodeBuffer,
                       DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags)
{
    return get_name_info(pSockaddr, SockaddrLength, pNodeBuffer, NodeBufferSize, pServiceBuffer,
                         ServiceBufferSize, Flags);
}

INT WSAAPI GetNameInfoW(const SOCKADDR* pSockaddr, socklen_t SockaddrLength, PWCHAR pNodeBuffer,
                        DWORD NodeBufferSize, PWCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags)
{
    return get_name_info(pSockaddr, SockaddrLength, pNodeBuffer, NodeBufferSize, pServiceBuffer,
                         ServiceBufferSize, Flags);
}
