// WSAStartup and WSACleanup through the API: versions, counting, what survives and what does not. Answers to
// "WSAStartup function" and "WSACleanup function".
#include <array>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/libc_peer.hpp"
#include "support/process_probe.hpp"

using namespace spindle::test;

namespace {

struct vector {
    BYTE major;
    BYTE minor;
    WORD answer;  ///< 0: WSAVERNOTSUPPORTED
};

int start()
{
    WSADATA data{};
    return WSAStartup(MAKEWORD(2, 2), &data);
}

}  // namespace

TEST_CASE("MAP-23, START-3, START-4 WSAStartup answers the version asked for", "[api][startup]")
{
    const vector vectors[] = {
        {0, 0, 0},
        {0, 1, 0},
        {1, 0, MAKEWORD(1, 0)},
        {1, 1, MAKEWORD(1, 1)},
        {1, 2, MAKEWORD(1, 1)},
        {1, 255, MAKEWORD(1, 1)},
        {2, 0, MAKEWORD(2, 0)},
        {2, 1, MAKEWORD(2, 1)},
        {2, 2, MAKEWORD(2, 2)},
        {2, 3, MAKEWORD(2, 2)},
        {2, 255, MAKEWORD(2, 2)},
        {3, 0, MAKEWORD(2, 2)},
        {255, 255, MAKEWORD(2, 2)},
    };
    for (const auto& each : vectors) {
        INFO(static_cast<int>(each.major) << '.' << static_cast<int>(each.minor));
        WSADATA data;
        std::memset(&data, 0x5a, sizeof data);
        const char* const vendor = data.lpVendorInfo;
        const int result = WSAStartup(MAKEWORD(each.major, each.minor), &data);
        CHECK(result == (each.answer == 0 ? WSAVERNOTSUPPORTED : 0));
        CHECK(data.wHighVersion == MAKEWORD(2, 2));
        CHECK(data.wVersion == (each.answer == 0 ? MAKEWORD(2, 2) : each.answer));
        CHECK(data.lpVendorInfo == vendor);
        CHECK(std::memchr(data.szDescription, 0, sizeof data.szDescription) != nullptr);
        CHECK(std::memchr(data.szSystemStatus, 0, sizeof data.szSystemStatus) != nullptr);
        if (result == 0) {
            CHECK(data.iMaxSockets == (each.major == 1 ? 32767 : 0));
            CHECK(data.iMaxUdpDg == (each.major == 1 ? 65467 : 0));
            CHECK(WSACleanup() == 0);
        }
        CHECK(error_of(WSACleanup()) == WSANOTINITIALISED);
    }
}

TEST_CASE("MAP-24 WSAStartup without data fails and counts nothing", "[api][startup]")
{
    CHECK(WSAStartup(MAKEWORD(2, 2), nullptr) == WSAEFAULT);
    CHECK(WSAStartup(MAKEWORD(1, 1), nullptr) == WSAEFAULT);
    CHECK(WSAStartup(MAKEWORD(0, 2), nullptr) == WSAVERNOTSUPPORTED);
    CHECK(error_of(WSACleanup()) == WSANOTINITIALISED);
}

TEST_CASE("MAP-13, CLEAN-1, CLEAN-2 starts are counted and one cleanup too many is refused", "[api][startup]")
{
    CHECK(error_of(WSACleanup()) == WSANOTINITIALISED);
    REQUIRE(start() == 0);
    REQUIRE(start() == 0);
    REQUIRE(start() == 0);
    tcp_pair pair;
    CHECK(WSACleanup() == 0);
    CHECK(WSACleanup() == 0);
    send_text(pair.client, "alive");
    CHECK(receive_text(pair.server, 5) == "alive");
    CHECK(WSACleanup() == 0);
    CHECK(error_of(WSACleanup()) == WSANOTINITIALISED);
    CHECK(error_of(WSACleanup()) == WSANOTINITIALISED);
    for (auto* made : {&pair.client, &pair.server, &pair.listening}) {
        CHECK(error_of(closesocket(made->release())) == WSANOTINITIALISED);
    }
}

