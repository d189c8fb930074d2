// Blocking calls: when a call may wait, the host's blocking hook, several threads on one socket, time-outs.
#include "support/background_call.hpp"
#include "support/byte_pattern.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

using namespace spindle::test;

namespace {

transfer receive_some(const spi_fixture& spi, SOCKET s)
{
    std::array<char, 64> buffer{};
    return spi.spi.receive(s, buffer.data(), buffer.size());
}

}  // namespace

TEST_CASE("BLK-1 FIONBIO switches between the modes, both ways", "[spi][blocking]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    REQUIRE(spi.spi.set_nonblocking(pair.here) == 0);
    CHECK(receive_some(spi, pair.here).code == WSAEWOULDBLOCK);
    u_long any_number = 0xFF00;
    DWORD bytes = 0;
    int error = no_error_code;
    REQUIRE(spi.spi.table.lpWSPIoctl(pair.here, static_cast<DWORD>(FIONBIO), &any_number, sizeof any_number,
                                     nullptr, 0, &bytes, nullptr, nullptr, nullptr, &error) == 0);
    CHECK(receive_some(spi, pair.here).code == WSAEWOULDBLOCK);
    REQUIRE(spi.spi.set_nonblocking(pair.here, false) == 0);
    background_call reader([&] { return receive_some(spi, pair.here); });
    CHECK(reader.blocks());
    REQUIRE(spi.spi.send(pair.there, "done").code == 0);
    CHECK(reader.result().bytes == 4);
}

TEST_CASE("BLK-3 calls that cannot block never ask for the hook", "[spi][blocking]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    auto client = peer::connect_to(listener.local.port());
    const SOCKET datagrams = spi.bound_udp();
    const peer::datagram_socket remote;
    REQUIRE(spi.spi.connect(datagrams, loopback4(remote.port())) == 0);
    endpoint name;
    CHECK(spi.spi.local_name(datagrams, &name) == 0);
    CHECK(spi.spi.peer_name(datagrams, &name) == 0);
    CHECK(spi.spi.set_number(datagrams, SO_RCVTIMEO, 100) == 0);
    CHECK(spi.spi.shutdown(datagrams, SD_BOTH) == 0);
    CHECK(spi.spi.close(datagrams) == 0);
    const auto taken = spi.spi.accept(listener.socket);
    CHECK(spi.spi.send_disconnect(taken.socket) == 0);
    CHECK(spi.host.blocking_queries().empty());
}

TEST_CASE("BLK-5 before it waits a call asks for the hook, in its own thread and with its own catalog entry",
          "[spi][blocking]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    const SOCKET datagrams = spi.bound_udp();
    std::atomic<long> asking{0};
    std::atomic<long> waiting{0};
    spi.host.when_called([&] { asking = this_thread_number(); });
    const auto before = spi.host.blocking_queries().size();
    {
        background_call reader([&] {
            waiting = this_thread_number();
            return receive_some(spi, pair.here);
        });
        REQUIRE(reader.blocks());
        CHECK(asking == waiting);
        REQUIRE(spi.spi.send(pair.there, "x").code == 0);
        CHECK(reader.result().code == 0);
    }
    auto queries = spi.host.blocking_queries();
    REQUIRE(queries.size() == before + 1);
    CHECK(queries.back() == tcp4().dwCatalogEntryId);
    {
        background_call reader([&] { return receive_some(spi, datagrams); });
        REQUIRE(reader.blocks());
        endpoint local;
        REQUIRE(spi.spi.local_name(datagrams, &local) == 0);
        peer::datagram_socket remote;
        REQUIRE(remote.send_to(local.port(), "x"));
        CHECK(reader.result().code == 0);
    }
    // Asked for again, not remembered (UP-29).
    queries = spi.host.blocking_queries();
    REQUIRE(queries.size() == before + 2);
    CHECK(queries.back() == udp4().dwCatalogEntryId);
    spi.host.when_called({});
}

TEST_CASE("BLK-5, BLK-6 the hook runs again and again on the waiting thread until the call is done",
          "[spi][blocking]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    std::atomic<int> runs{0};
    std::atomic<int> elsewhere{0};
    const long here = this_thread_number();
    spi.host.set_blocking_hook([&] {
        elsewhere += this_thread_number() == here ? 0 : 1;
        if (++runs == 5) {
            spi.spi.send(pair.there, "after five runs");
        }
        return true;
    });
    CHECK(receive_some(spi, pair.here).bytes == 15);
    CHECK(runs >= 5);
    CHECK(elsewhere == 0);
    spi.host.set_blocking_hook({});
}

