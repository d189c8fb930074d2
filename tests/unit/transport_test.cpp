// The built-in transport over real loopback sockets: transfer, errors and the end of it all.
#include <algorithm>
#include <array>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "support/process_probe.hpp"
#include "transport_fixture.hpp"

using namespace spindle;
using namespace spindle::test;

TEST_CASE("Streams of every family carry data both ways and end", "[unit][transport]")
{
    const auto path = path_in_tmp("spindle-stream-");
    const auto local =
        GENERATE_REF(values({socket_address::loopback(address_family::ipv4),
                             socket_address::loopback(address_family::ipv6), *socket_address::local(path)}));
    {
        connected pair{local};
        CHECK(receive(*pair.server).error == errc::would_block);
        CHECK(*send(*pair.client, "hello") == 5);
        REQUIRE(has_any(pair.wait(*pair.server, readiness::readable), readiness::readable));
        CHECK(*pair.server->readable_bytes() == 5);
        CHECK(receive(*pair.server, 2, transfer_flags::peek).text == "he");
        CHECK(receive(*pair.server).text == "hello");
        const std::array<const_buffer, 2> parts{{{"ab", 2}, {"cd", 2}}};
        CHECK(*pair.server->send(parts, transfer_flags::none, nullptr) == 4);
        REQUIRE(has_any(pair.wait(*pair.client, readiness::readable), readiness::readable));
        CHECK(receive(*pair.client).text == "abcd");
        REQUIRE(pair.client->shutdown(shutdown_direction::send));
        CHECK(send(*pair.client, "x").error() == errc::shut_down);
        REQUIRE(has_any(pair.wait(*pair.server, readiness::readable), readiness::readable));
        const auto end = receive(*pair.server);
        CHECK((!end.error && end.text.empty()));
        CHECK(pair.client->peer_address()->family() == local.family());
        CHECK(pair.server->local_address()->size() == address_size(local.family()));
    }
    ::unlink(path.c_str());
}

TEST_CASE("LNX-9 ports the system chooses come from the dynamic range", "[unit][transport]")
{
    connected pair;
    CHECK(pair.accepting->local_address()->port() >= 1024);
    // Kernels older than 6.3 do not know the setting.
    auto probe = pair.open(address_family::ipv4, socket_type::datagram);
    REQUIRE(probe->bind(socket_address::loopback(address_family::ipv4)));
    if (probe->local_address()->port() >= 49152) {
        CHECK(pair.accepting->local_address()->port() >= 49152);
        CHECK(pair.client->local_address()->port() >= 49152);
    }
}

TEST_CASE("connecting to nobody is refused, at once or later", "[unit][transport]")
{
    world w;
    const auto closed = w.listener(socket_address::loopback(address_family::ipv4));
    const auto address = *closed->local_address();
    closed->close();
    auto client = w.open(address_family::ipv4);
    CHECK(client->connect_result().error() == errc::not_connected);
    auto outcome = client->connect(address);
    if (outcome.error() == errc::would_block) {
        CHECK(has_any(w.wait(*client, readiness::writable), readiness::failed));
        outcome = client->connect_result();
    }
    CHECK(outcome.error() == errc::connection_refused);

    auto local = w.open(address_family::local);
    CHECK(local->connect(*socket_address::local(path_in_tmp("spindle-nobody-"))).error() ==
          errc::connection_refused);
}

TEST_CASE("LNX-14 a socket is renewed in place after a failed connect", "[unit][transport]")
{
    connected pair;
    const auto before = test::descriptor_count();
    REQUIRE(pair.client->renew());
    CHECK(test::descriptor_count() == before);
    CHECK(pair.client->connect_result().error() == errc::not_connected);
    const auto again = pair.client->connect(*pair.accepting->local_address());
    CHECK((again || again.error() == errc::would_block));
    CHECK(has_any(pair.wait(*pair.client, readiness::writable), readiness::writable));
    CHECK(pair.client->connect_result());
}

