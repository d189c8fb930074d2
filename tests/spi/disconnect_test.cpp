// WSPSendDisconnect and WSPRecvDisconnect, without user data on protocols that have none.
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <string>

using namespace spindle::test;
using peer::ending;

namespace {

/// Either call with a buffer of the size.
template <class Function>
int with_data(Function function, SOCKET s, ULONG size)
{
    std::array<char, 32> bytes{};
    WSABUF data = {size, bytes.data()};
    int error = no_error_code;
    return function(s, &data, &error) == 0 ? 0 : error;
}

}  // namespace

TEST_CASE(
    "DISC-1, DISC-3 WSPSendDisconnect sends what was accepted, then FIN; later sends fail, receiving goes on",
    "[spi][disconnect]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.queue_pattern(half.socket, 61, beyond_system_buffers) == 0);
    REQUIRE(spi.spi.send_disconnect(half.socket) == 0);
    CHECK(spi.spi.send(half.socket, "x").code == WSAESHUTDOWN);
    const auto report = half.remote.read_to_end(61);
    INFO(peer::to_string(report));
    CHECK(report.is(ending::finished, beyond_system_buffers));
    REQUIRE(half.remote.send_text("back"));
    std::array<char, 8> buffer{};
    CHECK(eventually([&] { return spi.spi.receive(half.socket, buffer.data(), buffer.size()).bytes == 4; }));
    CHECK(spi.host.closed().empty());
    CHECK(spi.spi.close(half.socket) == 0);
}

TEST_CASE("DISC-2, DISC-5 user data is refused with WSAENOPROTOOPT and nothing is begun", "[spi][disconnect]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    CHECK(with_data(spi.spi.table.lpWSPSendDisconnect, half.socket, 4) == WSAENOPROTOOPT);
    CHECK(with_data(spi.spi.table.lpWSPRecvDisconnect, half.socket, 4) == WSAENOPROTOOPT);
    CHECK(spi.spi.send(half.socket, "open").code == 0);
    CHECK(half.remote.read_text(4) == "open");
    CHECK(half.remote.wait_end(50ms) == ending::silent);
    REQUIRE(half.remote.send_text("both"));
    std::array<char, 8> buffer{};
    CHECK(spi.spi.receive(half.socket, buffer.data(), buffer.size()).bytes == 4);
}

TEST_CASE("DISC-3, DISC-8 unconnected sockets give WSAENOTCONN", "[spi][disconnect]")
{
    const spi_fixture spi;
    const SOCKET fresh = spi.open_tcp();
    const auto listener = spi.listen_tcp();
    for (const SOCKET s : {fresh, listener.socket}) {
        CHECK(spi.spi.send_disconnect(s) == WSAENOTCONN);
        CHECK(spi.spi.receive_disconnect(s) == WSAENOTCONN);
    }
}

TEST_CASE("DISC-4 after WSPRecvDisconnect receives fail with WSAESHUTDOWN, sending goes on",
          "[spi][disconnect]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(spi.spi.receive_disconnect(half.socket) == 0);
    std::array<char, 8> buffer{};
    CHECK(spi.spi.receive(half.socket, buffer.data(), buffer.size()).code == WSAESHUTDOWN);
    CHECK(spi.spi.send(half.socket, "still").code == 0);
    CHECK(half.remote.read_text(5) == "still");
}

TEST_CASE("DISC-7 after WSPRecvDisconnect incoming data fills the window and provokes no reset",
          "[spi][disconnect]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer();
    REQUIRE(half.remote.send_text("unread before"));
    std::array<char, 16> buffer{};
    REQUIRE(spi.spi.receive(half.socket, buffer.data(), buffer.size(), MSG_PEEK).bytes == 13);
    REQUIRE(spi.spi.receive_disconnect(half.socket) == 0);
    // The sender is stopped by the window, not by an error, and stays so.
    CHECK(half.remote.fill() > 0);
    CHECK(half.remote.fill() == 0);
    CHECK_FALSE(half.remote.wait_reset(50ms));
    CHECK(spi.spi.send(half.socket, "alive").code == 0);
    CHECK(half.remote.read_text(5) == "alive");
}

TEST_CASE("DISC-8 neither call blocks or gives up the handle, whatever is unsent", "[spi][disconnect]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    REQUIRE(spi.spi.queue_pattern(half.socket, 62, beyond_system_buffers) == 0);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 30) == 0);
    const auto queries = spi.host.blocking_queries().size();
    const stopwatch watch;
    CHECK(spi.spi.send_disconnect(half.socket) == 0);
    CHECK(spi.spi.receive_disconnect(half.socket) == 0);
    CHECK(watch.elapsed() < 5s);
    CHECK(spi.host.closed().empty());
    CHECK(spi.host.blocking_queries().size() == queries);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 0) == 0);
    CHECK(spi.spi.close(half.socket) == 0);
}
