// Every call of the API before WSAStartup, after WSACleanup, on handles that are no sockets, and with
// pointers that cannot serve: the documented error each time, and no harm done. Answers to the error lists of
// the Winsock function pages.
#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <mswsock.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

struct on_socket {
    const char* name;
    std::function<int(SOCKET)> call;  ///< the error code, 0 on success
};

struct without_socket {
    const char* name;
    std::function<int()> call;
};

char text[64] = {};
WCHAR wide[64] = {};
DWORD count = 0;
DWORD flags = 0;
int length = 0;
u_long number = 0;
u_short small = 0;
SOCKADDR_STORAGE storage{};
sockaddr* name()
{
    return reinterpret_cast<sockaddr*>(&storage);
}
WSABUF buffer{sizeof text, text};
WSAOVERLAPPED overlapped{};
WSANETWORKEVENTS events{};
WSAPROTOCOL_INFOW info{};
WSAPROTOCOL_INFOA narrow_info{};
QOS qos{};
timeval none{0, 0};

int select_one(SOCKET s)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(s, &set);
    const fd_set before = set;
    const int code = error_of(select(0, &set, nullptr, nullptr, &none));
    CHECK(std::memcmp(&set, &before, sizeof(u_int)) == 0);
    return code;
}

int poll_one(SOCKET s)
{
    WSAPOLLFD one{s, POLLRDNORM, 0};
    return error_of(WSAPoll(&one, 1, 0));
}

/// Every call that takes a socket.
const std::vector<on_socket>& socket_calls()
{
    static const std::vector<on_socket> all{
        {"accept", [](SOCKET s) { return error_of(accept(s, nullptr, nullptr)); }},
        {"WSAAccept", [](SOCKET s) { return error_of(WSAAccept(s, nullptr, nullptr, nullptr, 0)); }},
        {"bind", [](SOCKET s) { return error_of(bind(s, name(), 16)); }},
        {"closesocket", [](SOCKET s) { return error_of(closesocket(s)); }},
        {"connect", [](SOCKET s) { return error_of(connect(s, name(), 16)); }},
        {"WSAConnect",
         [](SOCKET s) { return error_of(WSAConnect(s, name(), 16, nullptr, nullptr, nullptr, nullptr)); }},
        {"getpeername", [](SOCKET s) { return error_of(getpeername(s, name(), &length)); }},
        {"getsockname", [](SOCKET s) { return error_of(getsockname(s, name(), &length)); }},
        {"getsockopt", [](SOCKET s) { return error_of(getsockopt(s, SOL_SOCKET, SO_TYPE, text, &length)); }},
        {"setsockopt", [](SOCKET s) { return error_of(setsockopt(s, SOL_SOCKET, SO_DEBUG, text, 4)); }},
        {"ioctlsocket",
         [](SOCKET s) { return error_of(ioctlsocket(s, static_cast<long>(FIONREAD), &number)); }},
        {"WSAIoctl",
         [](SOCKET s) {
             return error_of(WSAIoctl(s, FIONREAD, nullptr, 0, &number, 4, &count, nullptr, nullptr));
         }},
        {"listen", [](SOCKET s) { return error_of(listen(s, 1)); }},
        {"recv", [](SOCKET s) { return error_of(recv(s, text, 1, 0)); }},
        {"WSARecv",
         [](SOCKET s) { return error_of(WSARecv(s, &buffer, 1, &count, &flags, nullptr, nullptr)); }},
        {"recvfrom", [](SOCKET s) { return error_of(recvfrom(s, text, 1, 0, nullptr, nullptr)); }},
        {"WSARecvFrom",
         [](SOCKET s) {
             return error_of(WSARecvFrom(s, &buffer, 1, &count, &flags, nullptr, nullptr, nullptr, nullptr));
         }},
        {"select", select_one},
        {"WSAPoll", poll_one},
        {"send", [](SOCKET s) { return error_of(send(s, text, 1, 0)); }},
        {"WSASend", [](SOCKET s) { return error_of(WSASend(s, &buffer, 1, &count, 0, nullptr, nullptr)); }},
        {"sendto", [](SOCKET s) { return error_of(sendto(s, text, 1, 0, name(), 16)); }},
        {"WSASendTo",
         [](SOCKET s) {
             return error_of(WSASendTo(s, &buffer, 1, &count, 0, name(), 16, nullptr, nullptr));
         }},
        {"shutdown", [](SOCKET s) { return error_of(shutdown(s, SD_BOTH)); }},
        {"WSASendDisconnect", [](SOCKET s) { return error_of(WSASendDisconnect(s, nullptr)); }},
        {"WSARecvDisconnect", [](SOCKET s) { return error_of(WSARecvDisconnect(s, nullptr)); }},
        {"WSAAsyncSelect", [](SOCKET s) { return error_of(WSAAsyncSelect(s, nullptr, 0, 0)); }},
        {"WSAEventSelect", [](SOCKET s) { return error_of(WSAEventSelect(s, nullptr, 0)); }},
        {"WSAEnumNetworkEvents",
         [](SOCKET s) { return error_of(WSAEnumNetworkEvents(s, nullptr, &events)); }},
        {"WSADuplicateSocketW",
         [](SOCKET s) { return error_of(WSADuplicateSocketW(s, GetCurrentProcessId(), &info)); }},
        {"WSADuplicateSocketA",
         [](SOCKET s) { return error_of(WSADuplicateSocketA(s, GetCurrentProcessId(), &narrow_info)); }},
        {"WSAGetOverlappedResult",
         [](SOCKET s) {
             return error_of_bool(WSAGetOverlappedResult(s, &overlapped, &count, FALSE, &flags));
         }},
        {"WSAGetQOSByName", [](SOCKET s) { return error_of_bool(WSAGetQOSByName(s, &buffer, &qos)); }},
        {"WSAJoinLeaf",
         [](SOCKET s) {
             return error_of(WSAJoinLeaf(s, name(), 16, nullptr, nullptr, nullptr, nullptr, JL_BOTH));
         }},
        {"WSAHtonl", [](SOCKET s) { return error_of(WSAHtonl(s, 1, &number)); }},
        {"WSAHtons", [](SOCKET s) { return error_of(WSAHtons(s, 1, &small)); }},
        {"WSANtohl", [](SOCKET s) { return error_of(WSANtohl(s, 1, &number)); }},
        {"WSANtohs", [](SOCKET s) { return error_of(WSANtohs(s, 1, &small)); }},
    };
    return all;
}

