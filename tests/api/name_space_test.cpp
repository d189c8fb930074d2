// Name space providers, their look-ups and who asks them. Answers to "WSAEnumNameSpaceProviders function",
// "WSALookupServiceBegin function", "WSALookupServiceNext function" and "WSALookupServiceEnd function".
#include <array>
#include <optional>
#include <vector>

#include <svcguid.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/wide.hpp"

using namespace spindle::test;

namespace {

constexpr GUID host_class = SVCID_INET_HOSTADDRBYNAME;

struct query {
    GUID service_class;
    std::string name;
    std::vector<AFPROTOCOLS> protocols{};
    WSAQUERYSETA set{};
    HANDLE handle = nullptr;

    explicit query(const GUID& wanted, std::string host = "127.0.0.1")
        : service_class(wanted), name(std::move(host))
    {
        set.dwSize = sizeof set;
        set.lpServiceClassId = &service_class;
        set.lpszServiceInstanceName = name.data();
        set.dwNameSpace = NS_ALL;
    }
    ~query()
    {
        if (handle != nullptr) {
            WSALookupServiceEnd(handle);
        }
    }
    query(const query&) = delete;
    query& operator=(const query&) = delete;

    int begin(DWORD flags)
    {
        set.dwNumberOfProtocols = static_cast<DWORD>(protocols.size());
        set.lpafpProtocols = protocols.empty() ? nullptr : protocols.data();
        return error_of(WSALookupServiceBeginA(&set, flags, &handle));
    }
};

struct record {
    alignas(8) std::array<char, 2048> buffer{};
    DWORD length = sizeof buffer;

    int next(HANDLE handle, DWORD flags)
    {
        length = sizeof buffer;
        return error_of(WSALookupServiceNextA(handle, flags, &length, get()));
    }
    [[nodiscard]] WSAQUERYSETA* get() { return reinterpret_cast<WSAQUERYSETA*>(buffer.data()); }
    [[nodiscard]] const sockaddr_in& v4(DWORD index, bool local = false)
    {
        const auto& pair = get()->lpcsaBuffer[index];
        return *reinterpret_cast<const sockaddr_in*>((local ? pair.LocalAddr : pair.RemoteAddr).lpSockaddr);
    }
};

template <class Info, class Function>
void check_enumeration(Function function, const Info&)
{
    DWORD size = 0;
    CHECK(error_of(function(&size, nullptr)) == WSAEFAULT);
    REQUIRE(size > sizeof(Info));
    std::vector<Info> buffer(size / sizeof(Info) + 1);
    DWORD small = size - 1;
    CHECK(error_of(function(&small, buffer.data())) == WSAEFAULT);
    CHECK(small == size);
    CHECK(function(&size, buffer.data()) == 1);
    CHECK(buffer[0].dwNameSpace == NS_DNS);
    CHECK(buffer[0].fActive == TRUE);
    const auto* const text = reinterpret_cast<const char*>(buffer[0].lpszIdentifier);
    const auto* const begin = reinterpret_cast<const char*>(buffer.data());
    CHECK(text >= begin + sizeof(Info));
    CHECK(text < begin + size);
    CHECK(buffer[0].lpszIdentifier[0] == 'S');
    CHECK(error_of(function(nullptr, buffer.data())) == WSAEFAULT);
}

int ask(DWORD name_space, GUID* provider, ADDRINFOEXA** list)
{
    return GetAddrInfoExA("127.0.0.1", "80", name_space, provider, nullptr, list, nullptr, nullptr, nullptr,
                          nullptr);
}

GUID dns_provider()
{
    alignas(8) std::array<char, 512> buffer{};
    DWORD size = buffer.size();
    auto* const first = reinterpret_cast<WSANAMESPACE_INFOA*>(buffer.data());
    REQUIRE(WSAEnumNameSpaceProvidersA(&size, first) == 1);
    return first->NSProviderId;
}

}  // namespace

TEST_CASE("NSV-8 the resolver is the one name space provider, in every form of the list", "[api][names]")
{
    DWORD size = 0;
    CHECK(error_of(WSAEnumNameSpaceProvidersA(&size, nullptr)) == WSANOTINITIALISED);
    const winsock started;
    check_enumeration(&WSAEnumNameSpaceProvidersA, WSANAMESPACE_INFOA{});
    check_enumeration(&WSAEnumNameSpaceProvidersW, WSANAMESPACE_INFOW{});
    check_enumeration(&WSAEnumNameSpaceProvidersExA, WSANAMESPACE_INFOEXA{});
    check_enumeration(&WSAEnumNameSpaceProvidersExW, WSANAMESPACE_INFOEXW{});
}

