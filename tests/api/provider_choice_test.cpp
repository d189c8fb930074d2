// How the host chooses, starts and stops a provider, and what it hands through unchanged, judged by a
// provider that records its calls. Which call arrives at which entry is in mapping_test.cpp. Answers to
// "Transport division of responsibilities between DLL and service providers".
#include <array>
#include <string>
#include <thread>

#include <mswsock.h>

#include "api/recorded_entry.hpp"

using namespace spindle::test;

namespace {

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

}  // namespace

TEST_CASE("MAP-2, SOCK-15, MAP-22 socket passes WSA_FLAG_OVERLAPPED unless SO_OPENTYPE says otherwise",
          "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto flags_of_socket = [&] {
        const auto made = recorded_socket();
        return entry.argument(5);
    };
    CHECK(flags_of_socket() == WSA_FLAG_OVERLAPPED);
    const int synchronous = SO_SYNCHRONOUS_NONALERT;
    REQUIRE(setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, reinterpret_cast<const char*>(&synchronous),
                       4) == 0);
    CHECK(flags_of_socket() == 0);
    // The setting is the thread's.
    unsigned long long elsewhere = 99;
    std::thread([&] { elsewhere = flags_of_socket(); }).join();
    CHECK(elsewhere == WSA_FLAG_OVERLAPPED);
    const int normal = 0;
    REQUIRE(setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, reinterpret_cast<const char*>(&normal), 4) ==
            0);
    CHECK(flags_of_socket() == WSA_FLAG_OVERLAPPED);
    for (const DWORD given : {DWORD{0}, DWORD{WSA_FLAG_OVERLAPPED}, DWORD{0x81}, DWORD{0xFFFF0000}}) {
        const unique_socket made{WSASocketW(AF_INET, SOCK_STREAM, recorded_protocol, nullptr, 0, given)};
        CHECK(entry.argument(5) == given);
    }
}

TEST_CASE("SOCK-2, SOCK-3, SOCK-4, START-20 the host passes the triple on and the entry with it",
          "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    {
        const auto made = recorded_socket();
        CHECK(entry.argument(0) == AF_INET);
        CHECK(entry.argument(1) == SOCK_STREAM);
        CHECK(entry.argument(2) == recorded_protocol);
        CHECK(entry.record().info.dwCatalogEntryId == recorded_entry_id);
        CHECK(entry.record().info.iProtocol == recorded_protocol);
    }
    {
        const unique_socket made{socket(0, 0, recorded_protocol)};
        CHECK(entry.argument(0) == 0);
        CHECK(entry.argument(1) == 0);
    }
    {
        // With an entry given, the host matches nothing: a triple of its own goes through as it is.
        WSAPROTOCOL_INFOW given{};
        given.dwCatalogEntryId = recorded_entry_id;
        given.iProtocol = 99;
        const unique_socket made{WSASocketW(AF_INET6, SOCK_DGRAM, IPPROTO_UDP, &given, 5, 0)};
        CHECK(made.get() != INVALID_SOCKET);
        CHECK(static_cast<int>(entry.argument(0)) == AF_INET6);
        CHECK(entry.argument(1) == SOCK_DGRAM);
        CHECK(entry.argument(2) == IPPROTO_UDP);
        CHECK(entry.argument(4) == 5);
    }
    {
        const unique_socket made{
            WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &entry.info(), 0, 0)};
        CHECK(made.get() != INVALID_SOCKET);
        CHECK(static_cast<int>(entry.argument(0)) == FROM_PROTOCOL_INFO);
    }
}