/// Every other call that needs a started library.
const std::vector<without_socket>& other_calls()
{
    static ADDRINFOA* list = nullptr;
    static ADDRINFOW* wide_list = nullptr;
    static const std::vector<without_socket> all{
        {"socket", [] { return error_of(socket(AF_INET, SOCK_STREAM, 0)); }},
        {"WSASocketW", [] { return error_of(WSASocketW(AF_INET, SOCK_STREAM, 0, nullptr, 0, 0)); }},
        {"WSASocketA", [] { return error_of(WSASocketA(AF_INET, SOCK_STREAM, 0, nullptr, 0, 0)); }},
        {"WSACleanup", [] { return error_of(WSACleanup()); }},
        {"WSAEnumProtocolsW", [] { return error_of(WSAEnumProtocolsW(nullptr, nullptr, &count)); }},
        {"WSAEnumProtocolsA", [] { return error_of(WSAEnumProtocolsA(nullptr, nullptr, &count)); }},
        {"WSAAddressToStringW",
         [] { return error_of(WSAAddressToStringW(name(), 16, nullptr, wide, &count)); }},
        {"WSAAddressToStringA",
         [] { return error_of(WSAAddressToStringA(name(), 16, nullptr, text, &count)); }},
        {"WSAStringToAddressW",
         [] { return error_of(WSAStringToAddressW(wide, AF_INET, nullptr, name(), &length)); }},
        {"WSAStringToAddressA",
         [] { return error_of(WSAStringToAddressA(text, AF_INET, nullptr, name(), &length)); }},
        {"WSASetBlockingHook",
         [] { return WSASetBlockingHook(nullptr) == nullptr ? error_of(SOCKET_ERROR) : 0; }},
        {"WSAUnhookBlockingHook", [] { return error_of(WSAUnhookBlockingHook()); }},
        {"WSACancelBlockingCall", [] { return error_of(WSACancelBlockingCall()); }},
        {"gethostname", [] { return error_of(gethostname(text, sizeof text)); }},
        {"GetHostNameW", [] { return error_of(GetHostNameW(wide, 64)); }},
        {"gethostbyname", [] { return error_of_pointer(gethostbyname("localhost")); }},
        {"gethostbyaddr", [] { return error_of_pointer(gethostbyaddr(text, 4, AF_INET)); }},
        {"getservbyname", [] { return error_of_pointer(getservbyname("http", "tcp")); }},
        {"getservbyport", [] { return error_of_pointer(getservbyport(80, "tcp")); }},
        {"getprotobyname", [] { return error_of_pointer(getprotobyname("tcp")); }},
        {"getprotobynumber", [] { return error_of_pointer(getprotobynumber(6)); }},
        {"getaddrinfo", [] { return getaddrinfo("127.0.0.1", nullptr, nullptr, &list); }},
        {"GetAddrInfoW", [] { return GetAddrInfoW(nullptr, nullptr, nullptr, &wide_list); }},
        {"getnameinfo", [] { return getnameinfo(name(), 16, text, sizeof text, nullptr, 0, 0); }},
        {"GetNameInfoW", [] { return GetNameInfoW(name(), 16, wide, 64, nullptr, 0, 0); }},
    };
    return all;
}

