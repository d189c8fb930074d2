// WSAPoll: its array, and which events a socket has. Answers to the page "WSAPoll".
#include <array>
#include <thread>
#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/extension.hpp"

using namespace spindle::test;

namespace {

constexpr SHORT all_requests = POLLRDNORM | POLLRDBAND | POLLWRNORM;

/// The events of one socket; -1 when the call fails or counts wrongly.
int events_of(SOCKET s, SHORT asked = all_requests, INT timeout = 0)
{
    WSAPOLLFD one{s, asked, 0x7FFF};
    const int count = WSAPoll(&one, 1, timeout);
    return count == (one.revents != 0 ? 1 : 0) ? one.revents : -1;
}

bool becomes(SOCKET s, int wanted, SHORT asked = all_requests)
{
    return eventually([&] { return events_of(s, asked) == wanted; });
}

std::atomic<int> routine_runs{0};
void CALLBACK count_routine(ULONG_PTR)
{
    ++routine_runs;
}

}  // namespace

TEST_CASE("POL-1, POL-2 an array without elements or memory is refused; the constants are Windows'", "[api][poll]")
{
    const winsock started;
    WSAPOLLFD one{};
    CHECK(error_of(WSAPoll(&one, 0, 0)) == WSAEINVAL);
    CHECK(error_of(WSAPoll(nullptr, 0, 0)) == WSAEINVAL);
    CHECK(error_of(WSAPoll(nullptr, 1, 0)) == WSAEFAULT);
    static_assert(POLLERR == 0x1 && POLLHUP == 0x2 && POLLNVAL == 0x4 && POLLWRNORM == 0x10 && POLLOUT == 0x10);
    static_assert(POLLWRBAND == 0x20 && POLLRDNORM == 0x100 && POLLRDBAND == 0x200 && POLLIN == 0x300 && POLLPRI == 0x400);
}

TEST_CASE("POL-3 what cannot be asked for fails the whole call", "[api][poll]")
{
    const winsock started;
    const auto good = bound_udp();
    for (int bit = 1; bit < 0x8000; bit *= 2) {
        std::array<WSAPOLLFD, 2> both{{{good, POLLWRNORM, 0}, {good, static_cast<SHORT>(bit), 0}}};
        const bool known = (bit & all_requests) != 0;
        CHECK(error_of(WSAPoll(both.data(), 2, 0)) == (known ? 0 : WSAEINVAL));
    }
}

TEST_CASE("POL-4, POL-5, POL-6, POL-7 what is no socket is told and not counted", "[api][poll]")
{
    const winsock started;
    const auto quiet = bound_udp();
    const auto ready = udp();
    auto gone = udp();
    const SOCKET closed = gone.get();
    gone.reset();
    std::array<WSAPOLLFD, 5> all{{{INVALID_SOCKET, POLLPRI, 0x55},
                                  {quiet, POLLRDNORM, 0x55},
                                  {closed, POLLRDNORM, 0x55},
                                  {ready, POLLWRNORM, 0x55},
                                  {SOCKET{0x7f7f7f7c}, 0, 0x55}}};
    CHECK(WSAPoll(all.data(), static_cast<ULONG>(all.size()), -1) == 1);
    const std::array<SHORT, 5> expected{POLLNVAL, 0, POLLNVAL, POLLWRNORM, POLLNVAL};
    for (std::size_t index = 0; index < all.size(); ++index) {
        CHECK(all[index].revents == expected[index]);
    }
    std::array<WSAPOLLFD, 2> none{{{INVALID_SOCKET, POLLRDNORM, 0}, {closed, POLLRDNORM, 0}}};
    CHECK(error_of(WSAPoll(none.data(), 2, -1)) == WSAENOTSOCK);
    CHECK((none[0].revents == POLLNVAL && none[1].revents == POLLNVAL));
}

