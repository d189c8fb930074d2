// Where Linux differs from Winsock underneath: constants and layouts, buffer sizes, closing. What a whole
// area of the API owes to these rules is tested in that area's own file. Answers to section 9 of the transfer
// contract.
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include <mstcpip.h>
#include <mswsock.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"
#include "support/libc_peer.hpp"

using namespace spindle::test;

namespace {

int get_error(SOCKET made, int level, int name)
{
    int value = 0;
    int length = sizeof value;
    return error_of(getsockopt(made, level, name, reinterpret_cast<char*>(&value), &length));
}

int set_error(SOCKET made, int level, int name, int value = 1)
{
    return error_of(setsockopt(made, level, name, reinterpret_cast<const char*>(&value), sizeof value));
}

std::pair<unique_socket, peer::connection> connected_outside()
{
    peer::listener outside;
    auto made = tcp();
    REQUIRE(connect_to(made, loopback(AF_INET, outside.port())) == 0);
    auto other_end = outside.accept();
    REQUIRE(other_end);
    return {std::move(made), std::move(other_end)};
}

static_assert(SOL_SOCKET == 0xFFFF && SO_REUSEADDR == 4 && SO_ERROR == 0x1007 && AF_INET6 == 23);
static_assert(MSG_WAITALL == 8 && MSG_PARTIAL == 0x8000 && SOMAXCONN == 0x7fffffff);
static_assert(POLLIN == 0x300 && POLLOUT == 0x10 && POLLHUP == 2);
static_assert(static_cast<DWORD>(FIONBIO) == 0x8004667E && static_cast<DWORD>(FIONREAD) == 0x4004667F);
static_assert(MSG_OOB == 1 && MSG_PEEK == 2 && MSG_DONTROUTE == 4 && SD_BOTH == 2 && AF_INET == 2);
static_assert(sizeof(u_long) == 4 && sizeof(timeval) == 8 && sizeof(linger) == 4);
static_assert(sizeof(fd_set) == sizeof(SOCKET) * (FD_SETSIZE + 1) &&
              offsetof(fd_set, fd_array) == sizeof(SOCKET));
static_assert(sizeof(sockaddr_in6) == 28 && offsetof(sockaddr_in6, sin6_scope_id) == 24);
static_assert(sizeof(sockaddr_in6{}.sin6_family) == 2);

}  // namespace

TEST_CASE("LNX-1 the system's own numbers mean nothing here", "[api][linux]")
{
    const winsock started;
    const auto made = tcp();
    // The system's SOL_SOCKET and SO_TYPE, SO_REUSEADDR, SO_SNDBUF.
    CHECK(get_error(made, 1, 3) == WSAEINVAL);
    CHECK(set_error(made, 1, 2) == WSAEINVAL);
    CHECK(get_error(made, SOL_SOCKET, 3) == WSAENOPROTOOPT);
    CHECK(set_error(made, SOL_SOCKET, 7) == WSAENOPROTOOPT);
    CHECK(error_of(socket(10, SOCK_STREAM, 0)) == WSAEAFNOSUPPORT);
    // The system's FIONBIO and FIONREAD.
    u_long value = 1;
    CHECK(error_of(ioctlsocket(made, 0x5421, &value)) == WSAEOPNOTSUPP);
    CHECK(error_of(ioctlsocket(made, 0x541B, &value)) == WSAEOPNOTSUPP);
    const auto name = loopback(AF_INET6);
    auto foreign = name;
    foreign.storage.ss_family = 10;
    const auto six = tcp(AF_INET6);
    CHECK(bind_to(six, foreign) == WSAEAFNOSUPPORT);
    REQUIRE(bind_to(six, name) == 0);
    CHECK(local_of(six).storage.ss_family == 23);
}

TEST_CASE("LNX-1 errors are WSA numbers, never the system's", "[api][linux]")
{
    const winsock started;
    const closed_port nobody;
    const auto made = tcp();
    CHECK(connect_to(made, nobody.where) == 10061);
    set_nonblocking(made);
    connect_to(made, nobody.where);
    REQUIRE(eventually([&] { return get_option(made, SOL_SOCKET, SO_ERROR) == 10061; }));
}

