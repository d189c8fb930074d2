// bind through the API: its errors, implicit binding and what the port rules say about two sockets on one
// port (table T-BIND as data). Dual-stack and multicast rules are in bind_family_test.cpp. Answers to "bind
// function" and "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE".
#include <array>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

enum class kind { normal, reuse, exclusive };
constexpr int use = WSAEADDRINUSE;
constexpr int acc = WSAEACCES;

struct row {
    kind first;
    bool first_wild;
    // Second socket: normal W, S; reuse W, S; exclusive W, S.
    std::array<int, 6> second;
};

constexpr std::array<row, 6> rows{{
    {kind::normal, true, {use, 0, acc, 0, use, 0}},
    {kind::normal, false, {0, use, 0, acc, use, use}},
    {kind::reuse, true, {use, 0, 0, 0, use, 0}},
    {kind::reuse, false, {0, use, 0, 0, use, use}},
    {kind::exclusive, true, {use, acc, acc, acc, use, acc}},
    {kind::exclusive, false, {0, use, 0, acc, use, use}},
}};

constexpr std::array<const char*, 3> kind_names{"default", "SO_REUSEADDR", "SO_EXCLUSIVEADDRUSE"};

unique_socket made_as(int type, kind which)
{
    auto made = type == SOCK_STREAM ? tcp() : udp();
    if (which == kind::reuse) {
        set_option(made, SOL_SOCKET, SO_REUSEADDR, 1);
    } else if (which == kind::exclusive) {
        set_option(made, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    }
    return made;
}

endpoint place(bool wild, unsigned short port)
{
    return wild ? wildcard(AF_INET, port) : loopback(AF_INET, port);
}

void check_cell(int type, const row& first_row, std::size_t column)
{
    const auto second_kind = static_cast<kind>(column / 2);
    const bool second_wild = column % 2 == 0;
    const auto first = made_as(type, first_row.first);
    REQUIRE(bind_to(first, place(first_row.first_wild, 0)) == 0);
    const auto port = local_of(first).port();
    const auto second = made_as(type, second_kind);
    INFO("first " << kind_names[static_cast<std::size_t>(first_row.first)]
                  << (first_row.first_wild ? " W" : " S") << ", second " << kind_names[column / 2]
                  << (second_wild ? " W" : " S"));
    CHECK(bind_to(second, place(second_wild, port)) == first_row.second[column]);
}

}  // namespace

TEST_CASE("BIND-1, LNX-7 bind refuses a missing or short name with WSAEFAULT", "[api][bind]")
{
    const winsock started;
    const auto four = tcp();
    const auto six = tcp(AF_INET6);
    const auto name4 = loopback(AF_INET);
    const auto name6 = loopback(AF_INET6);
    CHECK(error_of(bind(four, nullptr, sizeof(sockaddr_in))) == WSAEFAULT);
    for (const int length : {0, 1, 2, 15, -1}) {
        INFO("length " << length);
        CHECK(error_of(bind(four, name4.get(), length)) == WSAEFAULT);
    }
    for (const int length : {0, 16, 24, 27}) {
        INFO("length " << length);
        CHECK(error_of(bind(six, name6.get(), length)) == WSAEFAULT);
    }
    CHECK(bind_to(four, name4) == 0);
    CHECK(bind_to(six, name6) == 0);
}

TEST_CASE("BIND-1 a length above the family's size is accepted", "[api][bind]")
{
    const winsock started;
    const auto four = tcp();
    const auto name = loopback(AF_INET);
    CHECK(error_of(bind(four, name.get(), sizeof name.storage)) == 0);
    CHECK(local_of(four).length == sizeof(sockaddr_in));
}

TEST_CASE("BIND-2, LNX-7 a name of another family gives WSAEAFNOSUPPORT", "[api][bind]")
{
    const winsock started;
    const auto four = tcp();
    const auto six = tcp(AF_INET6);
    CHECK(bind_to(four, loopback(AF_INET6)) == WSAEAFNOSUPPORT);
    auto name = loopback(AF_INET);
    name.length = sizeof(sockaddr_in6);
    CHECK(bind_to(six, name) == WSAEAFNOSUPPORT);
    const auto datagram = udp();
    CHECK(bind_to(datagram, loopback(AF_INET6)) == WSAEAFNOSUPPORT);
}

