// WSPShutdown: directions, what later calls get, what the other end sees, and that it neither blocks nor
// closes.
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>

using namespace spindle::test;
using peer::ending;

namespace {

transfer receive_some(const spi_fixture& spi, SOCKET s)
{
    std::array<char, 64> buffer{};
    return spi.spi.receive(s, buffer.data(), buffer.size());
}

}  // namespace

TEST_CASE("SHUT-1 only 0, 1 and 2 are directions", "[spi][shutdown]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    for (const int wrong : {-1, 3, 4, 255, 0x10000}) {
        CHECK(spi.spi.shutdown(half.socket, wrong) == WSAEINVAL);
    }
    // A refused call did nothing.
    CHECK(spi.spi.send(half.socket, "x").code == 0);
    CHECK(spi.spi.shutdown(half.socket, SD_RECEIVE) == 0);
    CHECK(spi.spi.shutdown(half.socket, SD_SEND) == 0);
    CHECK(spi.spi.shutdown(half.socket, SD_BOTH) == 0);
}

TEST_CASE("SHUT-2 unconnected and listening streams give WSAENOTCONN and are unharmed", "[spi][shutdown]")
{
    const spi_fixture spi;
    const SOCKET fresh = spi.open_tcp();
    const auto listener = spi.listen_tcp();
    for (const int how : {SD_RECEIVE, SD_SEND, SD_BOTH}) {
        CHECK(spi.spi.shutdown(fresh, how) == WSAENOTCONN);
        CHECK(spi.spi.shutdown(listener.socket, how) == WSAENOTCONN);
    }
    const auto client = peer::connect_to(listener.local.port());
    CHECK(spi.spi.accept(listener.socket).code == 0);
    CHECK(spi.spi.connect(fresh, listener.local) == 0);
}

TEST_CASE("SHUT-3 it never blocks, whatever is unsent and however the socket lingers, and closes nothing",
          "[spi][shutdown]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    REQUIRE(spi.spi.queue_pattern(half.socket, 51, beyond_system_buffers) == 0);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 30) == 0);
    const stopwatch watch;
    CHECK(spi.spi.shutdown(half.socket, SD_SEND) == 0);
    CHECK(watch.elapsed() < 5s);
    CHECK(spi.host.closed().empty());
    CHECK(spi.spi.set_linger(half.socket, 0, 0) == 0);
}

TEST_CASE("SHUT-4 SD_SEND: what was accepted is sent, then FIN; later sends fail, receiving goes on",
          "[spi][shutdown]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.queue_pattern(half.socket, 52, beyond_system_buffers) == 0);
    REQUIRE(spi.spi.shutdown(half.socket, SD_SEND) == 0);
    CHECK(spi.spi.send(half.socket, "x").code == WSAESHUTDOWN);
    CHECK(spi.spi.send(half.socket, "x").code == WSAESHUTDOWN);
    const auto report = half.remote.read_to_end(52);
    INFO(peer::to_string(report));
    CHECK(report.is(ending::finished, beyond_system_buffers));
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    CHECK(half.remote.send_text("answer"));
    CHECK(receive_some(spi, half.socket).bytes == 6);
    half.remote.half_close();
    const auto end = receive_some(spi, half.socket);
    CHECK(end.code == 0);
    CHECK(end.bytes == 0);
}

TEST_CASE("SHUT-6 SD_RECEIVE: receives fail, the peer is told nothing, sending goes on", "[spi][shutdown]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.shutdown(half.socket, SD_RECEIVE) == 0);
    CHECK(receive_some(spi, half.socket).code == WSAESHUTDOWN);
    CHECK(receive_some(spi, half.socket).code == WSAESHUTDOWN);
    CHECK(half.remote.wait_end(50ms) == ending::silent);
    CHECK(spi.spi.send(half.socket, "still sending").code == 0);
    CHECK(half.remote.read_text(13) == "still sending");
}

TEST_CASE("SHUT-8 SD_RECEIVE with unread data resets the connection", "[spi][shutdown]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(half.remote.send_text("unread"));
    std::array<char, 8> buffer{};
    REQUIRE(spi.spi.receive(half.socket, buffer.data(), buffer.size(), MSG_PEEK).bytes == 6);
    REQUIRE(spi.spi.shutdown(half.socket, SD_RECEIVE) == 0);
    CHECK(half.remote.wait_reset());
}

TEST_CASE("SHUT-8 data that arrives after SD_RECEIVE resets the connection", "[spi][shutdown]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.shutdown(half.socket, SD_RECEIVE) == 0);
    REQUIRE(half.remote.send_text("late"));
    CHECK(half.remote.wait_reset());
}

TEST_CASE("SHUT-9 SD_RECEIVE followed by the peer's FIN without data is no reset", "[spi][shutdown]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.shutdown(half.socket, SD_RECEIVE) == 0);
    half.remote.half_close();
    CHECK(spi.spi.send(half.socket, "one way").code == 0);
    CHECK(half.remote.read_text(7) == "one way");
    CHECK(spi.spi.close(half.socket) == 0);
    CHECK(half.remote.wait_end() == ending::finished);
}

