// Several overlapped requests at once: order of the data, threads that come and go, duplicates of the handle, shutdown
// with requests pending. Answers to the pages "Overlapped I/O and Event Objects" and "I/O Completion Ports".
#include "overlapped_fixture.hpp"

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "support/libc_peer.hpp"

using namespace spindle::test;

namespace {

using request_list = std::vector<std::unique_ptr<request>>;

request& add(request_list& to, std::size_t size = 64)
{
    return *to.emplace_back(std::make_unique<request>(size));
}

/// How many packets name the request.
std::ptrdiff_t times_in(const std::vector<LPOVERLAPPED>& packets, request& wanted)
{
    return std::count(packets.begin(), packets.end(), wanted.as_packet());
}

std::vector<LPOVERLAPPED> take_packets(HANDLE port, std::size_t count)
{
    std::vector<LPOVERLAPPED> taken;
    for (std::size_t index = 0; index < count; ++index) {
        const dequeued got = next_packet(port, patience_ms);
        REQUIRE(got.overlapped != nullptr);
        taken.push_back(got.overlapped);
    }
    return taken;
}

}  // namespace

TEST_CASE("OVL-4 every started request completes exactly once, however it ends", "[api][overlapped]")
{
    const winsock started;
    const port_handle port;
    request_list all;
    tcp_pair served;
    tcp_pair cancelled;
    tcp_pair closed;
    tcp_pair reset;
    for (const tcp_pair* each : {&served, &cancelled, &closed, &reset}) {
        REQUIRE(associate(each->server, port, 1) == port.get());
        for (int count = 0; count < 4; ++count) {
            REQUIRE(add(all, 2).receive(each->server) == WSA_IO_PENDING);
        }
    }
    REQUIRE(add(all).send(served.server, "at once") == 0);
    send_text(served.client, "aabbccdd");
    REQUIRE(CancelIoEx(as_handle(cancelled.server), nullptr) != FALSE);
    closed.server.reset();
    reset_connection(reset.client);
    const auto packets = take_packets(port, all.size());
    for (const auto& each : all) {
        CHECK(times_in(packets, *each) == 1);
        CHECK(each->finished());
    }
    CHECK(is_empty(port));
}

TEST_CASE("OVL-6 any number of requests, sends and receives mixed", "[api][overlapped]")
{
    constexpr int pairs_of_requests = 200;
    const winsock started;
    const tcp_pair pair;
    const port_handle port;
    REQUIRE(associate(pair.server, port, 1) == port.get());
    request_list all;
    std::string expected;
    for (int index = 0; index < pairs_of_requests; ++index) {
        const std::string text(8, static_cast<char>('a' + index % 26));
        REQUIRE(add(all, 8).receive(pair.server, MSG_WAITALL) == WSA_IO_PENDING);
        REQUIRE(add(all).send(pair.server, text) == 0);
        expected += text;
    }
    CHECK(receive_text(pair.client, expected.size()) == expected);
    send_text(pair.client, expected);
    const auto packets = take_packets(port, all.size());
    std::string received;
    for (const auto& each : all) {
        CHECK(times_in(packets, *each) == 1);
    }
    for (std::size_t index = 0; index < all.size(); index += 2) {
        received += all[index]->text();
    }
    CHECK(received == expected);
}

