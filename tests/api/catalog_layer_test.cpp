// Layers in the catalog: installing them with their chains, which of them an application gets. The recording provider
// stands for a layer: it is started and asked for a socket, and tells with what. Answers to the pages
// "WSCInstallProviderAndChains", "Categorizing Layered Service Providers and Applications", "WSCSetProviderInfo",
// "WSCSetApplicationCategory".
#include <array>
#include <filesystem>

#include "api/catalog_fixture.hpp"
#include "api/recording_provider.hpp"

using namespace spindle::test;

namespace {

struct layer_call {
    GUID id = some_provider;
    wide_text path = wide("/nowhere/layer.so");
    wide_text name = wide("Layer");
    DWORD flags = XP1_IFS_HANDLES;
    info_vector wanted;
    DWORD made = 0;

    int install(bool listed = false)
    {
        int error = -1;
        const int result = WSCInstallProviderAndChains(&id, path.data(), name.data(), flags,
                                                       listed ? wanted.data() : nullptr,
                                                       static_cast<DWORD>(wanted.size()), &made, &error);
        return result == 0 ? 0 : error;
    }
};

WSAPROTOCOL_INFOW kind(int af, int type, int protocol)
{
    WSAPROTOCOL_INFOW info{};
    info.iAddressFamily = af;
    info.iSocketType = type;
    info.iProtocol = protocol;
    return info;
}

std::string this_program()
{
    return std::filesystem::read_symlink("/proc/self/exe").string();
}

int permit(const std::string& path, const std::string& arguments, DWORD categories, DWORD* before = nullptr)
{
    return code_of(&WSCSetApplicationCategory, wide(path).c_str(), static_cast<DWORD>(path.size()),
                   arguments.empty() ? nullptr : wide(arguments).c_str(), static_cast<DWORD>(arguments.size()),
                   categories, before);
}

int permitted(const std::string& path, const std::string& arguments, DWORD* categories)
{
    return code_of(&WSCGetApplicationCategory, wide(path).c_str(), static_cast<DWORD>(path.size()),
                   arguments.empty() ? nullptr : wide(arguments).c_str(), static_cast<DWORD>(arguments.size()),
                   categories);
}

// The layer's library stays loaded, so that what it recorded can be read.
class recording_layer {
public:
    recording_layer()
    {
        const auto function = reinterpret_cast<recorder_function>(library_.symbol(recorder_symbol));
        REQUIRE(function != nullptr);
        record_ = function();
        *record_ = recorder{};
    }
    recorder* operator->() const { return record_; }

private:
    shared_library library_{RECORDING_PROVIDER};
    recorder* record_ = nullptr;
};

// Layers over TCP, the first one on top, in front of all other entries.
void install_chain(const std::vector<GUID>& layers)
{
    std::vector<DWORD> elements;
    for (const GUID& id : layers) {
        REQUIRE(install(id, {layer_info()}, RECORDING_PROVIDER) == 0);
        elements.push_back(of_provider(kept(), id)[0].dwCatalogEntryId);
    }
    elements.push_back(tcp_entry_id);
    GUID top{0x77, 0, 0, {9}};
    REQUIRE(install(top, {chain_info(elements)}, RECORDING_PROVIDER) == 0);
    auto ids = ids_of(kept());
    std::rotate(ids.begin(), ids.end() - 1, ids.end());
    REQUIRE(WSCWriteProviderOrder(ids.data(), static_cast<DWORD>(ids.size())) == 0);
}

// A socket is made in a process of its own, which has this catalog and no other past.
int make_socket_elsewhere(const char* test)
{
    return run_self({test});
}

}  // namespace

TEST_CASE("CTG-19 a chain is reached when it stands before the entries it covers", "[api][catalog]")
{
    const own_catalog own;
    const recording_layer layer;
    REQUIRE(install(some_provider, {layer_info()}, RECORDING_PROVIDER) == 0);
    const DWORD id = of_provider(kept(), some_provider)[0].dwCatalogEntryId;
    REQUIRE(install(other_provider, {chain_info({id, tcp_entry_id})}, RECORDING_PROVIDER) == 0);
    const auto started_by_tcp = [&] {
        const winsock started;
        const unique_socket made{socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)};
        CHECK(made.get() != INVALID_SOCKET);
        return layer->startups;
    };
    CHECK(started_by_tcp() == 0);
    auto ids = ids_of(kept());
    std::rotate(ids.begin(), ids.end() - 1, ids.end());
    REQUIRE(WSCWriteProviderOrder(ids.data(), static_cast<DWORD>(ids.size())) == 0);
    CHECK(started_by_tcp() == 1);
    CHECK(layer->info.ProtocolChain.ChainLen == 2);
    CHECK(layer->info.ProtocolChain.ChainEntries[0] == id);
}

