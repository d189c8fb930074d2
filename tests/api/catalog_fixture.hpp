// What the tests of the catalog share: entries to install, the catalog as an installer sees it, a catalog file of the
// test's own. Answers to the pages of the WSC functions.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <sporder.h>

#include "host/testing.hpp"
#include "kernel/temporary_directory.hpp"
#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/process_probe.hpp"
#include "support/wide.hpp"

namespace spindle::test {

using info_vector = std::vector<WSAPROTOCOL_INFOW>;
using enumerate_function = int(WSPAPI*)(LPINT, LPWSAPROTOCOL_INFOW, LPDWORD, LPINT);

inline constexpr GUID some_provider{0x11223344, 0x5566, 0x7788, {1, 2, 3, 4, 5, 6, 7, 8}};
inline constexpr GUID other_provider{0x22334455, 0x6677, 0x8899, {8, 7, 6, 5, 4, 3, 2, 1}};
inline constexpr DWORD tcp_entry_id = 1001;
inline constexpr DWORD udp_entry_id = 1002;
inline constexpr int foreign_protocol = 211;

/// 0, or the code that the function gave.
template <class Function, class... Arguments>
int code_of(Function function, Arguments... arguments)
{
    int error = -1;
    return function(arguments..., &error) == 0 ? 0 : error;
}

inline info_vector kept(enumerate_function function = &WSCEnumProtocols)
{
    DWORD size = 0;
    int error = 0;
    CHECK(function(nullptr, nullptr, &size, &error) == SOCKET_ERROR);
    CHECK(error == WSAENOBUFS);
    info_vector all(size / sizeof(WSAPROTOCOL_INFOW));
    const int count = function(nullptr, all.data(), &size, &error);
    CHECK(count == static_cast<int>(all.size()));
    return all;
}

inline info_vector in_use()
{
    DWORD size = 0;
    CHECK(error_of(WSAEnumProtocolsW(nullptr, nullptr, &size)) == WSAENOBUFS);
    info_vector all(size / sizeof(WSAPROTOCOL_INFOW));
    CHECK(WSAEnumProtocolsW(nullptr, all.data(), &size) == static_cast<int>(all.size()));
    return all;
}

inline bool is_of(const WSAPROTOCOL_INFOW& info, const GUID& provider)
{
    return std::memcmp(&info.ProviderId, &provider, sizeof provider) == 0;
}

inline info_vector of_provider(info_vector all, const GUID& provider)
{
    std::erase_if(all, [&](const WSAPROTOCOL_INFOW& info) { return !is_of(info, provider); });
    return all;
}

inline std::vector<DWORD> ids_of(const info_vector& all)
{
    std::vector<DWORD> ids;
    for (const auto& info : all) {
        ids.push_back(info.dwCatalogEntryId);
    }
    return ids;
}

inline WSAPROTOCOL_INFOW base_info(int protocol = foreign_protocol, const char* name = "some base")
{
    WSAPROTOCOL_INFOW info{};
    info.dwServiceFlags1 = XP1_GUARANTEED_DELIVERY | XP1_IFS_HANDLES;
    info.ProtocolChain.ChainLen = BASE_PROTOCOL;
    info.iVersion = 2;
    info.iAddressFamily = AF_INET;
    info.iMaxSockAddr = info.iMinSockAddr = sizeof(sockaddr_in);
    info.iSocketType = SOCK_STREAM;
    info.iProtocol = protocol;
    std::copy_n(name, std::string(name).size(), info.szProtocol);
    return info;
}

inline WSAPROTOCOL_INFOW layer_info(const char* name = "some layer")
{
    WSAPROTOCOL_INFOW info = base_info(0, name);
    info.dwProviderFlags = PFL_HIDDEN;
    info.ProtocolChain.ChainLen = LAYERED_PROTOCOL;
    return info;
}

inline WSAPROTOCOL_INFOW chain_info(std::vector<DWORD> ids, int protocol = IPPROTO_TCP)
{
    WSAPROTOCOL_INFOW info = base_info(protocol, "some chain");
    info.dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
    info.ProtocolChain.ChainLen = static_cast<int>(ids.size());
    std::copy(ids.begin(), ids.end(), info.ProtocolChain.ChainEntries);
    return info;
}

inline int install(GUID provider, info_vector infos, const std::string& path = "/nowhere/library.so")
{
    return code_of(&WSCInstallProvider, &provider, wide(path).c_str(), infos.data(),
                   static_cast<DWORD>(infos.size()));
}

inline int remove_provider(GUID provider)
{
    return code_of(&WSCDeinstallProvider, &provider);
}

inline std::string path_of(GUID provider)
{
    WCHAR path[MAX_PATH] = {};
    int length = MAX_PATH;
    return code_of(&WSCGetProviderPath, &provider, path, &length) == 0 ? narrow(path) : std::string();
}

inline int set_categories(GUID provider, DWORD categories)
{
    return code_of(&WSCSetProviderInfo, &provider, ProviderInfoLspCategories, reinterpret_cast<PBYTE>(&categories),
                   sizeof categories, DWORD{0});
}

/// Back to the built-in entries before and after.
struct own_catalog {
    own_catalog() { spindle_test_remove_providers(); }
    ~own_catalog() { spindle_test_remove_providers(); }
    own_catalog(const own_catalog&) = delete;
    own_catalog& operator=(const own_catalog&) = delete;
};

/// The same in a file that programs share.
struct shared_catalog {
    temporary_directory directory;
    std::string file = directory.file("catalog");
    environment_setting setting{"SPINDLE_CATALOG", file.c_str()};
};

}  // namespace spindle::test
