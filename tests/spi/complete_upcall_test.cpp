// WPUCompleteOverlappedRequest, the upcall that is an export of the host's. The program is the host here, so it exports it; on
// Windows ws2_32 is in the process as well and exports another one, which is not this provider's host's.
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/spi.hpp"

#include <array>
#include <atomic>
#include <string>

using namespace spindle::test;

namespace {

std::atomic<unsigned> completed{0};

}  // namespace

// OVL-9, UP-8: the host stores and tells; flags and error in Offset and OffsetHigh are the provider's.
#if defined(_WIN32)
extern "C" __declspec(dllexport)
#else
extern "C"
#endif
int WSPAPI WPUCompleteOverlappedRequest(SOCKET, LPWSAOVERLAPPED overlapped, DWORD error, DWORD bytes, LPINT)
{
    overlapped->InternalHigh = bytes;
    ++completed;
    std::atomic_ref(overlapped->Internal).store(error == 0 ? 0 : 0xC0070000U | error);
    return 0;
}

TEST_CASE("UP-7, CP-24 without kernel handles requests end through the export of the host that gave the upcalls",
          "[spi][overlapped]")
{
    const spi_fixture spi(handle_model::minted);
    const SOCKET socket = spi.bound_udp();
    endpoint where;
    REQUIRE(spi.spi.local_name(socket, &where) == 0);
    std::array<char, 16> bytes{};
    WSABUF buffer{bytes.size(), bytes.data()};
    WSAOVERLAPPED overlapped{};
    DWORD flags = 0;
    int error = 0;
    const unsigned before = completed;
    REQUIRE(spi.spi.table.lpWSPRecv(socket, &buffer, 1, nullptr, &flags, &overlapped, nullptr, nullptr, &error) ==
            SOCKET_ERROR);
    REQUIRE(error == WSA_IO_PENDING);
    CHECK(spi.spi.send_to(spi.bound_udp(), "hi", where).code == 0);
    CHECK(eventually([&] { return std::atomic_ref(overlapped.Internal).load() != 0x103; }));
    CHECK(completed == before + 1);
    CHECK(overlapped.Internal == 0);
    CHECK(overlapped.InternalHigh == 2);
}

namespace {

struct posted_receive {
    std::array<char, 16> bytes{};
    WSAOVERLAPPED overlapped{};

    int post(const spi_fixture& spi, SOCKET socket)
    {
        WSABUF buffer{16, bytes.data()};
        DWORD flags = 0;
        int error = 0;
        overlapped = {};
        return spi.spi.table.lpWSPRecv(socket, &buffer, 1, nullptr, &flags, &overlapped, nullptr, nullptr, &error) == 0
                   ? 0
                   : error;
    }
    [[nodiscard]] bool ends()
    {
        return eventually([&] { return std::atomic_ref(overlapped.Internal).load() != 0x103; });
    }
};

}  // namespace

TEST_CASE("OVL-16, UP-8 receives that mostly find nothing end with each message, with one that is there already, and at the end",
          "[spi][overlapped]")
{
    posted_receive receive;
    const spi_fixture spi(handle_model::minted);
    const auto pair = spi.tcp_pair();
    for (int round = 0; round < 80; ++round) {
        const std::string text = std::to_string(round);
        const bool there_already = round % 8 == 7;
        if (!there_already) {
            REQUIRE(receive.post(spi, pair.here) == WSA_IO_PENDING);
        }
        REQUIRE(spi.spi.send(pair.there, text).code == 0);
        if (there_already) {
            const int code = receive.post(spi, pair.here);
            REQUIRE((code == 0 || code == WSA_IO_PENDING));
        }
        REQUIRE(receive.ends());
        CHECK(receive.overlapped.Internal == 0);
        CHECK(std::string(receive.bytes.data(), receive.overlapped.InternalHigh) == text);
    }
    REQUIRE(receive.post(spi, pair.here) == WSA_IO_PENDING);
    CHECK(spi.spi.shutdown(pair.there, SD_SEND) == 0);
    REQUIRE(receive.ends());
    CHECK(receive.overlapped.Internal == 0);
    CHECK(receive.overlapped.InternalHigh == 0);
}