TEST_CASE("OVL-6 an OVERLAPPED that is used again too early does no harm to the socket", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    const port_handle port;
    REQUIRE(associate(pair.server, port, 1) == port.get());
    request twice(2);
    REQUIRE(twice.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(twice.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "aabb");
    CHECK(take_packets(port, 2) == std::vector<LPOVERLAPPED>{twice.as_packet(), twice.as_packet()});
    send_text(pair.client, "next");
    CHECK(receive_text(pair.server, 4) == "next");
}

TEST_CASE("OVL-16 receives are filled in the order in which they were posted", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    event_request first(16);
    event_request second(16);
    REQUIRE(first.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(second.receive(pair.server) == WSA_IO_PENDING);
    send_text(pair.client, "0123456789abcdefFEDCBA9876543210");
    REQUIRE(first.result(pair.server) == 0);
    REQUIRE(second.result(pair.server) == 0);
    CHECK(first.text() == "0123456789abcdef");
    CHECK(second.text() == "FEDCBA9876543210");
}

TEST_CASE("OVL-17, OVL-16 the order of the data is fixed when several threads take the packets",
          "[api][overlapped]")
{
    constexpr std::size_t count = 64;
    const winsock started;
    const tcp_pair pair;
    const port_handle port;
    REQUIRE(associate(pair.server, port, 1) == port.get());
    request_list all;
    std::string expected;
    for (std::size_t index = 0; index < count; ++index) {
        REQUIRE(add(all, 4).receive(pair.server, MSG_WAITALL) == WSA_IO_PENDING);
        expected += std::string(4, static_cast<char>('!' + index));
    }
    std::atomic<std::size_t> taken{0};
    std::vector<std::thread> workers;
    for (int index = 0; index < 3; ++index) {
        workers.emplace_back([&] {
            while (next_packet(port, patience_ms).overlapped != nullptr) {
                ++taken;
            }
        });
    }
    send_text(pair.client, expected);
    CHECK(eventually([&] { return taken == count; }));
    for (std::size_t index = 0; index < workers.size(); ++index) {
        PostQueuedCompletionStatus(port, 0, 0, nullptr);
    }
    for (auto& each : workers) {
        each.join();
    }
    std::string received;
    for (const auto& each : all) {
        received += each->text();
    }
    CHECK(received == expected);
}

TEST_CASE("OVL-18 the requests of a thread that ends live on", "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    const tcp_pair with_port;
    const port_handle port;
    REQUIRE(associate(with_port.server, port, 1) == port.get());
    event_request by_event;
    request by_packet;
    int codes[2] = {};
    std::thread issuer([&] {
        codes[0] = by_event.receive(pair.server);
        codes[1] = by_packet.receive(with_port.server);
    });
    issuer.join();
    CHECK(codes[0] == WSA_IO_PENDING);
    CHECK(codes[1] == WSA_IO_PENDING);
    CHECK_FALSE(by_event.finished());
    CHECK(is_empty(port));
    send_text(pair.client, "still here");
    send_text(with_port.client, "here too");
    CHECK(by_event.signalled(patience_ms));
    CHECK(by_event.text() == "still here");
    CHECK(next_packet(port, patience_ms).overlapped == by_packet.as_packet());
    CHECK(by_packet.text() == "here too");
}

TEST_CASE("OVL-19, CP-5 requests belong to the socket, not to one of its handles", "[api][overlapped]")
{
    const winsock started;
    tcp_pair pair;
    const port_handle port;
    HANDLE copy = nullptr;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), as_handle(pair.server), GetCurrentProcess(), &copy, 0, FALSE,
                            DUPLICATE_SAME_ACCESS) != FALSE);
    REQUIRE(CreateIoCompletionPort(copy, port, 77, 0) == port.get());
    request first;
    request second;
    REQUIRE(first.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(second.receive(pair.server) == WSA_IO_PENDING);
    pair.server.reset();
    CHECK(is_empty(port));
    send_text(pair.client, "first");
    dequeued got = next_packet(port, patience_ms);
    CHECK(got.overlapped == first.as_packet());
    CHECK(got.key == 77);
    CHECK(first.text() == "first");
    CHECK(is_empty(port));
    CHECK(CloseHandle(copy) != FALSE);
    got = next_packet(port, patience_ms);
    CHECK_FALSE(got.success);
    CHECK(got.overlapped == second.as_packet());
    CHECK(got.key == 77);
    CHECK(second.status() == aborted_status);
}

TEST_CASE("SHUT-5 pending sends are finished before the FIN", "[api][overlapped]")
{
    const winsock started;
    peer::listener listening;
    const auto client = tcp();
    REQUIRE(connect_to(client, loopback(AF_INET, listening.port())) == 0);
    auto remote = listening.accept();
    REQUIRE(remote);
    fill(client);
    event_request first;
    event_request second;
    const std::string text = large_text();
    REQUIRE(first.send(client, text) == WSA_IO_PENDING);
    REQUIRE(second.send(client, "the end") == WSA_IO_PENDING);
    REQUIRE(error_of(shutdown(client, SD_SEND)) == 0);
    CHECK_FALSE(first.finished());
    request late;
    CHECK(late.send(client, "late") == WSAESHUTDOWN);
    const std::string all = remote.read_text(std::size_t{64} * 1024 * 1024);
    CHECK(all.size() > text.size());
    CHECK(all.substr(all.size() - 8) == "xthe end");
    CHECK(remote.wait_end() == peer::ending::finished);
    CHECK(first.result(client) == 0);
    CHECK(second.result(client) == 0);
    CHECK(first.count == text.size());
}

TEST_CASE("SHUT-7, XFR-46 a receive pending at SD_RECEIVE completes with data that come later",
          "[api][overlapped]")
{
    const winsock started;
    const tcp_pair pair;
    event_request receive;
    REQUIRE(receive.receive(pair.server) == WSA_IO_PENDING);
    REQUIRE(error_of(shutdown(pair.server, SD_RECEIVE)) == 0);
    CHECK_FALSE(receive.finished());
    request refused;
    CHECK(refused.receive(pair.server) == WSAESHUTDOWN);
    send_text(pair.client, "later");
    CHECK(receive.result(pair.server) == 0);
    CHECK(receive.text() == "later");
}
