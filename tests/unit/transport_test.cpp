// The built-in transport over real loopback sockets: transfer, errors, waits in both forms, and the end of it
// all. What the system itself shows (descriptors, threads) is checked where the contract promises something
// about it.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "spindle/transport.hpp"
#include "support/catch.hpp"
#include "support/process_probe.hpp"

using namespace std::chrono_literals;
using namespace spindle;

namespace {

constexpr auto patience = 10s;

struct world {
    std::unique_ptr<transport> net = make_system_transport();
    std::unique_ptr<interrupter> wake = net->make_interrupter();

    std::unique_ptr<lower_socket> open(address_family family, socket_type type = socket_type::stream)
    {
        auto opened = net->open({family, type, 0}, false);
        REQUIRE(opened);
        return std::move(*opened);
    }
    readiness wait(lower_socket& socket, readiness wanted)
    {
        return socket.wait(wanted, *wake, clock::now() + patience);
    }
    std::unique_ptr<lower_socket> listener(const socket_address& local)
    {
        auto socket = open(local.family());
        REQUIRE(socket->bind(local));
        REQUIRE(socket->listen(16));
        return socket;
    }
};

struct connected : world {
    std::unique_ptr<lower_socket> accepting;
    std::unique_ptr<lower_socket> client;
    std::unique_ptr<lower_socket> server;

    explicit connected(address_family family = address_family::ipv4)
        : connected(socket_address::loopback(family))
    {}
    explicit connected(const socket_address& local)
    {
        accepting = listener(local);
        client = open(local.family());
        const auto begun = client->connect(*accepting->local_address());
        REQUIRE((begun || begun.error() == errc::would_block));
        REQUIRE(has_any(wait(*client, readiness::writable), readiness::writable));
        REQUIRE(client->connect_result());
        REQUIRE(has_any(wait(*accepting, readiness::readable), readiness::readable));
        auto taken = accepting->accept();
        REQUIRE(taken);
        server = std::move(taken->socket);
    }
};

result<std::size_t> send(lower_socket& socket, std::string_view text, const socket_address* to = nullptr,
                         transfer_flags flags = transfer_flags::none)
{
    const const_buffer one{text.data(), text.size()};
    return socket.send({&one, 1}, flags, to);
}

struct taken {
    std::string text;
    std::error_code error;
    bool truncated = false;
    socket_address from;
};

taken receive(lower_socket& socket, std::size_t size = 256, transfer_flags flags = transfer_flags::none)
{
    taken what;
    what.text.resize(size);
    const mutable_buffer one{what.text.data(), size};
    const auto outcome = socket.receive({&one, 1}, flags, &what.from);
    what.text.resize(outcome ? outcome->bytes : 0);
    what.error = outcome.error();
    what.truncated = outcome && outcome->truncated;
    return what;
}

std::string path_in_tmp(const char* name)
{
    return (std::filesystem::temp_directory_path() / (name + std::to_string(::getpid()))).string();
}

template <class Condition>
bool eventually(Condition condition)
{
    const auto deadline = clock::now() + patience;
    while (!condition()) {
        if (clock::now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

}  // namespace

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
        return waits->wait(*world.wake, until);
    };
    CHECK(*look(clock::now()) == readiness::none);
    CHECK(waits->next_seen(0) == members.size());

    REQUIRE(finished.client->shutdown(shutdown_direction::send));
    CHECK(*look(clock::now() + patience) == readiness::none);
    CHECK(waits->next_seen(0) == 1);
    CHECK(has_any(waits->seen(1), readiness::peer_closed));
    CHECK_FALSE(has_any(waits->seen(1), readiness::failed));
    CHECK(finished.server->poll(input) == waits->seen(1));

    reset.client->abort();
    REQUIRE(has_any(world.wait(*reset.server, readiness::none), readiness::failed));
    CHECK(*look(clock::now() + patience) == readiness::none);
    CHECK(waits->next_seen(2) == 3);
    CHECK(has_any(waits->seen(3), readiness::error));

    world.wake->interrupt();
    CHECK(*look(clock::now()) == readiness::interrupted);
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