TEST_CASE("NSV-9 a query that no provider can take is refused at the beginning", "[api][names]")
{
    CHECK(query(host_class).begin(LUP_RETURN_ALL) == WSANOTINITIALISED);
    const winsock started;
    HANDLE handle = nullptr;
    query good(host_class);
    CHECK(error_of(WSALookupServiceBeginA(nullptr, LUP_RETURN_ALL, &handle)) == WSAEFAULT);
    CHECK(error_of(WSALookupServiceBeginA(&good.set, LUP_RETURN_ALL, nullptr)) == WSAEFAULT);
    CHECK(good.begin(LUP_CONTAINERS) == WSANO_DATA);
    query bad(host_class);
    bad.set.dwSize = sizeof bad.set - 1;
    CHECK(bad.begin(LUP_RETURN_ALL) == WSAEINVAL);
    query unclassed(host_class);
    unclassed.set.lpServiceClassId = nullptr;
    CHECK(unclassed.begin(LUP_RETURN_ALL) == WSAEINVAL);
    query elsewhere(host_class);
    elsewhere.set.lpNSProviderId = &elsewhere.service_class;
    CHECK(elsewhere.begin(LUP_RETURN_ALL) == WSAEINVAL);
    query unlisted(host_class);
    unlisted.set.dwNumberOfProtocols = 1;
    CHECK(error_of(WSALookupServiceBeginA(&unlisted.set, LUP_RETURN_ALL, &handle)) == WSAEINVAL);
    query other(host_class);
    other.set.dwNameSpace = NS_BTH;
    CHECK(other.begin(LUP_RETURN_ALL) == WSASERVICE_NOT_FOUND);
    GUID unknown = host_class;
    unknown.Data2 = 7;
    CHECK(query(unknown).begin(LUP_RETURN_ALL) == WSASERVICE_NOT_FOUND);
    query unfit(host_class);
    unfit.protocols = {{AF_INET, IPPROTO_ICMP}};
    CHECK(unfit.begin(LUP_RETURN_ALL) == WSANO_DATA);
}

