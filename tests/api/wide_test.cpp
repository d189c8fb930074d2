// The wide forms of the API, with 16-bit characters beyond ASCII where they may occur, against their narrow
// forms. Answers to "InetPtonW function", "GetAddrInfoW function", "WSAEnumProtocolsW function".
#include <array>
#include <string>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/wide.hpp"

using namespace spindle::test;

namespace {

template <class Info, class Function>
std::vector<Info> enumerate(Function function, int* protocols)
{
    DWORD size = 0;
    const int none = function(protocols, nullptr, &size);
    CHECK(error_of(none) == (size == 0 ? 0 : WSAENOBUFS));
    std::vector<Info> all(size / sizeof(Info));
    const int count = function(protocols, all.data(), &size);
    REQUIRE(error_of(count) == 0);
    CHECK(static_cast<std::size_t>(count) == all.size());
    return all;
}

}  // namespace

TEST_CASE("MAP-3 InetPtonW and InetNtopW agree with the narrow forms", "[api][wide]")
{
    std::array<unsigned char, 16> raw{};
    for (const std::string text : {"192.0.2.33", "255.255.255.255"}) {
        REQUIRE(InetPtonW(AF_INET, wide(text).c_str(), raw.data()) == 1);
        std::array<WCHAR, 64> back{};
        REQUIRE(InetNtopW(AF_INET, raw.data(), back.data(), back.size()) == back.data());
        CHECK(narrow(back.data()) == text);
    }
    REQUIRE(InetPtonW(AF_INET6, wide("2001:db8::1").c_str(), raw.data()) == 1);
    std::array<WCHAR, 64> back{};
    REQUIRE(InetNtopW(AF_INET6, raw.data(), back.data(), back.size()) == back.data());
    CHECK(narrow(back.data()) == "2001:db8::1");
    // Digits of other scripts are no digits, and must not be cut to bytes that are.
    wide_text foreign = wide("192.0.2.3");
    foreign[8] = 0x0133;
    CHECK(InetPtonW(AF_INET, foreign.c_str(), raw.data()) == 0);
    CHECK(InetPtonW(AF_UNIX, wide("1.2.3.4").c_str(), raw.data()) == -1);
    CHECK(WSAGetLastError() == WSAEAFNOSUPPORT);
    CHECK(InetNtopW(AF_INET, raw.data(), back.data(), 3) == nullptr);
    CHECK(WSAGetLastError() == ERROR_INVALID_PARAMETER);
}

TEST_CASE("MAP-9, ADR-8, ADR-9 WSAAddressToStringW and WSAStringToAddressW go round", "[api][wide]")
{
    const winsock started;
    for (const auto& where : {at(AF_INET, "192.0.2.33", 80), at(AF_INET6, "2001:db8::7", 443)}) {
        auto copy = where;
        std::array<WCHAR, 80> text{};
        DWORD size = text.size();
        REQUIRE(error_of(WSAAddressToStringW(copy.get(), static_cast<DWORD>(copy.length), nullptr,
                                             text.data(), &size)) == 0);
        CHECK(size == narrow(text.data()).size() + 1);
        endpoint back;
        back.length = sizeof back.storage;
        REQUIRE(error_of(WSAStringToAddressW(text.data(), where.storage.ss_family, nullptr, back.get(),
                                             &back.length)) == 0);
        CHECK(back == where);
    }
    wide_text foreign = wide("192.0.2.3");
    foreign[8] = 0x0133;
    endpoint back;
    back.length = sizeof back.storage;
    CHECK(error_of(WSAStringToAddressW(foreign.data(), AF_INET, nullptr, back.get(), &back.length)) ==
          WSAEINVAL);
}

TEST_CASE("ADR-8 an entry named explicitly serves its own family only", "[api][wide]")
{
    const winsock started;
    std::array<int, 2> wanted{IPPROTO_TCP, 0};
    auto where = at(AF_INET6, "::1", 0);
    std::array<WCHAR, 80> text{};
    for (auto& entry : enumerate<WSAPROTOCOL_INFOW>(WSAEnumProtocolsW, wanted.data())) {
        DWORD size = text.size();
        const int code =
            error_of(WSAAddressToStringW(where.get(), sizeof(sockaddr_in6), &entry, text.data(), &size));
        CHECK(code == (entry.iAddressFamily == AF_INET6 ? 0 : WSAEINVAL));
    }
}

