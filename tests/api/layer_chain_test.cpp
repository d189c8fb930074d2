// Chains: which layer is started with what, how it finds and loads the provider below, and how all of them end. The
// recording provider stands for a base. Answers to the pages "WSPStartup", "Layered Service Providers" and
// "WPUGetProviderPath".
#include <thread>

#include "api/layer_fixture.hpp"
#include "api/recording_provider.hpp"
#include "support/libc_peer.hpp"

using namespace spindle::test;

namespace {

constexpr GUID base_id{0x0ba5e, 1, 1, {1}};

class recorded {
public:
    recorded()
    {
        record_ = reinterpret_cast<recorder_function>(library_.symbol(recorder_symbol))();
        *record_ = recorder{};
    }
    recorder* operator->() const { return record_; }

private:
    shared_library library_{RECORDING_PROVIDER};
    recorder* record_ = nullptr;
};

/// A base provider for a protocol of its own.
DWORD put_base(const std::string& path, GUID id = base_id)
{
    WSAPROTOCOL_INFOW info = base_info();
    info.dwServiceFlags1 &= ~static_cast<DWORD>(XP1_IFS_HANDLES);
    REQUIRE(install(id, {info}, path) == 0);
    return of_provider(kept(), id)[0].dwCatalogEntryId;
}

SOCKET foreign_socket()
{
    return WSASocketW(AF_INET, SOCK_STREAM, foreign_protocol, nullptr, 0, WSA_FLAG_OVERLAPPED);
}

/// A chain with these elements that leads to the library, in front of all.
void put_chain(const std::vector<DWORD>& elements, const char* library)
{
    const GUID id{0x77, 0, 0, {9}};
    REQUIRE(install(id, {chain_info(elements)}, library) == 0);
    auto ids = ids_of(kept());
    std::rotate(ids.begin(), ids.end() - 1, ids.end());
    REQUIRE(WSCWriteProviderOrder(ids.data(), static_cast<DWORD>(ids.size())) == 0);
}

DWORD put_layer_alone(const layer_library& layer)
{
    REQUIRE(install(layer.id, {layer_info(layer.name)}, layer.path) == 0);
    return of_provider(kept(), layer.id)[0].dwCatalogEntryId;
}

void check_conversation()
{
    const tcp_pair pair;
    send_text(pair.client, "there");
    CHECK(receive_text(pair.server, 5) == "there");
    send_text(pair.server, "and back");
    CHECK(receive_text(pair.client, 8) == "and back");
}

}  // namespace

TEST_CASE("LSP-1 a layer finds itself in its chain, or its start fails", "[api][layer]")
{
    const layered catalog;
    const DWORD own = put_layer_alone(counting);
    const DWORD other = put_layer_alone(second_counting);
    SECTION("in the chain")
    {
        put_chain({own, tcp_entry_id}, counting.path);
        const winsock started;
        const auto made = tcp();
        CHECK(catalog.lines("started for chain " + std::to_string(info_of(made).dwCatalogEntryId)) == 1);
    }
    SECTION("not in the chain")
    {
        put_chain({other, tcp_entry_id}, counting.path);
        const winsock started;
        CHECK(error_of(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)) == WSAEPROVIDERFAILEDINIT);
    }
}

TEST_CASE("LSP-2, LSP-3 elements are the layer's entry, a chain or a base, the topmost first", "[api][layer]")
{
    const layered catalog;
    SECTION("the second layer over the chain of the first")
    {
        const DWORD lower = put_on_top(counting);
        const DWORD upper = put_on_top(second_counting, {tcp_kind()});
        const auto chain = of_provider(kept(), second_counting.id)[1];
        REQUIRE(chain.ProtocolChain.ChainLen == 3);
        CHECK(chain.ProtocolChain.ChainEntries[0] == upper);
        CHECK(chain.ProtocolChain.ChainEntries[1] != lower);  // its chain over TCP
        CHECK(path_of(chain.ProviderId) == second_counting.path);
    }
    SECTION("over the layer's entry alone")
    {
        put_chain({put_layer_alone(second_counting), put_layer_alone(counting), tcp_entry_id},
                  second_counting.path);
    }
    const winsock started;
    check_conversation();
    CHECK(is_mapped("counting_layer.so"));
    CHECK(is_mapped("second_layer.so"));
    CHECK(catalog.lines("started for chain") == 2);
}

