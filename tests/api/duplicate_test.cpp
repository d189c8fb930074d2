// WSADuplicateSocket within one process: several handles of one socket. Answers to the pages "WSADuplicateSocketW" and
// "Shared Sockets in the SPI".
#include <cstring>

#include "overlapped_fixture.hpp"

using namespace spindle::test;

namespace {

WSAPROTOCOL_INFOW prepared(SOCKET s, DWORD process = GetCurrentProcessId())
{
    WSAPROTOCOL_INFOW info{};
    REQUIRE(error_of(WSADuplicateSocketW(s, process, &info)) == 0);
    return info;
}

unique_socket opened(WSAPROTOCOL_INFOW info)
{
    unique_socket made(WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                                  WSA_FLAG_OVERLAPPED));
    REQUIRE(made != INVALID_SOCKET);
    return made;
}

unique_socket duplicate_of(SOCKET s)
{
    return opened(prepared(s));
}

int error_of_opening(WSAPROTOCOL_INFOW info)
{
    return error_of(WSASocketW(0, 0, 0, &info, 0, WSA_FLAG_OVERLAPPED));
}

bool ends(SOCKET s)
{
    char one = 0;
    return recv(s, &one, 1, 0) == 0;
}

}  // namespace

TEST_CASE("DUP-1, DUP-2, DUP-6 a duplicate is described whole, and opened without a triple", "[api][duplicate]")
{
    const winsock started;
    const auto made = udp(AF_INET6);
    const auto info = prepared(made);
    CHECK(info.dwProviderReserved != 0);
    WSAPROTOCOL_INFOW own{};
    int size = sizeof own;
    REQUIRE(error_of(getsockopt(made, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&own), &size)) == 0);
    CHECK(own.dwProviderReserved == 0);
    own.dwProviderReserved = info.dwProviderReserved;
    CHECK(std::memcmp(&own, &info, sizeof own) == 0);
    CHECK(info.iAddressFamily == AF_INET6);
    CHECK(info.iSocketType == SOCK_DGRAM);
    CHECK(info.iProtocol == IPPROTO_UDP);
    WSAPROTOCOL_INFOW passed = info;
    const unique_socket zeros(WSASocketW(0, 0, 0, &passed, 0, WSA_FLAG_OVERLAPPED));
    REQUIRE(zeros != INVALID_SOCKET);
    CHECK(zeros != made);
    WSAPROTOCOL_INFOA narrow{};
    REQUIRE(error_of(WSADuplicateSocketA(made, GetCurrentProcessId(), &narrow)) == 0);
    const unique_socket third(WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &narrow, 0,
                                         WSA_FLAG_OVERLAPPED));
    CHECK(third != INVALID_SOCKET);
}

TEST_CASE("DUP-3 a token opens one handle; used, damaged and left-over ones open none", "[api][duplicate]")
{
    WSAPROTOCOL_INFOW left{};
    {
        const winsock started;
        const auto made = tcp();
        const auto info = prepared(made);
        left = prepared(made);
        WSAPROTOCOL_INFOW damaged = info;
        for (unsigned bit = 0; bit < 32; bit += 5) {
            damaged.dwProviderReserved = info.dwProviderReserved ^ 1U << bit;
            CHECK(error_of_opening(damaged) == WSAEINVAL);
        }
        const auto other = opened(info);
        CHECK(error_of_opening(info) == WSAEINVAL);
    }
    const winsock again;
    CHECK(error_of_opening(left) == WSAEINVAL);
}

TEST_CASE("DUP-4 the socket is looked at first, then the process, then the structure", "[api][duplicate]")
{
    const winsock started;
    const auto made = tcp();
    for (const DWORD nobody : {DWORD{0}, ~DWORD{0}, DWORD{0x7FFFFFF0}}) {
        CHECK(error_of(WSADuplicateSocketW(INVALID_SOCKET, nobody, nullptr)) == WSAENOTSOCK);
        CHECK(error_of(WSADuplicateSocketW(made, nobody, nullptr)) == WSAEINVAL);
        CHECK(error_of(WSADuplicateSocketA(made, nobody, nullptr)) == WSAEINVAL);
    }
    CHECK(error_of(WSADuplicateSocketW(made, GetCurrentProcessId(), nullptr)) == WSAEFAULT);
    CHECK(error_of(WSADuplicateSocketA(made, GetCurrentProcessId(), nullptr)) == WSAEFAULT);
}