TEST_CASE("BIND-3, LNX-7 a second bind fails with WSAEINVAL, after an implicit one too", "[api][bind]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto explicitly = tcp(family);
        REQUIRE(bind_to(explicitly, loopback(family)) == 0);
        CHECK(bind_to(explicitly, loopback(family)) == WSAEINVAL);
        CHECK(bind_to(explicitly, wildcard(family)) == WSAEINVAL);

        const tcp_pair connected(family);
        CHECK(bind_to(connected.client, loopback(family)) == WSAEINVAL);
        CHECK(bind_to(connected.server, loopback(family)) == WSAEINVAL);

        const auto target = bound_udp(family);
        const auto sender = udp(family);
        const auto where = local_of(target);
        REQUIRE(error_of(sendto(sender, "x", 1, 0, where.get(), where.length)) == 0);
        CHECK(bind_to(sender, loopback(family)) == WSAEINVAL);
    }
}

TEST_CASE("BIND-4, LNX-7 an address that is not local gives WSAEADDRNOTAVAIL", "[api][bind]")
{
    const winsock started;
    const auto four = tcp();
    CHECK(bind_to(four, at(AF_INET, "192.0.2.0", 0)) == WSAEADDRNOTAVAIL);
    CHECK(bind_to(four, at(AF_INET, "192.0.2.17", 0)) == WSAEADDRNOTAVAIL);
    const auto six = tcp(AF_INET6);
    CHECK(bind_to(six, at(AF_INET6, "2001:db8::17", 0)) == WSAEADDRNOTAVAIL);
    // The sockets are unharmed.
    CHECK(bind_to(four, loopback(AF_INET)) == 0);
    CHECK(bind_to(six, loopback(AF_INET6)) == 0);
}

TEST_CASE("BIND-4, T-ENO/ENODEV-ENXIO-scope a scope id without interface gives WSAEADDRNOTAVAIL",
          "[api][bind]")
{
    const winsock started;
    auto where = at(AF_INET6, "fe80::1234:5678", 0);
    const auto six = tcp(AF_INET6);
    for (const unsigned long scope : {0UL, 54'321UL}) {
        reinterpret_cast<sockaddr_in6*>(where.get())->sin6_scope_id = static_cast<ULONG>(scope);
        INFO("scope " << scope);
        CHECK(bind_to(six, where) == WSAEADDRNOTAVAIL);
    }
}

TEST_CASE("BIND-5 a port in use gives WSAEADDRINUSE from bind itself", "[api][bind]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto first = tcp(family);
        REQUIRE(bind_to(first, wildcard(family)) == 0);
        const auto second = tcp(family);
        CHECK(bind_to(second, wildcard(family, local_of(first).port())) == WSAEADDRINUSE);
        const auto busy = listener(family);
        const auto third = tcp(family);
        CHECK(bind_to(third, local_of(busy)) == WSAEADDRINUSE);
        const auto datagram = bound_udp(family);
        const auto fourth = udp(family);
        CHECK(bind_to(fourth, local_of(datagram)) == WSAEADDRINUSE);
    }
}

TEST_CASE("BIND-6, LNX-9 port 0 is replaced by a port of the dynamic range", "[api][bind]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        for (int turn = 0; turn < 8; ++turn) {
            const auto stream = tcp(family);
            REQUIRE(bind_to(stream, loopback(family)) == 0);
            CHECK(local_of(stream).port() >= 49'152);
            const auto datagram = udp(family);
            REQUIRE(bind_to(datagram, wildcard(family)) == 0);
            CHECK(local_of(datagram).port() >= 49'152);
        }
    }
}

TEST_CASE("BIND-7, NAME-2 a wildcard binding shows as wildcard and port until connected", "[api][bind]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto target = listener(family);
        const auto made = tcp(family);
        REQUIRE(bind_to(made, wildcard(family)) == 0);
        const auto before = local_of(made);
        CHECK(before.address() == wildcard(family).address());
        CHECK(before.port() != 0);
        REQUIRE(connect_to(made, local_of(target)) == 0);
        const auto after = local_of(made);
        CHECK(after.address() == loopback(family).address());
        CHECK(after.port() == before.port());
    }
}

