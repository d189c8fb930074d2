// What an installer does to the catalog and what comes of it. Answers to the pages "WSCInstallProvider",
// "WSCDeinstallProvider", "WSCUpdateProvider", "WSCWriteProviderOrder", "Transport Configuration and Installation".
#include <array>

#include "api/catalog_fixture.hpp"

using namespace spindle::test;

TEST_CASE("CTG-1, CTG-2, CTG-3 an entry is one structure, and its chain tells what it is", "[api][catalog]")
{
    CHECK(sizeof(WSAPROTOCOL_INFOW) == 628);
    CHECK(sizeof(WSAPROTOCOL_INFOA) == 372);
    CHECK(sizeof(WSAPROTOCOLCHAIN) == 32);
    CHECK(MAX_PROTOCOL_CHAIN == 7);
    CHECK(std::array{LAYERED_PROTOCOL, BASE_PROTOCOL} == std::array{0, 1});
    const own_catalog own;
    REQUIRE(install(some_provider, {layer_info(), base_info()}) == 0);
    const winsock started;
    const auto mine = of_provider(kept(), some_provider);
    REQUIRE(mine.size() == 2);
    WSAPROTOCOL_INFOW layer = mine[0];
    CHECK(error_of(WSASocketW(AF_INET, SOCK_STREAM, 0, &layer, 0, 0)) == WSAEINVAL);
    for (const auto& info : kept()) {
        if (info.ProtocolChain.ChainLen == BASE_PROTOCOL) {
            CHECK(info.ProtocolChain.ChainEntries[0] == info.dwCatalogEntryId);
        }
    }
}

TEST_CASE("CTG-4, CTG-5, CTG-6, CTG-13 new entries go to the end with ids of the host's", "[api][catalog]")
{
    const own_catalog own;
    const auto before = ids_of(kept());
    WSAPROTOCOL_INFOW first = base_info(211, "first");
    first.dwCatalogEntryId = tcp_entry_id;  // the host's to give
    REQUIRE(install(some_provider, {first, base_info(212, "second")}) == 0);
    REQUIRE(install(other_provider, {base_info(213, "third")}) == 0);
    const auto all = kept();
    REQUIRE(all.size() == before.size() + 3);
    auto ids = ids_of(all);
    CHECK(std::vector(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(before.size())) == before);
    CHECK(narrow(all[before.size()].szProtocol) == "first");
    CHECK(narrow(all[before.size() + 2].szProtocol) == "third");
    CHECK(of_provider(all, some_provider).size() == 2);
    std::sort(ids.begin(), ids.end());
    CHECK(std::adjacent_find(ids.begin(), ids.end()) == ids.end());
    CHECK(path_of(some_provider) == "/nowhere/library.so");
    // An id does not come again while its entry exists.
    const DWORD given = all[before.size() + 2].dwCatalogEntryId;
    REQUIRE(remove_provider(some_provider) == 0);
    REQUIRE(install(some_provider, {base_info()}) == 0);
    CHECK(of_provider(kept(), some_provider)[0].dwCatalogEntryId != given);
}

TEST_CASE("CTG-7, CTG-8, CTG-29 the built-in entries", "[api][catalog]")
{
    const own_catalog own;
    CHECK(std::array{PFL_MULTIPLE_PROTO_ENTRIES, PFL_RECOMMENDED_PROTO_ENTRY, PFL_HIDDEN, PFL_MATCHES_PROTOCOL_ZERO,
                     PFL_NETWORKDIRECT_PROVIDER} == std::array{1, 2, 4, 8, 0x10});
    for (const auto& info : kept()) {
        INFO(narrow(info.szProtocol));
        CHECK(info.iVersion == 2);
        CHECK(info.iNetworkByteOrder == BIGENDIAN);
        CHECK(info.iSecurityScheme == 0);
        CHECK((info.dwProviderFlags & (PFL_MULTIPLE_PROTO_ENTRIES | PFL_RECOMMENDED_PROTO_ENTRY)) == 0);
        CHECK((info.dwMessageSize == 0) == (info.iSocketType == SOCK_STREAM));
        if (info.iAddressFamily != AF_UNIX) {
            CHECK(info.iMaxSockAddr == (info.iAddressFamily == AF_INET ? 16 : 28));
            CHECK(info.iMinSockAddr == info.iMaxSockAddr);
        }
        if (info.iProtocol == IPPROTO_TCP) {
            CHECK(info.dwServiceFlags1 == 0x20066);
        }
        if (info.iProtocol == IPPROTO_UDP) {
            CHECK(info.dwServiceFlags1 == 0x20609);
        }
    }
}

