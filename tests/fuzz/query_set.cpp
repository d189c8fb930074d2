// Queries of name spaces: any restrictions, any room for the records. Only addresses are looked up, so that no name
// server is asked.
#include "fuzz_target.hpp"

#include <svcguid.h>

using namespace spindle::fuzz;

namespace {

GUID any_class(input& in)
{
    static constexpr GUID known[] = {SVCID_INET_HOSTADDRBYNAME, SVCID_DNS_TYPE_A, SVCID_DNS_TYPE_AAAA,
                                     SVCID_INET_SERVICEBYNAME, SVCID_TCP(80)};
    const std::uint8_t choice = in.byte();
    GUID made = known[choice % 5];
    made.Data1 ^= choice < 240 ? 0U : in.number<std::uint32_t>();
    return made;
}

bool is_address(const std::string& text)
{
    unsigned char raw[16];
    return inet_pton(AF_INET, text.c_str(), raw) == 1 || inet_pton(AF_INET6, text.c_str(), raw) == 1;
}

}  // namespace

SPINDLE_FUZZ_TARGET(query_set)
{
    GUID service_class = any_class(in);
    GUID provider = in.number<GUID>();
    AFPROTOCOLS protocols[3] = {{in.byte() % 30, in.byte()}, {AF_INET, in.byte()}, {in.byte() % 30, 0}};
    WSAQUERYSETA set{};
    set.dwSize = in.byte() < 8 ? in.byte() : DWORD{sizeof set};
    set.lpServiceClassId = in.byte() < 8 ? nullptr : &service_class;
    set.dwNameSpace = in.byte() < 200 ? DWORD{NS_DNS} : in.byte();
    set.lpNSProviderId = in.byte() < 8 ? &provider : nullptr;
    set.dwNumberOfProtocols = in.byte() % 4U;
    set.lpafpProtocols = in.byte() < 8 ? nullptr : protocols;
    const auto flags = in.number<DWORD>();
    std::string query_string = in.text(in.byte() % 16U);
    set.lpszQueryString = query_string.data();
    const std::size_t first_room = in.number<std::uint16_t>() % 700U;
    std::string name = in.text(60);
    const bool answered_here = is_address(name) || service_class == GUID SVCID_INET_SERVICEBYNAME;
    set.lpszServiceInstanceName = name.data();
    HANDLE query = nullptr;
    if (WSALookupServiceBeginA(&set, flags, &query) != 0) {
        return;
    }
    for (std::size_t room = first_room; answered_here && room < 4096; room = room * 2 + 1) {
        std::vector<std::uint64_t> memory(room / 8 + 1);
        auto length = static_cast<DWORD>(room);
        if (WSALookupServiceNextA(query, flags ^ in.byte(), &length,
                                  reinterpret_cast<WSAQUERYSETA*>(memory.data())) != 0 &&
            WSAGetLastError() != WSAEFAULT) {
            break;
        }
    }
    require(WSALookupServiceEnd(query) == 0);
}
