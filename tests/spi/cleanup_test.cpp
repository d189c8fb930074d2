// WSPCleanup as a count and as an end: who may call it, what it ends, what it leaves behind (nothing), and
// that the provider starts afresh at once. What becomes of unsent data is in cleanup_flush_test.cpp.
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <optional>
#include <thread>
#include <vector>

using namespace spindle::test;

TEST_CASE("CLEAN-1, CLEAN-25 a cleanup too many fails with WSANOTINITIALISED and the count stays at zero",
          "[spi][cleanup]")
{
    const spi_library library;
    const scripted_host host;
    const auto spi = library.start(host);
    CHECK(spi.cleanup() == 0);
    for (int i = 0; i < 3; ++i) {
        CHECK(spi.cleanup() == WSANOTINITIALISED);
    }
    const auto again = library.start(host);
    CHECK(again.socket(tcp4()) != INVALID_SOCKET);
    CHECK(again.cleanup() == 0);
}

TEST_CASE("CLEAN-2 a cleanup that is not the last touches nothing: sockets, data and blocked calls live on",
          "[spi][cleanup]")
{
    spi_fixture spi;
    (void)spi.library.start(spi.host);
    const auto pair = spi.tcp_pair();
    std::array<char, 8> buffer{};
    background_call reader([&] { return spi.spi.receive(pair.there, buffer.data(), buffer.size()); });
    REQUIRE(reader.blocks());
    const auto handles = spi.host.open_handles();
    REQUIRE(spi.spi.cleanup() == 0);
    CHECK(spi.host.open_handles() == handles);
    CHECK_FALSE(reader.done());
    CHECK(spi.spi.send(pair.here, "alive").code == 0);
    CHECK(reader.result().bytes == 5);
}

TEST_CASE("CLEAN-3 the last cleanup may run on a thread that never started anything", "[spi][cleanup]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    CHECK(spi.spi.send(pair.here, "x").code == 0);
    background_call elsewhere([&] { return spi.spi.cleanup(); });
    CHECK(elsewhere.result() == 0);
    CHECK(spi.spi.cleanup() == WSANOTINITIALISED);
    CHECK(spi.host.open_handles() == 0);
}

TEST_CASE("CLEAN-8 blocked calls of every kind wake with WSAEINTR and have left when the cleanup returns",
          "[spi][cleanup][blocking]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    const auto pair = spi.tcp_pair();
    const auto full = spi.connect_to_peer(small_receive_buffer);
    const SOCKET datagrams = spi.bound_udp();
    const SOCKET connecting = spi.open_tcp();
    peer::listener silent;
    silent.stop_answering();
    spi.spi.fill(full.socket, 1);
    REQUIRE(spi.spi.set_nonblocking(full.socket, false) == 0);
    // A full connection would be flushed until its stall limit; that is another test.
    REQUIRE(spi.spi.set_linger(full.socket, 1, 0) == 0);

    std::atomic<int> returned{0};
    const auto counted = [&](auto call) {
        return [&returned, call] {
            const int code = call();
            ++returned;
            return code;
        };
    };
    const auto receive = [&](SOCKET s) {
        std::array<char, 16> buffer{};
        return spi.spi.receive(s, buffer.data(), buffer.size()).code;
    };
    background_call accept(counted([&] { return spi.spi.accept(listener.socket).code; }));
    background_call stream(counted([&] { return receive(pair.here); }));
    background_call datagram(counted([&] { return receive(datagrams); }));
    background_call send(counted([&] { return spi.spi.send(full.socket, "more").code; }));
    background_call connect(counted([&] { return spi.spi.connect(connecting, loopback4(silent.port())); }));
    REQUIRE(accept.blocks());
    REQUIRE(stream.blocks());
    REQUIRE(datagram.blocks());
    REQUIRE(send.blocks());
    REQUIRE(connect.blocks());

    REQUIRE(spi.spi.cleanup() == 0);
    CHECK(accept.result() == WSAEINTR);
    CHECK(stream.result() == WSAEINTR);
    CHECK(datagram.result() == WSAEINTR);
    CHECK(send.result() == WSAEINTR);
    CHECK(connect.result() == WSAEINTR);
    CHECK(returned == 5);
}