TEST_CASE("CTG-29 of several entries for one protocol the recommended one is told apart", "[api][catalog]")
{
    const own_catalog own;
    WSAPROTOCOL_INFOW stream = base_info();
    stream.dwProviderFlags = PFL_MULTIPLE_PROTO_ENTRIES | PFL_RECOMMENDED_PROTO_ENTRY;
    WSAPROTOCOL_INFOW packets = base_info();
    packets.iSocketType = SOCK_SEQPACKET;
    packets.dwProviderFlags = PFL_MULTIPLE_PROTO_ENTRIES;
    REQUIRE(install(some_provider, {packets, stream}) == 0);
    const winsock started;
    int recommended = 0;
    for (const auto& info : of_provider(in_use(), some_provider)) {
        CHECK((info.dwProviderFlags & PFL_MULTIPLE_PROTO_ENTRIES) != 0);
        recommended += (info.dwProviderFlags & PFL_RECOMMENDED_PROTO_ENTRY) != 0 ? 1 : 0;
    }
    CHECK(recommended == 1);
}

TEST_CASE("CTG-10, CTG-11 what WSCInstallProvider refuses, and then nothing is installed", "[api][catalog]")
{
    const own_catalog own;
    const auto before = ids_of(kept());
    GUID id = some_provider;
    WSAPROTOCOL_INFOW info = base_info();
    const auto path = wide("/nowhere/library.so");
    const auto longest = wide("/" + std::string(MAX_PATH, 'x'));
    CHECK(code_of(&WSCInstallProvider, LPGUID{nullptr}, path.c_str(), &info, DWORD{1}) == WSAEFAULT);
    CHECK(code_of(&WSCInstallProvider, &id, static_cast<const WCHAR*>(nullptr), &info, DWORD{1}) == WSAEFAULT);
    CHECK(code_of(&WSCInstallProvider, &id, path.c_str(), LPWSAPROTOCOL_INFOW{nullptr}, DWORD{1}) == WSAEFAULT);
    CHECK(code_of(&WSCInstallProvider, &id, path.c_str(), &info, DWORD{0}) == WSAEINVAL);
    CHECK(code_of(&WSCInstallProvider, &id, wide("").c_str(), &info, DWORD{1}) == WSAEINVAL);
    CHECK(code_of(&WSCInstallProvider, &id, longest.c_str(), &info, DWORD{1}) == WSAEINVAL);
    CHECK(WSCInstallProvider(&id, path.c_str(), &info, 1, nullptr) == SOCKET_ERROR);
    WSAPROTOCOL_INFOW broken = base_info();
    broken.ProtocolChain.ChainLen = MAX_PROTOCOL_CHAIN + 1;
    CHECK(install(some_provider, {base_info(), broken}) == WSAEINVAL);
    broken.ProtocolChain.ChainLen = -1;
    CHECK(install(some_provider, {base_info(), broken}) == WSAEINVAL);
    CHECK(ids_of(kept()) == before);
    CHECK(install(kept()[0].ProviderId, {base_info()}) == WSANO_RECOVERY);
    REQUIRE(install(some_provider, {base_info()}) == 0);
    CHECK(install(some_provider, {base_info()}) == WSANO_RECOVERY);
    CHECK(kept().size() == before.size() + 1);
}

TEST_CASE("CTG-9 a name ends, and an entry sends or receives one way only", "[api][catalog]")
{
    const own_catalog own;
    WSAPROTOCOL_INFOW endless = base_info();
    std::fill(std::begin(endless.szProtocol), std::end(endless.szProtocol), WCHAR{'x'});
    CHECK(install(some_provider, {endless}) == WSAEINVAL);
    WSAPROTOCOL_INFOW one_way = base_info();
    one_way.dwServiceFlags1 = XP1_UNI_SEND | XP1_UNI_RECV;
    CHECK(install(some_provider, {one_way}) == WSAEINVAL);
    endless.szProtocol[WSAPROTOCOL_LEN] = 0;
    one_way.dwServiceFlags1 = XP1_UNI_SEND;
    REQUIRE(install(some_provider, {endless, one_way}) == 0);
    CHECK(narrow(of_provider(kept(), some_provider)[0].szProtocol) == std::string(WSAPROTOCOL_LEN, 'x'));
}

