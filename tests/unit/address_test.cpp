// The address value: checks of from_bytes, the views, and text.
#include <array>
#include <cstring>
#include <string>

#include "spindle/address.hpp"
#include "support/catch.hpp"

using spindle::address_family;
using spindle::errc;
using spindle::socket_address;

namespace {

std::array<std::uint8_t, 128> raw(std::uint16_t family)
{
    std::array<std::uint8_t, 128> bytes{};
    std::memcpy(bytes.data(), &family, sizeof(family));
    return bytes;
}

std::string ipv6_text(std::array<std::uint8_t, 16> host)
{
    return socket_address::ipv6(host, 1).to_string();
}

}  // namespace

TEST_CASE("LNX-7 from_bytes refuses what is too short and cuts what is too long", "[unit][address]")
{
    const auto ipv4 = raw(2);
    CHECK(socket_address::from_bytes(nullptr, 16).error() == errc::fault);
    CHECK(socket_address::from_bytes(ipv4.data(), 1).error() == errc::fault);
    CHECK(socket_address::from_bytes(ipv4.data(), 15).error() == errc::fault);
    CHECK(socket_address::from_bytes(ipv4.data(), 16)->size() == 16);
    CHECK(socket_address::from_bytes(ipv4.data(), 128)->size() == 16);

    const auto ipv6 = raw(23);
    CHECK(socket_address::from_bytes(ipv6.data(), 27).error() == errc::fault);
    CHECK(socket_address::from_bytes(ipv6.data(), 128)->size() == 28);

    const auto local = raw(1);
    CHECK(socket_address::from_bytes(local.data(), 2).error() == errc::fault);
    CHECK(socket_address::from_bytes(local.data(), 3)->size() == 3);
    CHECK(socket_address::from_bytes(local.data(), 128)->size() == 110);

    CHECK(socket_address::from_bytes(raw(10).data(), 128).error() == errc::address_family_not_supported);
    CHECK(socket_address::from_bytes(raw(0).data(), 128).error() == errc::address_family_not_supported);
}

TEST_CASE("An address has Winsock's layout", "[unit][address]")
{
    const auto address = socket_address::ipv4({192, 0, 2, 7}, 0x1234);
    const std::array<std::uint8_t, 8> expected{2, 0, 0x12, 0x34, 192, 0, 2, 7};
    CHECK(std::memcmp(address.data(), expected.data(), expected.size()) == 0);
    CHECK(address.size() == 16);
    CHECK(address.port() == 0x1234);
    CHECK(address.host().size() == 4);

    const auto scoped = socket_address::ipv6({0xfe, 0x80}, 80, 5);
    CHECK(scoped.family() == address_family::ipv6);
    CHECK(std::to_integer<int>(scoped.data()[0]) == 23);
    CHECK(scoped.scope_id() == 5);
    CHECK(scoped.size() == 28);
    CHECK(socket_address{}.empty());
    CHECK(spindle::address_size(address_family::unspecified) == 0);
}

TEST_CASE("Address text follows RFC 5952", "[unit][address]")
{
    CHECK(socket_address::ipv4({127, 0, 0, 1}, 80).to_string() == "127.0.0.1:80");
    CHECK(socket_address::loopback(address_family::ipv6, 80).to_string() == "[::1]:80");
    CHECK(socket_address::any(address_family::ipv6).to_string() == "[::]:0");
    CHECK(ipv6_text({0x20, 0x01, 0x0d, 0xb8}) == "[2001:db8::]:1");
    // The longest run is shortened, the first of equals, and never a single group.
    CHECK(ipv6_text({0x20, 0x01, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}) == "[2001:0:0:1::1]:1");
    CHECK(ipv6_text({0x20, 0x01, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1}) == "[2001::1:1:0:0:1]:1");
    CHECK(ipv6_text({0, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7}) == "[1:0:2:3:4:5:6:7]:1");
    CHECK(ipv6_text({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1}) == "[::ffff:10.0.0.1]:1");
    CHECK(socket_address::ipv6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xAB}, 9, 3).to_string() ==
          "[fe80::ab%3]:9");
    CHECK(socket_address{}.to_string().empty());
}

TEST_CASE("Address kinds are recognised", "[unit][address]")
{
    CHECK(socket_address::any(address_family::ipv4).is_wildcard());
    CHECK(socket_address::any(address_family::ipv6).is_wildcard());
    CHECK_FALSE(socket_address::loopback(address_family::ipv4).is_wildcard());
    CHECK(socket_address::ipv4({239, 1, 2, 3}, 0).is_multicast());
    CHECK_FALSE(socket_address::ipv4({240, 1, 2, 3}, 0).is_multicast());
    CHECK(socket_address::ipv6({0xff, 2}, 0).is_multicast());
    CHECK(socket_address::ipv4({255, 255, 255, 255}, 0).is_limited_broadcast());
    CHECK(socket_address::ipv6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4}, 0).is_ipv4_mapped());
    CHECK_FALSE(socket_address::loopback(address_family::ipv6).is_ipv4_mapped());
}

TEST_CASE("AF_UNIX addresses carry a path", "[unit][address]")
{
    const auto address = socket_address::local("/tmp/a");
    REQUIRE(address);
    CHECK(address->size() == 110);
    CHECK(address->to_string() == "/tmp/a");
    CHECK(address->host().size() == 6);
    CHECK(address->port() == 0);
    CHECK(socket_address::local("").error() == errc::invalid_argument);
    CHECK(socket_address::local(std::string(107, 'x')));
    CHECK(socket_address::local(std::string(108, 'x')).error() == errc::invalid_argument);

    // The same name, given with another length.
    const auto shorter = socket_address::from_bytes(address->data(), 8);
    REQUIRE(shorter);
    CHECK(*shorter == *address);
    CHECK_FALSE(*shorter == *socket_address::local("/tmp/b"));
}
