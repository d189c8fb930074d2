// The IP helper. The loopback interface is the one that every system has; the rest is compared with what other
// functions say. Answers to "GetAdaptersAddresses function" and the pages of its neighbours.
#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/wide.hpp"

#include <iphlpapi.h>

using namespace spindle::test;

namespace {

struct adapters {
    std::vector<ULONG64> memory;  // aligned
    ULONG size = 0;
    ULONG code = 0;

    explicit adapters(ULONG family, ULONG flags = 0)
    {
        while ((code = GetAdaptersAddresses(family, flags, nullptr, first(), &size)) ==
               ERROR_BUFFER_OVERFLOW) {
            memory.assign(size / 8 + 1, 0);
        }
    }
    [[nodiscard]] IP_ADAPTER_ADDRESSES* first()
    {
        return memory.empty() ? nullptr : reinterpret_cast<IP_ADAPTER_ADDRESSES*>(memory.data());
    }
    [[nodiscard]] IP_ADAPTER_ADDRESSES* loopback()
    {
        for (auto* each = first(); each != nullptr; each = each->Next) {
            if (each->IfType == IF_TYPE_SOFTWARE_LOOPBACK) {
                return each;
            }
        }
        return nullptr;
    }
    [[nodiscard]] bool holds(const void* what) const
    {
        const auto* const place = static_cast<const char*>(what);
        const auto* const begin = reinterpret_cast<const char*>(memory.data());
        return place >= begin && place < begin + size;
    }
};

std::string text_of(const SOCKET_ADDRESS& address)
{
    endpoint made;
    std::memcpy(&made.storage, address.lpSockaddr, static_cast<std::size_t>(address.iSockaddrLength));
    made.length = address.iSockaddrLength;
    return made.address();
}

/// Addresses of all adapters.
std::set<std::string> unicast_texts(adapters& list)
{
    std::set<std::string> texts;
    for (auto* each = list.first(); each != nullptr; each = each->Next) {
        for (auto* own = each->FirstUnicastAddress; own != nullptr; own = own->Next) {
            texts.insert(text_of(own->Address));
        }
    }
    return texts;
}

unsigned loopback_index()
{
    return adapters(AF_INET).loopback()->IfIndex;
}

}  // namespace

TEST_CASE("IPH-1 what is asked for and where it goes is checked", "[api][adapters]")
{
    ULONG size = 0;
    CHECK(GetAdaptersAddresses(AF_UNSPEC, 0, nullptr, nullptr, nullptr) == ERROR_INVALID_PARAMETER);
    CHECK(GetAdaptersAddresses(AF_IPX, 0, nullptr, nullptr, &size) == ERROR_INVALID_PARAMETER);
    CHECK(GetAdaptersAddresses(AF_UNSPEC, 0, nullptr, nullptr, &size) == ERROR_BUFFER_OVERFLOW);
    REQUIRE(size >= sizeof(IP_ADAPTER_ADDRESSES));
    std::vector<ULONG64> memory(size / 8 + 1, 0x5555555555555555);
    auto* const buffer = reinterpret_cast<IP_ADAPTER_ADDRESSES*>(memory.data());
    ULONG small = size - 1;
    CHECK(GetAdaptersAddresses(AF_UNSPEC, 0, nullptr, buffer, &small) == ERROR_BUFFER_OVERFLOW);
    CHECK(small == size);
    CHECK(memory[0] == 0x5555555555555555);
    CHECK(GetAdaptersAddresses(AF_UNSPEC, 0, nullptr, buffer, &size) == NO_ERROR);
}

