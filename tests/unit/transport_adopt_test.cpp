// The built-in transport: a connection put in the place of a socket that exists, and what becomes of that one.
#include "support/process_probe.hpp"
#include "transport_fixture.hpp"

using namespace spindle;
using namespace spindle::test;

namespace {

/// The client's end of a new connection, whose other end `target` becomes.
std::unique_ptr<lower_socket> adopt_connection(world& here, lower_socket& listening, lower_socket& target)
{
    auto client = here.open(address_family::ipv4);
    const auto begun = client->connect(*listening.local_address());
    REQUIRE((begun || begun.error() == errc::would_block));
    REQUIRE(has_any(here.wait(listening, readiness::readable), readiness::readable));
    auto taken = listening.accept();
    REQUIRE(taken);
    REQUIRE(target.adopt(*taken));
    CHECK(taken->socket == nullptr);
    return client;
}

}  // namespace

TEST_CASE("ACX-1 a socket becomes the accepted connection, and its unused system socket the next socket", "[unit][transport]")
{
    const auto before = descriptor_count();
    {
        world here;
        const auto listening = here.listener(socket_address::loopback(address_family::ipv4));
        auto target = here.open(address_family::ipv4);
        const auto client = adopt_connection(here, *listening, *target);
        CHECK(*send(*client, "hello") == 5);
        REQUIRE(has_any(here.wait(*target, readiness::readable), readiness::readable));
        CHECK(receive(*target).text == "hello");

        const auto open_now = descriptor_count();
        auto next = here.open(address_family::ipv4);
        CHECK(descriptor_count() == open_now);
        CHECK(next->bind(socket_address::loopback(address_family::ipv4)));
        auto other_kind = here.open(address_family::ipv6);
        CHECK(descriptor_count() == open_now + 1);
        here.net->stop();
    }
    CHECK(descriptor_count() == before);
}

TEST_CASE("ACX-1 what was set on an accept socket does not come back with another", "[unit][transport]")
{
    world here;
    const auto listening = here.listener(socket_address::loopback(address_family::ipv4));
    auto target = here.open(address_family::ipv4);
    REQUIRE(target->set_option(lower_option::no_delay, 1));
    const auto client = adopt_connection(here, *listening, *target);
    const auto next = here.open(address_family::ipv4);
    CHECK(*next->get_option(lower_option::no_delay) == 0);
}

TEST_CASE("SOCK-22 a spare socket of another kind does not use up the last descriptor", "[unit][transport]")
{
    world here;
    const auto listening = here.listener(socket_address::loopback(address_family::ipv4));
    auto target = here.open(address_family::ipv4);
    const auto client = adopt_connection(here, *listening, *target);
    const no_more_descriptors full;
    const auto last = here.open(address_family::ipv6);
    CHECK(here.net->open({address_family::ipv6, socket_type::stream, 0}, false).error() == errc::too_many_open_sockets);
}