TEST_CASE("CTG-12, CTG-10 a path is kept as it is given, and nothing is loaded", "[api][catalog]")
{
    const own_catalog own;
    const std::string path = "%SPINDLE_NO_SUCH%/x y/\\library.so";
    REQUIRE(install(some_provider, {base_info()}, path) == 0);
    CHECK(path_of(some_provider) == path);
    const winsock started;
    CHECK(error_of(socket(AF_INET, SOCK_STREAM, foreign_protocol)) == WSAEPROVIDERFAILEDINIT);
}

TEST_CASE("CTG-13, CTG-16 a running program goes on with the catalog it started with", "[api][catalog]")
{
    const own_catalog own;
    {
        const winsock started;
        REQUIRE(install(some_provider, {base_info()}) == 0);
        CHECK(of_provider(kept(), some_provider).size() == 1);
        CHECK(of_provider(in_use(), some_provider).empty());
        CHECK(error_of(socket(AF_INET, SOCK_STREAM, foreign_protocol)) == WSAEPROTONOSUPPORT);
    }
    const winsock again;
    CHECK(of_provider(in_use(), some_provider).size() == 1);
    const auto before = in_use().size();
    REQUIRE(remove_provider(kept()[0].ProviderId) == 0);
    CHECK(in_use().size() == before);
    const tcp_pair pair;  // of the provider that is gone from the catalog
    send_text(pair.client, "still");
    CHECK(receive_text(pair.server, 5) == "still");
}

TEST_CASE("CTG-14 a chain needs all its elements beforehand, each once", "[api][catalog]")
{
    const own_catalog own;
    REQUIRE(install(some_provider, {layer_info()}) == 0);
    const DWORD layer = of_provider(kept(), some_provider)[0].dwCatalogEntryId;
    CHECK(install(other_provider, {chain_info({layer, 4711})}) == WSAEINVAL);
    CHECK(install(other_provider, {chain_info({layer, layer, tcp_entry_id})}) == WSAEINVAL);
    CHECK(install(other_provider, {chain_info({tcp_entry_id, layer})}) == WSAEINVAL);
    CHECK(install(other_provider, {layer_info(), chain_info({layer + 1, tcp_entry_id})}) == WSAEINVAL);
    REQUIRE(install(other_provider, {chain_info({layer, tcp_entry_id})}) == 0);
    const auto chain = of_provider(kept(), other_provider)[0].ProtocolChain;
    CHECK(chain.ChainLen == 2);
    CHECK(std::vector<DWORD>(chain.ChainEntries, chain.ChainEntries + 7) ==
          std::vector<DWORD>{layer, tcp_entry_id, 0, 0, 0, 0, 0});
}

TEST_CASE("CTG-15, CTG-16 WSCDeinstallProvider removes all entries of a provider and leaves chains dangling",
          "[api][catalog]")
{
    const own_catalog own;
    CHECK(code_of(&WSCDeinstallProvider, LPGUID{nullptr}) == WSAEFAULT);
    GUID id = some_provider;
    CHECK(WSCDeinstallProvider(&id, nullptr) == SOCKET_ERROR);
    CHECK(remove_provider(some_provider) == WSAEINVAL);
    REQUIRE(install(some_provider, {layer_info(), base_info()}) == 0);
    CHECK(WSCDeinstallProvider(&id, nullptr) == SOCKET_ERROR);
    const DWORD layer = of_provider(kept(), some_provider)[0].dwCatalogEntryId;
    REQUIRE(install(other_provider, {chain_info({layer, tcp_entry_id})}) == 0);
    REQUIRE(remove_provider(some_provider) == 0);
    CHECK(of_provider(kept(), some_provider).empty());
    REQUIRE(of_provider(kept(), other_provider).size() == 1);
    CHECK(of_provider(kept(), other_provider)[0].ProtocolChain.ChainEntries[0] == layer);
    CHECK(remove_provider(some_provider) == WSAEINVAL);
}