TEST_CASE("MAP-9, MAP-14, ADR-8 addresses as text reach the entry named, else the first of the family",
          "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    auto& record = entry.record();
    name4.sin_family = AF_INET;
    WSAPROTOCOL_INFOA narrow{};
    narrow.dwCatalogEntryId = recorded_entry_id;
    WCHAR wide_text[64] = {};
    char text[64] = {};
    DWORD size = 64;
    CHECK(WSAAddressToStringW(name(), 16, &entry.info(), wide_text, &size) == 0);
    CHECK(record.last == slot::address_to_string);
    CHECK(record.info.dwCatalogEntryId == recorded_entry_id);
    CHECK(size == 2);
    record.calls = 0;
    size = 64;
    CHECK(WSAAddressToStringW(name(), 16, nullptr, wide_text, &size) == 0);
    CHECK(record.calls == 1);
    size = 64;
    CHECK(WSAAddressToStringA(name(), 16, &narrow, text, &size) == 0);
    CHECK(record.calls == 2);
    CHECK(std::string(text) == "r");
    CHECK(size == 2);

    WCHAR given[] = {'1', 0};
    char given_narrow[] = "1";
    length = 16;
    CHECK(WSAStringToAddressW(given, AF_INET, nullptr, name(), &length) == 0);
    CHECK(record.last == slot::string_to_address);
    CHECK(entry.argument(0) == number_of(given));
    CHECK(WSAStringToAddressA(given_narrow, AF_INET, &narrow, name(), &length) == 0);
    CHECK(record.calls == 4);
    CHECK(record.info.dwCatalogEntryId == recorded_entry_id);
    // Another family is another provider's.
    CHECK(WSAStringToAddressW(given, AF_INET6, nullptr, name(), &length) == SOCKET_ERROR);
    CHECK(record.calls == 4);
}

TEST_CASE("MAP-13, START-26, START-17 the provider starts with its first socket and is cleaned up by the "
          "last cleanup",
          "[api][mapping]")
{
    recorded_entry entry;
    auto& record = entry.record();
    {
        const winsock first;
        const winsock second;
        CHECK(record.startups == 0);
        const auto made = recorded_socket();
        const auto more = recorded_socket();
        CHECK(record.startups == 1);
        CHECK(record.version_asked == MAKEWORD(2, 2));
        CHECK(WSACleanup() == 0);
        CHECK(record.cleanups == 0);
        WSADATA data{};
        REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    }
    CHECK(record.cleanups == 1);
    CHECK(record.last == slot::cleanup);
    {
        const winsock again;
        CHECK(record.startups == 1);
        const auto made = recorded_socket();
        CHECK(record.startups == 2);
    }
    CHECK(record.cleanups == 2);
}

TEST_CASE("START-26 environment strings in the provider's path are expanded when it is loaded",
          "[api][mapping]")
{
    const std::string path = RECORDING_PROVIDER;
    const auto slash = path.rfind('/');
    const environment_setting folder("SPINDLE_TEST_FOLDER", path.substr(0, slash).c_str());
    const std::string stored = "%SPINDLE_TEST_FOLDER%" + path.substr(slash);
    recorded_entry entry(RECORDING_PROVIDER, stored.c_str());
    const winsock started;
    const auto made = recorded_socket();
    CHECK(entry.record().startups == 1);
}

TEST_CASE("MAP-16 parameters go through to the provider unchecked", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto made = recorded_socket();
    auto& record = entry.record();
    record.calls = 0;
    CHECK(bind(made, nullptr, -5) == 0);
    CHECK(entry.argument(1) == 0);
    CHECK(static_cast<int>(entry.argument(2)) == -5);
    CHECK(getsockname(made, nullptr, nullptr) == 0);
    CHECK(getpeername(made, nullptr, nullptr) == 0);
    CHECK(setsockopt(made, 4711, 4712, nullptr, -1) == 0);
    CHECK(getsockopt(made, 4711, 4712, nullptr, nullptr) == 0);
    CHECK(shutdown(made, 99) == 0);
    CHECK(entry.argument(1) == 99);
    CHECK(WSARecv(made, nullptr, 9, nullptr, nullptr, nullptr, nullptr) == 0);
    CHECK(entry.argument(1) == 0);
    CHECK(entry.argument(2) == 9);
    CHECK(WSASendTo(made, nullptr, 0, nullptr, 0xFFFFFFFF, nullptr, -1, nullptr, nullptr) == 0);
    CHECK(WSAConnect(made, nullptr, 0, nullptr, nullptr, nullptr, nullptr) == 0);
    CHECK(WSAEnumNetworkEvents(made, nullptr, nullptr) == 0);
    CHECK(WSADuplicateSocketW(made, 0, nullptr) == 0);
    CHECK(record.calls == 11);
    CHECK(recv(made, nullptr, -1, 0) == 3);
    CHECK(record.first_buffer.buf == nullptr);
    CHECK(record.first_buffer.len == 0xFFFFFFFF);
}

TEST_CASE("MAP-14, DUP-1 WSADuplicateSocketA gets a wide structure filled and converts it", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto made = recorded_socket();
    WSAPROTOCOL_INFOA narrow{};
    REQUIRE(WSADuplicateSocketA(made, 4711, &narrow) == 0);
    CHECK(entry.argument(1) == 4711);
    CHECK(entry.argument(2) != number_of(&narrow));
    CHECK(narrow.dwProviderReserved == 77);
    CHECK(std::string(narrow.szProtocol) == "d");
}

