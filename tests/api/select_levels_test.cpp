// select: when a socket is readable, writable or exceptional. Answers to the page "select", and to WSPSelect behind it.
#include <array>
#include <vector>

#include "api/extension_requests.hpp"
#include "api/overlapped_fixture.hpp"
#include "api/select_sets.hpp"

using namespace spindle::test;

namespace {

void defer_next(SOCKET listening)
{
    const auto condition = [](LPWSABUF, LPWSABUF, LPQOS, LPQOS, LPWSABUF, LPWSABUF, GROUP*, DWORD_PTR) -> int {
        return CF_DEFER;
    };
    CHECK(error_of(WSAAccept(listening, nullptr, nullptr, condition, 0)) == WSATRY_AGAIN);
}

/// Sends without waiting until sends are refused and the system has taken what it can.
std::size_t fill_wholly(SOCKET s)
{
    const std::vector<char> block(64 * 1024, 'f');
    std::size_t sent = 0;
    for (timeval settling{0, 100'000}; sets_of(s, "w", &settling) == "w";) {
        while (send(s, block.data(), static_cast<int>(block.size()), 0) != SOCKET_ERROR) {
            sent += block.size();
        }
        REQUIRE(WSAGetLastError() == WSAEWOULDBLOCK);
    }
    return sent;
}

}  // namespace

TEST_CASE("SEL-12, EVT-21 select neither takes a recorded event nor brings it about again", "[api][select]")
{
    const winsock started;
    const tcp_pair pair;
    const WSAEVENT signal = WSACreateEvent();
    REQUIRE(error_of(WSAEventSelect(pair.server, signal, FD_READ)) == 0);
    send_text(pair.client, "x");
    REQUIRE(becomes(pair.server, "rw"));
    const auto recorded = [&] {
        WSANETWORKEVENTS events{};
        REQUIRE(error_of(WSAEnumNetworkEvents(pair.server, signal, &events)) == 0);
        return events.lNetworkEvents;
    };
    REQUIRE(WSAWaitForMultipleEvents(1, &signal, TRUE, 20'000, FALSE) == WSA_WAIT_EVENT_0);
    CHECK(sets_of(pair.server, "r", nullptr) == "r");
    CHECK(recorded() == FD_READ);
    CHECK(sets_of(pair.server, "r", nullptr) == "r");
    CHECK(recorded() == 0);
    CHECK(WSAWaitForMultipleEvents(1, &signal, TRUE, 0, FALSE) == WSA_WAIT_TIMEOUT);
    WSACloseEvent(signal);
}

TEST_CASE("SEL-13, POL-9 a listener is readable while a connection waits", "[api][select]")
{
    const winsock started;
    const auto listening = listener();
    CHECK(sets_of(listening).empty());
    background_call waiting([&] { return sets_of(listening, "rwe", nullptr); });
    REQUIRE(waiting.blocks());
    const auto client = connect_to_listener(listening);
    CHECK(waiting.result() == "r");
    CHECK(sets_of(listening) == "r");
    const auto server = accept_from(listening);
    CHECK(sets_of(listening).empty());
}

TEST_CASE("SEL-13, ACC-12 a connection that was put back is readable, also to a select that waits", "[api][select]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = connect_to_listener(listening);
    REQUIRE(becomes(listening, "r"));
    defer_next(listening);
    CHECK(sets_of(listening) == "r");
    background_call waiting([&] { return sets_of(listening, "r", nullptr); });
    CHECK(waiting.result() == "r");
    const auto server = accept_from(listening);
    CHECK(sets_of(listening).empty());
}

TEST_CASE("SEL-13, SEL-14 data and the end of the stream are readable, a connection is writable", "[api][select]")
{
    const winsock started;
    tcp_pair pair;
    CHECK(sets_of(pair.client) == "w");
    CHECK(sets_of(pair.server) == "w");
    background_call waiting([&] { return sets_of(pair.server, "re", nullptr); });
    REQUIRE(waiting.blocks());
    send_text(pair.client, "ab");
    CHECK(waiting.result() == "r");
    CHECK(receive_text(pair.server, 1) == "a");
    CHECK(sets_of(pair.server) == "rw");
    CHECK(receive_text(pair.server, 1) == "b");
    CHECK(sets_of(pair.server) == "w");
    REQUIRE(error_of(shutdown(pair.server, SD_SEND)) == 0);
    CHECK(sets_of(pair.server) == "w");
    REQUIRE(becomes(pair.client, "rw"));
    CHECK(receive_text(pair.client, 1).empty());
    CHECK(sets_of(pair.client) == "rw");
    REQUIRE(error_of(shutdown(pair.client, SD_SEND)) == 0);
    REQUIRE(becomes(pair.server, "rw"));  // both directions are closed now
    CHECK(sets_of(pair.server, "e").empty());
}

TEST_CASE("SEL-13 the local SD_RECEIVE is no event, and ends none that is under way", "[api][select]")
{
    const winsock started;
    tcp_pair pair;
    REQUIRE(error_of(shutdown(pair.server, SD_RECEIVE)) == 0);
    CHECK(sets_of(pair.server) == "w");
    background_call waiting([&] { return sets_of(pair.server, "r", nullptr); });
    REQUIRE(waiting.blocks());
    pair.client.reset();
    CHECK(waiting.result() == "r");  // the peer's end
}

TEST_CASE("SEL-13, SEL-14, SEL-15 a reset connection is readable and writable and in no other set", "[api][select]")
{
    const winsock started;
    tcp_pair pair;
    background_call waiting([&] { return sets_of(pair.server, "r", nullptr); });
    REQUIRE(waiting.blocks());
    timeval brief{0, 150'000};
    background_call exceptional([&] { return sets_of(pair.server, "e", &brief); });
    reset_connection(pair.client);
    CHECK(waiting.result() == "r");
    CHECK(exceptional.result().empty());
    CHECK(sets_of(pair.server) == "rw");
    char byte = 0;
    CHECK(error_of(recv(pair.server, &byte, 1, 0)) == WSAECONNRESET);
    CHECK(sets_of(pair.server) == "rw");
    CHECK(sets_of(pair.server, "e").empty());
}

TEST_CASE("SEL-14, POL-15 a datagram socket is writable, bound or not", "[api][select]")
{
    const winsock started;
    const auto unbound = udp();
    CHECK(sets_of(unbound) == "w");
    const auto bound = bound_udp();
    CHECK(sets_of(bound) == "w");
    const auto where = local_of(bound);
    REQUIRE(sendto(unbound, "x", 1, 0, where.get(), where.length) == 1);
    CHECK(becomes(bound, "rw"));
    REQUIRE(error_of(shutdown(bound, SD_BOTH)) == 0);
    CHECK(sets_of(bound) == "w");
}

TEST_CASE("SEL-13, LNX-28 an ICMP error makes a datagram socket readable only if a receive will tell it", "[api][select]")
{
    const winsock started;
    const closed_port nobody(AF_INET, SOCK_DGRAM);
    for (const BOOL wanted : {TRUE, FALSE}) {
        const auto made = bound_udp();
        BOOL report = wanted;
        DWORD bytes = 0;
        REQUIRE(error_of(WSAIoctl(made, SIO_UDP_CONNRESET, &report, sizeof report, nullptr, 0, &bytes, nullptr,
                                  nullptr)) == 0);
        REQUIRE(sendto(made, "x", 1, 0, nobody.where.get(), nobody.where.length) == 1);
        timeval limit{wanted ? 20 : 0, 100'000};
        CHECK(sets_of(made, "r", &limit) == (wanted ? "r" : ""));
        set_nonblocking(made);
        char byte = 0;
        CHECK(error_of(recv(made, &byte, 1, 0)) == (wanted ? WSAECONNRESET : WSAEWOULDBLOCK));
        CHECK(sets_of(made, "r").empty());
    }
}

TEST_CASE("SEL-15, OOB-8 an urgent byte is exceptional, with SO_OOBINLINE readable", "[api][select]")
{
    const winsock started;
    const tcp_pair pair;
    background_call waiting([&] { return sets_of(pair.server, "re", nullptr); });
    REQUIRE(waiting.blocks());
    send_text(pair.client, "1", MSG_OOB);
    CHECK(waiting.result() == "e");
    CHECK(sets_of(pair.server) == "we");
    send_text(pair.client, "2", MSG_OOB);
    send_text(pair.client, "n");
    REQUIRE(becomes(pair.server, "rwe"));
    CHECK(receive_text(pair.server, 1) == "n");
    CHECK(sets_of(pair.server) == "we");
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    CHECK(sets_of(pair.server) == "rw");
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 0);
    CHECK(receive_text(pair.server, 2, MSG_OOB) == "12");
    CHECK(sets_of(pair.server) == "w");
}

TEST_CASE("SEL-15, OOB-6 an urgent byte and SO_OOBINLINE wake a select that waits for something else", "[api][select]")
{
    const winsock started;
    const tcp_pair pair;
    background_call waiting([&] { return sets_of(pair.server, "r", nullptr); });
    REQUIRE(waiting.blocks());
    send_text(pair.client, "u", MSG_OOB);
    REQUIRE(becomes(pair.server, "e", "e"));
    CHECK_FALSE(waiting.done());
    set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1);
    CHECK(waiting.result() == "r");
}

TEST_CASE("SEL-16 a fresh stream socket is in no set, until it listens or connects", "[api][select]")
{
    const winsock started;
    const auto made = tcp();
    CHECK(sets_of(made).empty());
    REQUIRE(bind_to(made, loopback(AF_INET)) == 0);
    timeval brief{0, 30'000};
    CHECK(sets_of(made, "rwe", &brief).empty());
    background_call waiting([&] { return sets_of(made, "rwe", nullptr); });
    REQUIRE(waiting.blocks());
    REQUIRE(error_of(listen(made, 4)) == 0);
    const auto client = tcp();
    background_call connecting([&] { return sets_of(client, "w", nullptr); });
    REQUIRE(connecting.blocks());
    REQUIRE(connect_to(client, local_of(made)) == 0);
    CHECK(waiting.result() == "r");
    CHECK(connecting.result() == "w");
}

TEST_CASE("CONN-5, SEL-14 a connect that succeeds shows as writable", "[api][select]")
{
    const winsock started;
    const auto listening = listener();
    const auto client = tcp();
    set_nonblocking(client);
    REQUIRE(connect_to(client, local_of(listening)) == WSAEWOULDBLOCK);
    CHECK(sets_of(client, "rwe", nullptr) == "w");
    CHECK(get_option(client, SOL_SOCKET, SO_ERROR) == 0);
    const stuck_connect stuck;
    timeval brief{0, 30'000};
    CHECK(sets_of(stuck.client, "rwe", &brief).empty());
}

TEST_CASE("CONN-5, SEL-17, SEL-19, SEL-20, LNX-12 a connect that fails is exceptional until the next one", "[api][select]")
{
    const winsock started;
    const closed_port nobody;
    const auto client = tcp();
    set_nonblocking(client);
    REQUIRE(connect_to(client, nobody.where) == WSAEWOULDBLOCK);
    CHECK(sets_of(client, "rwe", nullptr) == "e");
    CHECK(sets_of(client) == "e");
    CHECK(sets_of(client, "w").empty());
    CHECK(get_option(client, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED);
    CHECK(get_option(client, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED);
    CHECK(sets_of(client) == "e");
    // The next attempt starts at once, and only success clears the code.
    const auto listening = listener();
    REQUIRE(connect_to(client, nobody.where) == WSAEWOULDBLOCK);
    CHECK(get_option(client, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED);
    CHECK(sets_of(client, "rwe", nullptr) == "e");
    REQUIRE(connect_to(client, local_of(listening)) == WSAEWOULDBLOCK);
    CHECK(sets_of(client, "rwe", nullptr) == "w");
    CHECK(get_option(client, SOL_SOCKET, SO_ERROR) == 0);
}

TEST_CASE("SEL-18, SEL-21, CONN-11 a failed blocking connect is exceptional, and SO_ERROR is 0", "[api][select]")
{
    const winsock started;
    const closed_port nobody;
    const auto client = tcp();
    REQUIRE(connect_to(client, nobody.where) == WSAECONNREFUSED);
    timeval brief{0, 30'000};
    CHECK(sets_of(client, "w", &brief).empty());
    CHECK(sets_of(client) == "e");
    CHECK(get_option(client, SOL_SOCKET, SO_ERROR) == 0);
}

TEST_CASE("SEL-22 after a failed connect the socket may listen", "[api][select]")
{
    const winsock started;
    const closed_port nobody;
    const auto made = tcp();
    REQUIRE(bind_to(made, loopback(AF_INET)) == 0);
    set_nonblocking(made);
    REQUIRE(connect_to(made, nobody.where) == WSAEWOULDBLOCK);
    REQUIRE(sets_of(made, "e", nullptr) == "e");
    REQUIRE(error_of(listen(made, 4)) == 0);
    CHECK(sets_of(made).empty());
    const auto client = connect_to_listener(made);
    CHECK(becomes(made, "r"));
}

TEST_CASE("SEL-23 of two attempts at a time the second is refused", "[api][select]")
{
    const winsock started;
    const stuck_connect stuck;
    CHECK(connect_to(stuck.client, stuck.where) == WSAEALREADY);
    const auto connect_ex = extension<LPFN_CONNECTEX>(stuck.client, WSAID_CONNECTEX);
    const auto ex_error = [&](SOCKET s, OVERLAPPED* request) {
        return error_of_bool(connect_ex(s, stuck.where.get(), stuck.where.length, nullptr, 0, nullptr, request));
    };
    event_overlapped refused;
    CHECK(ex_error(stuck.client, refused) == WSAEINVAL);
    const auto requested = tcp();
    REQUIRE(bind_to(requested, loopback(AF_INET)) == 0);
    event_overlapped pending;
    event_overlapped second;
    REQUIRE(ex_error(requested, pending) == ERROR_IO_PENDING);
    CHECK(ex_error(requested, second) == WSAEINVAL);
    CHECK(connect_to(requested, stuck.where) == WSAEINVAL);
    CHECK(sets_of(requested).empty());
    REQUIRE(CancelIoEx(reinterpret_cast<HANDLE>(requested.get()), pending) != FALSE);
    CHECK(pending.outcome(requested) == WSA_OPERATION_ABORTED);
}

TEST_CASE("SEL-14, LNX-21 a full connection is not writable, and a select wakes when there is room", "[api][select]")
{
    const winsock started;
    const tcp_pair pair;
    set_nonblocking(pair.client);
    for (const int buffer : {65536, 0}) {
        set_option(pair.client, SOL_SOCKET, SO_SNDBUF, buffer);
        const auto sent = fill_wholly(pair.client);
        CHECK(sets_of(pair.client).empty());
        background_call waiting([&] { return sets_of(pair.client, "we", nullptr); });
        REQUIRE(waiting.blocks());
        CHECK(receive_text(pair.server, sent).size() == sent);
        CHECK(waiting.result() == "w");
        CHECK(becomes(pair.client, "w"));
    }
}

TEST_CASE("SEL-13, OVL-16 what pending receives take is not readable, what comes after them is", "[api][select]")
{
    const winsock started;
    const tcp_pair pair;
    request pending;
    REQUIRE(pending.receive(pair.server) == WSA_IO_PENDING);
    background_call waiting([&] { return sets_of(pair.server, "r", nullptr); });
    REQUIRE(waiting.blocks());
    send_text(pair.client, "one");
    REQUIRE(pending.finishes());
    CHECK(waiting.blocks());
    send_text(pair.client, "two");
    CHECK(waiting.result() == "r");
    CHECK(receive_text(pair.server, 3) == "two");
}