TEST_CASE("CTG-17 WSCUpdateProvider changes path and entries in place", "[api][catalog]")
{
    const own_catalog own;
    GUID id = some_provider;
    const auto path = wide("/elsewhere/library.so");
    WSAPROTOCOL_INFOW one = base_info();
    CHECK(code_of(&WSCUpdateProvider, &id, path.c_str(), &one, DWORD{1}) == WSAEINVAL);
    CHECK(code_of(&WSCUpdateProvider, LPGUID{nullptr}, path.c_str(), &one, DWORD{1}) == WSAEFAULT);
    REQUIRE(install(some_provider, {base_info(211, "a"), base_info(212, "b"), base_info(213, "c")}) == 0);
    REQUIRE(install(other_provider, {base_info(214, "behind")}) == 0);
    const winsock started;
    auto before = of_provider(kept(), some_provider);
    WSAPROTOCOL_INFOW by_id = base_info(219, "b changed");
    by_id.dwCatalogEntryId = before[1].dwCatalogEntryId;
    info_vector list{base_info(211, "a changed"), by_id, base_info(215, "new")};
    CHECK(code_of(&WSCUpdateProvider, &id, path.c_str(), list.data(), DWORD{0}) == WSAEINVAL);
    REQUIRE(code_of(&WSCUpdateProvider, &id, path.c_str(), list.data(), DWORD{3}) == 0);
    CHECK(path_of(some_provider) == "/elsewhere/library.so");
    const auto after = of_provider(kept(), some_provider);
    REQUIRE(after.size() == 3);
    CHECK(narrow(after[0].szProtocol) == "a changed");
    CHECK(after[0].dwCatalogEntryId == before[0].dwCatalogEntryId);
    CHECK(after[1].iProtocol == 219);
    CHECK(after[1].dwCatalogEntryId == before[1].dwCatalogEntryId);
    CHECK(narrow(after[2].szProtocol) == "new");
    CHECK(is_of(kept().back(), other_provider));
    // This process has its own copy.
    CHECK(narrow(of_provider(in_use(), some_provider)[0].szProtocol) == "a");
}

TEST_CASE("CTG-18, CTG-6 WSCWriteProviderOrder takes every id exactly once", "[api][catalog]")
{
    const own_catalog own;
    auto ids = ids_of(kept());
    const auto count = static_cast<DWORD>(ids.size());
    std::reverse(ids.begin(), ids.end());
    CHECK(WSCWriteProviderOrder(ids.data(), count - 1) == WSAEINVAL);
    CHECK(WSCWriteProviderOrder(nullptr, count) == WSAEINVAL);
    auto wrong = ids;
    wrong[0] = wrong[1];
    CHECK(WSCWriteProviderOrder(wrong.data(), count) == WSAEINVAL);
    wrong[0] = 4711;
    CHECK(WSCWriteProviderOrder(wrong.data(), count) == WSAEINVAL);
    CHECK(ids_of(kept()) != ids);
    REQUIRE(WSCWriteProviderOrder(ids.data(), count) == 0);
    CHECK(ids_of(kept()) == ids);
    const winsock started;
    CHECK(in_use()[0].iAddressFamily == AF_UNIX);
    WSAPROTOCOL_INFOW info{};
    int size = sizeof info;
    const unique_socket any{socket(0, SOCK_DGRAM, IPPROTO_UDP)};
    REQUIRE(error_of(getsockopt(any, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&info), &size)) == 0);
    CHECK(info.iAddressFamily == AF_INET6);
}

