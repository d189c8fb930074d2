// The built-in transport: waits in both forms, from several threads, and stop(). What the system itself shows (descriptors,
// threads) is checked where the contract promises something about it.
#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "support/process_probe.hpp"
#include "transport_fixture.hpp"

using namespace spindle;
using namespace spindle::test;

TEST_CASE("A wait ends by the interrupter, by the deadline, and not by a fresh stream socket",
          "[unit][transport]")
{
    world w;
    auto fresh = w.open(address_family::ipv4);
    CHECK(fresh->wait(readiness::readable | readiness::writable, *w.wake, clock::now() + 1ms) ==
          readiness::none);
    auto other = std::async(std::launch::async, [&] { w.wake->interrupt(); });
    CHECK(w.wait(*fresh, readiness::readable) == readiness::interrupted);
    other.get();
    w.wake->interrupt();
    CHECK(w.wake->wait(clock::time_point::max()));
    w.wake->reset();
    CHECK_FALSE(w.wake->wait(clock::now()));
}

TEST_CASE("An asynchronous wait calls its handler once on the service thread", "[unit][transport]")
{
    connected pair;
    std::promise<readiness> seen;
    std::atomic<int> calls{0};
    std::atomic<bool> on_service{false};
    REQUIRE(pair.server->async_wait(readiness::readable, [&](readiness what) {
        ++calls;
        on_service = pair.net->on_service_thread();
        seen.set_value(what);
    }));
    CHECK(pair.server->async_wait(readiness::readable, [](readiness) {}).error() == errc::invalid_argument);
    REQUIRE(send(*pair.client, "x"));
    CHECK(seen.get_future().get() == readiness::readable);
    CHECK(on_service);
    CHECK_FALSE(pair.net->on_service_thread());
    CHECK(calls == 1);
}

TEST_CASE("LNX-12 a wait posted before connect learns of the connection", "[unit][transport]")
{
    world w;
    const auto accepting = w.listener(socket_address::loopback(address_family::ipv4));
    auto client = w.open(address_family::ipv4);
    std::promise<readiness> written;
    std::promise<readiness> accepted;
    REQUIRE(client->async_wait(readiness::writable, [&](readiness what) { written.set_value(what); }));
    REQUIRE(accepting->async_wait(readiness::readable, [&](readiness what) { accepted.set_value(what); }));
    const auto begun = client->connect(*accepting->local_address());
    REQUIRE((begun || begun.error() == errc::would_block));
    CHECK(written.get_future().get() == readiness::writable);
    CHECK(accepted.get_future().get() == readiness::readable);
}

TEST_CASE("A cancelled wait is called with none and makes room for the next", "[unit][transport]")
{
    connected pair;
    std::promise<readiness> cancelled;
    std::promise<readiness> next;
    REQUIRE(pair.server->async_wait(readiness::readable, [&](readiness what) { cancelled.set_value(what); }));
    pair.server->cancel_waits();
    REQUIRE(pair.server->async_wait(readiness::readable, [&](readiness what) { next.set_value(what); }));
    CHECK(cancelled.get_future().get() == readiness::none);
    REQUIRE(send(*pair.client, "x"));
    CHECK(next.get_future().get() == readiness::readable);

    std::promise<readiness> closed;
    REQUIRE(pair.client->async_wait(readiness::readable, [&](readiness what) { closed.set_value(what); }));
    pair.client->close();
    CHECK(closed.get_future().get() == readiness::none);
}

TEST_CASE("OOB-8 an asynchronous wait for urgent data is not woken by plain data", "[unit][transport]")
{
    connected pair;
    std::promise<readiness> plain;
    std::promise<readiness> urgent;
    REQUIRE(pair.server->async_wait(readiness::urgent, [&](readiness what) { urgent.set_value(what); }));
    REQUIRE(pair.server->async_wait(readiness::readable, [&](readiness what) { plain.set_value(what); }));
    REQUIRE(send(*pair.client, "x"));
    CHECK(plain.get_future().get() == readiness::readable);
    REQUIRE(send(*pair.client, "!", nullptr, transfer_flags::out_of_band));
    CHECK(urgent.get_future().get() == readiness::urgent);
}

