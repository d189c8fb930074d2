// Arguments that cannot be right, on sockets that are: the code of the clause, nothing moved, nothing
// changed.
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <vector>

using namespace spindle::test;

namespace {

/// One WSPRecv with everything open to the test.
struct receive_attempt {
    int code = 0;
    DWORD bytes = 0xABCD;

    receive_attempt(const spi_fixture& spi, SOCKET s, WSABUF* buffers, DWORD count, bool with_bytes,
                    bool with_flags)
    {
        DWORD flags = 0;
        int error = no_error_code;
        const int outcome =
            spi.spi.table.lpWSPRecv(s, buffers, count, with_bytes ? &bytes : nullptr,
                                    with_flags ? &flags : nullptr, nullptr, nullptr, nullptr, &error);
        code = outcome == 0 ? 0 : error;
    }
};

}  // namespace

TEST_CASE("XFR-2 a bad handle wins over null pointers in the transfer calls", "[spi][bad-input]")
{
    const spi_fixture spi;
    int error = 0;
    CHECK(spi.spi.table.lpWSPSend(INVALID_SOCKET, nullptr, 1, nullptr, 0, nullptr, nullptr, nullptr,
                                  &error) == SOCKET_ERROR);
    CHECK(error == WSAENOTSOCK);
}

TEST_CASE("XFR-3, XFR-9, XFR-11 null counts, null flags and no buffers are refused and no data moves",
          "[spi][bad-input]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    REQUIRE(spi.spi.send(pair.there, "data").code == 0);
    std::array<char, 8> space{};
    REQUIRE(spi.spi.receive(pair.here, space.data(), 1, MSG_PEEK).bytes == 1);
    WSABUF buffer = {static_cast<ULONG>(space.size()), space.data()};
    CHECK(receive_attempt(spi, pair.here, &buffer, 1, false, true).code == WSAEFAULT);
    CHECK(receive_attempt(spi, pair.here, &buffer, 1, true, false).code == WSAEFAULT);
    CHECK(receive_attempt(spi, pair.here, &buffer, 0, true, true).code == WSAEINVAL);
    CHECK(receive_attempt(spi, pair.here, nullptr, 0, true, true).code == WSAEINVAL);
    CHECK(receive_attempt(spi, pair.here, nullptr, 1, true, true).code == WSAEFAULT);
    int error = 0;
    CHECK(spi.spi.table.lpWSPSend(pair.here, &buffer, 1, nullptr, 0, nullptr, nullptr, nullptr, &error) ==
          SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
    CHECK(spi.spi.receive(pair.here, space.data(), space.size()).bytes == 4);
    REQUIRE(spi.spi.set_nonblocking(pair.there) == 0);
    CHECK(spi.spi.receive(pair.there, space.data(), space.size()).code == WSAEWOULDBLOCK);
}

TEST_CASE("XFR-10 a buffer that cannot be written gives WSAEFAULT and consumes nothing", "[spi][bad-input]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    REQUIRE(spi.spi.send(pair.there, "data").code == 0);
    std::array<char, 8> space{};
    REQUIRE(spi.spi.receive(pair.here, space.data(), 1, MSG_PEEK).bytes == 1);
    WSABUF nowhere = {4, nullptr};
    CHECK(receive_attempt(spi, pair.here, &nowhere, 1, true, true).code == WSAEFAULT);
    WSABUF wrapping = {~ULONG{0}, space.data()};
    const receive_attempt wrapped(spi, pair.here, &wrapping, 1, true, true);
    CHECK(wrapped.code == WSAEFAULT);
    CHECK(wrapped.bytes == 0xABCD);
    CHECK(spi.spi.receive(pair.here, space.data(), space.size()).bytes == 4);
}

TEST_CASE("XFR-4 failures leave the byte count untouched", "[spi][bad-input]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    REQUIRE(spi.spi.set_nonblocking(pair.here) == 0);
    std::array<char, 8> space{};
    WSABUF buffer = {static_cast<ULONG>(space.size()), space.data()};
    const receive_attempt empty(spi, pair.here, &buffer, 1, true, true);
    CHECK(empty.code == WSAEWOULDBLOCK);
    CHECK(empty.bytes == 0xABCD);
    const SOCKET fresh = spi.open_tcp();
    const receive_attempt unconnected(spi, fresh, &buffer, 1, true, true);
    CHECK(unconnected.code == WSAENOTCONN);
    CHECK(unconnected.bytes == 0xABCD);
}

TEST_CASE("MAP-18 *lpErrno is written on failure only, and may be null", "[spi][bad-input]")
{
    const spi_fixture spi;
    const SOCKET s = spi.open_tcp();
    int error = no_error_code;
    const auto local = loopback4();
    CHECK(spi.spi.table.lpWSPBind(s, local.get(), local.size, &error) == 0);
    CHECK(error == no_error_code);
    CHECK(spi.spi.table.lpWSPListen(s, 1, &error) == 0);
    CHECK(error == no_error_code);
    CHECK(spi.spi.table.lpWSPListen(INVALID_SOCKET, 1, nullptr) == SOCKET_ERROR);
    CHECK(spi.spi.table.lpWSPCloseSocket(s, nullptr) == 0);
}

TEST_CASE("BIND-1, BIND-2, CONN-2 short, null and foreign addresses", "[spi][bad-input]")
{
    const spi_fixture spi;
    const SOCKET four = spi.open_tcp();
    const SOCKET six = spi.open(tcp6());
    const auto code_of = [&](SOCKET s, const sockaddr* name, int size, bool connect) {
        int error = no_error_code;
        const int outcome =
            connect ? spi.spi.table.lpWSPConnect(s, name, size, nullptr, nullptr, nullptr, nullptr, &error)
                    : spi.spi.table.lpWSPBind(s, name, size, &error);
        return outcome == 0 ? 0 : error;
    };
    const auto in_four = loopback4(1);
    const auto in_six = loopback6(1);
    for (const bool connect : {false, true}) {
        INFO(std::string(connect ? "connect" : "bind"));
        CHECK(code_of(four, nullptr, in_four.size, connect) == WSAEFAULT);
        CHECK(code_of(four, in_four.get(), 15, connect) == WSAEFAULT);
        CHECK(code_of(four, in_four.get(), 0, connect) == WSAEFAULT);
        CHECK(code_of(four, in_four.get(), -1, connect) == WSAEFAULT);
        CHECK(code_of(six, in_six.get(), 27, connect) == WSAEFAULT);
        CHECK(code_of(six, in_six.get(), 24, connect) == WSAEFAULT);
        CHECK(code_of(four, in_six.get(), in_six.size, connect) == WSAEAFNOSUPPORT);
        CHECK(code_of(six, in_six.get(), in_six.size - 12, connect) == WSAEFAULT);
    }
    // None of it bound the sockets.
    CHECK(spi.spi.bind(four, loopback4()) == 0);
    CHECK(spi.spi.bind(six, loopback6()) == 0);
}
