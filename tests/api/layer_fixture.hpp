// What the tests of layers share: the example's counting layer, a second one of another provider id, and the IFS layer,
// to be installed in a catalog of the test's own.
#pragma once

#include <sstream>

#include "api/catalog_fixture.hpp"
#include "api/ifs_layer.hpp"

namespace spindle::test {

struct layer_library {
    GUID id;
    const char* path;
    const char* name;
    DWORD flags;
};
inline constexpr layer_library counting{
    {0x6b1a4f0e, 0x52c7, 0x4f0b, {0x9d, 0x35, 0x1c, 0x77, 0x0e, 0xa2, 0x44, 0x18}},
    COUNTING_LAYER,
    "Counting",
    0};
inline constexpr layer_library second_counting{{SECOND_LAYER_ID}, SECOND_LAYER, "Second", 0};
inline constexpr layer_library ifs{ifs_layer_id, IFS_LAYER, "Ifs", XP1_IFS_HANDLES};

inline WSAPROTOCOL_INFOW tcp_kind()
{
    return base_info(IPPROTO_TCP);
}

/// Puts the layer over what is on top now, for these kinds of sockets or for all; the layer's entry.
inline DWORD put_on_top(const layer_library& layer, info_vector kinds = {})
{
    if (kinds.empty()) {
        kinds = kept();
        std::erase_if(kinds, [](const auto& info) { return info.ProtocolChain.ChainLen != BASE_PROTOCOL; });
    }
    GUID id = layer.id;
    auto path = wide(layer.path);
    auto name = wide(layer.name);
    DWORD made = 0;
    REQUIRE(code_of(&WSCInstallProviderAndChains, &id, path.data(), name.data(), layer.flags, kinds.data(),
                    static_cast<DWORD>(kinds.size()), &made) == 0);
    return made;
}

/// A catalog of the test's own, and what the counting layers write.
struct layered : own_catalog {
    temporary_directory directory;
    environment_setting log{"COUNTING_LAYER_LOG", directory.file("log").c_str()};

    [[nodiscard]] int lines(const std::string& with) const
    {
        std::istringstream all(directory.content("log"));
        int found = 0;
        for (std::string line; std::getline(all, line);) {
            found += line.find(with) != std::string::npos ? 1 : 0;
        }
        return found;
    }
};

/// What the IFS layer noted; keeps it mapped.
class ifs_facts {
public:
    ifs_facts()
    {
        const auto function = reinterpret_cast<ifs_layer_function>(library_.symbol(ifs_layer_symbol));
        REQUIRE(function != nullptr);
        facts_ = function();
        *facts_ = ifs_layer_facts{};
    }
    ifs_layer_facts* operator->() const { return facts_; }

private:
    shared_library library_{IFS_LAYER};
    ifs_layer_facts* facts_ = nullptr;
};

inline WSAPROTOCOL_INFOW info_of(SOCKET s)
{
    WSAPROTOCOL_INFOW info{};
    int size = sizeof info;
    REQUIRE(error_of(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&info), &size)) ==
            0);
    return info;
}

/// The socket that a control code answers with.
inline SOCKET named_by(SOCKET s, DWORD code)
{
    SOCKET named = INVALID_SOCKET;
    DWORD returned = 0;
    REQUIRE(error_of(WSAIoctl(s, code, nullptr, 0, &named, sizeof named, &returned, nullptr, nullptr)) == 0);
    CHECK(returned == sizeof named);
    return named;
}

}  // namespace spindle::test