TEST_CASE("NSV-10, NSV-12 a host's record has what both calls asked for", "[api][names]")
{
    const winsock started;
    query asked(host_class);
    asked.set.dwNameSpace = NS_DNS;
    REQUIRE(asked.begin(LUP_RETURN_NAME | LUP_RETURN_ADDR) == 0);
    record got;
    REQUIRE(got.next(asked.handle, LUP_RETURN_NAME | LUP_RETURN_ADDR | LUP_RETURN_TYPE) == 0);
    CHECK(got.get()->dwSize == sizeof(WSAQUERYSETA));
    CHECK(got.get()->dwNameSpace == NS_DNS);
    CHECK(got.get()->lpNSProviderId != nullptr);
    CHECK(got.get()->lpServiceClassId == nullptr);
    CHECK(got.get()->lpszServiceInstanceName == std::string("127.0.0.1"));
    CHECK(got.get()->dwOutputFlags == 0);
    REQUIRE(got.get()->dwNumberOfCsAddrs == 2);
    CHECK(got.get()->lpcsaBuffer[0].iProtocol == IPPROTO_TCP);
    CHECK(got.get()->lpcsaBuffer[0].iSocketType == SOCK_STREAM);
    CHECK(got.get()->lpcsaBuffer[1].iProtocol == IPPROTO_UDP);
    CHECK(got.v4(0).sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK(got.v4(0).sin_port == 0);
    CHECK(got.v4(0, true).sin_family == AF_INET);
    CHECK(got.v4(0, true).sin_addr.s_addr == 0);
    CHECK(got.next(asked.handle, LUP_RETURN_NAME) == WSA_E_NO_MORE);
    CHECK(got.next(asked.handle, LUP_RETURN_NAME) == WSA_E_NO_MORE);
}

TEST_CASE("NSV-12 classes of ports, restrictions and LUP_RES_SERVICE shape the addresses", "[api][names]")
{
    const winsock started;
    record got;
    query udp_class(GUID SVCID_UDP(53));
    REQUIRE(udp_class.begin(LUP_RETURN_ALL) == 0);
    REQUIRE(got.next(udp_class.handle, LUP_RETURN_ALL | LUP_RES_SERVICE) == 0);
    REQUIRE(got.get()->dwNumberOfCsAddrs == 1);
    CHECK(got.get()->lpcsaBuffer[0].iProtocol == IPPROTO_UDP);
    CHECK(got.v4(0, true).sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK(got.v4(0, true).sin_port == htons(53));
    CHECK(got.v4(0).sin_addr.s_addr == 0);
    REQUIRE(got.get()->lpServiceClassId != nullptr);
    CHECK(*got.get()->lpServiceClassId == udp_class.service_class);

    query only_tcp(host_class);
    only_tcp.protocols = {{AF_INET, IPPROTO_TCP}};
    REQUIRE(only_tcp.begin(LUP_RETURN_ADDR) == 0);
    REQUIRE(got.next(only_tcp.handle, LUP_RETURN_ADDR) == 0);
    REQUIRE(got.get()->dwNumberOfCsAddrs == 1);
    CHECK(got.get()->lpcsaBuffer[0].iProtocol == IPPROTO_TCP);

    query only_v6(host_class);
    only_v6.protocols = {{AF_INET6, 0}};
    REQUIRE(only_v6.begin(LUP_RETURN_ADDR) == 0);
    CHECK(got.next(only_v6.handle, LUP_RETURN_ADDR) == WSANO_DATA);
}

TEST_CASE("NSV-11 a record that does not fit stays until it is flushed", "[api][names]")
{
    const winsock started;
    query asked(host_class);
    REQUIRE(asked.begin(LUP_RETURN_ALL) == 0);
    record got;
    got.length = sizeof(WSAQUERYSETA);
    CHECK(error_of(WSALookupServiceNextA(asked.handle, LUP_RETURN_ALL, &got.length, got.get())) == WSAEFAULT);
    const DWORD needed = got.length;
    CHECK(needed > sizeof(WSAQUERYSETA));
    got.length = needed - 1;
    CHECK(error_of(WSALookupServiceNextA(asked.handle, LUP_RETURN_ALL, &got.length, got.get())) == WSAEFAULT);
    CHECK(got.length == needed);
    CHECK(error_of(WSALookupServiceNextA(asked.handle, LUP_RETURN_ALL, &got.length, nullptr)) == WSAEFAULT);
    CHECK(error_of(WSALookupServiceNextA(asked.handle, LUP_RETURN_ALL, nullptr, got.get())) == WSAEINVAL);
    const bool flush = GENERATE(true, false);
    CHECK(got.next(asked.handle, LUP_RETURN_ALL | (flush ? LUP_FLUSHPREVIOUS : 0)) ==
          (flush ? WSA_E_NO_MORE : 0));
    CHECK(got.next(reinterpret_cast<HANDLE>(std::uintptr_t{0x7FFFFFF0}), 0) == WSA_INVALID_HANDLE);
}

TEST_CASE("NSV-13 this computer, an address and a service are looked up by their classes", "[api][names]")
{
    const winsock started;
    std::array<char, 256> own{};
    REQUIRE(error_of(gethostname(own.data(), own.size())) == 0);
    record got;
    query self(GUID SVCID_HOSTNAME);
    self.set.lpszServiceInstanceName = nullptr;
    REQUIRE(self.begin(LUP_RETURN_NAME) == 0);
    REQUIRE(got.next(self.handle, LUP_RETURN_NAME) == 0);
    CHECK(std::string(got.get()->lpszServiceInstanceName).starts_with(own.data()));

    query reverse(GUID SVCID_INET_HOSTADDRBYINETSTRING);
    REQUIRE(reverse.begin(LUP_RETURN_ALL) == 0);
    REQUIRE(got.next(reverse.handle, LUP_RETURN_ALL) == 0);
    CHECK(got.get()->lpszServiceInstanceName == std::string("localhost"));
    query no_address(GUID SVCID_INET_HOSTADDRBYINETSTRING, "words");
    REQUIRE(no_address.begin(LUP_RETURN_ALL) == 0);
    CHECK(got.next(no_address.handle, LUP_RETURN_ALL) == WSAEINVAL);

    if (getservbyname("domain", "udp") != nullptr) {
        query service(GUID SVCID_INET_SERVICEBYNAME, "domain/udp");
        REQUIRE(service.begin(LUP_RETURN_ALL) == 0);
        REQUIRE(got.next(service.handle, LUP_RETURN_ALL) == 0);
        REQUIRE(got.get()->dwNumberOfCsAddrs == 1);
        CHECK(got.v4(0).sin_port == htons(53));
    }
    query nothing(GUID SVCID_INET_SERVICEBYNAME, "no-such-service");
    REQUIRE(nothing.begin(LUP_RETURN_ALL) == 0);
    CHECK(got.next(nothing.handle, LUP_RETURN_ALL) == WSASERVICE_NOT_FOUND);
}

TEST_CASE("NSV-10, NSV-13 the wide form packs wide texts", "[api][names]")
{
    const winsock started;
    GUID wanted = host_class;
    auto name = wide("127.0.0.1");
    auto text = wide("as asked");
    WSAQUERYSETW set{};
    set.dwSize = sizeof set;
    set.lpServiceClassId = &wanted;
    set.lpszServiceInstanceName = name.data();
    set.lpszQueryString = text.data();
    HANDLE handle = nullptr;
    REQUIRE(error_of(WSALookupServiceBeginW(&set, LUP_RETURN_ALL, &handle)) == 0);
    alignas(8) std::array<char, 1024> buffer{};
    DWORD length = buffer.size();
    auto* const got = reinterpret_cast<WSAQUERYSETW*>(buffer.data());
    REQUIRE(error_of(WSALookupServiceNextW(handle, LUP_RETURN_ALL, &length, got)) == 0);
    CHECK(narrow(got->lpszServiceInstanceName) == "127.0.0.1");
    CHECK(narrow(got->lpszQueryString) == "as asked");
    CHECK(error_of(WSALookupServiceEnd(handle)) == 0);
}

TEST_CASE("NSV-14, NSV-15 a query that is closed is no handle any more", "[api][names]")
{
    std::optional<winsock> started(std::in_place);
    query asked(host_class);
    REQUIRE(asked.begin(LUP_RETURN_ALL) == 0);
    DWORD returned = 0;
    CHECK(error_of(WSANSPIoctl(asked.handle, SIO_NSP_NOTIFY_CHANGE, nullptr, 0, nullptr, 0, &returned,
                               nullptr)) == WSAEOPNOTSUPP);
    CHECK(error_of(WSALookupServiceEnd(asked.handle)) == 0);
    CHECK(error_of(WSALookupServiceEnd(asked.handle)) == WSA_INVALID_HANDLE);
    record got;
    CHECK(got.next(asked.handle, LUP_RETURN_ALL) == WSA_INVALID_HANDLE);
    CHECK(error_of(WSANSPIoctl(asked.handle, SIO_NSP_NOTIFY_CHANGE, nullptr, 0, nullptr, 0, &returned,
                               nullptr)) == WSA_INVALID_HANDLE);
    REQUIRE(asked.begin(LUP_RETURN_ALL) == 0);
    started.reset();
    CHECK(error_of(WSALookupServiceEnd(asked.handle)) == WSANOTINITIALISED);
    started.emplace();
    CHECK(error_of(WSALookupServiceEnd(asked.handle)) == WSA_INVALID_HANDLE);
}

TEST_CASE("NSV-1, MAP-8 GetAddrInfoEx asks the name space of DNS and no other", "[api][names]")
{
    ADDRINFOEXA* list = nullptr;
    CHECK(ask(NS_ALL, nullptr, &list) == WSANOTINITIALISED);
    const winsock started;
    GUID known = dns_provider();
    GUID foreign = known;
    foreign.Data1 ^= 1;
    for (GUID* provider : {static_cast<GUID*>(nullptr), &known}) {
        for (const DWORD name_space : {DWORD{NS_ALL}, DWORD{NS_DNS}}) {
            REQUIRE(ask(name_space, provider, &list) == 0);
            REQUIRE(list != nullptr);
            CHECK(list->ai_family == AF_INET);
            CHECK(list->ai_addrlen == sizeof(sockaddr_in));
            CHECK(reinterpret_cast<const sockaddr_in*>(list->ai_addr)->sin_port == htons(80));
            CHECK(list->ai_blob == nullptr);
            CHECK(list->ai_next == nullptr);
            FreeAddrInfoEx(list);
        }
    }
    CHECK(ask(NS_NLA, nullptr, &list) == WSASERVICE_NOT_FOUND);
    CHECK(list == nullptr);
    CHECK(WSAGetLastError() == WSASERVICE_NOT_FOUND);
    CHECK(ask(NS_ALL, &foreign, &list) == WSASERVICE_NOT_FOUND);
    CHECK(ask(NS_ALL, nullptr, nullptr) == WSAEFAULT);
    ADDRINFOEXA hints{};
    hints.ai_flags = AI_NUMERICHOST;
    CHECK(GetAddrInfoExA("not numeric", nullptr, NS_ALL, nullptr, &hints, &list, nullptr, nullptr, nullptr,
                         nullptr) == WSAHOST_NOT_FOUND);
    hints.ai_family = AF_IPX;
    CHECK(GetAddrInfoExA("127.0.0.1", nullptr, NS_ALL, nullptr, &hints, &list, nullptr, nullptr, nullptr,
                         nullptr) == WSAEAFNOSUPPORT);
    FreeAddrInfoEx(nullptr);
}
