// Port rules between IPv4 and IPv6 sockets and IPv4-mapped addresses. The table for one family is in
// bind_test.cpp. Answers to "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE" and "Dual-stack sockets".
#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

unique_socket dual_stack(bool exclusive)
{
    auto made = tcp(AF_INET6);
    set_option(made, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (exclusive) {
        set_option(made, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    }
    return made;
}

unique_socket four(bool exclusive)
{
    auto made = tcp();
    if (exclusive) {
        set_option(made, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    }
    return made;
}

}  // namespace

TEST_CASE("BND-7 an exclusive dual-stack wildcard refuses every IPv4 bind with WSAEACCES", "[api][bind]")
{
    const winsock started;
    const auto first = dual_stack(true);
    REQUIRE(bind_to(first, wildcard(AF_INET6)) == 0);
    const auto port = local_of(first).port();
    for (const bool exclusive : {false, true}) {
        INFO("second exclusive: " << exclusive);
        CHECK(bind_to(four(exclusive), wildcard(AF_INET, port)) == WSAEACCES);
        CHECK(bind_to(four(exclusive), loopback(AF_INET, port)) == WSAEACCES);
    }
}

TEST_CASE("BND-7 a dual-stack wildcard that is not exclusive lets IPv4 wildcards bind", "[api][bind]")
{
    const winsock started;
    for (const bool exclusive : {false, true}) {
        INFO("second exclusive: " << exclusive);
        const auto first = dual_stack(false);
        REQUIRE(bind_to(first, wildcard(AF_INET6)) == 0);
        CHECK(bind_to(four(exclusive), wildcard(AF_INET, local_of(first).port())) == 0);
    }
}

TEST_CASE("BND-8 after a specific IPv4 bind the exclusive dual-stack wildcard gets WSAEADDRINUSE",
          "[api][bind]")
{
    const winsock started;
    const auto first = four(false);
    REQUIRE(bind_to(first, loopback(AF_INET)) == 0);
    CHECK(bind_to(dual_stack(true), wildcard(AF_INET6, local_of(first).port())) == WSAEADDRINUSE);
}

TEST_CASE("BND-9 an IPv4 address and its mapped form conflict both ways", "[api][bind]")
{
    const winsock started;
    {
        const auto first = four(false);
        REQUIRE(bind_to(first, loopback(AF_INET)) == 0);
        const auto port = local_of(first).port();
        CHECK(bind_to(dual_stack(false), at(AF_INET6, "::ffff:127.0.0.1", port)) == WSAEADDRINUSE);
    }
    {
        const auto first = dual_stack(false);
        REQUIRE(bind_to(first, at(AF_INET6, "::ffff:127.0.0.1", 0)) == 0);
        CHECK(bind_to(four(false), loopback(AF_INET, local_of(first).port())) == WSAEADDRINUSE);
    }
}

TEST_CASE("BND-9 the two loopback addresses do not conflict", "[api][bind]")
{
    const winsock started;
    const auto first = four(false);
    REQUIRE(bind_to(first, loopback(AF_INET)) == 0);
    const auto port = local_of(first).port();
    CHECK(bind_to(tcp(AF_INET6), loopback(AF_INET6, port)) == 0);
    CHECK(bind_to(dual_stack(false), loopback(AF_INET6, port)) == 0);
    // IPV6_V6ONLY is the default: the wildcards of both families live side by side.
    const auto wild = four(false);
    REQUIRE(bind_to(wild, wildcard(AF_INET)) == 0);
    CHECK(bind_to(tcp(AF_INET6), wildcard(AF_INET6, local_of(wild).port())) == 0);
}
