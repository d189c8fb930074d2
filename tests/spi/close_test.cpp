// WSPCloseSocket apart from lingering: what is invalid afterwards, what happens to connections that nobody
// accepted or that are not made yet, and closing while other threads are inside.
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <atomic>
#include <thread>
#include <vector>

using namespace spindle::test;
using peer::ending;

TEST_CASE("CLOSE-1 after a close every use of the handle fails with WSAENOTSOCK, a second close included",
          "[spi][close]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    const SOCKET datagrams = spi.bound_udp();
    for (const SOCKET s : {pair.here, datagrams}) {
        REQUIRE(spi.spi.close(s) == 0);
        std::array<char, 4> buffer{};
        endpoint name;
        CHECK(spi.spi.close(s) == WSAENOTSOCK);
        CHECK(spi.spi.send(s, "x").code == WSAENOTSOCK);
        CHECK(spi.spi.receive(s, buffer.data(), buffer.size()).code == WSAENOTSOCK);
        CHECK(spi.spi.shutdown(s, SD_BOTH) == WSAENOTSOCK);
        CHECK(spi.spi.local_name(s, &name) == WSAENOTSOCK);
        CHECK(spi.spi.set_nonblocking(s) == WSAENOTSOCK);
    }
}

TEST_CASE("CLOSE-1 a close frees the port", "[spi][close]")
{
    const spi_fixture spi;
    for (int round = 0; round < 2; ++round) {
        const SOCKET first = spi.bound_udp();
        endpoint local;
        REQUIRE(spi.spi.local_name(first, &local) == 0);
        const SOCKET second = spi.open_udp();
        CHECK(spi.spi.bind(second, local) == WSAEADDRINUSE);
        REQUIRE(spi.spi.close(first) == 0);
        CHECK(spi.spi.bind(second, local) == 0);
    }
}

TEST_CASE("CLOSE-6 closing a listener while the peer's data is unread does not touch accepted sockets",
          "[spi][close]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    auto client = peer::connect_to(listener.local.port());
    const auto taken = spi.spi.accept(listener.socket);
    REQUIRE(taken.code == 0);
    background_call blocked([&] { return spi.spi.accept(listener.socket).code; });
    REQUIRE(blocked.blocks());
    CHECK(spi.spi.close(listener.socket) == 0);
    CHECK(blocked.result() == WSAEINTR);
    CHECK(client.send_text("still connected"));
    std::array<char, 32> buffer{};
    CHECK(spi.spi.receive(taken.socket, buffer.data(), buffer.size()).bytes == 15);
}

TEST_CASE("CLOSE-11 closing a listener ends the connections nobody accepted, accepted ones live on",
          "[spi][close]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    auto accepted_client = peer::connect_to(listener.local.port());
    const auto taken = spi.spi.accept(listener.socket);
    REQUIRE(taken.code == 0);
    std::vector<peer::connection> waiting;
    for (int i = 0; i < 5; ++i) {
        waiting.push_back(peer::connect_to(listener.local.port()));
        REQUIRE(waiting.back());
    }
    REQUIRE(spi.spi.close(listener.socket) == 0);
    for (auto& client : waiting) {
        CHECK(client.wait_end() == ending::reset);
    }
    CHECK_FALSE(peer::connect_to(listener.local.port()));
    CHECK(spi.spi.send(taken.socket, "alive").code == 0);
    CHECK(accepted_client.read_text(5) == "alive");
}

TEST_CASE("CLOSE-12 closing during a connect abandons the attempt", "[spi][close]")
{
    spi_fixture spi;
    peer::listener silent;
    silent.stop_answering();
    std::vector<std::size_t> descriptors;
    for (int round = 0; round < 2; ++round) {
        const SOCKET s = spi.open_tcp();
        REQUIRE(spi.spi.set_nonblocking(s) == 0);
        REQUIRE(spi.spi.connect(s, loopback4(silent.port())) == WSAEWOULDBLOCK);
        // A linger time is no reason to wait for a connection that does not exist.
        REQUIRE(spi.spi.set_linger(s, 1, 30) == 0);
        const stopwatch watch;
        CHECK(spi.spi.close(s) == 0);
        CHECK(watch.elapsed() < 5s);
        CHECK(eventually([&] { return descriptors.empty() || descriptor_count() <= descriptors.front(); }));
        descriptors.push_back(descriptor_count());
    }
    CHECK(spi.host.closed().size() == 2);
}

TEST_CASE("CLOSE-14 datagram, listening and unconnected sockets close at once whatever their linger",
          "[spi][close]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    const auto waiting = peer::connect_to(listener.local.port());
    const SOCKET fresh = spi.open_tcp();
    const SOCKET bound = spi.open_tcp();
    REQUIRE(spi.spi.bind(bound, loopback4()) == 0);
    const SOCKET datagrams = spi.bound_udp();
    const peer::datagram_socket remote;
    REQUIRE(spi.spi.connect(datagrams, loopback4(remote.port())) == 0);
    REQUIRE(spi.spi.send(datagrams, "one way").code == 0);
    for (const u_short time : {u_short{0}, u_short{30}}) {
        for (const SOCKET s : {listener.socket, fresh, bound}) {
            REQUIRE(spi.spi.set_linger(s, 1, time) == 0);
        }
    }
    const stopwatch watch;
    for (const SOCKET s : {listener.socket, fresh, bound, datagrams}) {
        CHECK(spi.spi.close(s) == 0);
    }
    CHECK(watch.elapsed() < 5s);
}

TEST_CASE(
    "CLOSE-16 a close among other calls on the socket ends each of them once, with a code that tells why",
    "[spi][close]")
{
    spi_fixture spi;
    for (int round = 0; round < 30; ++round) {
        const auto pair = spi.tcp_pair();
        std::atomic<bool> go{false};
        std::atomic<int> strange{0};
        std::vector<std::thread> users;
        const auto use = [&](auto call) {
            users.emplace_back([&, call] {
                while (!go) {
                    std::this_thread::yield();
                }
                int code = 0;
                while (code == 0) {
                    code = call();
                }
                const bool expected = code == WSAENOTSOCK || code == WSAECONNABORTED || code == WSAEINTR ||
                                      code == WSAEWOULDBLOCK;
                strange += expected ? 0 : 1;
            });
        };
        use([&] {
            std::array<char, 64> buffer{};
            return spi.spi.receive(pair.here, buffer.data(), buffer.size()).code;
        });
        use([&] { return spi.spi.send(pair.here, "traffic").code; });
        use([&] {
            endpoint name;
            return spi.spi.peer_name(pair.here, &name);
        });
        use([&] { return spi.spi.set_linger(pair.here, 0, 0); });
        go = true;
        spi.spi.send(pair.there, "and back");
        CHECK(spi.spi.close(pair.here) == 0);
        for (auto& user : users) {
            user.join();
        }
        CHECK(strange == 0);
        CHECK(spi.spi.close(pair.there) == 0);
    }
    CHECK(spi.host.open_handles() == 0);
    CHECK(spi.host.wrong_closes() == 0);
}