TEST_CASE("BLK-6 a hook that returns FALSE ends the call with WSAEINTR, whichever call it is",
          "[spi][blocking]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    const auto pair = spi.tcp_pair();
    const SOCKET datagrams = spi.bound_udp();
    const auto full = spi.connect_to_peer(small_receive_buffer);
    spi.spi.fill(full.socket, 1);
    REQUIRE(spi.spi.set_nonblocking(full.socket, false) == 0);
    REQUIRE(spi.spi.set_linger(full.socket, 1, 0) == 0);
    peer::listener silent;
    silent.stop_answering();
    const SOCKET connecting = spi.open_tcp();

    spi.host.set_blocking_hook([] { return false; });
    CHECK(receive_some(spi, pair.here).code == WSAEINTR);
    CHECK(receive_some(spi, datagrams).code == WSAEINTR);
    CHECK(spi.spi.accept(listener.socket).code == WSAEINTR);
    CHECK(spi.spi.send(full.socket, "x").code == WSAEINTR);
    CHECK(spi.spi.connect(connecting, loopback4(silent.port())) == WSAEINTR);
    spi.host.set_blocking_hook({});
}

TEST_CASE("BLK-7 what can be done at once never runs the hook, nor does a non-blocking socket",
          "[spi][blocking]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    REQUIRE(spi.spi.send(pair.there, "ready").code == 0);
    std::array<char, 8> buffer{};
    REQUIRE(spi.spi.receive(pair.here, buffer.data(), 1, MSG_PEEK).bytes == 1);
    spi.host.set_blocking_hook([] { return true; });
    CHECK(receive_some(spi, pair.here).bytes == 5);
    CHECK(spi.spi.send(pair.here, "fits").code == 0);
    REQUIRE(spi.spi.set_nonblocking(pair.here) == 0);
    CHECK(receive_some(spi, pair.here).code == WSAEWOULDBLOCK);
    CHECK(spi.host.hook_runs() == 0);
    spi.host.set_blocking_hook({});
}

TEST_CASE("BLK-14 two threads blocked on one socket are both served, none with WSAEINPROGRESS",
          "[spi][blocking]")
{
    spi_fixture spi;
    const SOCKET s = spi.bound_udp();
    endpoint local;
    REQUIRE(spi.spi.local_name(s, &local) == 0);
    background_call one([&] { return receive_some(spi, s); });
    background_call two([&] { return receive_some(spi, s); });
    REQUIRE(one.blocks());
    REQUIRE(two.blocks());
    peer::datagram_socket remote;
    REQUIRE(remote.send_to(local.port(), "first"));
    REQUIRE(remote.send_to(local.port(), "second"));
    const auto sizes = one.result().bytes + two.result().bytes;
    CHECK(sizes == 11);
}

TEST_CASE("BLK-14 a thread may send and another receive on one connection while both block",
          "[spi][blocking]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    constexpr std::size_t amount = beyond_system_buffers;
    background_call reader([&] {
        std::vector<char> buffer(1 << 16);
        pattern_check check(72);
        while (check.bytes() < amount) {
            const auto got = spi.spi.receive(half.socket, buffer.data(), buffer.size());
            if (got.code != 0 || got.bytes == 0) {
                break;
            }
            check.feed(buffer.data(), got.bytes);
        }
        return check.intact() && check.bytes() == amount;
    });
    background_call writer([&] {
        const auto bytes = make_pattern(71, amount);
        return spi.spi.send(half.socket, bytes.data(), bytes.size());
    });
    background_call remote_writer([&] { return half.remote.send_pattern(72, amount); });
    const auto report = half.remote.read_bytes(71, amount);
    INFO(peer::to_string(report));
    CHECK(report.bytes == amount);
    CHECK(report.intact);
    CHECK(writer.result().bytes == amount);
    CHECK(remote_writer.result());
    CHECK(reader.result());
}

TEST_CASE(
    "BLK-15, BLK-18 other sockets work from inside the hook, and other threads may use the very same one",
    "[spi][blocking]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    const auto other = spi.tcp_pair();
    std::atomic<bool> once{false};
    std::atomic<int> nested{-1};
    std::atomic<int> same{-1};
    spi.host.set_blocking_hook([&] {
        if (once.exchange(true)) {
            return true;
        }
        nested = spi.spi.send(other.here, "nested").code + receive_some(spi, other.there).code;
        background_call neighbour([&] {
            endpoint name;
            return spi.spi.local_name(pair.here, &name) + spi.spi.set_linger(pair.here, 0, 0) +
                   spi.spi.send(pair.here, "x").code;
        });
        same = neighbour.result();
        spi.spi.send(pair.there, "go on");
        return true;
    });
    CHECK(receive_some(spi, pair.here).bytes == 5);
    CHECK(nested == 0);
    CHECK(same == 0);
    spi.host.set_blocking_hook({});
}