TEST_CASE("LNX-30 abort resets the connection although a thread still waits on the socket",
          "[unit][transport]")
{
    connected pair;
    const auto wake = pair.net->make_interrupter();
    auto waiting = std::async(std::launch::async, [&] {
        return pair.client->wait(readiness::readable, *wake, clock::now() + patience);
    });
    REQUIRE(*send(*pair.client, "lost"));
    pair.client->abort();
    CHECK(has_any(waiting.get(), readiness::failed));
    CHECK(has_any(pair.wait(*pair.server, readiness::none), readiness::failed));
    CHECK(eventually([&] { return receive(*pair.server).error == errc::connection_reset; }));
    CHECK(receive(*pair.client).error == errc::connection_aborted);
    CHECK(send(*pair.client, "x").error() == errc::connection_aborted);
    // T-ENO, EPIPE: the reset was told, and this side has not shut down.
    CHECK(send(*pair.server, "x").error() == errc::connection_reset);
}

TEST_CASE("SEL-16, LNX-32 one wait serves many sockets and tells the peer's end from a reset", "[unit][transport]")
{
    connected finished;
    connected reset;
    connected quiet;
    auto& world = quiet;
    const auto fresh = world.open(address_family::ipv4);
    const auto waits = world.net->make_poll_set();
    constexpr auto input = readiness::readable | readiness::peer_closed;
    const std::vector<lower_socket*> members{quiet.server.get(), finished.server.get(), fresh.get(), reset.server.get()};
    const auto look = [&](clock::time_point until) {
        waits->clear();
        for (auto* each : members) {
            waits->add(*each, input);
        }
        return waits->wait(world.wake.get(), until);
    };
    CHECK(*look(clock::now()) == readiness::none);
    CHECK(waits->next_seen(0) == members.size());

    REQUIRE(finished.client->shutdown(shutdown_direction::send));
    CHECK(*look(clock::now() + patience) == readiness::readable);
    CHECK(waits->next_seen(0) == 1);
    CHECK(has_any(waits->seen(1), readiness::peer_closed));
    CHECK_FALSE(has_any(waits->seen(1), readiness::failed));
    CHECK(finished.server->poll(input) == waits->seen(1));

    reset.client->abort();
    REQUIRE(has_any(world.wait(*reset.server, readiness::none), readiness::failed));
    CHECK(*look(clock::now() + patience) == readiness::readable);
    CHECK(waits->next_seen(2) == 3);
    CHECK(has_any(waits->seen(3), readiness::error));

    world.wake->interrupt();
    CHECK(*look(clock::now()) == (readiness::interrupted | readiness::readable));
    world.wake->reset();
}

TEST_CASE("XFR-41 a reset that one receive was told of is no end of the stream to the next",
          "[unit][transport]")
{
    for (const auto family : {address_family::ipv4, address_family::ipv6}) {
        connected pair{family};
        REQUIRE(*send(*pair.client, "before"));
        REQUIRE(has_any(pair.wait(*pair.server, readiness::readable), readiness::readable));
        pair.client->abort();
        REQUIRE(has_any(pair.wait(*pair.server, readiness::none), readiness::failed));
        CHECK(receive(*pair.server).text == "before");
        for (int turn = 0; turn < 3; ++turn) {
            CHECK(receive(*pair.server).error == errc::connection_reset);
        }
    }
}

TEST_CASE("XFR-38 the end of the stream stays one when both ends have finished", "[unit][transport]")
{
    connected pair;
    for (auto* socket : {pair.server.get(), pair.client.get()}) {
        REQUIRE(socket->shutdown(shutdown_direction::send));
    }
    for (auto* socket : {pair.server.get(), pair.client.get()}) {
        REQUIRE(has_any(pair.wait(*socket, readiness::none), readiness::failed));
        for (int turn = 0; turn < 2; ++turn) {
            const auto end = receive(*socket);
            CHECK_FALSE(end.error);
            CHECK(end.text.empty());
        }
    }
}

TEST_CASE("OOB-1 the urgent byte is read apart and once", "[unit][transport]")
{
    connected pair;
    CHECK(receive(*pair.server, 1, transfer_flags::out_of_band).error == errc::would_block);
    REQUIRE(*send(*pair.client, "ab", nullptr, transfer_flags::out_of_band) == 2);
    REQUIRE(has_any(pair.wait(*pair.server, readiness::urgent), readiness::urgent));
    CHECK(receive(*pair.server, 1, transfer_flags::out_of_band).text == "b");
    CHECK(receive(*pair.server, 1, transfer_flags::out_of_band).error == errc::would_block);
    CHECK(receive(*pair.server).text == "a");
    CHECK(*pair.server->at_urgent_mark());
}