TEST_CASE("DUP-7 a duplicate has overlapped requests as its source has them", "[api][duplicate]")
{
    const winsock started;
    const unique_socket plain(WSASocketW(AF_INET, SOCK_DGRAM, 0, nullptr, 0, 0));
    auto info = prepared(plain);
    const unique_socket same(WSASocketW(0, 0, 0, &info, 0, 0));
    REQUIRE(same != INVALID_SOCKET);
    info = prepared(plain);
    CHECK(error_of(WSASocketW(0, 0, 0, &info, 0, 0x10000)) == WSAEINVAL);  // no such flag
    const tcp_pair connection;
    const auto duplicate = duplicate_of(connection.client);
    event_request pending;
    CHECK(pending.receive(duplicate) == WSA_IO_PENDING);
    send_text(connection.server, "now");
    CHECK(pending.signalled(patience_ms));
    CHECK(pending.text() == "now");
}

TEST_CASE("DUP-8, DUP-9 handles of one socket share names, data, mode, options and errors", "[api][duplicate]")
{
    const winsock started;
    const auto source = tcp();
    const auto other = duplicate_of(source);
    REQUIRE(bind_to(source, loopback(AF_INET)) == 0);
    CHECK(local_of(other) == local_of(source));
    set_option(other, SOL_SOCKET, SO_KEEPALIVE, 1);
    CHECK(get_option(source, SOL_SOCKET, SO_KEEPALIVE) == 1);
    const linger chosen{1, 7};
    REQUIRE(error_of(setsockopt(source, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&chosen), sizeof chosen)) == 0);
    linger read{};
    int size = sizeof read;
    REQUIRE(error_of(getsockopt(other, SOL_SOCKET, SO_LINGER, reinterpret_cast<char*>(&read), &size)) == 0);
    CHECK(read.l_linger == 7);
    set_nonblocking(other);
    const closed_port nobody;
    CHECK(connect_to(source, nobody.where) == WSAEWOULDBLOCK);
    CHECK(eventually([&] { return get_option(other, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED; }));

    const tcp_pair connection;
    const auto duplicate = duplicate_of(connection.client);
    send_text(connection.server, "abcd");
    CHECK(receive_text(connection.client, 2) == "ab");
    CHECK(receive_text(duplicate, 2) == "cd");
    send_text(duplicate, "from the duplicate");
    CHECK(receive_text(connection.server, 18) == "from the duplicate");
}

TEST_CASE("DUP-10 a registration for events through one handle replaces that through another", "[api][duplicate]")
{
    const winsock started;
    const tcp_pair connection;
    const auto duplicate = duplicate_of(connection.client);
    const HANDLE first = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    const HANDLE second = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    REQUIRE(error_of(WSAEventSelect(connection.client, first, FD_READ)) == 0);
    REQUIRE(error_of(WSAEventSelect(duplicate, second, FD_READ)) == 0);
    send_text(connection.server, "news");
    CHECK(is_signalled(second, patience_ms));
    CHECK_FALSE(is_signalled(first));
    WSANETWORKEVENTS events{};
    REQUIRE(error_of(WSAEnumNetworkEvents(connection.client, nullptr, &events)) == 0);
    CHECK(events.lNetworkEvents == FD_READ);
    REQUIRE(error_of(WSAEventSelect(connection.client, nullptr, 0)) == 0);
    u_long off = 0;
    CHECK(error_of(ioctlsocket(duplicate, static_cast<long>(FIONBIO), &off)) == 0);
    CloseHandle(first);
    CloseHandle(second);
}

TEST_CASE("DUP-11 the last handle ends the socket, whichever it is, and a token counts as one", "[api][duplicate]")
{
    const winsock started;
    tcp_pair connection;
    auto duplicate = duplicate_of(connection.client);
    const SOCKET closed = connection.client;
    CHECK(error_of(closesocket(connection.client.release())) == 0);
    CHECK(error_of(closesocket(closed)) == WSAENOTSOCK);
    char one = 0;
    CHECK(error_of(static_cast<int>(send(closed, &one, 1, 0))) == WSAENOTSOCK);
    send_text(duplicate, "x");
    CHECK(receive_text(connection.server, 1) == "x");
    const auto info = prepared(duplicate);
    CHECK(error_of(closesocket(duplicate.release())) == 0);
    set_nonblocking(connection.server);
    CHECK(error_of(recv(connection.server, &one, 1, 0)) == WSAEWOULDBLOCK);
    set_nonblocking(connection.server, false);
    auto last = opened(info);
    send_text(last, "y");
    CHECK(receive_text(connection.server, 1) == "y");
    REQUIRE(error_of(shutdown(last, SD_SEND)) == 0);
    CHECK(ends(connection.server));
    CHECK(error_of(closesocket(last.release())) == 0);
}