TEST_CASE("LSP-4, LSP-6 a layer below gets the same structure, a base its own entry, when a socket needs it",
          "[api][layer]")
{
    const layered catalog;
    const recorded base;
    const ifs_facts facts;
    const DWORD base_entry = put_base(RECORDING_PROVIDER);
    put_on_top(ifs);
    put_on_top(counting);
    const winsock started;
    {
        const auto other = tcp();
        CHECK(facts->startups == 1);
        CHECK(base->startups == 0);  // deferred until its chain is asked for
    }
    const unique_socket made{foreign_socket()};
    REQUIRE(made != INVALID_SOCKET);
    const auto chain = info_of(made);
    CHECK(chain.ProtocolChain.ChainLen == 3);
    CHECK(std::memcmp(&chain, &facts->socket_for, sizeof chain) == 0);
    CHECK(facts->started_for.ProtocolChain.ChainLen == 3);
    CHECK(base->startups == 1);
    CHECK(base->info.ProtocolChain.ChainLen == BASE_PROTOCOL);
    CHECK(base->info.dwCatalogEntryId == base_entry);
    // Addresses take the same way.
    sockaddr_in address{};
    address.sin_family = AF_INET;
    WCHAR text[64] = {};
    DWORD length = 64;
    auto info = chain;
    REQUIRE(error_of(WSAAddressToStringW(reinterpret_cast<sockaddr*>(&address), sizeof address, &info, text,
                                         &length)) == 0);
    CHECK(base->info.dwCatalogEntryId == base_entry);
    int size = sizeof address;
    CHECK(error_of(WSAStringToAddressW(text, AF_INET, &info, reinterpret_cast<sockaddr*>(&address), &size)) ==
          0);
    CHECK(base->last == slot::string_to_address);
    CHECK(base->info.dwCatalogEntryId == base_entry);
}

TEST_CASE("LSP-5, UP-4 a layer loads what is below by its path and hands the upcalls down as they came",
          "[api][layer]")
{
    const layered catalog;
    const recorded base;
    const std::string path = RECORDING_PROVIDER;
    const auto slash = path.find_last_of('/');
    const environment_setting folder("SPINDLE_TEST_FOLDER", path.substr(0, slash).c_str());
    put_base("%SPINDLE_TEST_FOLDER%" + path.substr(slash));
    const ifs_facts facts;
    WSPUPCALLTABLE on_top{};
    for (const bool below : {false, true}) {
        const own_catalog own;
        put_base("%SPINDLE_TEST_FOLDER%" + path.substr(slash));
        put_on_top(ifs);
        if (below) {
            put_on_top(counting);
        }
        const winsock started;
        const unique_socket made{foreign_socket()};
        REQUIRE(made != INVALID_SOCKET);
        CHECK(base->version_asked == MAKEWORD(2, 2));
        CHECK(base->upcalls_missing == 0);
        CHECK((!below || std::memcmp(&on_top, &facts->upcalls, sizeof on_top) == 0));
        on_top = facts->upcalls;
    }
}

