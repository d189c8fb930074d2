// SO_LINGER and SO_DONTLINGER: two views of one setting, its layout, its lengths, its default and its
// inheritance.
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <optional>

using namespace spindle::test;

namespace {

constexpr int dont_linger = static_cast<int>(SO_DONTLINGER);

struct setting {
    int on = -1;
    int seconds = -1;

    friend bool operator==(const setting&, const setting&) = default;
};

std::ostream& operator<<(std::ostream& out, const setting& value)
{
    return out << "{" << value.on << "," << value.seconds << "}";
}

/// {-1,-1} when it cannot be read.
setting linger_of(const spi_fixture& spi, SOCKET s)
{
    struct linger value = {};
    int size = static_cast<int>(sizeof value);
    if (spi.spi.get_option(s, SOL_SOCKET, SO_LINGER, &value, &size) != 0) {
        return {};
    }
    CHECK(size == static_cast<int>(sizeof value));
    return {value.l_onoff, value.l_linger};
}

bool lingers_not(const spi_fixture& spi, SOCKET s)
{
    return spi.spi.number(s, dont_linger) != 0;
}

}  // namespace

TEST_CASE("LOPT-1, LOPT-2 the structure has two 16-bit fields, the options their documented numbers, the "
          "default is off",
          "[spi][linger]")
{
    static_assert(sizeof(struct linger) == 4);
    static_assert(sizeof(linger::l_onoff) == 2 && sizeof(linger::l_linger) == 2);
    CHECK(SO_LINGER == 0x80);
    CHECK(static_cast<unsigned>(dont_linger) == 0xFFFFFF7FU);
    const spi_fixture spi;
    const SOCKET s = spi.open_tcp();
    CHECK(linger_of(spi, s) == setting{0, 0});
    CHECK(lingers_not(spi, s));
}

TEST_CASE("LOPT-3 SO_DONTLINGER reads as the opposite of l_onoff, always", "[spi][linger]")
{
    const spi_fixture spi;
    const SOCKET s = spi.open_tcp();
    for (const u_short on : {u_short{1}, u_short{0}, u_short{1}}) {
        for (const u_short seconds : {u_short{0}, u_short{5}, u_short{65535}}) {
            REQUIRE(spi.spi.set_linger(s, on, seconds) == 0);
            CHECK(linger_of(spi, s) == setting{on, seconds});
            CHECK(lingers_not(spi, s) == (on == 0));
        }
    }
}

TEST_CASE("LOPT-4 SO_DONTLINGER switches l_onoff and keeps the time", "[spi][linger]")
{
    const spi_fixture spi;
    const SOCKET s = spi.open_tcp();
    REQUIRE(spi.spi.set_linger(s, 1, 73) == 0);
    REQUIRE(spi.spi.set_number(s, dont_linger, TRUE) == 0);
    CHECK(linger_of(spi, s) == setting{0, 73});
    REQUIRE(spi.spi.set_number(s, dont_linger, FALSE) == 0);
    CHECK(linger_of(spi, s) == setting{1, 73});
}

TEST_CASE("LOPT-5 SO_DONTLINGER FALSE without a time ever set is no hard close", "[spi][linger]")
{
    const spi_fixture spi;
    const SOCKET s = spi.open_tcp();
    REQUIRE(spi.spi.set_number(s, dont_linger, FALSE) == 0);
    // Decision D-25.
    CHECK(linger_of(spi, s) == setting{1, 10});
}

TEST_CASE("LOPT-6 lengths: SO_LINGER needs its structure, SO_DONTLINGER takes a byte, null is refused",
          "[spi][linger]")
{
    const spi_fixture spi;
    const SOCKET s = spi.open_tcp();
    struct linger value = {1, 9};
    for (int size : {1, 2}) {
        CHECK(spi.spi.set_option(s, SOL_SOCKET, SO_LINGER, &value, size) == WSAEFAULT);
        CHECK(spi.spi.get_option(s, SOL_SOCKET, SO_LINGER, &value, &size) == WSAEFAULT);
    }
    CHECK(spi.spi.set_option(s, SOL_SOCKET, SO_LINGER, nullptr, 4) == WSAEFAULT);
    CHECK(spi.spi.set_option(s, SOL_SOCKET, dont_linger, nullptr, 4) == WSAEFAULT);
    CHECK(linger_of(spi, s) == setting{0, 0});

    // Any other number than 0 means on.
    REQUIRE(spi.spi.set_linger(s, 256, 9) == 0);
    CHECK_FALSE(lingers_not(spi, s));
    const char yes = 1;
    CHECK(spi.spi.set_option(s, SOL_SOCKET, dont_linger, &yes, 1) == 0);
    CHECK(lingers_not(spi, s));
}

TEST_CASE("LOPT-7 datagram sockets know neither option", "[spi][linger]")
{
    const spi_fixture spi;
    const SOCKET s = spi.open_udp();
    struct linger value = {1, 1};
    int number = 1;
    for (const int name : {int{SO_LINGER}, dont_linger}) {
        int size = 4;
        INFO("option " << name);
        void* const place = name == SO_LINGER ? static_cast<void*>(&value) : static_cast<void*>(&number);
        CHECK(spi.spi.get_option(s, SOL_SOCKET, name, place, &size) == WSAENOPROTOOPT);
        CHECK(spi.spi.set_option(s, SOL_SOCKET, name, place, 4) == WSAENOPROTOOPT);
    }
}

TEST_CASE("LOPT-8 an accepted socket inherits the listener's setting, later changes stay apart",
          "[spi][linger]")
{
    const spi_fixture spi;
    const auto listener = spi.listen_tcp();
    REQUIRE(spi.spi.set_linger(listener.socket, 1, 555) == 0);
    const auto client = peer::connect_to(listener.local.port());
    const auto taken = spi.spi.accept(listener.socket);
    REQUIRE(taken.code == 0);
    CHECK(linger_of(spi, taken.socket) == setting{1, 555});
    REQUIRE(spi.spi.set_linger(listener.socket, 0, 1) == 0);
    CHECK(linger_of(spi, taken.socket) == setting{1, 555});
}

TEST_CASE("LOPT-9 the setting at the moment of the close counts, not an earlier one", "[spi][linger]")
{
    const spi_fixture spi;
    auto softened = spi.connect_to_peer();
    REQUIRE(spi.spi.set_linger(softened.socket, 1, 0) == 0);
    REQUIRE(spi.spi.set_linger(softened.socket, 0, 0) == 0);
    REQUIRE(spi.spi.close(softened.socket) == 0);
    CHECK(softened.remote.wait_end() == peer::ending::finished);

    auto hardened = spi.connect_to_peer();
    REQUIRE(spi.spi.set_linger(hardened.socket, 0, 0) == 0);
    REQUIRE(spi.spi.set_linger(hardened.socket, 1, 0) == 0);
    REQUIRE(spi.spi.close(hardened.socket) == 0);
    CHECK(hardened.remote.wait_end() == peer::ending::reset);
}
