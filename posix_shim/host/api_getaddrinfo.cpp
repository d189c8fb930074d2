// getaddrinfo, getnameinfo and their wide forms: flags and results translated between Winsock and the
// resolver, whose numbers and structures differ; the work on requests and lists is in address_info.hpp. Answers to
// the pages "getaddrinfo", "getnameinfo", "addrinfo" (clause MAP-8).
#include "host/address_info.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

template <class Info>
int get_address_info(const char_of<Info>* node_name, const char_of<Info>* service_name, const Info* hints,
                     Info** result) noexcept
{
    return reported([&] {
        if (result == nullptr) {
            return WSAEFAULT;
        }
        *result = nullptr;
        name_request request;
        const int error = read_request(node_name, service_name, hints, request);
        return error != 0 ? error : look_up_now(request, result);
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