TEST_CASE("POL-8 the time is in milliseconds, negative is without end, and readiness is a level", "[api][poll]")
{
    const winsock started;
    const auto quiet = bound_udp();
    const stopwatch time;
    CHECK(events_of(quiet, POLLRDNORM, 40) == 0);
    CHECK(time.elapsed() >= 38ms);
    background_call waiting([&] { return events_of(quiet, POLLRDNORM, -1); });
    REQUIRE(waiting.blocks());
    const auto where = local_of(quiet);
    const auto sender = udp();
    REQUIRE(sendto(sender, "x", 1, 0, where.get(), where.length) == 1);
    CHECK(waiting.result() == POLLRDNORM);
    CHECK(events_of(quiet, POLLRDNORM) == POLLRDNORM);
    CHECK(events_of(quiet) == (POLLRDNORM | POLLWRNORM));
    CHECK(events_of(quiet, 0) == 0);
}

TEST_CASE("POL-9 a listener has POLLRDNORM while a connection waits", "[api][poll]")
{
    const winsock started;
    const auto listening = listener();
    CHECK(events_of(listening) == 0);
    const auto client = connect_to_listener(listening);
    REQUIRE(becomes(listening, POLLRDNORM));
    CHECK(events_of(listening) == POLLRDNORM);
    const auto server = accept_from(listening);
    CHECK(events_of(listening) == 0);
    CHECK(events_of(tcp()) == 0);
}

TEST_CASE("POL-10, OOB-8 a connection is writable, data and urgent bytes have events of their own", "[api][poll]")
{
    const winsock started;
    const tcp_pair pair;
    CHECK(events_of(pair.server) == POLLWRNORM);
    send_text(pair.client, "u", MSG_OOB);
    REQUIRE(becomes(pair.server, POLLWRNORM | POLLRDBAND));
    CHECK(events_of(pair.server, POLLIN) == POLLRDBAND);
    CHECK(events_of(pair.server, POLLRDNORM) == 0);
    send_text(pair.client, "n");
    REQUIRE(becomes(pair.server, POLLWRNORM | POLLRDBAND | POLLRDNORM));
    CHECK(receive_text(pair.server, 1) == "n");
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    CHECK(events_of(pair.server) == (POLLWRNORM | POLLRDNORM));
    CHECK(receive_text(pair.server, 1) == "u");
    CHECK(events_of(pair.server) == POLLWRNORM);
}

TEST_CASE("POL-11, LNX-32 the peer's end is POLLHUP, asked for or not; data that are left count apart", "[api][poll]")
{
    const winsock started;
    for (const int how : {SD_SEND, -1}) {
        tcp_pair pair;
        send_text(pair.client, "x");
        background_call waiting([&] { return events_of(pair.server, 0, -1); });
        REQUIRE(waiting.blocks());
        if (how == SD_SEND) {
            REQUIRE(error_of(shutdown(pair.client, how)) == 0);
        } else {
            pair.client.reset();
        }
        CHECK(waiting.result() == POLLHUP);
        CHECK(events_of(pair.server) == (POLLHUP | POLLWRNORM | POLLRDNORM));
        CHECK(receive_text(pair.server, 2) == "x");
        CHECK(events_of(pair.server) == (POLLHUP | POLLWRNORM));
        REQUIRE(error_of(shutdown(pair.server, SD_SEND)) == 0);
        CHECK(events_of(pair.server) == (POLLHUP | POLLWRNORM));
    }
}

TEST_CASE("POL-12 the local shutdown changes nothing", "[api][poll]")
{
    const winsock started;
    for (const int how : {SD_SEND, SD_RECEIVE, SD_BOTH}) {
        const tcp_pair pair;
        REQUIRE(error_of(shutdown(pair.server, how)) == 0);
        CHECK(events_of(pair.server) == POLLWRNORM);
    }
}