TEST_CASE("BLK-15 inside a condition function the same listener is in progress, other sockets work",
          "[spi][blocking]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    const auto other = spi.tcp_pair();
    auto client = peer::connect_to(listener.local.port());
    int accept = 0;
    int close = 0;
    int send = -1;
    const auto taken = spi.spi.accept(listener.socket, [&] {
        accept = spi.spi.accept(listener.socket).code;
        close = spi.spi.close(listener.socket);
        send = spi.spi.send(other.here, "x").code;
        return CF_ACCEPT;
    });
    CHECK(taken.code == 0);
    CHECK(accept == WSAEINPROGRESS);
    CHECK(close == WSAEINPROGRESS);
    CHECK(send == 0);
}

TEST_CASE("BLK-18 the provider may be called from inside every upcall it makes", "[spi][blocking]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    std::atomic<int> wrong{0};
    std::atomic<int> calls{0};
    spi.host.when_called([&] {
        ++calls;
        endpoint name;
        wrong += spi.spi.local_name(pair.here, &name) == 0 ? 0 : 1;
    });
    const auto listener = spi.listen_tcp();
    const auto client = peer::connect_to(listener.local.port());
    CHECK(spi.spi.accept(listener.socket).code == 0);
    CHECK(spi.spi.close(listener.socket) == 0);
    background_call reader([&] { return receive_some(spi, pair.there); });
    REQUIRE(reader.blocks());
    CHECK(spi.spi.send(pair.here, "x").code == 0);
    CHECK(reader.result().code == 0);
    spi.host.when_called({});
    CHECK(calls >= 4);
    CHECK(wrong == 0);
}

TEST_CASE("BLK-19 sends of several threads on one stream never mix within a call", "[spi][blocking]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer();
    constexpr std::size_t threads = 4;
    constexpr std::size_t messages = 30;
    constexpr std::size_t size = 100'000;
    std::vector<std::unique_ptr<background_call<bool>>> senders;
    for (std::size_t i = 0; i < threads; ++i) {
        senders.push_back(std::make_unique<background_call<bool>>([&spi, &half, i] {
            const std::vector<char> message(size, static_cast<char>('a' + i));
            bool good = true;
            for (std::size_t n = 0; n < messages; ++n) {
                const auto sent = spi.spi.send(half.socket, message.data(), message.size());
                good = good && sent.code == 0 && sent.bytes == size;
            }
            return good;
        }));
    }
    std::array<std::size_t, threads> seen{};
    std::size_t mixed = 0;
    for (std::size_t n = 0; n < threads * messages; ++n) {
        const auto message = half.remote.read_text(size);
        REQUIRE(message.size() == size);
        mixed += message.find_first_not_of(message.front()) == std::string::npos ? 0U : 1U;
        ++seen.at(static_cast<std::size_t>(message.front() - 'a'));
    }
    CHECK(mixed == 0);
    for (auto& sender : senders) {
        CHECK(sender->result());
    }
    CHECK(std::count(seen.begin(), seen.end(), messages) == threads);
}

TEST_CASE("BLK-21 SO_RCVTIMEO ends a blocking receive with WSAETIMEDOUT, the socket works on",
          "[spi][blocking]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    const SOCKET datagrams = spi.bound_udp();
    for (const SOCKET s : {pair.here, datagrams}) {
        REQUIRE(spi.spi.set_number(s, SO_RCVTIMEO, 150) == 0);
        const stopwatch watch;
        CHECK(receive_some(spi, s).code == WSAETIMEDOUT);
        CHECK(watch.elapsed() >= 145ms);
        CHECK(watch.elapsed() < 5s);
    }
    REQUIRE(spi.spi.send(pair.there, "late").code == 0);
    CHECK(receive_some(spi, pair.here).bytes == 4);
}

TEST_CASE("BLK-21 SO_SNDTIMEO ends a blocking send with WSAETIMEDOUT", "[spi][blocking]")
{
    const spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    spi.spi.fill(half.socket, 1);
    REQUIRE(spi.spi.set_nonblocking(half.socket, false) == 0);
    REQUIRE(spi.spi.set_number(half.socket, SO_SNDTIMEO, 150) == 0);
    const stopwatch watch;
    CHECK(spi.spi.send(half.socket, "no room").code == WSAETIMEDOUT);
    CHECK(watch.elapsed() >= 145ms);
    CHECK(watch.elapsed() < 5s);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 0) == 0);
}

TEST_CASE("BLK-21 with a hook the time-out still ends the call", "[spi][blocking]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    spi.host.set_blocking_hook([] { return true; });
    REQUIRE(spi.spi.set_number(pair.here, SO_RCVTIMEO, 150) == 0);
    CHECK(receive_some(spi, pair.here).code == WSAETIMEDOUT);
    CHECK(spi.host.hook_runs() > 0);
    spi.host.set_blocking_hook({});
}
