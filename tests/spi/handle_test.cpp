// Where socket handles come from and where they go: the host's two ways of making them, its refusals, and
// that a value which is given back and given out again never reaches the old socket.
#include "support/background_call.hpp"
#include "support/catch.hpp"
#include "support/spi.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <thread>
#include <vector>

using namespace spindle::test;

TEST_CASE("HAND-1, UP-2, UP-5 the flag of the entry decides which upcall makes the handle, for every socket",
          "[spi][handle]")
{
    {
        spi_fixture minted(handle_model::minted);
        (void)minted.tcp_pair();
        (void)minted.open(udp6(minted.model));
        CHECK(minted.host.created().size() == 4);
        CHECK(minted.host.modified().empty());
    }
    spi_fixture ifs(handle_model::ifs);
    (void)ifs.tcp_pair();
    (void)ifs.open(udp6(ifs.model));
    CHECK(ifs.host.created().empty());
    CHECK(ifs.host.modified().size() == 4);
}

TEST_CASE(
    "HAND-2, HAND-3 only the value WPUModifyIFSHandle returned is a handle, for new and accepted sockets",
    "[spi][handle]")
{
    spi_fixture spi(handle_model::ifs);
    SOCKET next = 0x7000'0000;
    spi.host.choose_handles([&] { return next += 4; });
    const auto pair = spi.tcp_pair();
    const auto made = spi.host.modified();
    REQUIRE(made.size() == 3);
    CHECK(pair.here == made[1].given);
    CHECK(pair.there == made[2].given);
    CHECK(spi.spi.send(pair.here, "x").code == 0);
    std::array<char, 4> buffer{};
    CHECK(spi.spi.receive(pair.there, buffer.data(), buffer.size()).bytes == 1);
    for (const auto& record : made) {
        REQUIRE(record.proposed != record.given);
        CHECK(record.proposed != INVALID_SOCKET);
        CHECK(spi.spi.send(record.proposed, "x").code == WSAENOTSOCK);
    }
}

TEST_CASE("HAND-4 when WPUModifyIFSHandle refuses, the call fails with its code and leaves no descriptor",
          "[spi][handle]")
{
    spi_fixture spi(handle_model::ifs);
    const auto listener = spi.listen_tcp();
    const auto client = peer::connect_to(listener.local.port());
    const auto descriptors = descriptor_count();
    spi.host.fail_handles_with(WSAEINVAL);
    int code = 0;
    CHECK(spi.spi.socket(tcp4(spi.model), &code) == INVALID_SOCKET);
    CHECK(code == WSAEINVAL);
    CHECK(spi.spi.accept(listener.socket).code == WSAEINVAL);
    spi.host.fail_handles_with(0);
    CHECK(descriptor_count() <= descriptors + 1);
    CHECK(spi.open_tcp() != INVALID_SOCKET);
}

TEST_CASE("HAND-3, HAND-5 each new handle comes from WPUCreateSocketHandle, with a context of its own",
          "[spi][handle]")
{
    const spi_fixture spi;
    const auto pair = spi.tcp_pair();
    (void)spi.open_udp();
    const auto made = spi.host.created();
    REQUIRE(made.size() == 4);
    std::set<DWORD_PTR> contexts;
    for (const auto& record : made) {
        contexts.insert(record.context);
    }
    CHECK(contexts.size() == made.size());
    CHECK(pair.there == made[2].given);
}

TEST_CASE("HAND-5 the code of a host that makes no handle is passed on, from WSPSocket and WSPAccept",
          "[spi][handle]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    auto client = peer::connect_to(listener.local.port());
    spi.host.fail_handles_with(WSAENOBUFS);
    int code = 0;
    CHECK(spi.spi.socket(tcp4(), &code) == INVALID_SOCKET);
    CHECK(code == WSAENOBUFS);
    CHECK(spi.spi.accept(listener.socket).code == WSAENOBUFS);
    spi.host.fail_handles_with(0);
    // The request is still in the queue (ACC-22).
    const auto taken = spi.spi.accept(listener.socket);
    CHECK(taken.code == 0);
    CHECK(client.send_text("hello"));
    std::array<char, 8> buffer{};
    CHECK(spi.spi.receive(taken.socket, buffer.data(), buffer.size()).bytes == 5);
}

TEST_CASE("HAND-8 a handle goes back exactly once, whoever closes and however often", "[spi][handle]")
{
    spi_fixture spi;
    const SOCKET s = spi.open_tcp();
    std::atomic<int> good{0};
    std::atomic<int> stale{0};
    std::vector<std::thread> closers;
    for (int i = 0; i < 4; ++i) {
        closers.emplace_back([&] {
            const int code = spi.spi.close(s);
            good += code == 0 ? 1 : 0;
            stale += code == WSAENOTSOCK ? 1 : 0;
        });
    }
    for (auto& closer : closers) {
        closer.join();
    }
    CHECK(good == 1);
    CHECK(stale == 3);
    CHECK(spi.host.closed() == std::vector<SOCKET>{s});
    CHECK(spi.host.wrong_closes() == 0);
}

