// Registered I/O at its ends and under load: closing with requests outstanding, the last cleanup, many messages.
// Answers to the pages "RIOCreateRequestQueue", "WSACleanup".
#include "rio_fixture.hpp"

#include <atomic>
#include <thread>

#include "support/libc_peer.hpp"

using namespace spindle::test;

TEST_CASE("RIO-18 closesocket gives every outstanding request a result of WSA_OPERATION_ABORTED",
          "[api][rio]")
{
    const rio_library rio;
    const RIO_CQ results = rio.queue();
    registered_memory memory(rio, 64);
    SECTION("connected")
    {
        rio_pair pair;
        const RIO_RQ server = rio.requests(pair.server, results);
        REQUIRE(rio.receive(server, memory.slice(0, 8), 0, 1) == 0);
        REQUIRE(rio.receive(server, memory.slice(8, 8), 0, 2) == 0);
        REQUIRE(rio.receive(server, memory.slice(16, 8), RIO_MSG_DEFER, 3) == 0);
        REQUIRE(rio.send(server, memory.slice(24, 8), RIO_MSG_DEFER, 4) == 0);
        pair.server.reset();
    }
    SECTION("datagrams")
    {
        unique_socket udp = bound_rio_udp();
        const RIO_RQ requests = rio.requests(udp, results);
        REQUIRE(rio.receive(requests, memory.slice(0, 8), 0, 1) == 0);
        REQUIRE(rio.receive(requests, memory.slice(8, 8), 0, 2) == 0);
        REQUIRE(rio.receive(requests, memory.slice(16, 8), RIO_MSG_DEFER, 3) == 0);
        REQUIRE(rio.send(requests, memory.slice(24, 8), RIO_MSG_DEFER, 4) == 0);
        udp.reset();
    }
    const auto taken = rio.results(results, 4);
    REQUIRE(taken.size() == 4);
    for (std::size_t index = 0; index < taken.size(); ++index) {
        CHECK(taken[index].Status == WSA_OPERATION_ABORTED);
        CHECK(taken[index].BytesTransferred == 0);
        CHECK(taken[index].RequestContext == index + 1);
    }
}

TEST_CASE("RIO-18 the last cleanup settles what is outstanding without a word", "[api][rio]")
{
    event_notification event;
    RIO_CQ stale = RIO_INVALID_CQ;
    {
        const rio_library rio;
        const rio_pair pair;
        stale = rio.queue(64, event.get());
        const RIO_RQ server = rio.requests(pair.server, stale);
        std::string bytes(64, '\0');
        const RIO_BUF part{rio.call.RIORegisterBuffer(bytes.data(), 64), 0, 64};
        REQUIRE(rio.receive(server, part) == 0);
        REQUIRE(rio.receive(server, part, RIO_MSG_DEFER) == 0);
        REQUIRE(rio.call.RIONotify(stale) == 0);
        REQUIRE(WSACleanup() == 0);
        CHECK_FALSE(event.signalled());
        WSADATA data;
        REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    }
    const rio_library again;
    RIORESULT taken{};
    CHECK(again.call.RIODequeueCompletion(stale, &taken, 1) == RIO_CORRUPT_CQ);
    CHECK(again.call.RIONotify(stale) == WSAEINVAL);
}