TEST_CASE("CTG-24, CTG-25, CTG-26, CTG-27 WSCEnumProtocols gives everything, WSAEnumProtocols what is usable and shown",
          "[api][catalog]")
{
    const own_catalog own;
    REQUIRE(install(some_provider, {layer_info()}) == 0);
    const DWORD layer = of_provider(kept(), some_provider)[0].dwCatalogEntryId;
    WSAPROTOCOL_INFOW hidden = base_info(212, "hidden");
    hidden.dwProviderFlags = PFL_HIDDEN;
    REQUIRE(install(other_provider, {chain_info({layer, tcp_entry_id}), hidden, base_info(211, "shown")}) == 0);
    const winsock started;
    CHECK(of_provider(kept(), some_provider).size() == 1);
    CHECK(of_provider(kept(), other_provider).size() == 3);
    CHECK(of_provider(in_use(), some_provider).empty());
    const auto shown = of_provider(in_use(), other_provider);
    REQUIRE(shown.size() == 2);
    CHECK(shown[0].ProtocolChain.ChainLen == 2);
    CHECK(shown[1].ProtocolChain.ChainLen == BASE_PROTOCOL);
    std::array<int, 3> wanted{4711, 212, 0};
    WSAPROTOCOL_INFOW found{};
    DWORD size = sizeof found;
    int error = 0;
    REQUIRE(WSCEnumProtocols(wanted.data(), &found, &size, &error) == 1);
    CHECK(found.iProtocol == 212);
    size = sizeof found - 1;
    CHECK(WSCEnumProtocols(wanted.data(), &found, &size, &error) == SOCKET_ERROR);
    CHECK(error == WSAENOBUFS);
    CHECK(size == sizeof found);
    CHECK(WSAEnumProtocolsW(wanted.data(), &found, &size) == 0);
    CHECK(WSCEnumProtocols(nullptr, nullptr, nullptr, &error) == SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
}

TEST_CASE("CTG-28 WSCGetProviderPath tells the path as it was given and checks in the documented order",
          "[api][catalog]")
{
    const own_catalog own;
    REQUIRE(install(some_provider, {base_info()}, "%HOME%/x") == 0);
    GUID known = some_provider;
    GUID unknown = other_provider;
    std::array<WCHAR, 16> path{};
    int length = 16;
    CHECK(code_of(&WSCGetProviderPath, LPGUID{nullptr}, path.data(), &length) == WSAEFAULT);
    CHECK(code_of(&WSCGetProviderPath, &known, path.data(), LPINT{nullptr}) == WSAEFAULT);
    CHECK(code_of(&WSCGetProviderPath, &unknown, LPWSTR{nullptr}, &length) == WSAEINVAL);
    CHECK(length == 16);
    length = -1;
    CHECK(code_of(&WSCGetProviderPath, &known, path.data(), &length) == WSAEINVAL);
    CHECK(length == -1);
    length = 8;
    CHECK(code_of(&WSCGetProviderPath, &known, path.data(), &length) == WSAEFAULT);
    length = 9;
    REQUIRE(code_of(&WSCGetProviderPath, &known, path.data(), &length) == 0);
    CHECK(length == 9);
    CHECK(narrow(path.data()) == "%HOME%/x");
}

TEST_CASE("CTG-23 the catalog of 32-bit programs is another one", "[api][catalog]")
{
    const own_catalog own;
    GUID id = some_provider;
    WSAPROTOCOL_INFOW info = base_info();
    const auto before = kept(&WSCEnumProtocols32).size();
    CHECK(before == kept().size());
    REQUIRE(install(some_provider, {info}) == 0);
    CHECK(kept(&WSCEnumProtocols32).size() == before);
    const auto path = wide("/nowhere/library.so");
    // One of the two refuses, so neither changes.
    CHECK(code_of(&WSCInstallProvider64_32, &id, path.c_str(), &info, DWORD{1}) == WSANO_RECOVERY);
    CHECK(kept(&WSCEnumProtocols32).size() == before);
    REQUIRE(remove_provider(some_provider) == 0);
    REQUIRE(code_of(&WSCInstallProvider64_32, &id, path.c_str(), &info, DWORD{1}) == 0);
    CHECK(kept().size() == before + 1);
    CHECK(kept(&WSCEnumProtocols32).size() == before + 1);
    const auto other_path = wide("/nowhere/other.so");
    REQUIRE(code_of(&WSCUpdateProvider32, &id, other_path.c_str(), &info, DWORD{1}) == 0);
    std::array<WCHAR, MAX_PATH> found{};
    int length = MAX_PATH;
    REQUIRE(code_of(&WSCGetProviderPath32, &id, found.data(), &length) == 0);
    CHECK(narrow(found.data()) == "/nowhere/other.so");
    CHECK(path_of(some_provider) == "/nowhere/library.so");
    auto ids = ids_of(kept(&WSCEnumProtocols32));
    std::reverse(ids.begin(), ids.end());
    REQUIRE(WSCWriteProviderOrder32(ids.data(), static_cast<DWORD>(ids.size())) == 0);
    CHECK(ids_of(kept(&WSCEnumProtocols32)) == ids);
    CHECK(ids_of(kept()) != ids);
    REQUIRE(code_of(&WSCDeinstallProvider32, &id) == 0);
    CHECK(kept(&WSCEnumProtocols32).size() == before);
    CHECK(kept().size() == before + 1);
}