TEST_CASE("POL-13 a reset is POLLERR, POLLHUP and POLLWRNORM", "[api][poll]")
{
    const winsock started;
    tcp_pair pair;
    reset_connection(pair.client);
    REQUIRE(becomes(pair.server, POLLERR | POLLHUP | POLLWRNORM));
    CHECK(events_of(pair.server, 0) == (POLLERR | POLLHUP));
    char byte = 0;
    CHECK(error_of(recv(pair.server, &byte, 1, 0)) == WSAECONNRESET);
    CHECK(events_of(pair.server) == (POLLERR | POLLHUP | POLLWRNORM));
}

TEST_CASE("POL-14, CONN-5 a failed connect is POLLERR, POLLHUP and POLLWRNORM", "[api][poll]")
{
    const winsock started;
    const closed_port nobody;
    const auto blocking = tcp();
    REQUIRE(connect_to(blocking, nobody.where) == WSAECONNREFUSED);
    CHECK(events_of(blocking) == (POLLERR | POLLHUP | POLLWRNORM));
    const auto client = tcp();
    set_nonblocking(client);
    REQUIRE(connect_to(client, nobody.where) == WSAEWOULDBLOCK);
    CHECK(events_of(client, POLLWRNORM, -1) == (POLLERR | POLLHUP | POLLWRNORM));
    CHECK(events_of(client, POLLRDNORM) == (POLLERR | POLLHUP));
    const auto listening = listener();
    REQUIRE(connect_to(client, local_of(listening)) == WSAEWOULDBLOCK);
    CHECK(events_of(client, POLLWRNORM, -1) == POLLWRNORM);
}

TEST_CASE("POL-15 a datagram socket has POLLWRNORM always and POLLRDNORM with a datagram", "[api][poll]")
{
    const winsock started;
    CHECK(events_of(udp()) == POLLWRNORM);
    const auto bound = bound_udp();
    const auto where = local_of(bound);
    REQUIRE(sendto(bound, "", 0, 0, where.get(), where.length) == 0);
    CHECK(becomes(bound, POLLWRNORM | POLLRDNORM));
}

TEST_CASE("POL-16 a socket closed meanwhile is counted and has POLLNVAL", "[api][poll]")
{
    const winsock started;
    const auto other = bound_udp();
    auto victim = tcp();
    const SOCKET handle = victim.get();
    std::array<WSAPOLLFD, 2> both{{{other, POLLRDNORM, 0}, {handle, POLLRDNORM, 0}}};
    background_call waiting([&] { return WSAPoll(both.data(), 2, -1); });
    REQUIRE(waiting.blocks());
    victim.reset();
    CHECK(waiting.result() == 1);
    CHECK((both[0].revents == 0 && both[1].revents == POLLNVAL));
}

TEST_CASE("POL-17 it waits alertably and goes on", "[api][poll]")
{
    const winsock started;
    const auto quiet = bound_udp();
    routine_runs = 0;
    REQUIRE(QueueUserAPC(count_routine, GetCurrentThread(), 0) != 0);
    CHECK(events_of(quiet, POLLWRNORM, -1) == POLLWRNORM);
    CHECK(routine_runs == 0);
    const stopwatch time;
    CHECK(events_of(quiet, POLLRDNORM, 40) == 0);
    CHECK(routine_runs == 1);
    CHECK(time.elapsed() >= 38ms);
}

TEST_CASE("MAP-11 WSAPoll is the provider's extension function", "[api][poll]")
{
    const winsock started;
    const auto ready = udp();
    const auto poll = extension<LPFN_WSAPOLL>(ready, WSAID_WSAPOLL);
    WSAPOLLFD one{ready, POLLWRNORM, 0};
    CHECK(poll(&one, 1, 0) == 1);
    CHECK(one.revents == POLLWRNORM);
    CHECK(error_of(poll(nullptr, 1, 0)) == WSAEFAULT);
    CHECK(error_of(poll(&one, 0, 0)) == WSAEINVAL);
}