TEST_CASE("the last cleanup sends what registered sends have outstanding", "[api][rio][clean]")
{
    peer::listener listening({peer::family::ipv4, 16 * 1024, 8});
    constexpr std::size_t size = std::size_t{16} * 1024 * 1024;
    std::vector<char> bytes = make_pattern(11, size);
    const rio_library rio;
    const unique_socket sender = rio_socket(AF_INET, SOCK_STREAM);
    REQUIRE(connect_to(sender, loopback(AF_INET, listening.port())) == 0);
    peer::connection reader = listening.accept();
    const RIO_RQ requests = rio.requests(sender, rio.queue());
    const RIO_BUFFERID id = rio.call.RIORegisterBuffer(bytes.data(), static_cast<DWORD>(size));
    REQUIRE(rio.send(requests, {id, 0, size / 2}) == 0);
    REQUIRE(rio.send(requests, {id, size / 2, size / 2}) == 0);
    background_call reading([&] { return reader.read_to_end(11); });
    REQUIRE(WSACleanup() == 0);
    CHECK(reading.result().is(peer::ending::finished, size));
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

namespace {

constexpr ULONG message_size = 32;
constexpr ULONG window = 32;
constexpr std::uint64_t message_count = 100'000;

/// Sends the messages with up to `window` outstanding; polls.
bool send_messages(const rio_library& rio, SOCKET of)
{
    std::vector<char> bytes(std::size_t{window} * message_size);
    const RIO_BUFFERID id = rio.call.RIORegisterBuffer(bytes.data(), static_cast<DWORD>(bytes.size()));
    const RIO_CQ results = rio.call.RIOCreateCompletionQueue(window, nullptr);
    const RIO_RQ requests = rio.call.RIOCreateRequestQueue(of, 0, 1, window, 1, results, results, nullptr);
    std::vector<ULONG> free_slots;
    for (ULONG slot = 0; slot < window; ++slot) {
        free_slots.push_back(slot);
    }
    RIORESULT taken[window];
    for (std::uint64_t sent = 0; sent < message_count || free_slots.size() < window;) {
        const ULONG count = rio.call.RIODequeueCompletion(results, taken, window);
        for (ULONG index = 0; index < count; ++index) {
            if (taken[index].Status != 0 || taken[index].BytesTransferred != message_size) {
                return false;
            }
            free_slots.push_back(static_cast<ULONG>(taken[index].RequestContext));
        }
        if (sent == message_count || free_slots.empty()) {
            std::this_thread::yield();
            continue;
        }
        const ULONG slot = free_slots.back();
        free_slots.pop_back();
        for (ULONG index = 0; index < message_size; ++index) {
            bytes[slot * message_size + index] =
                static_cast<char>(pattern_byte(3, sent * message_size + index));
        }
        RIO_BUF part{id, slot * message_size, message_size};
        ++sent;
        const DWORD flags = sent % 4 == 0 || sent == message_count ? 0 : RIO_MSG_DEFER;
        if (rio.call.RIOSend(requests, &part, 1, flags, rio.pointer(slot)) == 0) {
            return false;
        }
        if (free_slots.empty()) {
            rio.call.RIOSend(requests, nullptr, 0, RIO_MSG_COMMIT_ONLY, nullptr);
        }
    }
    rio.call.RIODeregisterBuffer(id);
    return true;
}

/// Receives and compares; waits for the queue's event.
pattern_check receive_messages(const rio_library& rio, SOCKET of, event_notification& event)
{
    pattern_check check(3);
    std::vector<char> bytes(std::size_t{window} * message_size);
    const RIO_BUFFERID id = rio.call.RIORegisterBuffer(bytes.data(), static_cast<DWORD>(bytes.size()));
    const RIO_CQ results = rio.call.RIOCreateCompletionQueue(window, event.get());
    const RIO_RQ requests = rio.call.RIOCreateRequestQueue(of, window, 1, 0, 1, results, results, nullptr);
    const auto receive = [&](ULONG slot) {
        RIO_BUF part{id, slot * message_size, message_size};
        return rio.call.RIOReceive(requests, &part, 1, 0, rio.pointer(slot)) != 0;
    };
    for (ULONG slot = 0; slot < window; ++slot) {
        if (!receive(slot)) {
            return check;
        }
    }
    RIORESULT taken[window];
    while (check.intact() && check.bytes() < message_count * message_size) {
        if (rio.call.RIONotify(results) != 0 || !event.signalled(20'000)) {
            return check;
        }
        const ULONG count = rio.call.RIODequeueCompletion(results, taken, window);
        for (ULONG index = 0; index < count; ++index) {
            const auto slot = static_cast<ULONG>(taken[index].RequestContext);
            check.feed(bytes.data() + slot * message_size, taken[index].BytesTransferred);
            if (taken[index].Status != 0 || taken[index].BytesTransferred == 0 || !receive(slot)) {
                return check;
            }
        }
    }
    closesocket(of);  // what is outstanding uses `bytes`
    rio.call.RIODeregisterBuffer(id);
    return check;
}

}  // namespace

TEST_CASE("a hundred thousand registered messages come whole and in order from one thread to another",
          "[api][rio]")
{
    const rio_library rio;
    rio_pair pair;
    event_notification event;
    background_call sending([&] { return send_messages(rio, pair.client); });
    const auto received = receive_messages(rio, pair.server.release(), event);
    CHECK(received.intact());
    CHECK(received.bytes() == message_count * message_size);
    CHECK(sending.result());
}

TEST_CASE("sockets that are closed under their request queues' calls do no harm", "[api][rio]")
{
    const rio_library rio;
    const RIO_CQ results = rio.queue(64);
    registered_memory memory(rio, 64);
    for (int round = 0; round < 200; ++round) {
        unique_socket udp = bound_rio_udp();
        const RIO_RQ requests = rio.requests(udp, results, 16, 16);
        std::atomic<bool> over{false};
        std::thread receiving([&] {
            while (!over) {
                RIO_BUF part = memory.slice(0, 8);
                rio.call.RIOReceive(requests, &part, 1, over ? 0 : RIO_MSG_DONT_NOTIFY, nullptr);
                rio.call.RIOReceive(requests, nullptr, 0, RIO_MSG_COMMIT_ONLY, nullptr);
            }
        });
        RIORESULT taken[16];
        (void)eventually([&] { return rio.receive(requests, memory.slice(0, 8)) == WSAENOBUFS; });
        udp.reset();
        over = true;
        receiving.join();
        ULONG left = 16;
        REQUIRE(eventually([&] {
            left -= rio.call.RIODequeueCompletion(results, taken, 16);
            return left == 0;
        }));
    }
}
