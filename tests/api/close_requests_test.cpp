// Closing sockets and the last cleanup with overlapped requests pending: what becomes of sends, whether the peer sees a
// graceful end, what is told and what is not. Answers to the pages "closesocket" and "WSACleanup"; decisions D-1, D-2.
#include "overlapped_fixture.hpp"

#include "support/libc_peer.hpp"

using namespace spindle::test;
using peer::ending;

namespace {

constexpr std::size_t everything = std::size_t{64} * 1024 * 1024;

/// A connection to the system's own socket, filled up, with a large send pending.
struct pending_send {
    pending_send() : socket(tcp())
    {
        REQUIRE(connect_to(socket, loopback(AF_INET, listening.port())) == 0);
        remote = listening.accept();
        REQUIRE(remote);
        filled = fill(socket);
        set_nonblocking(socket, false);
        REQUIRE(sending.send(socket, large_text()) == WSA_IO_PENDING);
    }
    void linger_for(u_short seconds)
    {
        const linger value{1, seconds};
        REQUIRE(error_of(setsockopt(socket, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&value),
                                    sizeof value)) == 0);
    }

    peer::listener listening;
    unique_socket socket;
    peer::connection remote;
    event_request sending;
    std::size_t filled = 0;
};

}  // namespace

TEST_CASE("LING-10 a pending receive does not turn a graceful close into a reset", "[api][overlapped][close]")
{
    const winsock started;
    peer::listener listening;
    auto socket = tcp();
    REQUIRE(connect_to(socket, loopback(AF_INET, listening.port())) == 0);
    auto remote = listening.accept();
    REQUIRE(remote);
    event_request receive;
    REQUIRE(receive.receive(socket) == WSA_IO_PENDING);
    send_text(socket, "last words");
    SECTION("by default") {}
    SECTION("with a time")
    {
        const linger value{1, 20};
        REQUIRE(error_of(setsockopt(socket, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&value),
                                    sizeof value)) == 0);
    }
    CHECK(error_of(closesocket(socket.release())) == 0);
    CHECK(receive.signalled(patience_ms));
    CHECK(receive.status() == aborted_status);
    CHECK(remote.read_text(10) == "last words");
    CHECK(remote.wait_end() == ending::finished);
}

TEST_CASE("LING-11, LING-13, CLOSE-2 a graceful close cancels pending sends and still ends in FIN",
          "[api][overlapped][close]")
{
    const winsock started;
    pending_send it;
    CHECK(error_of(closesocket(it.socket.release())) == 0);
    CHECK(it.sending.signalled(patience_ms));
    CHECK(it.sending.status() == cancelled_status);
    CHECK(it.sending.overlapped.InternalHigh == 0);
    const std::string all = it.remote.read_text(everything);
    CHECK(all.size() >= it.filled);
    CHECK(all.size() < it.filled + it.sending.bytes.size());
    CHECK(it.remote.wait_end() == ending::finished);
}

TEST_CASE("LING-11 pending sends are cancelled before the linger wait", "[api][overlapped][close]")
{
    const winsock started;
    pending_send it;
    it.linger_for(60);
    background_call closing([&] { return error_of(closesocket(it.socket.release())); });
    CHECK(it.sending.signalled(patience_ms));
    CHECK(it.sending.status() == cancelled_status);
    CHECK(closing.blocks());
    CHECK(it.remote.read_text(everything).size() >= it.filled);
    CHECK(closing.result() == 0);
    CHECK(it.remote.wait_end() == ending::finished);
}

TEST_CASE("LING-12 with a linger time a nonblocking close counts pending sends as unsent data",
          "[api][overlapped][close]")
{
    const winsock started;
    pending_send it;
    it.linger_for(60);
    set_nonblocking(it.socket);
    CHECK(error_of(closesocket(it.socket)) == WSAEWOULDBLOCK);
    CHECK_FALSE(it.sending.finished());
    CHECK(it.remote.read_text(it.filled + it.sending.bytes.size()).size() ==
          it.filled + it.sending.bytes.size());
    CHECK(it.sending.result(it.socket) == 0);
    CHECK(it.sending.count == it.sending.bytes.size());
}

TEST_CASE("CLEAN-5, CLEAN-6 the last cleanup settles a pending receive silently", "[api][overlapped][clean]")
{
    event_request by_event;
    request by_packet;
    request by_routine;
    const port_handle port;
    routine_calls().clear();
    {
        const winsock started;
        const tcp_pair pair;
        const tcp_pair with_port;
        const tcp_pair plain;
        REQUIRE(associate(with_port.server, port, 1) == port.get());
        REQUIRE(by_event.receive(pair.server) == WSA_IO_PENDING);
        REQUIRE(by_packet.receive(with_port.server) == WSA_IO_PENDING);
        REQUIRE(by_routine.receive(plain.server, 0, note_routine) == WSA_IO_PENDING);
        REQUIRE(WSACleanup() == 0);
        for (request* each : {static_cast<request*>(&by_event), &by_packet, &by_routine}) {
            CHECK(each->status() == cancelled_status);
            CHECK(each->overlapped.InternalHigh == 0);
        }
        CHECK_FALSE(by_event.signalled());
        CHECK(is_empty(port));
        CHECK(SleepEx(0, TRUE) == 0);
        CHECK(routine_calls().empty());
        WSADATA data;
        REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    }
}

TEST_CASE("CLEAN-10 the last cleanup sends what pending sends hold and settles them silently",
          "[api][overlapped][clean]")
{
    const winsock started;
    pending_send it;
    background_call reading([&] { return it.remote.read_text(everything).size(); });
    REQUIRE(WSACleanup() == 0);
    CHECK(reading.result() == it.filled + it.sending.bytes.size());
    CHECK(it.remote.wait_end() == ending::finished);
    CHECK(it.sending.status() == 0);
    CHECK(it.sending.overlapped.InternalHigh == it.sending.bytes.size());
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

TEST_CASE("CLEAN-16 a routine that is queued at the last cleanup does not run any more",
          "[api][overlapped][clean]")
{
    const winsock started;
    const tcp_pair pair;
    routine_calls().clear();
    request sending;
    REQUIRE(sending.send(pair.client, "x", note_routine) == 0);
    REQUIRE(WSACleanup() == 0);
    SleepEx(0, TRUE);
    CHECK(routine_calls().empty());
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}
