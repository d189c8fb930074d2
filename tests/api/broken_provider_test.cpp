// Providers the host must refuse: not there, without entry point, of an old version, with a missing slot,
// failing to start. Answers to the error lists of "socket function" and "WSASocketW function".
#include <string>

#include "api/recorded_entry.hpp"

using namespace spindle::test;

namespace {

/// A broken provider in front of the catalog, under the recorded protocol.
class broken_entry {
public:
    explicit broken_entry(const char* path)
    {
        const auto info = entry_for(recorded_protocol, recorded_entry_id);
        REQUIRE(spindle_test_add_provider(&info, path) == 0);
    }
    ~broken_entry() { spindle_test_remove_providers(); }
    broken_entry(const broken_entry&) = delete;
    broken_entry& operator=(const broken_entry&) = delete;
};

void check_refused(const char* path, int expected)
{
    INFO(path);
    const broken_entry entry(path);
    const winsock started;
    for (int turn = 0; turn < 3; ++turn) {
        CHECK(error_of(socket(AF_INET, SOCK_STREAM, recorded_protocol)) == expected);
        CHECK(error_of(WSASocketW(AF_INET, SOCK_STREAM, recorded_protocol, nullptr, 0, 0)) == expected);
    }
    // The refused provider is not kept, the others work.
    CHECK_FALSE(is_mapped(std::string(path).substr(std::string(path).rfind('/'))));
    const tcp_pair pair;
    send_text(pair.client, "fine");
    CHECK(receive_text(pair.server, 4) == "fine");
}

}  // namespace

TEST_CASE("MAP-25 a provider that cannot be loaded gives WSAEPROVIDERFAILEDINIT", "[api][mapping]")
{
    check_refused("/nonexistent/folder/libnothing.so", WSAEPROVIDERFAILEDINIT);
}

TEST_CASE("MAP-25 a library without entry point gives WSAEPROVIDERFAILEDINIT", "[api][mapping]")
{
    check_refused(PROVIDER_WITHOUT_ENTRY, WSAEPROVIDERFAILEDINIT);
}

TEST_CASE("MAP-25 a provider that fails to start gives WSAEPROVIDERFAILEDINIT and owes no cleanup",
          "[api][mapping]")
{
    check_refused(PROVIDER_FAILING_START, WSAEPROVIDERFAILEDINIT);
}

TEST_CASE("MAP-25, START-9 a version below 2.2 gives WSAEINVALIDPROVIDER", "[api][mapping]")
{
    check_refused(PROVIDER_OLD_VERSION, WSAEINVALIDPROVIDER);
}

TEST_CASE("MAP-25, START-12 a missing slot gives WSAEINVALIDPROCTABLE", "[api][mapping]")
{
    check_refused(PROVIDER_NULL_SLOT, WSAEINVALIDPROCTABLE);
}

TEST_CASE("START-9, START-8 a provider refused for its version is cleaned up", "[api][mapping]")
{
    const shared_library library(PROVIDER_OLD_VERSION);
    auto* record = reinterpret_cast<recorder_function>(library.symbol(recorder_symbol))();
    *record = recorder{};
    const broken_entry entry(PROVIDER_OLD_VERSION);
    const winsock started;
    CHECK(error_of(socket(AF_INET, SOCK_STREAM, recorded_protocol)) == WSAEINVALIDPROVIDER);
    CHECK(record->startups == 1);
    CHECK(record->version_asked == MAKEWORD(2, 2));
    CHECK(record->cleanups == 1);
}

TEST_CASE("MAP-25 a provider that failed once is loaded again by the next try", "[api][mapping]")
{
    const shared_library library(PROVIDER_FAILING_START);
    auto* record = reinterpret_cast<recorder_function>(library.symbol(recorder_symbol))();
    *record = recorder{};
    const broken_entry entry(PROVIDER_FAILING_START);
    {
        const winsock started;
        CHECK(error_of(socket(AF_INET, SOCK_STREAM, recorded_protocol)) == WSAEPROVIDERFAILEDINIT);
        CHECK(error_of(socket(AF_INET, SOCK_STREAM, recorded_protocol)) == WSAEPROVIDERFAILEDINIT);
        CHECK(record->startups == 2);
    }
    // Started never, cleaned up never.
    CHECK(record->cleanups == 0);
}

TEST_CASE("MAP-9, MAP-25 addresses as text report a broken provider too", "[api][mapping]")
{
    const broken_entry entry(PROVIDER_FAILING_START);
    const winsock started;
    auto where = loopback(AF_INET, 80);
    char text[64] = {};
    DWORD size = 64;
    CHECK(error_of(WSAAddressToStringA(where.get(), 16, nullptr, text, &size)) == WSAEPROVIDERFAILEDINIT);
}
