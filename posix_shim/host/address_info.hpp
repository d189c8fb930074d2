// What getaddrinfo, GetAddrInfoW and both forms of GetAddrInfoEx share: hints and names become a request that can be
// answered on any thread, an answer becomes a list in the caller's structures. Answers to the pages "addrinfo",
// "addrinfoexW" and "getaddrinfo" (clause MAP-8).
#pragma once

#include "host/name_errors.hpp"
#include "host/runtime.hpp"
#include "host/sockaddr_text.hpp"
#include "host/text_arguments.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <type_traits>

namespace spindle::host {

/// A look-up with copies of everything it needs.
struct name_request {
    std::string host;
    std::string service;
    bool has_host = false;
    bool has_service = false;
    resolver::query wanted;  // its texts are put in when the request is answered
    int socket_type = 0;     // as the hints have them
    int protocol = 0;
    bool types_as_found = false;
};

/// May take long: asks the resolver.
[[nodiscard]] resolver::failure answer_request(const name_request& request, resolver::answer& result);

template <class Info>
using char_of = std::remove_pointer_t<decltype(Info::ai_canonname)>;

/// The list that freeaddrinfo and its forms take; null is an empty one.
template <class Info>
void free_list(Info* list) noexcept;

// --- implementation

// Hints that change how a name is looked up or cached on Windows, never what it stands for: accepted, no
// effect.
inline constexpr int harmless_flags = AI_DNS_ONLY | AI_BYPASS_DNS_CACHE | AI_NON_AUTHORITATIVE |
                                      AI_RETURN_PREFERRED_NAMES | AI_FILESERVER | AI_DISABLE_IDN_ENCODING;
inline constexpr int known_flags = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_ALL |
                                   AI_ADDRCONFIG | AI_V4MAPPED | AI_FQDN | harmless_flags;

template <class Info>
struct list_node {
    Info info;  // first, so that the program's pointer is the node's
    SOCKADDR_STORAGE address;
};

template <class Info>
void free_list(Info* list) noexcept
{
    while (list != nullptr) {
        Info* next = list->ai_next;
        delete[] list->ai_canonname;
        delete reinterpret_cast<list_node<Info>*>(list);
        list = next;
    }
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

inline bool is_number(const std::string& text) noexcept
{
    return std::all_of(text.begin(), text.end(), [](char each) { return each >= '0' && each <= '9'; });
}

/// Returns 0 or the code that the look-up fails with at once.
template <class Info>
int read_request(const char_of<Info>* host, const char_of<Info>* service, const Info* given,
                 name_request& request)
{
    const Info none{};
    const Info& hints = given != nullptr ? *given : none;
    if (const int error = check_hints(hints); error != 0) {
        return error;
    }
    if (host == nullptr && service == nullptr) {
        return WSAHOST_NOT_FOUND;
    }
    request.has_host = host != nullptr;
    request.host = request.has_host ? narrow_text(host) : std::string();
    request.has_service = service != nullptr;
    request.service = request.has_service ? narrow_text(service) : std::string();
    request.socket_type = hints.ai_socktype;
    request.protocol = hints.ai_protocol;
    request.wanted = query_of(hints);
    // Winsock lists each address once when no type is asked for; libc once per type. Only a service that has
    // a name decides which types there are.
    const bool any_type = hints.ai_socktype == 0 && hints.ai_protocol == 0;
    request.types_as_found = any_type && !is_number(request.service);
    if (any_type && !request.types_as_found) {
        request.wanted.socket_type = SOCK_STREAM;
    }
    return 0;
}

/// Throws std::bad_alloc.
template <class Info>
Info* make_list(const resolver::answer& answer, const name_request& request)
{
    std::unique_ptr<Info, decltype(&free_list<Info>)> list(nullptr, &free_list<Info>);
    for (auto each = answer.addresses.rbegin(); each != answer.addresses.rend(); ++each) {
        auto* made = new list_node<Info>{};
        made->info.ai_flags = 0;
        made->info.ai_socktype = request.types_as_found ? each->socket_type : request.socket_type;
        made->info.ai_protocol = request.types_as_found ? each->protocol : request.protocol;
        made->info.ai_addrlen = store_address(each->where, made->address);
        made->info.ai_family = made->address.ss_family;
        made->info.ai_addr = reinterpret_cast<sockaddr*>(&made->address);
        made->info.ai_next = list.release();
        list.reset(&made->info);
    }
    if (list && !answer.canonical_name.empty()) {
        const auto name = text_in<char_of<Info>>(answer.canonical_name);
        list->ai_canonname = new char_of<Info>[name.size() + 1];
        copy_terminated<char_of<Info>>(name, list->ai_canonname, name.size() + 1);
    }
    return list.release();
}

/// Answers on the calling thread. Returns 0, with the list in *result, or the code.
template <class Info>
int look_up_now(const name_request& request, Info** result)
{
    resolver::answer answer;
    const auto failure = answer_request(request, answer);
    if (failure == resolver::failure::none) {
        *result = make_list<Info>(answer, request);
    }
    return code_of(failure);
}

/// Runs what returns a code, which becomes the last error as well. WSANOTINITIALISED before WSAStartup.
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

}  // namespace spindle::host
