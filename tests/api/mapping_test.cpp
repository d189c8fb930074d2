// Which API function arrives at which SPI entry, with which arguments, and what the host does with the
// answer; judged by a provider that records its calls. Answers to "Transport mapping between API and SPI
// functions".
#include <array>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <mswsock.h>

#include "api/recorded_entry.hpp"

using namespace spindle::test;

namespace {

struct row {
    const char* call;
    slot expected;
    std::function<void(SOCKET)> make;
};

char bytes[8] = {};
u_long number = 0;
DWORD count = 0;
DWORD flags = 0;
int length = sizeof(sockaddr_in);
sockaddr_in name4{};
sockaddr* name()
{
    return reinterpret_cast<sockaddr*>(&name4);
}
WSABUF one_buffer()
{
    return {sizeof bytes, bytes};
}

void close_made(SOCKET made)
{
    if (made != INVALID_SOCKET) {
        closesocket(made);
    }
}

/// Rows that make no further SPI call when their result is dropped.
const std::vector<row>& rows()
{
    static WSABUF buffer = one_buffer();
    static WSANETWORKEVENTS events{};
    static WSAOVERLAPPED overlapped{};
    static QOS qos{};
    static WSAPROTOCOL_INFOW wide{};
    static WSAPROTOCOL_INFOA narrow{};
    static const std::vector<row> all{
        {"bind", slot::bind, [](SOCKET s) { bind(s, name(), length); }},
        {"connect", slot::connect, [](SOCKET s) { connect(s, name(), length); }},
        {"WSAConnect", slot::connect,
         [](SOCKET s) { WSAConnect(s, name(), length, nullptr, nullptr, nullptr, nullptr); }},
        {"getpeername", slot::get_peer_name, [](SOCKET s) { getpeername(s, name(), &length); }},
        {"getsockname", slot::get_sock_name, [](SOCKET s) { getsockname(s, name(), &length); }},
        {"getsockopt", slot::get_sock_opt,
         [](SOCKET s) { getsockopt(s, SOL_SOCKET, SO_TYPE, bytes, &length); }},
        {"setsockopt", slot::set_sock_opt, [](SOCKET s) { setsockopt(s, SOL_SOCKET, SO_DEBUG, bytes, 4); }},
        {"ioctlsocket", slot::ioctl, [](SOCKET s) { ioctlsocket(s, static_cast<long>(FIONREAD), &number); }},
        {"WSAIoctl", slot::ioctl,
         [](SOCKET s) { WSAIoctl(s, SIO_BASE_HANDLE, nullptr, 0, bytes, 8, &count, nullptr, nullptr); }},
        {"listen", slot::listen, [](SOCKET s) { listen(s, 1); }},
        {"recv", slot::recv, [](SOCKET s) { recv(s, bytes, 8, 0); }},
        {"WSARecv", slot::recv, [](SOCKET s) { WSARecv(s, &buffer, 1, &count, &flags, nullptr, nullptr); }},
        {"recvfrom", slot::recv_from, [](SOCKET s) { recvfrom(s, bytes, 8, 0, name(), &length); }},
        {"WSARecvFrom", slot::recv_from,
         [](SOCKET s) { WSARecvFrom(s, &buffer, 1, &count, &flags, name(), &length, nullptr, nullptr); }},
        {"select", slot::select,
         [](SOCKET s) {
             fd_set set;
             FD_ZERO(&set);
             FD_SET(s, &set);
             const timeval poll{0, 0};
             select(0, &set, nullptr, nullptr, &poll);
         }},
        {"send", slot::send, [](SOCKET s) { send(s, bytes, 8, 0); }},
        {"WSASend", slot::send, [](SOCKET s) { WSASend(s, &buffer, 1, &count, 0, nullptr, nullptr); }},
        {"sendto", slot::send_to, [](SOCKET s) { sendto(s, bytes, 8, 0, name(), length); }},
        {"WSASendTo", slot::send_to,
         [](SOCKET s) { WSASendTo(s, &buffer, 1, &count, 0, name(), length, nullptr, nullptr); }},
        {"shutdown", slot::shutdown, [](SOCKET s) { shutdown(s, SD_SEND); }},
        {"WSAAsyncSelect", slot::async_select, [](SOCKET s) { WSAAsyncSelect(s, nullptr, 0, 0); }},
        {"WSAEventSelect", slot::event_select, [](SOCKET s) { WSAEventSelect(s, nullptr, 0); }},
        {"WSAEnumNetworkEvents", slot::enum_network_events,
         [](SOCKET s) { WSAEnumNetworkEvents(s, nullptr, &events); }},
        {"WSADuplicateSocketW", slot::duplicate_socket,
         [](SOCKET s) { WSADuplicateSocketW(s, GetCurrentProcessId(), &wide); }},
        {"WSADuplicateSocketA", slot::duplicate_socket,
         [](SOCKET s) { WSADuplicateSocketA(s, GetCurrentProcessId(), &narrow); }},
        {"WSAGetOverlappedResult", slot::get_overlapped_result,
         [](SOCKET s) { WSAGetOverlappedResult(s, &overlapped, &count, FALSE, &flags); }},
        {"WSAGetQOSByName", slot::get_qos_by_name, [](SOCKET s) { WSAGetQOSByName(s, &buffer, &qos); }},
        {"WSAJoinLeaf", slot::join_leaf,
         [](SOCKET s) { WSAJoinLeaf(s, name(), length, nullptr, nullptr, nullptr, nullptr, JL_BOTH); }},
        {"WSASendDisconnect", slot::send_disconnect, [](SOCKET s) { WSASendDisconnect(s, nullptr); }},
        {"WSARecvDisconnect", slot::recv_disconnect, [](SOCKET s) { WSARecvDisconnect(s, nullptr); }},
    };
    return all;
}

int CALLBACK any_condition(LPWSABUF, LPWSABUF, LPQOS, LPQOS, LPWSABUF, LPWSABUF, GROUP*, DWORD_PTR)
{
    return CF_ACCEPT;
}

}  // namespace