TEST_CASE("LSP-5, LSP-7 a provider below that cannot be started fails the socket and goes again",
          "[api][layer]")
{
    struct row {
        const char* path;
        bool records;
        int cleanups;
    };
    const auto broken = GENERATE(row{"/nowhere/base.so", false, 0}, row{PROVIDER_WITHOUT_ENTRY, false, 0},
                                 row{PROVIDER_FAILING_START, true, 0}, row{PROVIDER_OLD_VERSION, true, 1},
                                 row{PROVIDER_NULL_SLOT, true, 1});
    INFO(broken.path);
    const layered catalog;
    put_base(broken.path);
    put_on_top(counting);
    const winsock started;
    CHECK(error_of(foreign_socket()) == WSAEPROVIDERFAILEDINIT);
    CHECK(!is_mapped(broken.path));
    CHECK(!is_mapped("counting_layer.so"));
    check_conversation();  // other chains are not affected
    const int error = error_of(foreign_socket());
    CHECK((error == WSAEPROVIDERFAILEDINIT || error == WSASYSNOTREADY || error == WSAVERNOTSUPPORTED ||
           error == WSAEINVALIDPROCTABLE));
    CHECK(!is_mapped(broken.path));
    if (broken.records) {
        const shared_library library(broken.path);
        const auto record = reinterpret_cast<recorder_function>(library.symbol(recorder_symbol))();
        *record = recorder{};
        CHECK(error_of(foreign_socket()) != 0);
        CHECK(record->startups == 1);
        CHECK(record->cleanups == broken.cleanups);  // one for each start that succeeded
    }
}

TEST_CASE("CLEAN-26 a layer cleans up below once for each start and unloads what it has loaded",
          "[api][layer]")
{
    const layered catalog;
    put_base(RECORDING_PROVIDER);
    put_on_top(counting);
    put_on_top(second_counting);
    for (int round = 1; round <= 3; ++round) {
        const recorded base;
        {
            const winsock started;
            const unique_socket made{foreign_socket()};
            check_conversation();
            CHECK(base->startups == 1);
            CHECK(base->cleanups == 0);
        }
        CHECK(base->cleanups == 1);
        CHECK(catalog.lines("cleaned up") == 2 * round);
        CHECK(!is_mapped("_layer.so"));
        CHECK(!is_mapped("libspindle_spi"));
    }
    CHECK(!is_mapped(RECORDING_PROVIDER));
}

TEST_CASE("CLEAN-9, CLEAN-26 what was sent through layers reaches the peer, whatever is left open",
          "[api][layer]")
{
    const bool ifs_too = GENERATE(false, true);
    const bool close = GENERATE(false, true);
    const layered catalog;
    if (ifs_too) {
        put_on_top(ifs);
    }
    put_on_top(counting);
    constexpr std::size_t size = std::size_t{3} * 1024 * 1024;
    auto data = make_pattern(7, size);
    peer::listener listening(peer::listener::settings{peer::family::ipv4, 8192, 4});
    std::vector<peer::read_report> reports(2);
    std::thread reader;
    WSAOVERLAPPED overlapped{};
    {
        const winsock started;
        auto plain = tcp();
        auto with_request = tcp();
        REQUIRE(connect_to(plain, loopback(AF_INET, listening.port())) == 0);
        auto first = listening.accept();
        REQUIRE(connect_to(with_request, loopback(AF_INET, listening.port())) == 0);
        auto second = listening.accept();
        WSABUF buffer{};
        buffer.len = static_cast<ULONG>(data.size());
        buffer.buf = data.data();
        REQUIRE(error_of(WSASend(with_request, &buffer, 1, nullptr, 0, &overlapped, nullptr)) ==
                WSA_IO_PENDING);
        set_nonblocking(plain);
        REQUIRE(send(plain, data.data(), static_cast<int>(data.size()), 0) == static_cast<int>(data.size()));
        reader = std::thread([&, one = std::move(first), two = std::move(second)]() mutable {
            reports[0] = one.read_to_end(7, {65536, std::chrono::microseconds(300)});
            reports[1] = two.read_to_end(7, {65536, std::chrono::microseconds(300)});
        });
        with_request.release();  // a close would cancel its request (D-2)
        if (!close) {
            plain.release();
        }
    }
    CHECK(!is_mapped("_layer.so"));
    CHECK(!is_mapped("libspindle_spi"));
    CHECK(overlapped.Internal == 0);
    reader.join();
    for (const auto& each : reports) {
        INFO(to_string(each));
        CHECK(each.is(peer::ending::finished, size));
    }
}