TEST_CASE("IPH-2, IPH-4, IPH-5, IPH-6 the loopback interface is described", "[api][adapters]")
{
    adapters list(AF_INET, GAA_FLAG_INCLUDE_PREFIX);
    REQUIRE(list.code == NO_ERROR);
    auto* const loop = list.loopback();
    REQUIRE(loop != nullptr);
    CHECK(loop->Length == sizeof(IP_ADAPTER_ADDRESSES));
    CHECK(loop->IfIndex == if_nametoindex(loop->AdapterName));
    CHECK(loop->OperStatus == IfOperStatusUp);
    CHECK(loop->Mtu > 0);
    CHECK(loop->PhysicalAddressLength == 0);
    CHECK(loop->Ipv4Enabled == 1);
    CHECK(loop->Luid.Info.IfType == IF_TYPE_SOFTWARE_LOOPBACK);
    CHECK(narrow(loop->FriendlyName) == loop->AdapterName);
    CHECK(narrow(loop->Description) == loop->AdapterName);
    CHECK(narrow(loop->DnsSuffix).empty());
    auto* const own = loop->FirstUnicastAddress;
    REQUIRE(own != nullptr);
    CHECK(text_of(own->Address) == "127.0.0.1");
    CHECK(own->Length == sizeof *own);
    CHECK(own->OnLinkPrefixLength == 8);
    CHECK(own->DadState == IpDadStatePreferred);
    CHECK(own->ValidLifetime == 0xFFFFFFFF);
    REQUIRE(loop->FirstPrefix != nullptr);
    CHECK(text_of(loop->FirstPrefix->Address) == "127.0.0.0");
    CHECK(loop->FirstPrefix->PrefixLength == 8);
    for (const void* each :
         {static_cast<void*>(loop), static_cast<void*>(loop->AdapterName),
          static_cast<void*>(loop->FriendlyName), static_cast<void*>(own),
          static_cast<void*>(own->Address.lpSockaddr), static_cast<void*>(loop->FirstPrefix)}) {
        CHECK(list.holds(each));
    }
}

TEST_CASE("IPH-2 the family decides which addresses and adapters are listed", "[api][adapters]")
{
    adapters both(AF_UNSPEC);
    adapters four(AF_INET);
    adapters six(AF_INET6);
    adapters all(AF_INET, GAA_FLAG_INCLUDE_ALL_INTERFACES);
    auto texts = unicast_texts(four);
    CHECK(texts.count("127.0.0.1") == 1);
    CHECK(std::none_of(texts.begin(), texts.end(),
                       [](const auto& each) { return each.find(':') != std::string::npos; }));
    const bool has_six = six.code == NO_ERROR;
    CHECK((has_six || six.code == ERROR_NO_DATA));
    for (const auto& each : has_six ? unicast_texts(six) : std::set<std::string>()) {
        CHECK(each.find(':') != std::string::npos);
        texts.insert(each);
    }
    CHECK(unicast_texts(both) == texts);
    DWORD count = 0;
    REQUIRE(GetNumberOfInterfaces(&count) == NO_ERROR);
    DWORD listed = 0;
    for (auto* each = all.first(); each != nullptr; each = each->Next) {
        ++listed;
    }
    CHECK(listed == count);
}

TEST_CASE("IPH-3 flags leave lists out or put them in", "[api][adapters]")
{
    adapters bare(AF_UNSPEC, GAA_FLAG_SKIP_UNICAST | GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST |
                                 GAA_FLAG_SKIP_DNS_SERVER | GAA_FLAG_SKIP_FRIENDLY_NAME);
    REQUIRE(bare.code == NO_ERROR);
    for (auto* each = bare.first(); each != nullptr; each = each->Next) {
        CHECK(each->FirstUnicastAddress == nullptr);
        CHECK(each->FirstAnycastAddress == nullptr);
        CHECK(each->FirstMulticastAddress == nullptr);
        CHECK(each->FirstDnsServerAddress == nullptr);
        CHECK(each->FirstPrefix == nullptr);
        CHECK(each->FirstGatewayAddress == nullptr);
        CHECK(each->FriendlyName == nullptr);
        CHECK(each->AdapterName != nullptr);
    }
    // A gateway lies where packets to the outside leave.
    adapters full(AF_INET, GAA_FLAG_INCLUDE_GATEWAYS);
    for (auto* each = full.first(); each != nullptr; each = each->Next) {
        for (auto* gateway = each->FirstGatewayAddress; gateway != nullptr; gateway = gateway->Next) {
            DWORD index = 0;
            CHECK(GetBestInterfaceEx(gateway->Address.lpSockaddr, &index) == NO_ERROR);
            CHECK(index == each->IfIndex);
        }
    }
}