void check_not_initialised()
{
    for (const auto& each : socket_calls()) {
        INFO(each.name);
        CHECK(each.call(INVALID_SOCKET) == WSANOTINITIALISED);
        CHECK(each.call(static_cast<SOCKET>(4)) == WSANOTINITIALISED);
    }
    for (const auto& each : other_calls()) {
        INFO(each.name);
        CHECK(each.call() == WSANOTINITIALISED);
    }
}

}  // namespace

TEST_CASE("MAP-15, START-22 before WSAStartup every call gives WSANOTINITIALISED", "[api][bad]")
{
    check_not_initialised();
}

TEST_CASE("MAP-15, START-22, MAP-13 after the last WSACleanup every call gives WSANOTINITIALISED",
          "[api][bad]")
{
    SOCKET stale = INVALID_SOCKET;
    {
        const winsock started;
        stale = tcp().release();
    }
    check_not_initialised();
    for (const auto& each : socket_calls()) {
        INFO(each.name);
        CHECK(each.call(stale) == WSANOTINITIALISED);
    }
}

TEST_CASE("MAP-15, HAND-13, CLOSE-1, XFR-2 a handle that is no socket gives WSAENOTSOCK from every call",
          "[api][bad]")
{
    const winsock started;
    auto made = tcp();
    const SOCKET stale = made.get();
    made.reset();
    const WSAEVENT event = WSACreateEvent();
    REQUIRE(event != WSA_INVALID_EVENT);
    const std::array<SOCKET, 6> bad{stale,
                                    INVALID_SOCKET,
                                    static_cast<SOCKET>(0),
                                    static_cast<SOCKET>(0x7f7f7f7c),
                                    static_cast<SOCKET>(0x7fffffff'00000004),
                                    reinterpret_cast<SOCKET>(event)};
    for (const SOCKET handle : bad) {
        for (const auto& each : socket_calls()) {
            INFO(each.name << " on " << handle);
            CHECK(each.call(handle) == WSAENOTSOCK);
        }
    }
    CHECK(WSACloseEvent(event) == TRUE);
}

TEST_CASE("T-ENO/EBADF-ENOTSOCK, CLOSE-1 a closed handle stays dead while its number is not reissued",
          "[api][bad]")
{
    const winsock started;
    auto made = tcp();
    const SOCKET stale = made.get();
    CHECK(error_of(closesocket(made.release())) == 0);
    for (int turn = 0; turn < 3; ++turn) {
        CHECK(error_of(closesocket(stale)) == WSAENOTSOCK);
        CHECK(error_of(send(stale, text, 1, 0)) == WSAENOTSOCK);
    }
}
