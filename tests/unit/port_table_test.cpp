// What a second bind to a taken port gets: the matrix BIND-10 (T-BIND) cell by cell against the pure
// port_table, and the rules for dual-stack sockets. The same on real sockets is in the tests of bind.
#include "support/catch.hpp"

#include "core/src/port_table.hpp"

#include <algorithm>
#include <array>
#include <string>

using namespace spindle;

namespace {

constexpr std::uint16_t port = 50123;
const std::array owners = {1, 2, 3};

socket_address wildcard(address_family family = address_family::ipv4)
{
    return socket_address::any(family, port);
}

socket_address specific(std::uint8_t last = 1)
{
    return socket_address::ipv4({127, 0, 0, last}, port);
}

socket_address mapped(std::uint8_t last = 1)
{
    return socket_address::ipv6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, last}, port);
}

bound_port socket_at(std::size_t owner, const socket_address& address, bind_mode mode = bind_mode::standard,
                     bool dual_stack = false, socket_type type = socket_type::stream)
{
    return {&owners.at(owner), type, address, mode, dual_stack};
}

errc second_bind(const bound_port& first, const bound_port& second)
{
    port_table table;
    table.add(first);
    return table.check(second).code;
}

struct binder {
    const char* name;
    bind_mode mode;
    bool wild;

    [[nodiscard]] bound_port at(std::size_t owner, socket_type type) const
    {
        return socket_at(owner, wild ? wildcard() : specific(), mode, false, type);
    }
};

constexpr std::array<binder, 6> binders = {{{"default W", bind_mode::standard, true},
                                            {"default S", bind_mode::standard, false},
                                            {"reuse W", bind_mode::reuse, true},
                                            {"reuse S", bind_mode::reuse, false},
                                            {"exclusive W", bind_mode::exclusive, true},
                                            {"exclusive S", bind_mode::exclusive, false}}};

constexpr errc ok = errc::success;
constexpr errc in_use = errc::address_in_use;
constexpr errc acces = errc::access_denied;

// Rows: first socket; columns: second; both in the order of `binders`.
constexpr std::array<std::array<errc, 6>, 6> matrix = {{{in_use, ok, acces, ok, in_use, ok},
                                                        {ok, in_use, ok, acces, in_use, in_use},
                                                        {in_use, ok, ok, ok, in_use, ok},
                                                        {ok, in_use, ok, ok, in_use, in_use},
                                                        {in_use, acces, acces, acces, in_use, acces},
                                                        {ok, in_use, ok, acces, in_use, in_use}}};

}  // namespace

TEST_CASE("BIND-10, BND-2, T-BIND a second bind to the same port gets what the matrix says, in all 36 cells",
          "[unit][bind]")
{
    for (const auto type : {socket_type::stream, socket_type::datagram}) {
        for (std::size_t row = 0; row < binders.size(); ++row) {
            for (std::size_t column = 0; column < binders.size(); ++column) {
                const auto& first = binders.at(row);
                const auto& second = binders.at(column);
                INFO("first " << first.name << ", second " << second.name);
                CHECK(second_bind(first.at(0, type), second.at(1, type)) == matrix.at(row).at(column));
            }
        }
    }
}

TEST_CASE("BIND-10 other ports, other specific addresses and the other protocol do not conflict",
          "[unit][bind]")
{
    for (const auto mode : {bind_mode::standard, bind_mode::exclusive}) {
        auto elsewhere = specific();
        elsewhere.set_port(port + 1);
        CHECK(second_bind(socket_at(0, specific(), mode), socket_at(1, elsewhere, mode)) == ok);
        CHECK(second_bind(socket_at(0, specific(1), mode), socket_at(1, specific(2), mode)) == ok);
        CHECK(second_bind(socket_at(0, wildcard(), mode),
                          socket_at(1, wildcard(), mode, false, socket_type::datagram)) == ok);
    }
}

