// The built-in transport's loops: the one with a thread of its own, the numbers of its looks, and what a receive tells of
// what it left.
#include <atomic>
#include <memory>
#include <thread>

#include "support/process_probe.hpp"
#include "transport_fixture.hpp"

using namespace spindle;
using namespace spindle::test;

namespace {

struct counting_sink final : readiness_sink {
    std::size_t on_ready(readiness what, std::uint64_t look) noexcept override
    {
        seen = what;
        last_look = look;
        ++calls;
        return takes_in;
    }
    std::size_t takes_in = 0;
    std::atomic<readiness> seen{readiness::none};
    std::atomic<std::uint64_t> last_look{0};
    std::atomic<unsigned> calls{0};
};

receive_outcome receive_telling(lower_socket& socket, std::size_t size)
{
    std::string text(size, '\0');
    const mutable_buffer one{text.data(), size};
    const auto got = socket.receive({&one, 1}, transfer_flags::tell_unread, nullptr);
    REQUIRE(got);
    return *got;
}

}  // namespace

TEST_CASE("LNX-32 an attended loop tells by itself what is new, each time from a later look", "[unit][transport]")
{
    connected pair;
    std::thread([] {}).join();  // a sanitizer adds its own thread beside the first one
    const auto threads_before = thread_count();
    const auto loop = pair.net->make_attended_loop();
    REQUIRE(loop);
    CHECK(thread_count() == threads_before + 1);
    const auto sink = std::make_shared<counting_sink>();
    REQUIRE(pair.server->join(loop, sink, readiness::readable));
    for (unsigned round = 1; round <= 3; ++round) {
        const auto before = loop->look();
        REQUIRE(send(*pair.client, "x"));
        CHECK(eventually([&] { return sink->calls == round; }));
        CHECK(sink->seen == readiness::readable);
        CHECK(sink->last_look > before);
        CHECK(sink->last_look <= loop->look());
        CHECK(receive(*pair.server).text == "x");
    }
    pair.client->close();
    CHECK(eventually([&] { return has_any(sink->seen, readiness::failed); }));
    pair.server->leave();
    loop->close();
    CHECK(eventually([&] { return thread_count() == threads_before; }));
}

TEST_CASE("A loop that its users turn counts no looks", "[unit][transport]")
{
    connected pair;
    const auto loop = pair.net->make_loop([] {});
    REQUIRE(loop);
    const auto sink = std::make_shared<counting_sink>();
    REQUIRE(pair.server->join(loop, sink, readiness::readable));
    REQUIRE(send(*pair.client, "x"));
    CHECK(eventually([&] { return loop->turn(0) && sink->calls > 0; }));
    CHECK(sink->last_look == 0);
    CHECK(loop->look() == 0);
    pair.server->leave();
    loop->close();
}

TEST_CASE("A turn that took in much is followed by one that reports less, and nobody is passed over", "[unit][transport]")
{
    connected pair;
    const auto loop = pair.net->make_loop([] {});
    REQUIRE(loop);
    const auto at_server = std::make_shared<counting_sink>();
    const auto at_client = std::make_shared<counting_sink>();
    at_server->takes_in = at_client->takes_in = 1 << 20;
    REQUIRE(pair.server->join(loop, at_server, readiness::readable));
    REQUIRE(pair.client->join(loop, at_client, readiness::readable));
    const auto calls = [&] { return at_server->calls + at_client->calls; };
    const auto send_both_ways = [&] {
        REQUIRE(send(*pair.client, "x"));
        REQUIRE(send(*pair.server, "x"));
        for (auto* each : {pair.client.get(), pair.server.get()}) {
            REQUIRE(has_any(pair.wait(*each, readiness::readable), readiness::readable));
        }
    };
    send_both_ways();
    while (loop->turn(0)) {
    }
    REQUIRE(at_server->calls > 0);
    REQUIRE(at_client->calls > 0);

    const unsigned before = calls();
    send_both_ways();
    REQUIRE(loop->turn(0));
    CHECK(calls() == before + 1);
    REQUIRE(loop->turn(0));
    CHECK(calls() == before + 2);
    CHECK_FALSE(loop->turn(0));
    pair.server->leave();
    pair.client->leave();
    loop->close();
}

TEST_CASE("A receive that was asked to tells how much it left, where the option is on", "[unit][transport]")
{
    connected pair;
    REQUIRE(send(*pair.client, "abcd"));
    REQUIRE(has_any(pair.wait(*pair.server, readiness::readable), readiness::readable));
    CHECK_FALSE(receive_telling(*pair.server, 1).unread);
    REQUIRE(pair.server->set_option(lower_option::report_unread, 1));
    CHECK(receive_telling(*pair.server, 1).unread == 2U);
    CHECK(receive_telling(*pair.server, 2).unread == 0U);

    connected local{socket_address::loopback(address_family::ipv6)};
    REQUIRE(local.server->set_option(lower_option::report_unread, 1));
    REQUIRE(send(*local.client, "ab"));
    REQUIRE(has_any(local.wait(*local.server, readiness::readable), readiness::readable));
    CHECK(receive_telling(*local.server, 2).unread == 0U);
}