TEST_CASE("CLEAN-19, MAP-13, CLEAN-18 handles from before the last cleanup are no sockets afterwards",
          "[api][startup]")
{
    REQUIRE(start() == 0);
    tcp_pair pair;
    auto datagram = bound_udp();
    const std::array<SOCKET, 4> old{pair.client.release(), pair.server.release(), pair.listening.release(),
                                    datagram.release()};
    REQUIRE(WSACleanup() == 0);
    const winsock again;
    for (const SOCKET stale : old) {
        char one = 0;
        CHECK(error_of(recv(stale, &one, 1, 0)) == WSAENOTSOCK);
        CHECK(error_of(closesocket(stale)) == WSAENOTSOCK);
    }
    const tcp_pair fresh;
    send_text(fresh.client, "new");
    CHECK(receive_text(fresh.server, 3) == "new");
}

TEST_CASE("CLEAN-18, START-26 a library started and cleaned up again and again leaves nothing behind",
          "[api][startup]")
{
    const auto turn = [] {
        const winsock started;
        const tcp_pair pair;
        const auto datagram = bound_udp();
        send_text(pair.client, "x");
        REQUIRE(receive_text(pair.server, 1) == "x");
    };
    turn();
    CHECK_FALSE(is_mapped("libspindle_spi"));
    const auto descriptors = descriptor_count();
    const auto threads = thread_count();
    for (int count = 0; count < 50; ++count) {
        turn();
    }
    CHECK(descriptor_count() == descriptors);
    CHECK(thread_count() == threads);
    CHECK_FALSE(is_mapped("libspindle_spi"));
}

TEST_CASE("START-26 the provider is loaded with the first socket, not by WSAStartup", "[api][startup]")
{
    const winsock started;
    CHECK_FALSE(is_mapped("libspindle_spi"));
    DWORD size = 0;
    CHECK(error_of(WSAEnumProtocolsW(nullptr, nullptr, &size)) == WSAENOBUFS);
    CHECK(error_of(socket(AF_INET, 77, 0)) == WSAESOCKTNOSUPPORT);
    CHECK_FALSE(is_mapped("libspindle_spi"));
    const auto made = tcp();
    CHECK(is_mapped("libspindle_spi"));
}

TEST_CASE("CLEAN-3, START-23 the last cleanup may run on any thread and starts may race", "[api][startup]")
{
    std::vector<std::thread> threads;
    for (int turn = 0; turn < 4; ++turn) {
        threads.emplace_back([] {
            for (int round = 0; round < 25; ++round) {
                WSADATA data{};
                if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
                    std::abort();
                }
                const SOCKET made = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
                if (made == INVALID_SOCKET || closesocket(made) != 0 || WSACleanup() != 0) {
                    std::abort();
                }
            }
        });
    }
    for (auto& each : threads) {
        each.join();
    }
    CHECK(error_of(WSACleanup()) == WSANOTINITIALISED);
}

TEST_CASE("CLEAN-8, MAP-13 the last cleanup wakes a blocked call", "[api][startup]")
{
    REQUIRE(start() == 0);
    tcp_pair pair;
    const SOCKET server = pair.server.release();
    background_call waiting([server] {
        char one = 0;
        return error_of(recv(server, &one, 1, 0));
    });
    REQUIRE(waiting.blocks());
    CHECK(WSACleanup() == 0);
    CHECK(waiting.result() == WSAEINTR);
    for (auto* made : {&pair.client, &pair.listening}) {
        made->release();
    }
}

TEST_CASE("CLEAN-9, CLEAN-12 what was sent before the last cleanup arrives", "[api][startup]")
{
    peer::listener outside;
    REQUIRE(start() == 0);
    auto client = tcp();
    REQUIRE(connect_to(client, loopback(AF_INET, outside.port())) == 0);
    auto reader = outside.accept();
    REQUIRE(reader);
    constexpr std::size_t size = 3'000'000;
    const auto bytes = make_pattern(9, size);
    set_nonblocking(client);
    REQUIRE(send(client, bytes.data(), static_cast<int>(size), 0) == static_cast<int>(size));
    client.release();
    background_call cleaning([] { return WSACleanup(); });
    const auto report = reader.read_to_end(9);
    INFO(peer::to_string(report));
    CHECK(report.is(peer::ending::finished, size));
    CHECK(cleaning.result() == 0);
}
