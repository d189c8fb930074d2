// WSPCancelBlockingCall: it ends the calling thread's own blocking call, from inside its hook, and nobody
// else's.
#include "support/background_call.hpp"
#include "support/byte_pattern.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <atomic>

using namespace spindle::test;

namespace {

int receive_code(const spi_fixture& spi, SOCKET s)
{
    std::array<char, 64> buffer{};
    return spi.spi.receive(s, buffer.data(), buffer.size()).code;
}

}  // namespace

TEST_CASE("BLK-9 a cancel from inside the hook ends this thread's call with WSAEINTR", "[spi][cancel]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    std::atomic<int> cancelled{-1};
    spi.host.set_blocking_hook([&] {
        cancelled = spi.spi.cancel_blocking_call();
        return true;
    });
    CHECK(receive_code(spi, pair.here) == WSAEINTR);
    CHECK(cancelled == 0);
    spi.host.set_blocking_hook({});
}

TEST_CASE("BLK-9 blocked calls of other threads are untouched by a cancel", "[spi][cancel]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    const auto mine = spi.tcp_pair();
    background_call other([&] { return receive_code(spi, pair.here); });
    REQUIRE(other.blocks());
    CHECK(spi.spi.cancel_blocking_call() == WSAEINVAL);
    spi.host.set_blocking_hook([&] {
        spi.spi.cancel_blocking_call();
        return true;
    });
    CHECK(receive_code(spi, mine.here) == WSAEINTR);
    spi.host.set_blocking_hook({});
    CHECK_FALSE(other.done());
    REQUIRE(spi.spi.send(pair.there, "x").code == 0);
    CHECK(other.result() == 0);
}

TEST_CASE("BLK-10 with no blocking call outstanding it fails with WSAEINVAL", "[spi][cancel]")
{
    spi_fixture spi;
    CHECK(spi.spi.cancel_blocking_call() == WSAEINVAL);
    const auto pair = spi.tcp_pair();
    REQUIRE(spi.spi.send(pair.there, "x").code == 0);
    REQUIRE(receive_code(spi, pair.here) == 0);
    CHECK(spi.spi.cancel_blocking_call() == WSAEINVAL);
    spi.host.set_blocking_hook([] { return false; });
    CHECK(receive_code(spi, pair.here) == WSAEINTR);
    CHECK(spi.spi.cancel_blocking_call() == WSAEINVAL);
    spi.host.set_blocking_hook({});
}

TEST_CASE("BLK-11 a cancel that comes with the data gives one outcome or the other, and loses nothing",
          "[spi][cancel]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    for (int round = 0; round < 100; ++round) {
        spi.host.set_blocking_hook([&] {
            spi.spi.send(pair.there, "x");
            return spi.spi.cancel_blocking_call() != 0;
        });
        const int code = receive_code(spi, pair.here);
        CHECK((code == 0 || code == WSAEINTR));
        spi.host.set_blocking_hook({});
        if (code == WSAEINTR) {
            CHECK(receive_code(spi, pair.here) == 0);
        }
        REQUIRE(spi.spi.set_nonblocking(pair.here) == 0);
        CHECK(receive_code(spi, pair.here) == WSAEWOULDBLOCK);
        REQUIRE(spi.spi.set_nonblocking(pair.here, false) == 0);
    }
}

TEST_CASE("BLK-12 after a cancelled accept the listener is fully usable", "[spi][cancel]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    spi.host.set_blocking_hook([] { return false; });
    CHECK(spi.spi.accept(listener.socket).code == WSAEINTR);
    spi.host.set_blocking_hook({});
    background_call accept([&] { return spi.spi.accept(listener.socket).code; });
    REQUIRE(accept.blocks());
    const auto client = peer::connect_to(listener.local.port());
    CHECK(accept.result() == 0);
}

TEST_CASE("BLK-12 after any other cancelled call the socket can be closed", "[spi][cancel]")
{
    spi_fixture spi;
    peer::listener silent;
    silent.stop_answering();
    const SOCKET connecting = spi.open_tcp();
    const auto pair = spi.tcp_pair();
    const SOCKET datagrams = spi.bound_udp();
    spi.host.set_blocking_hook([] { return false; });
    CHECK(spi.spi.connect(connecting, loopback4(silent.port())) == WSAEINTR);
    CHECK(receive_code(spi, pair.here) == WSAEINTR);
    CHECK(receive_code(spi, datagrams) == WSAEINTR);
    for (const SOCKET s : {connecting, pair.here, datagrams}) {
        CHECK(spi.spi.close(s) == 0);
    }
    spi.host.set_blocking_hook({});
}

TEST_CASE(
    "BLK-13, XFR-28 a cancel in the middle of a send resets the connection, later calls give WSAECONNABORTED",
    "[spi][cancel]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    // Without a queue of the provider's own, the part that the system took is gone when the rest is not sent.
    REQUIRE(spi.spi.set_number(half.socket, SO_SNDBUF, 0) == 0);
    std::atomic<int> runs{0};
    spi.host.set_blocking_hook([&] { return ++runs < 3; });
    const auto bytes = make_pattern(81, beyond_system_buffers);
    CHECK(spi.spi.send(half.socket, bytes.data(), bytes.size()).code == WSAEINTR);
    spi.host.set_blocking_hook({});
    CHECK(half.remote.wait_reset());
    CHECK(spi.spi.send(half.socket, "x").code == WSAECONNABORTED);
    CHECK(receive_code(spi, half.socket) == WSAECONNABORTED);
    const auto report = half.remote.read_to_end(81);
    INFO(peer::to_string(report));
    CHECK(report.end == peer::ending::reset);
    CHECK(report.intact);
}