TEST_CASE("CLEAN-15 the last cleanup leaves no thread, no descriptor and no mapping behind", "[spi][cleanup]")
{
    const auto threads = thread_count();
    const auto descriptors = descriptor_count();
    {
        spi_fixture spi;
        const auto pair = spi.tcp_pair();
        // Enough to need the provider's own thread.
        REQUIRE(spi.spi.queue_pattern(pair.here, 1, beyond_system_buffers) == 0);
        background_call reader([&] {
            std::vector<char> buffer(1 << 16);
            std::size_t total = 0;
            while (total < beyond_system_buffers) {
                const auto got = spi.spi.receive(pair.there, buffer.data(), buffer.size());
                if (got.code != 0 || got.bytes == 0) {
                    break;
                }
                total += got.bytes;
            }
            return total;
        });
        CHECK(reader.result() == beyond_system_buffers);
        CHECK(is_mapped(spi_library::file_name()));
        REQUIRE(spi.spi.cleanup() == 0);
        // The reader's own thread is on its way out as well.
        CHECK(eventually([&] { return thread_count() == threads; }));
        CHECK(descriptor_count() == descriptors);
    }
    CHECK_FALSE(is_mapped(spi_library::file_name()));
}

TEST_CASE("CLEAN-17, UP-3 every handle goes back once, and no upcall is made after the return", "[spi][cleanup]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    const SOCKET closed = spi.open_udp();
    REQUIRE(spi.spi.close(closed) == 0);
    const auto listener = spi.listen_tcp();
    for (int i = 0; i < 20; ++i) {
        (void)spi.open_tcp();
    }
    REQUIRE(spi.spi.send(pair.here, "left in the other end's queue").code == 0);
    REQUIRE(listener.socket != INVALID_SOCKET);
    REQUIRE(spi.spi.cleanup() == 0);
    spi.host.expect_no_more_calls();
    CHECK(spi.host.open_handles() == 0);
    CHECK(spi.host.wrong_closes() == 0);
    CHECK(spi.host.closed().size() == spi.host.created().size());
    CHECK(spi.spi.close(pair.here) == WSANOTINITIALISED);
    CHECK(spi.host.late_calls() == 0);
}

TEST_CASE("CLEAN-18 a start right after the last cleanup is one in a fresh process, twenty loads in a row",
          "[spi][cleanup]")
{
    std::optional<std::size_t> descriptors;
    const auto threads = thread_count();
    for (int round = 0; round < 20; ++round) {
        {
            spi_fixture spi;
            for (int life = 0; life < 2; ++life) {
                const auto pair = spi.tcp_pair();
                REQUIRE(spi.spi.send(pair.here, "again").code == 0);
                std::array<char, 8> buffer{};
                CHECK(spi.spi.receive(pair.there, buffer.data(), buffer.size()).bytes == 5);
                REQUIRE(spi.spi.cleanup() == 0);
                spi.spi = spi.library.start(spi.host);
            }
        }
        CHECK_FALSE(is_mapped(spi_library::file_name()));
        CHECK(descriptors.value_or(descriptor_count()) == descriptor_count());
        CHECK(thread_count() == threads);
        descriptors = descriptor_count();
    }
}

TEST_CASE("CLEAN-18 the upcall table of the new life is the new one", "[spi][cleanup]")
{
    const spi_library library;
    const scripted_host old_host;
    auto spi = library.start(old_host);
    REQUIRE(spi.socket(tcp4()) != INVALID_SOCKET);
    REQUIRE(spi.cleanup() == 0);
    const auto old_calls = old_host.calls();
    const scripted_host new_host;
    spi = library.start(new_host);
    REQUIRE(spi.socket(tcp4()) != INVALID_SOCKET);
    REQUIRE(spi.cleanup() == 0);
    CHECK(old_host.calls() == old_calls);
    CHECK(new_host.created().size() == 1);
}

TEST_CASE("CLEAN-19 handles from before the cleanup give WSAENOTSOCK after the restart", "[spi][cleanup]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    const SOCKET datagrams = spi.bound_udp();
    REQUIRE(spi.spi.cleanup() == 0);
    spi.spi = spi.library.start(spi.host);
    const SOCKET fresh = spi.open_tcp();
    for (const SOCKET old : {pair.here, pair.there, datagrams}) {
        CHECK(spi.spi.listen(old) == WSAENOTSOCK);
        CHECK(spi.spi.send(old, "x").code == WSAENOTSOCK);
        CHECK(spi.spi.close(old) == WSAENOTSOCK);
    }
    CHECK(spi.spi.close(fresh) == 0);
}