TEST_CASE("DUP-11 a handle that is not the last does not linger, reset or wake", "[api][duplicate]")
{
    const winsock started;
    tcp_pair connection;
    auto duplicate = duplicate_of(connection.client);
    const linger reset{1, 0};
    REQUIRE(error_of(setsockopt(duplicate, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&reset), sizeof reset)) == 0);
    background_call waiting([&] { return receive_text(connection.client, 1) == "z" ? 0 : 1; });
    REQUIRE(waiting.blocks());
    CHECK(error_of(closesocket(duplicate.release())) == 0);
    send_text(connection.server, "z");
    CHECK(waiting.result() == 0);
    CHECK(error_of(closesocket(connection.client.release())) == 0);
    char one = 0;
    CHECK(error_of(recv(connection.server, &one, 1, 0)) == WSAECONNRESET);
}

TEST_CASE("DUP-12, OVL-19 requests run on until the last handle is closed, whichever they came through",
          "[api][duplicate]")
{
    const winsock started;
    tcp_pair connection;
    auto duplicate = duplicate_of(connection.client);
    event_request through_source;
    event_request through_duplicate;
    event_request never;
    REQUIRE(through_source.receive(connection.client) == WSA_IO_PENDING);
    REQUIRE(through_duplicate.receive(duplicate) == WSA_IO_PENDING);
    REQUIRE(never.receive(duplicate) == WSA_IO_PENDING);
    CHECK(error_of(closesocket(connection.client.release())) == 0);
    CHECK_FALSE(through_source.finished());
    send_text(connection.server, "1");
    CHECK(through_source.signalled(patience_ms));
    CHECK(through_source.text() == "1");
    send_text(connection.server, "2");
    CHECK(through_duplicate.signalled(patience_ms));
    CHECK(through_duplicate.text() == "2");
    CHECK_FALSE(never.finished());
    CHECK(error_of(closesocket(duplicate.release())) == 0);
    CHECK(never.signalled(patience_ms));
    CHECK(never.status() == aborted_status);
}

TEST_CASE("DUP-8, CP-3 all handles of a socket belong to its port", "[api][duplicate]")
{
    const winsock started;
    tcp_pair connection;
    const port_handle port;
    auto duplicate = duplicate_of(connection.client);
    REQUIRE(associate(connection.client, port, 77) != nullptr);
    CHECK(associate(duplicate, port, 78) == nullptr);
    request pending;
    REQUIRE(pending.receive(duplicate) == WSA_IO_PENDING);
    CHECK(error_of(closesocket(connection.client.release())) == 0);
    send_text(connection.server, "p");
    const auto got = next_packet(port, patience_ms);
    CHECK(got.overlapped == pending.as_packet());
    CHECK(got.key == 77);
    const auto third = duplicate_of(duplicate);
    CHECK(error_of(closesocket(duplicate.release())) == 0);
    request later;
    send_text(connection.server, "q");
    REQUIRE(wait_readable(third));
    const int code = later.receive(third);
    CHECK((code == 0 || code == WSA_IO_PENDING));
    CHECK(next_packet(port, patience_ms).overlapped == later.as_packet());
}

TEST_CASE("DUP-11, OVL-19 handles made by DuplicateHandle and by WSADuplicateSocket count alike", "[api][duplicate]")
{
    const winsock started;
    tcp_pair connection;
    auto other = duplicate_of(connection.client);
    HANDLE plain = nullptr;
    REQUIRE(DuplicateHandle(GetCurrentProcess(), as_handle(connection.client), GetCurrentProcess(), &plain, 0, FALSE,
                            DUPLICATE_SAME_ACCESS) != FALSE);
    CHECK(error_of(closesocket(other.release())) == 0);
    CHECK(error_of(closesocket(connection.client.release())) == 0);
    set_nonblocking(connection.server);
    char one = 0;
    CHECK(error_of(recv(connection.server, &one, 1, 0)) == WSAEWOULDBLOCK);
    CHECK(CloseHandle(plain) != FALSE);
    set_nonblocking(connection.server, false);
    CHECK(ends(connection.server));
}