TEST_CASE("MAP-19, UP-18 an overlapped call brings the calling thread's id", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto made = recorded_socket();
    WSABUF buffer = one_buffer();
    WSAOVERLAPPED overlapped{};
    WSASend(made, &buffer, 1, nullptr, 0, &overlapped, nullptr);
    CHECK(entry.argument(5) == number_of(&overlapped));
    CHECK(entry.argument(7) != 0);
    WSARecv(made, &buffer, 1, nullptr, &flags, &overlapped, nullptr);
    CHECK(entry.argument(7) != 0);
    WSASendTo(made, &buffer, 1, nullptr, 0, name(), 16, &overlapped, nullptr);
    CHECK(entry.argument(9) != 0);
    WSARecvFrom(made, &buffer, 1, nullptr, &flags, nullptr, nullptr, &overlapped, nullptr);
    CHECK(entry.argument(9) != 0);
    WSAIoctl(made, FIONREAD, nullptr, 0, &number, 4, &count, &overlapped, nullptr);
    CHECK(entry.argument(9) != 0);
}

TEST_CASE("MAP-21, SEL-10 select goes to the provider of the first member: read, then write, then except set",
          "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto recorded = recorded_socket();
    const auto other = bound_udp();
    const timeval poll{0, 0};
    const auto arrives = [&](SOCKET read, SOCKET write, SOCKET except) {
        std::array<fd_set, 3> sets;
        const std::array<SOCKET, 3> members{read, write, except};
        for (std::size_t index = 0; index < 3; ++index) {
            FD_ZERO(&sets[index]);
            if (members[index] != INVALID_SOCKET) {
                FD_SET(members[index], &sets[index]);
            }
        }
        entry.record().calls = 0;
        select(0, &sets[0], &sets[1], &sets[2], &poll);
        return entry.record().calls == 1 && entry.record().last == slot::select;
    };
    CHECK(arrives(recorded, other, other));
    CHECK(arrives(INVALID_SOCKET, recorded, other));
    CHECK(arrives(INVALID_SOCKET, INVALID_SOCKET, recorded));
    CHECK_FALSE(arrives(other, recorded, recorded));
}

TEST_CASE("HAND-5, HAND-7, HAND-8, UP-8 a handle the provider had made has its context and is closed once",
          "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    auto made = recorded_socket();
    DWORD_PTR context = 0;
    int error = 0;
    CHECK(WPUQuerySocketHandleContext(made, &context, &error) == 0);
    CHECK(context == 0x1234);
    const SOCKET stale = made.get();
    CHECK(error_of(closesocket(made.release())) == 0);
    CHECK(WPUQuerySocketHandleContext(stale, &context, &error) == SOCKET_ERROR);
    CHECK(error == WSAENOTSOCK);
    error = 0;
    CHECK(WPUCloseSocketHandle(stale, &error) == SOCKET_ERROR);
    CHECK(error == WSAENOTSOCK);
}

TEST_CASE("UP-30 a provider is given all upcalls, and the one that is an export", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto made = recorded_socket();
    CHECK(entry.record().upcalls_missing == 0);
    int error = 0;
    CHECK(WPUCompleteOverlappedRequest(made, nullptr, 0, 0, &error) == SOCKET_ERROR);
    CHECK(error == WSAEINVAL);
    CHECK(WPUPostMessage(nullptr, WM_USER, made, 0) == FALSE);
}

TEST_CASE("UP-8, UP-12 completing a request settles its OVERLAPPED and sets its event", "[api][mapping]")
{
    recorded_entry entry;
    const winsock started;
    const auto made = recorded_socket();
    WSAOVERLAPPED overlapped{};
    overlapped.Internal = WSS_OPERATION_IN_PROGRESS;
    overlapped.hEvent = WSACreateEvent();
    int error = 0;
    CHECK(WPUCompleteOverlappedRequest(made, &overlapped, 0, 77, &error) == 0);
    CHECK(overlapped.Internal == 0);
    CHECK(overlapped.InternalHigh == 77);
    CHECK(WSAWaitForMultipleEvents(1, &overlapped.hEvent, FALSE, 0, FALSE) == WSA_WAIT_EVENT_0);
    CHECK(WSACloseEvent(overlapped.hEvent) == TRUE);
}