TEST_CASE("LNX-27 a datagram that is cut is reported so", "[unit][transport]")
{
    world w;
    const auto family = GENERATE(address_family::ipv4, address_family::ipv6);
    auto left = w.open(family, socket_type::datagram);
    auto right = w.open(family, socket_type::datagram);
    REQUIRE(left->bind(socket_address::loopback(family)));
    REQUIRE(right->bind(socket_address::loopback(family)));
    const auto target = *right->local_address();
    REQUIRE(*send(*left, "0123456789", &target) == 10);
    REQUIRE(*send(*left, "", &target) == 0);
    REQUIRE(has_any(w.wait(*right, readiness::readable), readiness::readable));
    const auto cut = receive(*right, 4);
    CHECK(cut.text == "0123");
    CHECK(cut.truncated);
    CHECK(cut.from == *left->local_address());
    REQUIRE(has_any(w.wait(*right, readiness::readable), readiness::readable));
    const auto empty = receive(*right, 4);
    CHECK((empty.text.empty() && !empty.error && !empty.truncated));
    CHECK(receive(*right, 4).error == errc::would_block);
    // More pieces than the kernel takes at once.
    const std::vector<const_buffer> many(2000, const_buffer{"x", 1});
    REQUIRE(*left->send(many, transfer_flags::none, &target) == 2000);
    REQUIRE(has_any(w.wait(*right, readiness::readable), readiness::readable));
    CHECK(receive(*right, 4000).text == std::string(2000, 'x'));
}

TEST_CASE("LNX-28 an unreachable port is told to the receiver only, once", "[unit][transport]")
{
    world w;
    const auto family = GENERATE(address_family::ipv4, address_family::ipv6);
    auto gone = w.open(family, socket_type::datagram);
    REQUIRE(gone->bind(socket_address::loopback(family)));
    const auto target = *gone->local_address();
    gone->close();

    auto sender = w.open(family, socket_type::datagram);
    REQUIRE(sender->set_option(lower_option::report_unreachable, 1));
    CHECK_FALSE(sender->take_error());
    REQUIRE(send(*sender, "x", &target));
    CHECK(has_any(w.wait(*sender, readiness::readable), readiness::failed));
    CHECK(receive(*sender).error == errc::connection_reset);
    CHECK(receive(*sender).error == errc::would_block);
    CHECK_FALSE(sender->take_error());

    REQUIRE(send(*sender, "x", &target));
    REQUIRE(has_any(w.wait(*sender, readiness::none), readiness::failed));
    CHECK(*send(*sender, "y", &target) == 1);
    CHECK(sender->take_error() == errc::connection_reset);
}

TEST_CASE("CONN-16 a datagram socket keeps its port when its peer is dissolved", "[unit][transport]")
{
    world w;
    auto peer = w.open(address_family::ipv4, socket_type::datagram);
    REQUIRE(peer->bind(socket_address::loopback(address_family::ipv4)));
    auto socket = w.open(address_family::ipv4, socket_type::datagram);
    REQUIRE(socket->connect(*peer->local_address()));
    const auto port = socket->local_address()->port();
    REQUIRE(socket->disconnect());
    CHECK(socket->local_address()->port() == port);
    CHECK(socket->peer_address().error() == errc::not_connected);
    CHECK(send(*socket, "x").error() == errc::destination_address_required);
}

TEST_CASE("LNX-22 options reach the system and come back as asked", "[unit][transport]")
{
    connected pair;
    const auto option = GENERATE(lower_option::keep_alive, lower_option::no_delay, lower_option::dont_route,
                                 lower_option::keep_alive_idle, lower_option::keep_alive_count,
                                 lower_option::fragment, lower_option::restart_bind);
    REQUIRE(pair.client->set_option(option, 1));
    CHECK(*pair.client->get_option(option) == 1);
    REQUIRE(pair.client->set_option(lower_option::receive_buffer, 20000));
    CHECK(*pair.client->get_option(lower_option::receive_buffer) == 20000);
    CHECK(pair.client->set_option(lower_option::v6_only, 1).error() == errc::no_protocol_option);
    CHECK(*pair.client->unacknowledged_bytes() == 0);
}