TEST_CASE("CTG-20 WSCInstallProviderAndChains puts a layer and its chains in front", "[api][catalog]")
{
    const own_catalog own;
    const auto before = kept();
    layer_call call;
    REQUIRE(call.install() == 0);
    const auto all = kept();
    const auto mine = of_provider(all, some_provider);
    // Seven base entries of seven kinds.
    REQUIRE(mine.size() == 1 + before.size());
    CHECK(ids_of({all.begin(), all.begin() + 8}) == ids_of(mine));
    CHECK(mine[0].ProtocolChain.ChainLen == LAYERED_PROTOCOL);
    CHECK(mine[0].dwCatalogEntryId == call.made);
    CHECK((mine[0].dwProviderFlags & PFL_HIDDEN) != 0);
    CHECK(narrow(mine[0].szProtocol) == "Layer");
    for (std::size_t index = 0; index < before.size(); ++index) {
        const auto& chain = mine[index + 1];
        CHECK(chain.ProtocolChain.ChainLen == 2);
        CHECK(chain.ProtocolChain.ChainEntries[0] == call.made);
        CHECK(chain.ProtocolChain.ChainEntries[1] == before[index].dwCatalogEntryId);
        CHECK(chain.iProtocol == before[index].iProtocol);
        CHECK(narrow(chain.szProtocol) == "Layer over [" + narrow(before[index].szProtocol) + "]");
        CHECK((chain.dwServiceFlags1 & XP1_IFS_HANDLES) != 0);
    }
    CHECK(remove_provider(some_provider) == 0);
    CHECK(ids_of(kept()) == ids_of(before));
}

TEST_CASE("CTG-20, CTG-23 a list selects the topmost entry of each kind, chains among them", "[api][catalog]")
{
    const own_catalog own;
    layer_call first;
    first.flags = 0;
    first.wanted = {kind(AF_INET, SOCK_STREAM, IPPROTO_TCP), kind(AF_INET, SOCK_DGRAM, IPPROTO_UDP),
                    kind(AF_INET, SOCK_STREAM, IPPROTO_TCP)};
    REQUIRE(first.install(true) == 0);
    const auto chains = of_provider(kept(), some_provider);
    REQUIRE(chains.size() == 3);
    CHECK((chains[1].dwServiceFlags1 & XP1_IFS_HANDLES) == 0);
    layer_call second;
    second.id = other_provider;
    second.name = wide("Second");
    second.wanted = {kind(AF_INET, SOCK_STREAM, IPPROTO_TCP)};
    REQUIRE(second.install(true) == 0);
    const auto upper = of_provider(kept(), other_provider);
    REQUIRE(upper.size() == 2);
    CHECK(upper[1].ProtocolChain.ChainLen == 3);
    CHECK(upper[1].ProtocolChain.ChainEntries[0] == second.made);
    CHECK(upper[1].ProtocolChain.ChainEntries[1] == chains[1].dwCatalogEntryId);
    CHECK(upper[1].ProtocolChain.ChainEntries[2] == tcp_entry_id);
    // Both catalogs at once.
    GUID third{5, 5, 5, {5}};
    auto name = wide("Third");
    auto path = wide("/nowhere/layer.so");
    auto other_path = wide("/nowhere/layer32.so");
    DWORD made = 0;
    CHECK(code_of(&WSCInstallProviderAndChains64_32, &third, path.data(), LPWSTR{nullptr}, name.data(), DWORD{0},
                  LPWSAPROTOCOL_INFOW{nullptr}, DWORD{0}, &made) == WSAEINVAL);
    REQUIRE(code_of(&WSCInstallProviderAndChains64_32, &third, path.data(), other_path.data(), name.data(), DWORD{0},
                    LPWSAPROTOCOL_INFOW{nullptr}, DWORD{0}, &made) == 0);
    CHECK(of_provider(kept(), third).size() == 8);
    CHECK(of_provider(kept(&WSCEnumProtocols32), third).size() == 8);
    CHECK(made == of_provider(kept(), third)[0].dwCatalogEntryId);
    GUID fourth{6, 5, 5, {5}};
    name = wide("Fourth");
    path = wide("%windir%\\System32\\layer.dll");
    CHECK(code_of(&WSCInstallProviderAndChains64_32, &fourth, path.data(), LPWSTR{nullptr}, name.data(), DWORD{0},
                  LPWSAPROTOCOL_INFOW{nullptr}, DWORD{0}, LPDWORD{nullptr}) == 0);
}

