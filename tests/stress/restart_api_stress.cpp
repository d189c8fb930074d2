// A thousand WSAStartup and WSACleanup pairs around real work, through the host: the provider comes and goes
// with them. Answers to CLEAN-15 and CLEAN-18 (Winsock SPI: WSPCleanup) as a Winsock program sees them.
#include "streams.hpp"

#include "growth.hpp"
#include "peer_process.hpp"
#include "support/catch.hpp"

namespace {

using namespace spindle::stress;

constexpr int lives = scaled(1000, 200);
constexpr int warm_up = scaled(100, 10);

void talk_over_tcp()
{
    const listening listener = listen_on_loopback(4);
    const socket_pair pair = connect_pair(listener);
    char text[8] = {};
    REQUIRE(send(pair.near_end, "question", 8, 0) == 8);
    REQUIRE(recv(pair.far_end, text, sizeof text, 0) == 8);
    // One socket is closed before the cleanup, the others are left to it.
    REQUIRE(closesocket(pair.far_end) == 0);
}

void talk_over_udp()
{
    sockaddr_in address{};
    const SOCKET receiver = bound_udp(address);
    const SOCKET sender = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    char text[8] = {};
    REQUIRE(sendto(sender, "datagram", 8, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address)
            == 8);
    REQUIRE(recv(receiver, text, sizeof text, 0) == 8);
}

}  // namespace

TEST_CASE("CLEAN-15, CLEAN-18 a thousand WSAStartup and WSACleanup pairs leave nothing in the process")
{
    peer_process peer;
    REQUIRE(peer.data_port() != 0);
    growth_watch watch;
    for (int life = 0; life < lives; ++life) {
        start_winsock();
        talk_over_tcp();
        talk_over_udp();
        REQUIRE(spindle::test::is_mapped("libspindle_spi"));
        (void)start_stream(peer.data_port(),
                           {reader_kind::fast, static_cast<std::uint32_t>(life), 300'000, 8192});
        REQUIRE(WSACleanup() == 0);
        REQUIRE_FALSE(spindle::test::is_mapped("libspindle_spi"));
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