TEST_CASE("MAP-1, MAP-18 every call on a socket arrives at its own slot and no other", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto made = recorded_socket();
    for (const auto& each : rows()) {
        INFO(each.call);
        entry.record().calls = 0;
        each.make(made);
        CHECK(entry.record().calls == 1);
        CHECK(entry.record().last == each.expected);
        if (each.expected != slot::select) {
            CHECK(entry.argument(0) == made.get());
        }
    }
    CHECK(entry.record().missing_errno == 0);
}

TEST_CASE("MAP-1, MAP-2 the calls that make and close sockets arrive at theirs", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    auto& record = entry.record();
    WSAPROTOCOL_INFOA narrow{};
    narrow.dwCatalogEntryId = recorded_entry_id;
    const SOCKET by_name = socket(AF_INET, SOCK_STREAM, recorded_protocol);
    // Right after WSPStartup the host has asked for its private agreement, by an ioctl on no socket.
    CHECK(record.calls == 2);
    CHECK(record.last == slot::socket);
    record.calls = 1;
    const SOCKET wide = WSASocketW(AF_INET, SOCK_STREAM, recorded_protocol, nullptr, 0, 0);
    CHECK(record.calls == 2);
    CHECK(record.last == slot::socket);
    const SOCKET by_info = WSASocketA(0, 0, 0, &narrow, 0, 0);
    CHECK(record.calls == 3);
    CHECK(record.last == slot::socket);
    const SOCKET plain = accept(by_name, nullptr, nullptr);
    CHECK(record.calls == 4);
    CHECK(record.last == slot::accept);
    const SOCKET conditional = WSAAccept(by_name, name(), &length, any_condition, 42);
    CHECK(record.calls == 5);
    CHECK(record.last == slot::accept);
    CHECK(entry.argument(4) == 42);
    CHECK(closesocket(by_name) == 0);
    CHECK(record.calls == 6);
    CHECK(record.last == slot::close_socket);
    for (const SOCKET made : {wide, by_info, plain, conditional}) {
        CHECK(made != INVALID_SOCKET);
        close_made(made);
    }
}