TEST_CASE("BIND-6 port 0 never conflicts", "[unit][bind]")
{
    port_table table;
    auto chosen = wildcard();
    chosen.set_port(0);
    table.add(socket_at(0, chosen, bind_mode::exclusive));
    CHECK(table.check(socket_at(1, chosen, bind_mode::exclusive)).code == ok);
}

TEST_CASE("BIND-10 a port is free again when its owner is removed, and only then", "[unit][bind]")
{
    port_table table;
    table.add(socket_at(0, specific()));
    table.add(socket_at(1, wildcard()));
    CHECK(table.check(socket_at(2, specific())).code == in_use);
    table.remove(&owners.at(1));
    CHECK(table.check(socket_at(2, specific())).code == in_use);
    table.remove(&owners.at(0));
    CHECK(table.check(socket_at(2, specific())).code == ok);
}

TEST_CASE("BIND-10 every socket on the port has a say, not the first one alone", "[unit][bind]")
{
    port_table table;
    table.add(socket_at(0, wildcard(), bind_mode::reuse));
    table.add(socket_at(1, specific(), bind_mode::standard));
    // The first row allows it (reuse W, then reuse S), the second refuses it (default S, then reuse S).
    CHECK(table.check(socket_at(2, specific(), bind_mode::reuse)).code == acces);
}

TEST_CASE("BIND-10, BND-5 an allowed overlap names the owners to share the port with", "[unit][bind]")
{
    port_table table;
    table.add(socket_at(0, specific(), bind_mode::reuse));
    const auto verdict = table.check(socket_at(1, specific(), bind_mode::reuse));
    CHECK(verdict.code == ok);
    CHECK(std::count(verdict.share_with.begin(), verdict.share_with.end(), &owners.at(0)) == 1);
    CHECK(table.check(socket_at(1, specific(2), bind_mode::reuse)).share_with.empty());
}

TEST_CASE(
    "BND-7 an exclusive dual-stack wildcard shuts out every IPv4 bind, a standard one only what it must",
    "[unit][bind]")
{
    const auto v6 = wildcard(address_family::ipv6);
    for (const auto mode : {bind_mode::standard, bind_mode::reuse, bind_mode::exclusive}) {
        INFO("mode of the second " << static_cast<int>(mode));
        const auto exclusive = socket_at(0, v6, bind_mode::exclusive, true);
        CHECK(second_bind(exclusive, socket_at(1, wildcard(), mode)) == acces);
        CHECK(second_bind(exclusive, socket_at(1, specific(), mode)) == acces);
        CHECK(second_bind(socket_at(0, v6, bind_mode::standard, true), socket_at(1, wildcard(), mode)) == ok);
    }
}

TEST_CASE("BND-8 an exclusive dual-stack wildcard finds a specific IPv4 bind in use", "[unit][bind]")
{
    CHECK(second_bind(socket_at(0, specific()),
                      socket_at(1, wildcard(address_family::ipv6), bind_mode::exclusive, true)) == in_use);
}

TEST_CASE("BND-7 a wildcard of IPv6 alone and one of IPv4 do not meet", "[unit][bind]")
{
    const auto v6 = wildcard(address_family::ipv6);
    CHECK(second_bind(socket_at(0, v6, bind_mode::exclusive),
                      socket_at(1, wildcard(), bind_mode::exclusive)) == ok);
    CHECK(second_bind(socket_at(0, wildcard(), bind_mode::exclusive),
                      socket_at(1, v6, bind_mode::exclusive)) == ok);
}

TEST_CASE("BND-9 IPv4 and IPv4-mapped binds of one address conflict both ways, ::1 and 127.0.0.1 do not",
          "[unit][bind]")
{
    const auto in_four = socket_at(0, specific());
    const auto in_six = socket_at(1, mapped(), bind_mode::standard, true);
    CHECK(second_bind(in_four, in_six) == in_use);
    CHECK(second_bind(in_six, in_four) == in_use);
    const auto loopback6 =
        socket_at(1, socket_address::loopback(address_family::ipv6, port), bind_mode::standard, true);
    CHECK(second_bind(in_four, loopback6) == ok);
    CHECK(second_bind(loopback6, in_four) == ok);
}