TEST_CASE("SHUT-10, SHUT-11 both halves at once, one after the other in either order, and again",
          "[spi][shutdown]")
{
    const spi_fixture spi;
    const int orders[][2] = {{SD_SEND, SD_RECEIVE}, {SD_RECEIVE, SD_SEND}, {SD_BOTH, SD_BOTH}};
    for (const auto& order : orders) {
        auto half = spi.connect_to_peer();
        CHECK(spi.spi.shutdown(half.socket, order[0]) == 0);
        CHECK(spi.spi.shutdown(half.socket, order[1]) == 0);
        CHECK(spi.spi.send(half.socket, "x").code == WSAESHUTDOWN);
        CHECK(receive_some(spi, half.socket).code == WSAESHUTDOWN);
        CHECK(half.remote.wait_end() == ending::finished);
        for (const int again : {SD_SEND, SD_RECEIVE, SD_BOTH}) {
            CHECK(spi.spi.shutdown(half.socket, again) == 0);
        }
    }
}

TEST_CASE("SHUT-12, SHUT-13 after both directions are shut the names remain and a connect gives WSAEISCONN",
          "[spi][shutdown]")
{
    const spi_fixture spi;
    peer::listener listener;
    const SOCKET s = spi.open_tcp();
    REQUIRE(spi.spi.connect(s, loopback4(listener.port())) == 0);
    auto remote = listener.accept();
    const auto local_port = [&] {
        endpoint name;
        return spi.spi.local_name(s, &name) == 0 ? name.port() : 0;
    };
    const auto before = local_port();
    REQUIRE(before != 0);
    remote.half_close();
    REQUIRE(receive_some(spi, s).bytes == 0);
    REQUIRE(spi.spi.shutdown(s, SD_BOTH) == 0);
    remote.close();
    CHECK(local_port() == before);
    endpoint name;
    CHECK(spi.spi.peer_name(s, &name) == 0);
    CHECK(name.port() == listener.port());
    CHECK(spi.spi.connect(s, loopback4(listener.port())) == WSAEISCONN);
}

TEST_CASE("SHUT-14 datagram sockets: it works without a peer, transfers fail afterwards", "[spi][shutdown]")
{
    const spi_fixture spi;
    const peer::datagram_socket remote;
    const SOCKET sender = spi.bound_udp();
    CHECK(spi.spi.shutdown(sender, SD_SEND) == 0);
    CHECK(spi.spi.send_to(sender, "x", loopback4(remote.port())).code == WSAESHUTDOWN);
    CHECK(spi.spi.shutdown(sender, SD_SEND) == 0);

    const SOCKET receiver = spi.bound_udp();
    CHECK(spi.spi.shutdown(receiver, SD_RECEIVE) == 0);
    endpoint from;
    std::array<char, 4> buffer{};
    CHECK(spi.spi.receive_from(receiver, buffer.data(), buffer.size(), &from).code == WSAESHUTDOWN);
    CHECK(spi.spi.send_to(receiver, "one way", loopback4(remote.port())).code == 0);
}

TEST_CASE("SHUT-14 datagrams that arrive after SD_RECEIVE provoke no error at the sender", "[spi][shutdown]")
{
    const spi_fixture spi;
    const SOCKET receiver = spi.bound_udp();
    endpoint local;
    REQUIRE(spi.spi.local_name(receiver, &local) == 0);
    REQUIRE(spi.spi.shutdown(receiver, SD_RECEIVE) == 0);
    peer::datagram_socket remote;
    for (int i = 0; i < 3; ++i) {
        CHECK(remote.send_to(local.port(), "nobody listens"));
    }
}

TEST_CASE(
    "SHUT-17 on a connection the peer has reset it reports one of the three documented codes or nothing",
    "[spi][shutdown]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    half.remote.reset();
    CHECK(receive_some(spi, half.socket).code == WSAECONNRESET);
    const int code = spi.spi.shutdown(half.socket, SD_SEND);
    CHECK((code == 0 || code == WSAECONNRESET || code == WSAECONNABORTED || code == WSAENOTCONN));
    CHECK(spi.spi.close(half.socket) == 0);
}

TEST_CASE("XFR-26, SHUT-4 a send that races the shutdown fails with WSAESHUTDOWN and harms nothing", "[spi][shutdown]")
{
    spi_fixture spi;
    for (int round = 0; round < 300; ++round) {
        const auto pair = spi.tcp_pair();
        background_call sender([&] {
            int code = 0;
            while (code == 0) {
                code = spi.spi.send(pair.here, "x").code;
            }
            return code;
        });
        CHECK(spi.spi.shutdown(pair.here, SD_SEND) == 0);
        CHECK(sender.result() == WSAESHUTDOWN);
        REQUIRE(spi.spi.send(pair.there, "back").code == 0);
        std::array<char, 8> buffer{};
        CHECK(spi.spi.receive(pair.here, buffer.data(), buffer.size()).bytes == 4);
        CHECK(spi.spi.close(pair.here) == 0);
        CHECK(spi.spi.close(pair.there) == 0);
    }
}