TEST_CASE("HAND-8 a refused close keeps the handle", "[spi][handle]")
{
    spi_fixture spi;
    auto half = spi.connect_to_peer(small_receive_buffer);
    REQUIRE(spi.spi.set_linger(half.socket, 1, 5) == 0);
    REQUIRE(spi.spi.queue_pattern(half.socket, 1, beyond_system_buffers / 4) == 0);
    REQUIRE(spi.spi.close(half.socket) == WSAEWOULDBLOCK);
    CHECK(spi.host.closed().empty());
    REQUIRE(spi.spi.set_linger(half.socket, 1, 0) == 0);
    CHECK(spi.spi.close(half.socket) == 0);
    CHECK(spi.host.closed() == std::vector<SOCKET>{half.socket});
}

TEST_CASE("HAND-9 an accept that finds no descriptor leaves no handle and keeps the request", "[spi][handle]")
{
    spi_fixture spi;
    const auto listener = spi.listen_tcp();
    REQUIRE(spi.spi.set_nonblocking(listener.socket) == 0);
    auto client = peer::connect_to(listener.local.port());
    REQUIRE(client);
    const auto handles = spi.host.open_handles();
    accepted refused;
    {
        const no_more_descriptors none;
        refused = spi.spi.accept(listener.socket);
    }
    CHECK(refused.code == WSAEMFILE);
    CHECK(spi.host.open_handles() == handles);
    CHECK(spi.host.wrong_closes() == 0);
    CHECK(spi.spi.accept(listener.socket).code == 0);
}

TEST_CASE("HAND-10 when the handle goes back to the host, calls on it are refused already", "[spi][handle]")
{
    spi_fixture spi;
    const auto pair = spi.tcp_pair();
    std::atomic<int> seen{0};
    spi.host.when_handle_closes([&](SOCKET s) { seen = spi.spi.send(s, "x").code; });
    CHECK(spi.spi.close(pair.here) == 0);
    CHECK(seen == WSAENOTSOCK);
    spi.host.when_handle_closes({});
}

TEST_CASE("HAND-11 a value that is given out again belongs to the new socket alone", "[spi][handle]")
{
    spi_fixture spi;
    constexpr SOCKET always = 0x1234;
    spi.host.choose_handles([] { return always; });
    peer::datagram_socket remote;
    for (int round = 0; round < 200; ++round) {
        const SOCKET s = spi.open_udp();
        REQUIRE(s == always);
        // The socket of the round before was bound.
        endpoint local;
        CHECK(spi.spi.local_name(s, &local) == WSAEINVAL);
        REQUIRE(spi.spi.bind(s, loopback4()) == 0);
        REQUIRE(spi.spi.close(s) == 0);
    }
    CHECK(spi.host.wrong_closes() == 0);
    CHECK(spi.host.open_handles() == 0);
}

TEST_CASE("HAND-11 a call that blocks on a closed socket does not touch the socket that got its value",
          "[spi][handle]")
{
    spi_fixture spi;
    constexpr SOCKET always = 0x1234;
    spi.host.choose_handles([] { return always; });
    for (int round = 0; round < 20; ++round) {
        const SOCKET old = spi.bound_udp();
        std::array<char, 8> buffer{};
        background_call reader([&] { return spi.spi.receive(old, buffer.data(), buffer.size()).code; });
        REQUIRE(reader.blocks());
        REQUIRE(spi.spi.close(old) == 0);
        const SOCKET fresh = spi.bound_udp();
        REQUIRE(fresh == old);
        endpoint local;
        REQUIRE(spi.spi.local_name(fresh, &local) == 0);
        peer::datagram_socket remote;
        REQUIRE(remote.send_to(local.port(), "for the new one"));
        CHECK(reader.result() == WSAEINTR);
        std::array<char, 32> text{};
        CHECK(spi.spi.receive(fresh, text.data(), text.size()).bytes == 15);
        REQUIRE(spi.spi.close(fresh) == 0);
    }
}

TEST_CASE("HAND-12 handles are made under the catalog entry of their own socket", "[spi][handle]")
{
    const spi_fixture spi;
    const auto entry = udp4();
    (void)spi.open(entry);
    CHECK(spi.host.created().back().catalog_entry_id == entry.dwCatalogEntryId);
    const auto listener = spi.listen_tcp();
    const auto client = peer::connect_to(listener.local.port());
    REQUIRE(spi.spi.accept(listener.socket).code == 0);
    CHECK(spi.host.created().back().catalog_entry_id == tcp4().dwCatalogEntryId);
}