TEST_CASE("BIND-8 binding a datagram socket to a broadcast address needs SO_BROADCAST", "[api][bind]")
{
    const winsock started;
    const auto where = at(AF_INET, "255.255.255.255", 0);
    const auto made = udp();
    CHECK(bind_to(made, where) == WSAEACCES);
    const auto allowed = udp();
    set_option(allowed, SOL_SOCKET, SO_BROADCAST, 1);
    CHECK(bind_to(allowed, where) == 0);
}

TEST_CASE("BIND-9, BND-1 SO_REUSEADDR and SO_EXCLUSIVEADDRUSE exclude one another", "[api][bind][options]")
{
    const winsock started;
    const int one = 1;
    const auto* value = reinterpret_cast<const char*>(&one);
    for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
        const auto reuse = made_as(type, kind::reuse);
        CHECK(error_of(setsockopt(reuse, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, value, sizeof one)) == WSAEINVAL);
        CHECK(get_option(reuse, SOL_SOCKET, SO_EXCLUSIVEADDRUSE) == 0);
        CHECK(get_option(reuse, SOL_SOCKET, SO_REUSEADDR) == 1);
        const auto exclusive = made_as(type, kind::exclusive);
        CHECK(error_of(setsockopt(exclusive, SOL_SOCKET, SO_REUSEADDR, value, sizeof one)) == WSAEINVAL);
        CHECK(get_option(exclusive, SOL_SOCKET, SO_REUSEADDR) == 0);
        CHECK(get_option(exclusive, SOL_SOCKET, SO_EXCLUSIVEADDRUSE) == 1);
        // Once the first is off again, the second may be set.
        set_option(reuse, SOL_SOCKET, SO_REUSEADDR, 0);
        set_option(reuse, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
        CHECK(get_option(reuse, SOL_SOCKET, SO_EXCLUSIVEADDRUSE) == 1);
    }
}

TEST_CASE("BIND-9, BND-1 the two options have no effect on a binding that exists", "[api][bind][options]")
{
    const winsock started;
    for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
        const auto first = made_as(type, kind::normal);
        REQUIRE(bind_to(first, loopback(AF_INET)) == 0);
        const int one = 1;
        // Whether a late set is refused is not said; the binding stays a default one.
        setsockopt(first, SOL_SOCKET, SO_REUSEADDR, reinterpret_cast<const char*>(&one), sizeof one);
        const auto second = made_as(type, kind::reuse);
        CHECK(bind_to(second, local_of(first)) == WSAEACCES);
    }
}

TEST_CASE("BIND-10, BND-2, T-BIND, LNX-8 a second TCP bind follows the table", "[api][bind]")
{
    const winsock started;
    for (const auto& first_row : rows) {
        for (std::size_t column = 0; column < first_row.second.size(); ++column) {
            check_cell(SOCK_STREAM, first_row, column);
        }
    }
}

TEST_CASE("BND-2, T-BIND a second UDP bind follows the table", "[api][bind]")
{
    const winsock started;
    for (const auto& first_row : rows) {
        for (std::size_t column = 0; column < first_row.second.size(); ++column) {
            check_cell(SOCK_DGRAM, first_row, column);
        }
    }
}

TEST_CASE("BIND-10 a port is free again as soon as its socket is closed", "[api][bind]")
{
    const winsock started;
    for (const auto which : {kind::normal, kind::reuse, kind::exclusive}) {
        auto first = made_as(SOCK_STREAM, which);
        REQUIRE(bind_to(first, wildcard(AF_INET)) == 0);
        const auto port = local_of(first).port();
        first.reset();
        const auto second = made_as(SOCK_STREAM, kind::exclusive);
        CHECK(bind_to(second, wildcard(AF_INET, port)) == 0);
    }
}

TEST_CASE("BIND-11, NAME-7, XFR-32 sendto and connect bind an unbound socket", "[api][bind]")
{
    const winsock started;
    for (const int family : {AF_INET, AF_INET6}) {
        const auto target = bound_udp(family);
        const auto where = local_of(target);
        const auto sender = udp(family);
        REQUIRE(error_of(sendto(sender, "x", 1, 0, where.get(), where.length)) == 0);
        CHECK(local_of(sender).address() == wildcard(family).address());
        CHECK(local_of(sender).port() >= 1024);

        const auto connected = udp(family);
        REQUIRE(connect_to(connected, where) == 0);
        CHECK(local_of(connected).port() >= 1024);

        const auto listening = listener(family);
        const auto stream = connect_to_listener(listening);
        CHECK(local_of(stream).port() >= 1024);
    }
}

