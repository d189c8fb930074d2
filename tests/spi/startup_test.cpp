// WSPStartup: versions, the table it fills, what a failure leaves behind, counting, and which host gets the
// upcalls.
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <thread>

using namespace spindle::test;

namespace {

/// One WSPStartup with everything visible.
struct attempt {
    WSPDATA data{};
    WSPPROC_TABLE table{};
    int code = 0;

    attempt(const spi_library& library, const scripted_host& host, WORD version)
    {
        std::memset(&data, 0x5A, sizeof data);
        std::memset(&table, 0x5A, sizeof table);
        auto entry = tcp4();
        code = library.start_raw(version, &data, &entry, host.table(), &table);
    }

    [[nodiscard]] spi_calls calls() const
    {
        spi_calls made;
        made.table = table;
        return made;
    }

    [[nodiscard]] bool untouched() const
    {
        const auto* bytes = reinterpret_cast<const unsigned char*>(&table);
        return std::all_of(bytes, bytes + sizeof table, [](unsigned char byte) { return byte == 0x5A; });
    }
};

using slots = std::array<void*, 30>;

slots slots_of(const WSPPROC_TABLE& table)
{
    static_assert(sizeof(WSPPROC_TABLE) == sizeof(slots));
    slots all{};
    std::memcpy(all.data(), &table, sizeof table);
    return all;
}

void check_socket_of(const WSAPROTOCOL_INFOW& entry, const spi_fixture& started)
{
    int code = 0;
    const SOCKET made = started.spi.socket(entry, &code);
    INFO("entry " << entry.dwCatalogEntryId << ", code " << code);
    REQUIRE(made != INVALID_SOCKET);
    CHECK(started.host.created().back().catalog_entry_id == entry.dwCatalogEntryId);
}

}  // namespace

TEST_CASE("START-1 WSPStartup is the library's only entry point, undecorated", "[spi][startup]")
{
    const spi_library library;
    CHECK(library.symbol("WSPStartup") != nullptr);
    for (const char* name :
         {"WSPCleanup", "WSPSocket", "WSPSend", "_WSPStartup@76", "NSPStartup", "DllMain"}) {
        CHECK(library.symbol(name) == nullptr);
    }
}

TEST_CASE("START-2, START-3, START-4, START-6 versions below 2.2 are refused, all others agree on 2.2",
          "[spi][startup]")
{
    const spi_library library;
    const scripted_host host;
    // 0x0102 is 2.1: the low byte is the major number.
    for (const WORD low : {MAKEWORD(0, 0), MAKEWORD(1, 0), MAKEWORD(1, 1), MAKEWORD(1, 255), MAKEWORD(2, 0),
                           static_cast<WORD>(0x0102)}) {
        const attempt start(library, host, low);
        INFO("version word " << low);
        CHECK(start.code == WSAVERNOTSUPPORTED);
        CHECK(start.untouched());
    }
    for (const WORD enough : {MAKEWORD(2, 2), MAKEWORD(2, 3), MAKEWORD(2, 255), MAKEWORD(3, 0)}) {
        const attempt start(library, host, enough);
        INFO("version word " << enough);
        REQUIRE(start.code == 0);
        CHECK(start.data.wVersion == 0x0202);
        CHECK(start.data.wHighVersion == 0x0202);
        CHECK(start.calls().cleanup() == 0);
    }
}

TEST_CASE("START-5, START-16 a refused start counts nothing and leaves nothing, and a later good one works",
          "[spi][startup]")
{
    const spi_library library;
    const scripted_host host;
    const auto first = library.start(host);
    REQUIRE(first.cleanup() == 0);
    const auto threads = thread_count();
    const auto descriptors = descriptor_count();

    const attempt refused(library, host, MAKEWORD(1, 1));
    CHECK(refused.code == WSAVERNOTSUPPORTED);
    CHECK(refused.untouched());
    CHECK(first.cleanup() == WSANOTINITIALISED);
    CHECK(thread_count() == threads);
    CHECK(descriptor_count() == descriptors);

    const auto second = library.start(host);
    CHECK(second.socket(tcp4()) != INVALID_SOCKET);
    CHECK(second.cleanup() == 0);
    CHECK(second.cleanup() == WSANOTINITIALISED);
}

TEST_CASE("START-8 a start that agreed on another version than wanted still counts", "[spi][startup]")
{
    const spi_library library;
    const scripted_host host;
    const attempt start(library, host, MAKEWORD(9, 9));
    REQUIRE(start.code == 0);
    CHECK(start.data.wVersion == 0x0202);
    CHECK(start.calls().cleanup() == 0);
    CHECK(start.calls().cleanup() == WSANOTINITIALISED);
}