TEST_CASE("IPH-7 GetAdaptersInfo lists the IPv4 adapters but not loopback", "[api][adapters]")
{
    CHECK(GetAdaptersInfo(nullptr, nullptr) == ERROR_INVALID_PARAMETER);
    ULONG size = 0;
    const ULONG code = GetAdaptersInfo(nullptr, &size);
    if (code == ERROR_NO_DATA) {
        return;  // a system with nothing but loopback
    }
    REQUIRE(code == ERROR_BUFFER_OVERFLOW);
    std::vector<ULONG64> memory(size / 8 + 1);
    auto* const first = reinterpret_cast<IP_ADAPTER_INFO*>(memory.data());
    ULONG small = size - 1;
    CHECK(GetAdaptersInfo(first, &small) == ERROR_BUFFER_OVERFLOW);
    REQUIRE(GetAdaptersInfo(first, &size) == NO_ERROR);
    adapters four(AF_INET);
    const auto known = unicast_texts(four);
    for (auto* each = first; each != nullptr; each = each->Next) {
        CHECK(each->Type != IF_TYPE_SOFTWARE_LOOPBACK);
        CHECK(each->Index == if_nametoindex(each->AdapterName));
        for (const auto* own = &each->IpAddressList; own != nullptr; own = own->Next) {
            const std::string text = own->IpAddress.String;
            CHECK((text == "0.0.0.0" || known.count(text) == 1));
        }
    }
}

TEST_CASE("IPH-8 GetNetworkParams tells the name of the host", "[api][adapters]")
{
    const winsock started;
    std::array<char, 256> name{};
    REQUIRE(error_of(gethostname(name.data(), name.size())) == 0);
    CHECK(GetNetworkParams(nullptr, nullptr) == ERROR_INVALID_PARAMETER);
    ULONG size = 0;
    REQUIRE(GetNetworkParams(nullptr, &size) == ERROR_BUFFER_OVERFLOW);
    REQUIRE(size >= sizeof(FIXED_INFO));
    std::vector<ULONG64> memory(size / 8 + 1);
    auto* const info = reinterpret_cast<FIXED_INFO*>(memory.data());
    REQUIRE(GetNetworkParams(info, &size) == NO_ERROR);
    CHECK(std::string(info->HostName) == name.data());
    CHECK(info->NodeType == BROADCAST_NODETYPE);
    CHECK((info->EnableDns == 1 || info->DnsServerList.IpAddress.String[0] == 0));
}

TEST_CASE("IPH-9 GetIpAddrTable has a row for each IPv4 address, sorted if asked", "[api][adapters]")
{
    ULONG size = 0;
    CHECK(GetIpAddrTable(nullptr, nullptr, TRUE) == ERROR_INVALID_PARAMETER);
    CHECK(GetNumberOfInterfaces(nullptr) == ERROR_INVALID_PARAMETER);
    REQUIRE(GetIpAddrTable(nullptr, &size, TRUE) == ERROR_INSUFFICIENT_BUFFER);
    std::vector<ULONG64> memory(size / 8 + 1);
    auto* const table = reinterpret_cast<MIB_IPADDRTABLE*>(memory.data());
    REQUIRE(GetIpAddrTable(table, &size, TRUE) == NO_ERROR);
    adapters four(AF_INET);
    CHECK(table->dwNumEntries == unicast_texts(four).size());
    for (DWORD row = 1; row < table->dwNumEntries; ++row) {
        CHECK(ntohl(table->table[row - 1].dwAddr) <= ntohl(table->table[row].dwAddr));
    }
    auto* const end = table->table + table->dwNumEntries;
    auto* const loop = std::find_if(table->table + 0, end,
                                    [](const auto& row) { return row.dwAddr == htonl(INADDR_LOOPBACK); });
    REQUIRE(loop != end);
    CHECK(loop->dwIndex == loopback_index());
    CHECK(loop->dwMask == htonl(0xFF000000));
    CHECK((loop->wType & MIB_IPADDR_PRIMARY) != 0);
}