TEST_CASE("LNX-2 structures have Winsock's layout where the system's differ", "[api][linux]")
{
    const winsock started;
    const auto made = tcp();
    const std::array<unsigned short, 2> raw{1, 73};
    REQUIRE(error_of(setsockopt(made, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(raw.data()), 4)) ==
            0);
    linger read{};
    int length = sizeof read;
    REQUIRE(error_of(getsockopt(made, SOL_SOCKET, SO_LINGER, reinterpret_cast<char*>(&read), &length)) == 0);
    CHECK(length == 4);
    CHECK(read.l_onoff == 1);
    CHECK(read.l_linger == 73);
    // Milliseconds in a DWORD, not a timeval.
    set_option(made, SOL_SOCKET, SO_RCVTIMEO, 1500);
    CHECK(get_option(made, SOL_SOCKET, SO_RCVTIMEO) == 1500);
}

TEST_CASE("LNX-22 buffer sizes read back as they were set", "[api][linux][options]")
{
    const winsock started;
    for (const auto& made : {tcp(), udp()}) {
        for (const int name : {SO_SNDBUF, SO_RCVBUF}) {
            for (const int size : {1, 4096, 12'345, 65'536, 1 << 20, 64 << 20}) {
                set_option(made, SOL_SOCKET, name, size);
                CHECK(get_option(made, SOL_SOCKET, name) == size);
            }
        }
        set_option(made, SOL_SOCKET, SO_SNDBUF, 0);
        CHECK(get_option(made, SOL_SOCKET, SO_SNDBUF) == 0);
    }
    const auto fresh = tcp();
    CHECK(get_option(fresh, SOL_SOCKET, SO_SNDBUF) == 65'536);
    CHECK(get_option(fresh, SOL_SOCKET, SO_RCVBUF) == 65'536);
}

TEST_CASE("LNX-23, LING-14 closing with unread data sends what was accepted, then resets", "[api][linux]")
{
    const winsock started;
    auto [made, other_end] = connected_outside();
    REQUIRE(other_end.send_text("never read"));
    REQUIRE(wait_readable(made, 10));
    send_text(made, "last words");
    CHECK(error_of(closesocket(made.release())) == 0);
    CHECK(other_end.read_text(10) == "last words");
    CHECK(other_end.wait_end() == peer::ending::reset);
}

TEST_CASE("LNX-23 unread data in the library's own queues count too", "[api][linux]")
{
    const winsock started;
    auto [made, other_end] = connected_outside();
    REQUIRE(other_end.send_urgent('u'));
    REQUIRE(eventually([&, socket = made.get()] {
        u_long at_mark = 1;
        return ioctlsocket(socket, static_cast<long>(SIOCATMARK), &at_mark) == 0 && at_mark == 0;
    }));
    CHECK(error_of(closesocket(made.release())) == 0);
    CHECK(other_end.wait_end() == peer::ending::reset);
}

TEST_CASE("LNX-30, CLOSE-6 closesocket wakes the calls that block on the socket", "[api][linux]")
{
    const winsock started;
    char one = 0;
    {
        auto listening = listener();
        background_call waiting(
            [&, handle = listening.get()] { return error_of(accept(handle, nullptr, nullptr)); });
        REQUIRE(waiting.blocks());
        CHECK(error_of(closesocket(listening.release())) == 0);
        CHECK(waiting.result() == WSAEINTR);
    }
    {
        auto datagram = bound_udp();
        background_call waiting([&, handle = datagram.get()] { return error_of(recv(handle, &one, 1, 0)); });
        REQUIRE(waiting.blocks());
        CHECK(error_of(closesocket(datagram.release())) == 0);
        CHECK(waiting.result() == WSAEINTR);
    }
    {
        tcp_pair pair;
        background_call waiting(
            [&, handle = pair.server.get()] { return error_of(recv(handle, &one, 1, 0)); });
        REQUIRE(waiting.blocks());
        CHECK(error_of(closesocket(pair.server.release())) == 0);
        CHECK(waiting.result() == WSAECONNABORTED);
    }
    {
        const stuck_connect full;
        auto client = tcp();
        background_call waiting([&, handle = client.get()] { return connect_to(handle, full.where); });
        REQUIRE(waiting.blocks());
        CHECK(error_of(closesocket(client.release())) == 0);
        CHECK(waiting.result() == WSAENOTSOCK);
    }
}

TEST_CASE("LNX-31, LING-7 a nonblocking socket that lingers and has unsent data stays open", "[api][linux]")
{
    const winsock started;
    peer::listener::settings small;
    small.receive_buffer = 4096;
    peer::listener outside(small);
    auto made = tcp();
    REQUIRE(connect_to(made, loopback(AF_INET, outside.port())) == 0);
    auto other_end = outside.accept();
    REQUIRE(other_end);
    set_nonblocking(made);
    constexpr std::size_t size = 4'000'000;
    const auto bytes = make_pattern(31, size);
    REQUIRE(send(made, bytes.data(), static_cast<int>(size), 0) == static_cast<int>(size));
    const linger wanted{1, 30};
    REQUIRE(error_of(setsockopt(made, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&wanted), 4)) ==
            0);
    CHECK(error_of(closesocket(made)) == WSAEWOULDBLOCK);
    CHECK(get_option(made, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
    // Without linger it returns at once and the data go out behind it.
    const linger off{0, 0};
    REQUIRE(error_of(setsockopt(made, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&off), 4)) == 0);
    CHECK(error_of(closesocket(made.release())) == 0);
    const auto report = other_end.read_to_end(31);
    INFO(peer::to_string(report));
    CHECK(report.is(peer::ending::finished, size));
}

TEST_CASE("LNX-34, CTL-22 keep-alive times are Winsock's", "[api][linux][options]")
{
    const winsock started;
    const auto made = tcp();
    CHECK(get_option(made, IPPROTO_TCP, TCP_KEEPCNT) == 10);
    CHECK(get_option(made, IPPROTO_TCP, TCP_KEEPIDLE) == 7200);
    CHECK(get_option(made, IPPROTO_TCP, TCP_KEEPINTVL) == 1);
    tcp_keepalive times{1, 1'500, 700};
    DWORD bytes = 99;
    REQUIRE(error_of(WSAIoctl(made, SIO_KEEPALIVE_VALS, &times, sizeof times, nullptr, 0, &bytes, nullptr,
                              nullptr)) == 0);
    CHECK(bytes == 0);
    CHECK(get_option(made, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(get_option(made, IPPROTO_TCP, TCP_KEEPIDLE) == 2);
    CHECK(get_option(made, IPPROTO_TCP, TCP_KEEPINTVL) == 1);
}

TEST_CASE("LNX-37, OPT-10 options without a counterpart in the system have their own state",
          "[api][linux][options]")
{
    const winsock started;
    const auto made = tcp();
    CHECK(get_option(made, SOL_SOCKET, SO_DONTLINGER) == 1);
    CHECK(get_option(made, SOL_SOCKET, SO_EXCLUSIVEADDRUSE) == 0);
    CHECK(get_option(made, SOL_SOCKET, SO_ACCEPTCONN) == 0);
    CHECK(get_option(made, SOL_SOCKET, SO_CONNECT_TIME) == -1);
    set_option(made, SOL_SOCKET, SO_DONTLINGER, 0);
    CHECK(get_option(made, SOL_SOCKET, SO_DONTLINGER) == 0);
    const auto datagram = udp();
    CHECK(get_option(datagram, SOL_SOCKET, SO_MAX_MSG_SIZE) == 65'507);
    CHECK(get_option(datagram, SOL_SOCKET, SO_CONNECT_TIME) == -1);
    CHECK(get_error(datagram, SOL_SOCKET, SO_LINGER) == WSAENOPROTOOPT);

    const tcp_pair pair;
    std::array<char, sizeof(CSADDR_INFO) + 2 * sizeof(SOCKADDR_STORAGE)> state{};
    int length = state.size();
    REQUIRE(error_of(getsockopt(pair.client, SOL_SOCKET, SO_BSP_STATE, state.data(), &length)) == 0);
    CSADDR_INFO both{};
    std::memcpy(&both, state.data(), sizeof both);
    CHECK(both.iSocketType == SOCK_STREAM);
    CHECK(both.iProtocol == IPPROTO_TCP);
    REQUIRE(both.LocalAddr.lpSockaddr != nullptr);
    REQUIRE(both.RemoteAddr.lpSockaddr != nullptr);
    CHECK(reinterpret_cast<const sockaddr_in*>(both.RemoteAddr.lpSockaddr)->sin_port ==
          htons(local_of(pair.server).port()));
}