TEST_CASE("BIND-12, BND-6 a default listener binds again while old connections live or wind down",
          "[api][bind]")
{
    const winsock started;
    tcp_pair pair;
    const auto where = local_of(pair.listening);
    pair.listening.reset();
    {
        const auto next = tcp();
        CHECK(get_option(next, SOL_SOCKET, SO_REUSEADDR) == 0);
        CHECK(bind_to(next, where) == 0);
        CHECK(error_of(listen(next, 1)) == 0);
        const auto client = connect_to_listener(next);
        const auto server = accept_from(next);
        send_text(client, "again");
        CHECK(receive_text(server, 5) == "again");
    }
    // The server end closes first: its side of the connection goes through TIME_WAIT.
    pair.server.reset();
    CHECK(receive_text(pair.client, 1).empty());
    pair.client.reset();
    const auto last = tcp();
    CHECK(bind_to(last, where) == 0);
    CHECK(error_of(listen(last, 1)) == 0);
}

TEST_CASE("BND-6 an exclusive port stays blocked while an accepted connection is active", "[api][bind]")
{
    const winsock started;
    auto listening = made_as(SOCK_STREAM, kind::exclusive);
    REQUIRE(bind_to(listening, loopback(AF_INET)) == 0);
    REQUIRE(error_of(listen(listening, 1)) == 0);
    const auto where = local_of(listening);
    const auto client = connect_to_listener(listening);
    const auto server = accept_from(listening);
    listening.reset();
    for (const auto which : {kind::normal, kind::exclusive}) {
        const auto next = made_as(SOCK_STREAM, which);
        const int code = bind_to(next, where);
        CHECK((code == WSAEADDRINUSE || code == WSAEACCES));
    }
}

TEST_CASE("BND-4 the specific listener gets the connection, whichever was bound first", "[api][bind]")
{
    const winsock started;
    for (const bool specific_first : {true, false}) {
        INFO("specific first: " << specific_first);
        const auto first = tcp();
        REQUIRE(bind_to(first, place(!specific_first, 0)) == 0);
        const auto second = tcp();
        REQUIRE(bind_to(second, place(specific_first, local_of(first).port())) == 0);
        REQUIRE(error_of(listen(first, 2)) == 0);
        REQUIRE(error_of(listen(second, 2)) == 0);
        const auto& specific = specific_first ? first : second;
        const auto client = tcp();
        REQUIRE(connect_to(client, local_of(specific)) == 0);
        set_nonblocking(first);
        set_nonblocking(second);
        const unique_socket got_first{accept(first, nullptr, nullptr)};
        const unique_socket got_second{accept(second, nullptr, nullptr)};
        CHECK((got_first.get() != INVALID_SOCKET) == specific_first);
        CHECK((got_second.get() != INVALID_SOCKET) == !specific_first);
    }
}

TEST_CASE("BND-5 of two SO_REUSEADDR listeners on one address the first gets the connections", "[api][bind]")
{
    const winsock started;
    const auto first = made_as(SOCK_STREAM, kind::reuse);
    REQUIRE(bind_to(first, loopback(AF_INET)) == 0);
    const auto second = made_as(SOCK_STREAM, kind::reuse);
    REQUIRE(bind_to(second, local_of(first)) == 0);
    REQUIRE(error_of(listen(first, 16)) == 0);
    REQUIRE(error_of(listen(second, 16)) == 0);
    set_nonblocking(first);
    set_nonblocking(second);
    for (int turn = 0; turn < 8; ++turn) {
        INFO("connection " << turn);
        const auto client = connect_to_listener(first);
        const unique_socket by_second{accept(second, nullptr, nullptr)};
        CHECK(error_of(by_second.get()) == WSAEWOULDBLOCK);
        const unique_socket by_first{accept(first, nullptr, nullptr)};
        CHECK(error_of(by_first.get()) == 0);
    }
}