TEST_CASE(
    "CLEAN-20 a start that races the last cleanup keeps the provider alive or begins afresh, never neither",
    "[spi][cleanup]")
{
    const spi_library library;
    const scripted_host host;
    for (int round = 0; round < 50; ++round) {
        const auto spi = library.start(host);
        REQUIRE(spi.socket(tcp4()) != INVALID_SOCKET);
        background_call cleaner([&] { return spi.cleanup(); });
        const auto again = library.start(host);
        CHECK(cleaner.result() == 0);
        CHECK(again.socket(tcp4()) != INVALID_SOCKET);
        CHECK(again.cleanup() == 0);
        CHECK(again.cleanup() == WSANOTINITIALISED);
        CHECK(host.open_handles() == 0);
    }
}

TEST_CASE("CLEAN-20 of many threads that clean up at the same time each takes one startup back",
          "[spi][cleanup]")
{
    const spi_library library;
    const scripted_host host;
    for (int round = 0; round < 20; ++round) {
        constexpr int starts = 4;
        spi_calls spi;
        for (int i = 0; i < starts; ++i) {
            spi = library.start(host);
        }
        REQUIRE(spi.socket(tcp4()) != INVALID_SOCKET);
        std::atomic<int> good{0};
        std::atomic<int> refused{0};
        std::vector<std::thread> cleaners;
        for (int i = 0; i < starts + 2; ++i) {
            cleaners.emplace_back([&] {
                const int code = spi.cleanup();
                good += code == 0 ? 1 : 0;
                refused += code == WSANOTINITIALISED ? 1 : 0;
            });
        }
        for (auto& cleaner : cleaners) {
            cleaner.join();
        }
        CHECK(good == starts);
        CHECK(refused == 2);
        CHECK(host.open_handles() == 0);
    }
}

TEST_CASE("CLEAN-24 a last cleanup from inside a condition function is refused and changes nothing",
          "[spi][cleanup]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    const auto client = peer::connect_to(listener.local.port());
    int code = 0;
    const auto taken = spi.spi.accept(listener.socket, [&] {
        code = spi.spi.cleanup();
        return CF_ACCEPT;
    });
    CHECK(code == WSAEINPROGRESS);
    CHECK(taken.code == 0);
    CHECK(spi.spi.send(taken.socket, "still here").code == 0);
    CHECK(spi.spi.cleanup() == 0);
    CHECK(spi.spi.cleanup() == WSANOTINITIALISED);
}

TEST_CASE("CLEAN-24 a last cleanup from inside a blocking hook is refused and changes nothing",
          "[spi][cleanup]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    std::atomic<int> code{0};
    spi.host.set_blocking_hook([&] {
        if (code == 0) {
            code = spi.spi.cleanup();
            spi.spi.send(pair.there, "go");
        }
        return true;
    });
    std::array<char, 4> buffer{};
    background_call reader([&] { return spi.spi.receive(pair.here, buffer.data(), buffer.size()); });
    CHECK(reader.result().bytes == 2);
    CHECK(code == WSAEINPROGRESS);
    CHECK(spi.spi.cleanup() == 0);
}

namespace {

/// Starts, queues data, blocks a thread, and lets the process end with all of it in place.
template <class End>
void end_process_without_cleanup(End end)
{
    // Neither the host nor the library may go before the process does.
    static auto* const spi = new spi_fixture;
    const auto pair = spi->tcp_pair();
    REQUIRE(spi->spi.queue_pattern(pair.here, 1, beyond_system_buffers) == 0);
    REQUIRE(spi->spi.set_nonblocking(pair.here, false) == 0);
    auto* const reader = new background_call([pair] {
        std::array<char, 4> buffer{};
        return spi->spi.receive(pair.here, buffer.data(), buffer.size()).code;
    });
    REQUIRE(reader->blocks());
    end(7);
}

}  // namespace

TEST_CASE("CLEAN-22 (run by another test) a process exits without cleanup", "[.][exit-without-cleanup]")
{
    end_process_without_cleanup([](int code) { std::exit(code); });
}

TEST_CASE("CLEAN-22 (run by another test) a process vanishes without cleanup", "[.][vanish-without-cleanup]")
{
    end_process_without_cleanup([](int code) { std::_Exit(code); });
}

TEST_CASE("CLEAN-22 a process may end without cleanup, and the next one finds nothing in its way",
          "[spi][cleanup]")
{
    CHECK(run_self({"[exit-without-cleanup]"}) == 7);
    CHECK(run_self({"[vanish-without-cleanup]"}) == 7);
    const spi_fixture spi;
    CHECK(spi.tcp_pair().here != INVALID_SOCKET);
}