TEST_CASE("CTG-21 what WSCInstallProviderAndChains refuses", "[api][catalog]")
{
    const own_catalog own;
    const auto before = ids_of(kept());
    const auto refused = [](auto&& spoil) {
        layer_call call;
        const bool listed = spoil(call);
        return call.install(listed);
    };
    CHECK(refused([](layer_call& call) { return call.name = wide(std::string(256, 'n')), false; }) == WSAEINVAL);
    CHECK(refused([](layer_call& call) { return call.path = wide(std::string(300, 'p')), false; }) == WSAEINVAL);
    CHECK(refused([](layer_call& call) { return call.wanted.reserve(1), true; }) == WSAEINVAL);
    CHECK(refused([](layer_call& call) { return call.wanted = {kind(99, 1, 6)}, true; }) == WSAEINVAL);
    layer_call call;
    int error = 0;
    CHECK(WSCInstallProviderAndChains(nullptr, call.path.data(), call.name.data(), 0, nullptr, 0, nullptr, &error) ==
          SOCKET_ERROR);
    CHECK(error == WSAEINVAL);
    CHECK(WSCInstallProviderAndChains(&call.id, call.path.data(), call.name.data(), 0, nullptr, 0, nullptr,
                                      nullptr) == SOCKET_ERROR);
    CHECK(ids_of(kept()) == before);
    REQUIRE(call.install() == 0);
    CHECK(call.install() == WSAEINVAL);
    call.id = other_provider;
    CHECK(call.install() == WSAEINVAL);  // the name
    REQUIRE(remove_provider(some_provider) == 0);
    // As many layers as a chain holds, and one more.
    layer_call deep;
    deep.wanted = {kind(AF_INET, SOCK_STREAM, IPPROTO_TCP)};
    for (unsigned short number = 1; number < MAX_PROTOCOL_CHAIN; ++number) {
        deep.id.Data2 = number;
        deep.name[0] = static_cast<WCHAR>('0' + number);
        REQUIRE(deep.install(true) == 0);
    }
    deep.id.Data2 = 99;
    deep.name[0] = 'x';
    CHECK(deep.install(true) == WSANO_RECOVERY);
    for (const auto& info : kept()) {
        if (info.ProtocolChain.ChainLen == BASE_PROTOCOL) {
            (void)remove_provider(info.ProviderId);
        }
    }
    layer_call nothing;
    nothing.id.Data2 = 100;
    nothing.name[0] = 'y';
    CHECK(nothing.install() == WSANO_RECOVERY);
}

TEST_CASE("CTG-30 the categories' bits", "[api][catalog]")
{
    CHECK(std::array<DWORD, 9>{LSP_INSPECTOR, LSP_REDIRECTOR, LSP_PROXY, LSP_FIREWALL, LSP_INBOUND_MODIFY,
                               LSP_OUTBOUND_MODIFY, LSP_CRYPTO_COMPRESS, LSP_LOCAL_CACHE, LSP_SYSTEM} ==
          std::array<DWORD, 9>{1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0x80000000});
}