TEST_CASE("MAP-1 the 1.1 calls arrive in their 2.x form", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto made = recorded_socket();
    auto& record = entry.record();

    CHECK(recv(made, bytes, 7, MSG_PEEK) == 3);
    CHECK(record.first_buffer.buf == bytes);
    CHECK(record.first_buffer.len == 7);
    CHECK(entry.argument(2) == 1);
    CHECK(entry.argument(4) == MSG_PEEK);
    CHECK(entry.argument(5) == 0);
    CHECK(entry.argument(6) == 0);

    CHECK(send(made, bytes, 6, MSG_OOB) == 5);
    CHECK(record.first_buffer.buf == bytes);
    CHECK(record.first_buffer.len == 6);
    CHECK(entry.argument(4) == MSG_OOB);
    CHECK(entry.argument(5) == 0);
    CHECK(entry.argument(6) == 0);

    CHECK(recvfrom(made, bytes, 8, 0, name(), &length) == 4);
    CHECK(entry.argument(5) == number_of(name()));
    CHECK(entry.argument(6) == number_of(&length));
    CHECK(sendto(made, bytes, 8, 0, name(), 16) == 6);
    CHECK(entry.argument(5) == number_of(name()));
    CHECK(entry.argument(6) == 16);

    CHECK(ioctlsocket(made, static_cast<long>(FIONBIO), &number) == 0);
    CHECK(entry.argument(1) == static_cast<DWORD>(FIONBIO));
    CHECK(entry.argument(2) == number_of(&number));
    CHECK(entry.argument(3) == 4);
    CHECK(entry.argument(4) == number_of(&number));
    CHECK(entry.argument(5) == 4);
    CHECK(entry.argument(6) != 0);
    CHECK(entry.argument(7) == 0);

    CHECK(connect(made, name(), 16) == 0);
    for (const int index : {3, 4, 5, 6}) {
        CHECK(entry.argument(index) == 0);
    }
    close_made(accept(made, nullptr, nullptr));
    REQUIRE(record.last == slot::close_socket);
    const SOCKET accepted = accept(made, name(), &length);
    CHECK(entry.argument(3) == 0);
    close_made(accepted);
}

TEST_CASE("MAP-17 a failing provider's code becomes the thread's last error", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    auto made = recorded_socket();
    auto& record = entry.record();
    for (const int code : {WSAEHOSTDOWN, WSAENOTCONN, WSAEDISCON}) {
        for (const auto& each : rows()) {
            INFO(each.call << " with " << code);
            record.fail_with = code;
            WSASetLastError(stale_error);
            each.make(made);
            CHECK(WSAGetLastError() == code);
        }
    }
    CHECK(error_of(accept(made, nullptr, nullptr)) == WSAEDISCON);
    CHECK(error_of(closesocket(made)) == WSAEDISCON);
    CHECK(error_of(socket(AF_INET, SOCK_STREAM, recorded_protocol)) == WSAEDISCON);
    record.fail_with = 0;
    // The failed close left the handle alone.
    CHECK(error_of(listen(made, 1)) == 0);
    CHECK(error_of(closesocket(made.release())) == 0);
}

TEST_CASE("MAP-17 on success the last error is 0 or untouched", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto made = recorded_socket();
    for (const auto& each : rows()) {
        INFO(each.call);
        WSASetLastError(stale_error);
        each.make(made);
        CHECK((WSAGetLastError() == 0 || WSAGetLastError() == stale_error));
    }
}

TEST_CASE("MAP-17, MAP-5 the last error belongs to the thread", "[api][mapping]")
{
    WSASetLastError(WSAEFAULT);
    int elsewhere = 99;
    std::thread([&] {
        WSASetLastError(WSAEINVAL);
        elsewhere = WSAGetLastError();
    }).join();
    CHECK(elsewhere == WSAEINVAL);
    CHECK(WSAGetLastError() == WSAEFAULT);
}