TEST_CASE("A refused second wait leaves its handler to the caller", "[unit][transport]")
{
    connected pair;
    std::shared_ptr<lower_socket> owned{std::move(pair.server)};
    REQUIRE(owned->async_wait(readiness::readable, [](readiness) {}));
    auto& socket = *owned;
    // The handler owns the last reference: refusing it destroys the socket, which must not find its lock taken.
    lower_socket::wait_handler last = [owned = std::move(owned)](readiness) {};
    CHECK(socket.async_wait(readiness::readable, std::move(last)).error() == errc::invalid_argument);
}

TEST_CASE("A peer's end wakes waits for either direction", "[unit][transport]")
{
    connected pair;
    std::promise<readiness> ended;
    REQUIRE(pair.server->async_wait(readiness::readable, [&](readiness what) { ended.set_value(what); }));
    pair.client->abort();
    CHECK(has_any(ended.get_future().get(), readiness::failed));
}

TEST_CASE("An echo over asynchronous waits keeps every byte", "[unit][transport]")
{
    connected pair;
    constexpr int rounds = 2000;
    std::function<void(readiness)> serve = [&](readiness) {
        for (auto got = receive(*pair.server); !got.error && !got.text.empty(); got = receive(*pair.server)) {
            (void)send(*pair.server, got.text);
        }
        (void)pair.server->async_wait(readiness::readable, serve);
    };
    REQUIRE(pair.server->async_wait(readiness::readable, serve));
    for (int round = 0; round < rounds; ++round) {
        const auto text = std::to_string(round);
        REQUIRE(*send(*pair.client, text) == text.size());
        REQUIRE(has_any(pair.wait(*pair.client, readiness::readable), readiness::readable));
        REQUIRE(receive(*pair.client).text == text);
    }
    pair.net->stop();
}

TEST_CASE("Waits, cancels and closes from several threads lose and repeat nothing", "[unit][transport]")
{
    connected pair;
    std::atomic<int> started{0};
    std::atomic<int> called{0};
    const auto hammer = [&](readiness condition) {
        for (int turn = 0; turn < 500; ++turn) {
            if (pair.server->async_wait(condition, [&](readiness) { ++called; })) {
                ++started;
            }
            pair.server->cancel_waits();
        }
    };
    std::thread reader{hammer, readiness::readable};
    std::thread writer{hammer, readiness::writable};
    for (int turn = 0; turn < 500; ++turn) {
        (void)send(*pair.client, "x");
        (void)receive(*pair.server);
    }
    reader.join();
    writer.join();
    pair.server->close();
    CHECK(eventually([&] { return called == started; }));
}

TEST_CASE("START-24 nothing is made before it is needed and nothing is left after stop", "[unit][transport]")
{
    const auto descriptors = test::descriptor_count();
    const auto threads = test::thread_count();
    for (int turn = 0; turn < 20; ++turn) {
        auto net = make_system_transport();
        CHECK(test::descriptor_count() == descriptors);
        std::promise<void> posted;
        std::promise<void> timed;
        REQUIRE(net->post([&] { posted.set_value(); }));
        REQUIRE(net->after(1ms, [&] { timed.set_value(); }));
        posted.get_future().get();
        timed.get_future().get();
        CHECK(test::thread_count() == threads + 1);
        net->stop();
        net->stop();
        CHECK(test::descriptor_count() == descriptors);
        CHECK(net->post([] {}).error() == errc::operation_aborted);
    }
    CHECK(test::thread_count() == threads);
}

TEST_CASE("Stop destroys what is pending without calling it, also what owns its own socket",
          "[unit][transport]")
{
    const auto descriptors = test::descriptor_count();
    std::atomic<int> called{0};
    auto witness = std::make_shared<int>(0);
    {
        connected pair;
        std::shared_ptr<lower_socket> owned{std::move(pair.server)};
        REQUIRE(owned->async_wait(readiness::readable, [&called, owned, witness](readiness) { ++called; }));
        std::shared_ptr<lower_socket> timed{std::move(pair.client)};
        REQUIRE(timed->async_wait(readiness::readable, [&called, witness](readiness) { ++called; }));
        REQUIRE(pair.net->after(1h, [&called, timed = std::move(timed), witness] { ++called; }));
        owned.reset();
        pair.net->stop();
        CHECK(called == 0);
        CHECK(witness.use_count() == 1);
        CHECK(pair.accepting->async_wait(readiness::readable, [](readiness) {}).error() ==
              errc::operation_aborted);
    }
    CHECK(test::descriptor_count() == descriptors);
}