TEST_CASE("CTG-34 a provider's categories are set, told and checked in the documented order", "[api][catalog]")
{
    const own_catalog own;
    GUID id = some_provider;
    DWORD categories = 99;
    const auto info = reinterpret_cast<PBYTE>(&categories);
    size_t size = sizeof categories;
    CHECK(code_of(&WSCGetProviderInfo, LPGUID{nullptr}, ProviderInfoLspCategories, info, &size, DWORD{0}) ==
          WSAEFAULT);
    CHECK(code_of(&WSCGetProviderInfo, &id, ProviderInfoAudit, PBYTE{nullptr}, &size, DWORD{0}) == WSANO_RECOVERY);
    CHECK(set_categories(some_provider, LSP_FIREWALL) == WSANO_RECOVERY);
    REQUIRE(install(some_provider, {layer_info()}) == 0);
    CHECK(code_of(&WSCGetProviderInfo, &id, ProviderInfoAudit, PBYTE{nullptr}, &size, DWORD{0}) == 120);
    CHECK(code_of(&WSCSetProviderInfo, &id, ProviderInfoAudit, PBYTE{nullptr}, size_t{0}, DWORD{0}) == 120);
    size = 0;
    CHECK(code_of(&WSCGetProviderInfo, &id, ProviderInfoLspCategories, PBYTE{nullptr}, &size, DWORD{0}) == WSAEFAULT);
    CHECK(size == 4);
    size = 3;
    CHECK(code_of(&WSCGetProviderInfo, &id, ProviderInfoLspCategories, info, &size, DWORD{0}) == WSAEFAULT);
    CHECK(code_of(&WSCGetProviderInfo, &id, ProviderInfoLspCategories, info, static_cast<size_t*>(nullptr),
                  DWORD{0}) == WSAEFAULT);
    REQUIRE(code_of(&WSCGetProviderInfo, &id, ProviderInfoLspCategories, info, &size, DWORD{0}) == 0);
    CHECK(categories == 0);
    CHECK(set_categories(some_provider, 0x100) == WSAEINVAL);
    CHECK(code_of(&WSCSetProviderInfo, &id, ProviderInfoLspCategories, info, size_t{3}, DWORD{0}) == WSAEINVAL);
    CHECK(code_of(&WSCSetProviderInfo, &id, ProviderInfoLspCategories, PBYTE{nullptr}, size_t{4}, DWORD{0}) ==
          WSAEFAULT);
    REQUIRE(set_categories(some_provider, LSP_FIREWALL | LSP_SYSTEM) == 0);
    REQUIRE(code_of(&WSCGetProviderInfo, &id, ProviderInfoLspCategories, info, &size, DWORD{0}) == 0);
    CHECK(categories == (LSP_FIREWALL | LSP_SYSTEM));
    // The other catalog does not know the provider.
    CHECK(code_of(&WSCGetProviderInfo32, &id, ProviderInfoLspCategories, info, &size, DWORD{0}) == WSANO_RECOVERY);
    CHECK(code_of(&WSCSetProviderInfo32, &id, ProviderInfoLspCategories, info, size_t{4}, DWORD{0}) == WSANO_RECOVERY);
    // What is installed anew has no past.
    REQUIRE(remove_provider(some_provider) == 0);
    REQUIRE(install(some_provider, {layer_info()}) == 0);
    REQUIRE(code_of(&WSCGetProviderInfo, &id, ProviderInfoLspCategories, info, &size, DWORD{0}) == 0);
    CHECK(categories == 0);
}

TEST_CASE("CTG-35 an application's categories add up", "[api][catalog]")
{
    const own_catalog own;
    DWORD categories = 77;
    CHECK(permitted("/bin/one", "", &categories) == WSASERVICE_NOT_FOUND);
    CHECK(permitted("/bin/one", "", nullptr) == WSAEFAULT);
    REQUIRE(permit("/bin/one", "", LSP_SYSTEM, &categories) == 0);
    CHECK(categories == 0);
    REQUIRE(permit("/bin/one", "", LSP_REDIRECTOR, &categories) == 0);
    CHECK(categories == LSP_SYSTEM);
    REQUIRE(permitted("/bin/one", "", &categories) == 0);
    CHECK(categories == (LSP_SYSTEM | LSP_REDIRECTOR));
    CHECK(permitted("/bin/one", "-k other", &categories) == WSASERVICE_NOT_FOUND);
    REQUIRE(permit("/bin/one", "-k other", LSP_PROXY) == 0);
    REQUIRE(permitted("/bin/one", "-k other", &categories) == 0);
    CHECK(categories == LSP_PROXY);
    const environment_setting folder("SPINDLE_TEST_BIN", "/bin");
    REQUIRE(permitted("%SPINDLE_TEST_BIN%/one", "", &categories) == 0);
    CHECK(categories == (LSP_SYSTEM | LSP_REDIRECTOR));
    CHECK(permit("", "", LSP_PROXY) == WSAEINVAL);
    CHECK(permit(std::string(MAX_PATH, 'x'), "", LSP_PROXY) == WSAEINVAL);
    CHECK(permit("/bin/one", "", 0x100) == WSAEINVAL);
    CHECK(code_of(&WSCSetApplicationCategory, LPCWSTR{nullptr}, DWORD{1}, LPCWSTR{nullptr}, DWORD{0}, DWORD{0},
                  static_cast<DWORD*>(nullptr)) == WSAEFAULT);
    CHECK(code_of(&WSCSetApplicationCategory, wide("x").c_str(), DWORD{1}, LPCWSTR{nullptr}, DWORD{1}, DWORD{0},
                  static_cast<DWORD*>(nullptr)) == WSAEFAULT);
}

