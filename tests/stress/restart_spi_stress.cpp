// The provider's library loaded, started, used, cleaned up and unloaded a thousand times in one process.
// Answers to CLEAN-15, CLEAN-17 and CLEAN-18 (Winsock SPI: WSPCleanup).
#include "support/spi.hpp"

#include <cstring>
#include <vector>

#include "growth.hpp"
#include "peer_process.hpp"
#include "stream_header.hpp"
#include "support/byte_pattern.hpp"
#include "support/catch.hpp"

namespace {

using namespace spindle::stress;
using spindle::test::spi_calls;

constexpr int lives = scaled(1000, 150);
constexpr int warm_up = scaled(100, 10);
constexpr std::uint32_t unsent_bytes = 300'000;

// Hands more than the system takes at once to the peer and leaves the socket open.
void leave_unsent(const spi_calls& spi, unsigned short port, std::uint32_t seed)
{
    const SOCKET socket = spi.socket(spindle::test::tcp4());
    REQUIRE(socket != INVALID_SOCKET);
    REQUIRE(spi.connect(socket, spindle::test::loopback4(port)) == 0);
    REQUIRE(spi.set_number(socket, SO_SNDBUF, 8192) == 0);
    REQUIRE(spi.set_nonblocking(socket) == 0);
    const stream_header header{stream_magic, reader_kind::fast, seed, unsent_bytes};
    std::vector<char> bytes(sizeof header);
    std::memcpy(bytes.data(), &header, sizeof header);
    const auto pattern = spindle::test::make_pattern(seed, unsent_bytes);
    bytes.insert(bytes.end(), pattern.begin(), pattern.end());
    const auto sent = spi.send(socket, bytes.data(), bytes.size());
    REQUIRE(sent.code == 0);
    REQUIRE(sent.bytes == bytes.size());
}

void talk(const spi_calls& spi)
{
    const SOCKET listener = spi.socket(spindle::test::tcp4());
    REQUIRE(spi.bind(listener, spindle::test::loopback4()) == 0);
    REQUIRE(spi.listen(listener, 4) == 0);
    spindle::test::endpoint local;
    REQUIRE(spi.local_name(listener, &local) == 0);
    const SOCKET here = spi.socket(spindle::test::tcp4());
    REQUIRE(spi.connect(here, local) == 0);
    const auto there = spi.accept(listener);
    REQUIRE(there.code == 0);
    REQUIRE(spi.send(here, "question").code == 0);
    char text[8];
    REQUIRE(spi.receive(there.socket, text, sizeof text).bytes == sizeof text);
    // One socket is closed before the cleanup, the others are left to it.
    REQUIRE(spi.close(there.socket) == 0);
}

}  // namespace

TEST_CASE("CLEAN-15, CLEAN-17, CLEAN-18 a thousand lives of the library leave nothing in the process")
{
    peer_process peer;
    REQUIRE(peer.data_port() != 0);
    growth_watch watch;
    for (int life = 0; life < lives; ++life) {
        {
            spindle::test::scripted_host host;
            const spindle::test::spi_library library;
            const spi_calls spi = library.start(host);
            talk(spi);
            leave_unsent(spi, peer.data_port(), static_cast<std::uint32_t>(life));
            REQUIRE(spi.cleanup() == 0);
            host.expect_no_more_calls();
            REQUIRE(host.open_handles() == 0);
            REQUIRE(host.wrong_closes() == 0);
        }
        REQUIRE_FALSE(spindle::test::is_mapped(spindle::test::spi_library::file_name()));
        watch.after(life);
        if (life == warm_up) {
            watch.remember_memory();
        }
    }
    watch.check_memory();
    const auto ends = peer.wait_until_ended(lives, 20'000);
    CHECK(ends.complete == lives);
    CHECK(ends.wrong + ends.short_end + ends.reset == 0);
}
