// Blocked calls that another thread wakes by closing the socket, each with the code that fits what it did
// (CAN-11, decision D-6), and what a blocked call does when the connection itself ends. Waking by the last
// cleanup is in cleanup_test.cpp.
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <memory>
#include <vector>

using namespace spindle::test;

namespace {

transfer receive_some(const spi_fixture& spi, SOCKET s)
{
    std::array<char, 64> buffer{};
    return spi.spi.receive(s, buffer.data(), buffer.size());
}

}  // namespace

TEST_CASE("CLOSE-6, CAN-11 a blocked accept is woken with WSAEINTR", "[spi][wakeup]")
{
    const spi_fixture spi;
    const auto listener = spi.listen_tcp();
    background_call accept([&] { return spi.spi.accept(listener.socket).code; });
    REQUIRE(accept.blocks());
    CHECK(spi.spi.close(listener.socket) == 0);
    CHECK(accept.result() == WSAEINTR);
}

TEST_CASE("CLOSE-6, CAN-11 a blocked datagram receive is woken with WSAEINTR", "[spi][wakeup]")
{
    const spi_fixture spi;
    const SOCKET s = spi.bound_udp();
    background_call plain([&] { return receive_some(spi, s).code; });
    background_call with_address([&] {
        std::array<char, 16> buffer{};
        endpoint from;
        return spi.spi.receive_from(s, buffer.data(), buffer.size(), &from).code;
    });
    REQUIRE(plain.blocks());
    REQUIRE(with_address.blocks());
    CHECK(spi.spi.close(s) == 0);
    CHECK(plain.result() == WSAEINTR);
    CHECK(with_address.result() == WSAEINTR);
}

TEST_CASE("CLOSE-6, CAN-11 a blocked receive of a connected stream is woken with WSAECONNABORTED",
          "[spi][wakeup]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    background_call reader([&] { return receive_some(spi, pair.here).code; });
    REQUIRE(reader.blocks());
    CHECK(spi.spi.close(pair.here) == 0);
    CHECK(reader.result() == WSAECONNABORTED);
}

TEST_CASE("CLOSE-6, CAN-11 a blocked send of a connected stream is woken with WSAECONNABORTED",
          "[spi][wakeup]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    spi.spi.fill(half.socket, 1);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 0) == 0);
    background_call writer([&] { return spi.spi.send(half.socket, "no room").code; });
    REQUIRE(writer.blocks());
    CHECK(spi.spi.close(half.socket) == 0);
    CHECK(writer.result() == WSAECONNABORTED);
}

TEST_CASE("CLOSE-6, CAN-11 a blocked connect is woken with WSAENOTSOCK", "[spi][wakeup]")
{
    const spi_fixture spi;
    peer::listener silent;
    silent.stop_answering();
    const SOCKET s = spi.open_tcp();
    background_call connect([&] { return spi.spi.connect(s, loopback4(silent.port())); });
    REQUIRE(connect.blocks());
    CHECK(spi.spi.close(s) == 0);
    CHECK(connect.result() == WSAENOTSOCK);
}

TEST_CASE("CLOSE-6 every thread blocked on the socket is woken, none on other sockets", "[spi][wakeup]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    const auto bystander = spi.tcp_pair();
    std::vector<std::unique_ptr<background_call<int>>> readers;
    for (int i = 0; i < 4; ++i) {
        readers.push_back(
            std::make_unique<background_call<int>>([&] { return receive_some(spi, pair.here).code; }));
    }
    background_call other([&] { return receive_some(spi, bystander.here).code; });
    for (auto& reader : readers) {
        REQUIRE(reader->blocks());
    }
    REQUIRE(other.blocks());
    CHECK(spi.spi.close(pair.here) == 0);
    for (auto& reader : readers) {
        CHECK(reader->result() == WSAECONNABORTED);
    }
    CHECK_FALSE(other.done());
    REQUIRE(spi.spi.send(bystander.there, "x").code == 0);
    CHECK(other.result() == 0);
}

TEST_CASE("CLOSE-6 closing one end wakes the receive blocked on the other with the end of the stream",
          "[spi][wakeup]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    background_call reader([&] { return receive_some(spi, pair.there); });
    REQUIRE(reader.blocks());
    CHECK(spi.spi.close(pair.here) == 0);
    const auto end = reader.result();
    CHECK(end.code == 0);
    CHECK(end.bytes == 0);
}

TEST_CASE("CLOSE-6 a reset by the peer wakes a blocked receive and a blocked send with WSAECONNRESET",
          "[spi][wakeup]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    spi.spi.fill(half.socket, 1);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    background_call reader([&] { return receive_some(spi, half.socket).code; });
    background_call writer([&] { return spi.spi.send(half.socket, "no room").code; });
    REQUIRE(reader.blocks());
    REQUIRE(writer.blocks());
    half.remote.reset();
    CHECK(reader.result() == WSAECONNRESET);
    CHECK(writer.result() == WSAECONNRESET);
    CHECK(receive_some(spi, half.socket).code == WSAECONNRESET);
}
