// Look-ups with any hints and texts that are addresses or not; nothing here asks a name server.
#include "fuzz_target.hpp"

using namespace spindle::fuzz;

namespace {

template <class Info>
Info any_hints(input& in)
{
    Info hints{};
    hints.ai_flags = in.number<int>() | AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_family = in.byte() % 30;
    hints.ai_socktype = in.byte() % 8 - 1;
    hints.ai_protocol = in.number<std::int16_t>();
    hints.ai_addrlen = in.byte() < 8 ? 1 : 0;
    return hints;
}

void print(const sockaddr* address, std::size_t length, input& in)
{
    std::vector<char> host(in.byte() % 64U);
    std::vector<char> service(in.byte() % 16U);
    getnameinfo(address, static_cast<socklen_t>(length), host.data(), static_cast<DWORD>(host.size()),
                service.data(), static_cast<DWORD>(service.size()), NI_NUMERICHOST | NI_NUMERICSERV);
}

}  // namespace

SPINDLE_FUZZ_TARGET(names)
{
    const bool mostly_allowed = in.flag();
    auto hints = any_hints<ADDRINFOA>(in);
    auto more_hints = any_hints<ADDRINFOEXA>(in);
    if (mostly_allowed) {
        hints.ai_flags &= AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_ALL | AI_V4MAPPED;
        more_hints.ai_flags = hints.ai_flags;
    }
    const DWORD name_space = in.byte() % 16;
    const std::string service = in.text(in.byte() % 8U);
    const std::string host = in.text(100);
    unsigned char raw[16];
    inet_pton(in.flag() ? AF_INET : AF_INET6, host.c_str(), raw);
    inet_addr(host.c_str());
    ADDRINFOA* list = nullptr;
    if (getaddrinfo(host.c_str(), service.c_str(), &hints, &list) == 0) {
        print(list->ai_addr, list->ai_addrlen, in);
        freeaddrinfo(list);
    }
    ADDRINFOEXA* more = nullptr;
    if (GetAddrInfoExA(host.c_str(), service.c_str(), name_space, nullptr, &more_hints, &more, nullptr,
                       nullptr, nullptr, nullptr) == 0) {
        require(more != nullptr);
        FreeAddrInfoEx(more);
    }
}
