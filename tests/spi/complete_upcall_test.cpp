// WPUCompleteOverlappedRequest, the upcall that is an export of the host's. The program is the host here, so it exports it; on
// Windows ws2_32 is in the process as well and exports another one, which is not this provider's host's.
#include "support/catch.hpp"
#include "support/eventually.hpp"
#include "support/spi.hpp"

#include <array>
#include <atomic>

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