TEST_CASE("MAP-7, CTG-25, CTG-26, CTG-27 the catalog is enumerated in both forms", "[api][wide]")
{
    const winsock started;
    const auto wide_all = enumerate<WSAPROTOCOL_INFOW>(WSAEnumProtocolsW, nullptr);
    const auto narrow_all = enumerate<WSAPROTOCOL_INFOA>(WSAEnumProtocolsA, nullptr);
    REQUIRE(wide_all.size() == narrow_all.size());
    REQUIRE(wide_all.size() >= 5);
    for (std::size_t index = 0; index < wide_all.size(); ++index) {
        CHECK(wide_all[index].dwCatalogEntryId == narrow_all[index].dwCatalogEntryId);
        CHECK(narrow(wide_all[index].szProtocol) == narrow_all[index].szProtocol);
    }
    std::array<int, 3> wanted{IPPROTO_UDP, 4711, 0};
    for (const auto& each : enumerate<WSAPROTOCOL_INFOW>(WSAEnumProtocolsW, wanted.data())) {
        CHECK(each.iProtocol == IPPROTO_UDP);
    }
    std::array<int, 2> unknown{4711, 0};
    CHECK(enumerate<WSAPROTOCOL_INFOW>(WSAEnumProtocolsW, unknown.data()).empty());
    DWORD size = 1;
    WSAPROTOCOL_INFOW one{};
    one.iVersion = 99;
    CHECK(error_of(WSAEnumProtocolsW(nullptr, &one, &size)) == WSAENOBUFS);
    CHECK(size == wide_all.size() * sizeof one);
    CHECK(one.iVersion == 99);
    CHECK(error_of(WSAEnumProtocolsW(nullptr, &one, nullptr)) == WSAEFAULT);
}

TEST_CASE("MAP-8 GetAddrInfoW and GetNameInfoW agree with the narrow forms", "[api][wide]")
{
    const winsock started;
    ADDRINFOW hints{};
    hints.ai_flags = AI_NUMERICHOST;
    hints.ai_socktype = SOCK_DGRAM;
    ADDRINFOW* list = nullptr;
    REQUIRE(GetAddrInfoW(wide("::1").c_str(), wide("53").c_str(), &hints, &list) == 0);
    CHECK(list->ai_family == AF_INET6);
    CHECK(list->ai_socktype == SOCK_DGRAM);
    CHECK(reinterpret_cast<const sockaddr_in6*>(list->ai_addr)->sin6_port == htons(53));
    std::array<WCHAR, 64> host{};
    std::array<WCHAR, 32> service{};
    CHECK(GetNameInfoW(list->ai_addr, static_cast<socklen_t>(list->ai_addrlen), host.data(), host.size(),
                       service.data(), service.size(), NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    CHECK(narrow(host.data()) == "::1");
    CHECK(narrow(service.data()) == "53");
    FreeAddrInfoW(list);
    FreeAddrInfoW(nullptr);
    CHECK(GetAddrInfoW(wide("not numeric").c_str(), nullptr, &hints, &list) == WSAHOST_NOT_FOUND);
}

TEST_CASE("MAP-8 GetHostNameW gives the narrow form's name", "[api][wide]")
{
    const winsock started;
    std::array<WCHAR, 256> wide_name{};
    std::array<char, 256> name{};
    REQUIRE(error_of(GetHostNameW(wide_name.data(), 256)) == 0);
    REQUIRE(error_of(gethostname(name.data(), 256)) == 0);
    CHECK(narrow(wide_name.data()) == name.data());
    CHECK(error_of(GetHostNameW(wide_name.data(), 1)) == WSAEFAULT);
    CHECK(error_of(GetHostNameW(nullptr, 256)) == WSAEFAULT);
}