TEST_CASE("IPH-10 the way to a loopback address is the loopback interface", "[api][adapters]")
{
    DWORD index = 0;
    CHECK(GetBestInterface(htonl(INADDR_LOOPBACK), &index) == NO_ERROR);
    CHECK(index == loopback_index());
    CHECK(GetBestInterface(htonl(INADDR_LOOPBACK), nullptr) == ERROR_INVALID_PARAMETER);
    auto six = loopback(AF_INET6);
    adapters list(AF_INET6);
    if (list.code == NO_ERROR && list.loopback() != nullptr) {
        index = 0;
        CHECK(GetBestInterfaceEx(six.get(), &index) == NO_ERROR);
        CHECK(index == loopback_index());
    }
    six.storage.ss_family = AF_IPX;
    CHECK(GetBestInterfaceEx(six.get(), &index) == ERROR_INVALID_PARAMETER);
    CHECK(GetBestInterfaceEx(nullptr, &index) == ERROR_INVALID_PARAMETER);
    auto nowhere = at(AF_INET, "255.255.255.255", 0);  // needs a permission that no probe asks for
    CHECK(GetBestInterfaceEx(nowhere.get(), &index) == ERROR_NETWORK_UNREACHABLE);
}

TEST_CASE("IPH-11, IPH-12 indices, names and LUIDs convert into each other", "[api][adapters]")
{
    const unsigned index = loopback_index();
    std::array<char, IF_NAMESIZE> name{};
    REQUIRE(if_indextoname(index, name.data()) == name.data());
    CHECK(if_nametoindex(name.data()) == index);
    CHECK(if_nametoindex("no such interface") == 0);
    CHECK(if_nametoindex(nullptr) == 0);
    CHECK(if_indextoname(0x7FFFFFFF, name.data()) == nullptr);
    NET_LUID luid{};
    REQUIRE(ConvertInterfaceIndexToLuid(index, &luid) == NO_ERROR);
    NET_IFINDEX back = 0;
    CHECK(ConvertInterfaceLuidToIndex(&luid, &back) == NO_ERROR);
    CHECK(back == index);
    std::array<WCHAR, IF_NAMESIZE> alias{};
    std::array<char, IF_NAMESIZE> again{};
    CHECK(ConvertInterfaceLuidToNameA(&luid, again.data(), again.size()) == NO_ERROR);
    CHECK(std::string(again.data()) == name.data());
    CHECK(ConvertInterfaceLuidToNameW(&luid, alias.data(), alias.size()) == NO_ERROR);
    CHECK(ConvertInterfaceLuidToAlias(&luid, alias.data(), alias.size()) == NO_ERROR);
    for (const auto convert : {&ConvertInterfaceNameToLuidW, &ConvertInterfaceAliasToLuid}) {
        NET_LUID found{};
        CHECK(convert(alias.data(), &found) == NO_ERROR);
        CHECK(found.Value == luid.Value);
    }
    CHECK(ConvertInterfaceLuidToNameA(&luid, again.data(), std::strlen(name.data())) ==
          ERROR_NOT_ENOUGH_MEMORY);
    CHECK(ConvertInterfaceNameToLuidA("no such interface", &luid) == ERROR_INVALID_NAME);
    CHECK(ConvertInterfaceAliasToLuid(wide("none").c_str(), &luid) == ERROR_INVALID_PARAMETER);
    CHECK(ConvertInterfaceIndexToLuid(0x7FFFFFFF, &luid) == ERROR_FILE_NOT_FOUND);
    CHECK(ConvertInterfaceIndexToLuid(index, nullptr) == ERROR_INVALID_PARAMETER);
    luid.Value = 0;
    CHECK(ConvertInterfaceLuidToIndex(&luid, &back) == ERROR_INVALID_PARAMETER);
}