namespace {

constexpr std::array<GUID, 4> vector_layers{GUID{1, 0, 0, {1}}, GUID{2, 0, 0, {1}}, GUID{3, 0, 0, {1}},
                                            GUID{4, 0, 0, {1}}};

/// The vector layers with their categories over TCP, and what this program is permitted in the process that the test
/// runs: the layers that the chain still has there, by number.
void prepare_vectors(const char* test, DWORD application)
{
    install_chain({vector_layers.begin(), vector_layers.end()});
    REQUIRE(set_categories(vector_layers[0], LSP_SYSTEM) == 0);
    REQUIRE(set_categories(vector_layers[2], LSP_FIREWALL) == 0);
    REQUIRE(set_categories(vector_layers[3], LSP_SYSTEM | LSP_FIREWALL | LSP_CRYPTO_COMPRESS | LSP_INSPECTOR) == 0);
    REQUIRE(permit(this_program(), test, application) == 0);
}

// Exit codes of the child: bit n for layer n + 1.
int layers_of_socket()
{
    const recording_layer layer;
    const winsock started;
    const unique_socket made{socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)};
    if (made.get() == INVALID_SOCKET) {
        return 64;
    }
    int layers = 0;
    for (int index = 0; layer->startups != 0 && index + 1 < layer->info.ProtocolChain.ChainLen; ++index) {
        for (const auto& info : kept()) {
            const auto found = std::find_if(vector_layers.begin(), vector_layers.end(),
                                            [&](const GUID& id) { return is_of(info, id); });
            if (info.dwCatalogEntryId == layer->info.ProtocolChain.ChainEntries[index] &&
                found != vector_layers.end()) {
                layers |= 1 << (found - vector_layers.begin());
            }
        }
    }
    return layers;
}

}  // namespace

TEST_CASE("CTG-32 as a child: which layers a socket has", "[.][layers-of-socket]")
{
    std::_Exit(layers_of_socket());
}

TEST_CASE("CTG-31, CTG-32, CTG-33 an application gets the layers it permits, and the base without any",
          "[api][catalog]")
{
    struct row {
        DWORD application;
        int layers;
    };
    constexpr const char* child = "[layers-of-socket]";
    const row rows[] = {
        {LSP_SYSTEM | LSP_FIREWALL | LSP_CRYPTO_COMPRESS, 0b0001},
        {LSP_FIREWALL | LSP_CRYPTO_COMPRESS, 0b0100},
        {LSP_SYSTEM | LSP_FIREWALL | LSP_CRYPTO_COMPRESS | LSP_INSPECTOR, 0b1001},
        {LSP_PROXY, 0},
        {0, 0},
    };
    for (const row& each : rows) {
        INFO(each.application);
        const shared_catalog shared;
        prepare_vectors(child, each.application);
        CHECK(make_socket_elsewhere(child) == each.layers);
        // What is recorded for these arguments is no other instance's business.
        CHECK(layers_of_socket() == 0b1111);
    }
}

TEST_CASE("CTG-33 as a child: categories that come later change nothing", "[.][categories-bind]")
{
    CHECK(layers_of_socket() == 0b1111);
    REQUIRE(permit(this_program(), "", LSP_SYSTEM) == 0);
    CHECK(layers_of_socket() == 0b1111);
    CHECK(make_socket_elsewhere("[layers-of-socket]") == 0b0001);
}

TEST_CASE("CTG-33 categories bind when a program starts the library for the first time", "[api][catalog]")
{
    const shared_catalog shared;
    install_chain({vector_layers.begin(), vector_layers.end()});
    REQUIRE(set_categories(vector_layers[0], LSP_SYSTEM) == 0);
    CHECK(run_self({"[categories-bind]"}) == 0);
}