TEST_CASE("START-10 WSPDATA has three fields and a terminated description", "[spi][startup]")
{
    static_assert(sizeof(WSPDATA) == 516);
    static_assert(sizeof(WSPDATA::szDescription) == 256 * sizeof(WCHAR));
    const spi_library library;
    const scripted_host host;
    const attempt start(library, host, MAKEWORD(2, 2));
    REQUIRE(start.code == 0);
    const auto* begin = std::begin(start.data.szDescription);
    const auto* end = std::find(begin, std::end(start.data.szDescription), WCHAR{0});
    CHECK(end != std::end(start.data.szDescription));
    CHECK(end != begin);
    CHECK(start.calls().cleanup() == 0);
}

TEST_CASE("START-11, START-12 the table has 30 entries in the documented order and none is null",
          "[spi][startup]")
{
    constexpr auto word = sizeof(void*);
    static_assert(sizeof(WSPPROC_TABLE) == 30 * word);
    static_assert(offsetof(WSPPROC_TABLE, lpWSPAccept) == 0);
    static_assert(offsetof(WSPPROC_TABLE, lpWSPCleanup) == 5 * word);
    static_assert(offsetof(WSPPROC_TABLE, lpWSPGetSockOpt) == 14 * word);
    static_assert(offsetof(WSPPROC_TABLE, lpWSPGetQOSByName) == 15 * word);
    static_assert(offsetof(WSPPROC_TABLE, lpWSPIoctl) == 16 * word);
    static_assert(offsetof(WSPPROC_TABLE, lpWSPStringToAddress) == 29 * word);

    const spi_library library;
    const scripted_host host;
    const attempt start(library, host, MAKEWORD(2, 2));
    REQUIRE(start.code == 0);
    const auto all = slots_of(start.table);
    CHECK(std::count(all.begin(), all.end(), nullptr) == 0);
    auto sorted = all;
    std::sort(sorted.begin(), sorted.end());
    CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
    CHECK(start.calls().cleanup() == 0);
}

TEST_CASE("START-13 what the provider does not offer fails with WSAEOPNOTSUPP", "[spi][startup]")
{
    const spi_fixture spi;
    const SOCKET s = spi.open_tcp();
    int error = 0;
    const auto name = loopback4(1);
    // A plain TCP socket is no multipoint socket; both codes stand in the clause of WSPJoinLeaf.
    CHECK(spi.spi.table.lpWSPJoinLeaf(s, name.get(), name.size, nullptr, nullptr, nullptr, nullptr, JL_BOTH,
                                      &error) == INVALID_SOCKET);
    CHECK((error == WSAEOPNOTSUPP || error == WSAEINVAL));
    WSABUF template_name = {0, nullptr};
    QOS qos = {};
    error = 0;
    const BOOL found = spi.spi.table.lpWSPGetQOSByName(s, &template_name, &qos, &error);
    // An empty name asks for the list, which may be empty.
    CHECK((found == TRUE || error == WSAEOPNOTSUPP));
}

TEST_CASE("START-14, START-15 null pointers are refused, a bad version wins over them", "[spi][startup]")
{
    const spi_library library;
    const scripted_host host;
    WSPDATA data = {};
    WSPPROC_TABLE table = {};
    auto entry = tcp4();
    const WORD good = MAKEWORD(2, 2);
    const WORD bad = MAKEWORD(1, 1);
    CHECK(library.start_raw(good, nullptr, &entry, host.table(), &table) == WSAEFAULT);
    CHECK(library.start_raw(good, &data, &entry, host.table(), nullptr) == WSAEFAULT);
    CHECK(library.start_raw(good, &data, nullptr, host.table(), &table) == WSAEFAULT);
    CHECK(library.start_raw(bad, nullptr, &entry, host.table(), nullptr) == WSAVERNOTSUPPORTED);
    CHECK(library.start_raw(bad, nullptr, nullptr, host.table(), nullptr) == WSAVERNOTSUPPORTED);

    // None of them counted.
    const auto started = library.start(host);
    CHECK(started.cleanup() == 0);
    CHECK(started.cleanup() == WSANOTINITIALISED);
}

TEST_CASE("START-17 every success counts and fills the same table, whatever version it names",
          "[spi][startup]")
{
    const spi_library library;
    const scripted_host host;
    const attempt first(library, host, MAKEWORD(2, 2));
    const attempt second(library, host, MAKEWORD(3, 1));
    const attempt refused(library, host, MAKEWORD(2, 1));
    REQUIRE(first.code == 0);
    REQUIRE(second.code == 0);
    CHECK(refused.code == WSAVERNOTSUPPORTED);
    CHECK(slots_of(first.table) == slots_of(second.table));
    CHECK(first.calls().cleanup() == 0);
    CHECK(first.calls().socket(tcp4()) != INVALID_SOCKET);
    CHECK(first.calls().cleanup() == 0);
    CHECK(first.calls().cleanup() == WSANOTINITIALISED);
}

TEST_CASE(
    "START-18, START-19 the newest table serves all upcalls, also after a cleanup that was not the last",
    "[spi][startup]")
{
    const spi_library library;
    const scripted_host first_host;
    const scripted_host second_host;
    const auto spi = library.start(first_host);
    const SOCKET early = spi.socket(tcp4());
    REQUIRE(early != INVALID_SOCKET);
    const auto calls_before = first_host.calls();
    {
        // The table is a by-value argument: nothing of the caller's may be needed afterwards.
        auto upcalls = second_host.table();
        auto entry = tcp4();
        WSPDATA data = {};
        WSPPROC_TABLE table = {};
        REQUIRE(library.start_raw(MAKEWORD(2, 2), &data, &entry, upcalls, &table) == 0);
        upcalls = {};
    }
    CHECK(spi.socket(tcp4()) != INVALID_SOCKET);
    CHECK(second_host.created().size() == 1);
    CHECK(spi.cleanup() == 0);
    CHECK(spi.socket(tcp4()) != INVALID_SOCKET);
    CHECK(second_host.created().size() == 2);
    // The handle was made by the first table and goes back through the second.
    CHECK(spi.close(early) == 0);
    CHECK(second_host.wrong_closes() == 1);
    CHECK(first_host.calls() == calls_before);
    CHECK(spi.cleanup() == 0);
}

TEST_CASE("START-20, HAND-12 upcalls name the catalog entry, which was copied", "[spi][startup]")
{
    const spi_library library;
    const scripted_host host;
    auto entry = tcp4();
    const DWORD id = entry.dwCatalogEntryId;
    WSPDATA data = {};
    spi_calls spi;
    REQUIRE(library.start_raw(MAKEWORD(2, 2), &data, &entry, host.table(), &spi.table) == 0);
    std::memset(&entry, 0xFF, sizeof entry);
    // Without an entry of its own the request is served by the one the provider was started for.
    int code = 0;
    CHECK(spi.socket(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, &code) != INVALID_SOCKET);
    REQUIRE(code == 0);
    REQUIRE(host.created().size() == 1);
    CHECK(host.created()[0].catalog_entry_id == id);
    CHECK(spi.cleanup() == 0);
}

TEST_CASE("START-21 started for one entry, the provider makes sockets of all its entries", "[spi][startup]")
{
    const spi_fixture spi;
    for (const auto& entry : {tcp4(), udp4(), tcp6(), udp6()}) {
        check_socket_of(entry, spi);
    }
}

TEST_CASE("START-21 AF_UNIX: started for another entry, the provider makes its sockets", "[spi][startup]")
{
    const spi_fixture spi;
    check_socket_of(unix_stream(), spi);
}

TEST_CASE("START-23 two threads race the first start: both succeed and both count", "[spi][startup]")
{
    const spi_library library;
    const scripted_host host;
    for (int round = 0; round < 50; ++round) {
        std::atomic<int> ready{0};
        const auto race = [&] {
            ++ready;
            while (ready < 2) {
                std::this_thread::yield();
            }
            return library.start(host);
        };
        background_call one(race);
        background_call two(race);
        const auto first = one.result();
        const auto second = two.result();
        CHECK(slots_of(first.table) == slots_of(second.table));
        CHECK(first.cleanup() == 0);
        CHECK(first.socket(tcp4()) != INVALID_SOCKET);
        CHECK(first.cleanup() == 0);
        CHECK(first.cleanup() == WSANOTINITIALISED);
    }
}

TEST_CASE("START-24 a start and plain calls make no thread", "[spi][startup]")
{
    const auto threads = thread_count();
    spi_fixture spi;
    CHECK(thread_count() == threads);
    const auto pair = spi.tcp_pair();
    char letter = 0;
    CHECK(spi.spi.send(pair.here, "x").code == 0);
    CHECK(spi.spi.receive(pair.there, &letter, 1).bytes == 1);
    CHECK(thread_count() == threads);
}
