// The exports beside the Winsock functions proper, with arguments that cannot serve: the upcalls under their
// own names, catalog inspection, the kernel objects of the host. Answers to the pages "Upcalls Exposed by
// Windows Sockets 2 DLL", "WSCGetProviderPath function", "WaitForSingleObject function".
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

#include <mswsock.h>
#include <winsock2.h>
#include <dlfcn.h>
#include <ws2spi.h>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

using namespace spindle::test;

namespace {

constexpr GUID unknown_provider{0xDEAD, 0xBEEF, 1, {1, 2, 3, 4, 5, 6, 7, 8}};
constexpr SOCKET forged = 0x7f7f7f7c;

void CALLBACK never(DWORD_PTR)
{
    FAIL("queued to a thread that does not exist");
}

GUID built_in_provider()
{
    DWORD size = 0;
    int error = 0;
    REQUIRE(WSCEnumProtocols(nullptr, nullptr, &size, &error) == SOCKET_ERROR);
    REQUIRE(error == WSAENOBUFS);
    std::vector<WSAPROTOCOL_INFOW> all(size / sizeof(WSAPROTOCOL_INFOW));
    const int count = WSCEnumProtocols(nullptr, all.data(), &size, &error);
    REQUIRE(count == static_cast<int>(all.size()));
    REQUIRE(count > 0);
    return all.front().ProviderId;
}

std::vector<DWORD_PTR>& apc_contexts()
{
    static thread_local std::vector<DWORD_PTR> contexts;
    return contexts;
}

void CALLBACK note_apc(DWORD_PTR context)
{
    apc_contexts().push_back(context);
}

}  // namespace

TEST_CASE("UP-1 the table has fifteen upcalls in the documented order", "[api][upcall]")
{
    const std::size_t places[] = {
        offsetof(WSPUPCALLTABLE, lpWPUCloseEvent),
        offsetof(WSPUPCALLTABLE, lpWPUCloseSocketHandle),
        offsetof(WSPUPCALLTABLE, lpWPUCreateEvent),
        offsetof(WSPUPCALLTABLE, lpWPUCreateSocketHandle),
        offsetof(WSPUPCALLTABLE, lpWPUFDIsSet),
        offsetof(WSPUPCALLTABLE, lpWPUGetProviderPath),
        offsetof(WSPUPCALLTABLE, lpWPUModifyIFSHandle),
        offsetof(WSPUPCALLTABLE, lpWPUPostMessage),
        offsetof(WSPUPCALLTABLE, lpWPUQueryBlockingCallback),
        offsetof(WSPUPCALLTABLE, lpWPUQuerySocketHandleContext),
        offsetof(WSPUPCALLTABLE, lpWPUQueueApc),
        offsetof(WSPUPCALLTABLE, lpWPUResetEvent),
        offsetof(WSPUPCALLTABLE, lpWPUSetEvent),
        offsetof(WSPUPCALLTABLE, lpWPUOpenCurrentThread),
        offsetof(WSPUPCALLTABLE, lpWPUCloseThread),
    };
    for (std::size_t index = 0; index < std::size(places); ++index) {
        CHECK(places[index] == index * sizeof(void*));
    }
    CHECK(sizeof(WSPUPCALLTABLE) == std::size(places) * sizeof(void*));
}

TEST_CASE("UP-25 an event of the program's own serves network events", "[api][upcall]")
{
    const winsock started;
    const auto made = udp();
    const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    REQUIRE(event != nullptr);
    REQUIRE(error_of(WSAEventSelect(made, event, FD_WRITE)) == 0);
    REQUIRE(bind_to(made, loopback(AF_INET)) == 0);
    CHECK(WaitForSingleObject(event, static_cast<DWORD>(patience.count())) == WAIT_OBJECT_0);
    CHECK(error_of(WSAEventSelect(made, nullptr, 0)) == 0);
    CHECK(CloseHandle(event) == TRUE);
}

TEST_CASE("HAND-8, UP-8 the socket upcalls refuse sockets they did not make", "[api][upcall]")
{
    const winsock started;
    const auto made = tcp();
    for (const SOCKET bad : {made.get(), forged, INVALID_SOCKET, static_cast<SOCKET>(0)}) {
        int error = 0;
        DWORD_PTR context = 0;
        CHECK(WPUQuerySocketHandleContext(bad, &context, &error) == SOCKET_ERROR);
        CHECK(error == WSAENOTSOCK);
        // A handle of the built-in provider may be closed this way: its host stands in for the kernel.
        if (bad != made.get()) {
            error = 0;
            CHECK(WPUCloseSocketHandle(bad, &error) == SOCKET_ERROR);
            CHECK(error == WSAENOTSOCK);
        }
        error = 0;
        WSAOVERLAPPED overlapped{};
        CHECK(WPUCompleteOverlappedRequest(bad, &overlapped, 0, 0, &error) == SOCKET_ERROR);
        CHECK(error == WSAEINVAL);
    }
    int error = 0;
    CHECK(WPUModifyIFSHandle(0xDEAD, 8, &error) == INVALID_SOCKET);
    CHECK(error == WSAEINVAL);
    CHECK(get_option(made, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
}

TEST_CASE("UP-24, UP-23 the event upcalls report bad handles", "[api][upcall]")
{
    const winsock started;
    for (const WSAEVENT bad : {WSAEVENT{nullptr}, reinterpret_cast<WSAEVENT>(forged)}) {
        for (auto* function : {WPUSetEvent, WPUResetEvent, WPUCloseEvent}) {
            int error = 0;
            CHECK(function(bad, &error) == FALSE);
            CHECK(error == WSA_INVALID_HANDLE);
        }
    }
    int error = 0;
    const WSAEVENT event = WPUCreateEvent(&error);
    REQUIRE(event != WSA_INVALID_EVENT);
    CHECK(WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE) == WSA_WAIT_TIMEOUT);
    CHECK(WPUSetEvent(event, &error) == TRUE);
    CHECK(WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE) == WSA_WAIT_EVENT_0);
    CHECK(WPUResetEvent(event, &error) == TRUE);
    CHECK(WPUCloseEvent(event, &error) == TRUE);
}

TEST_CASE("UP-6, UP-14, UP-20, UP-29, UP-26, UP-27 the other upcalls refuse what cannot serve",
          "[api][upcall]")
{
    int error = 0;
    WSATHREADID thread{};
    CHECK(WPUOpenCurrentThread(&thread, &error) == SOCKET_ERROR);
    CHECK(error == WSANOTINITIALISED);
    const winsock started;
    WSASetLastError(stale_error);
    CHECK(WPUQueueApc(nullptr, never, 0, &error) == SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
    REQUIRE(WPUOpenCurrentThread(&thread, &error) == 0);
    CHECK(WPUCloseThread(&thread, &error) == 0);
    LPBLOCKINGCALLBACK callback = nullptr;
    DWORD_PTR context = 0;
    CHECK(WPUQueryBlockingCallback(0xDEAD, &callback, &context, &error) == SOCKET_ERROR);
    CHECK(error == WSAEINVAL);
    CHECK(WPUQueryBlockingCallback(0xDEAD, nullptr, nullptr, &error) == SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
    CHECK(WPUPostMessage(nullptr, 0, 0, 0) == FALSE);
    CHECK(WPUFDIsSet(forged, nullptr) == 0);
    CHECK(WSAGetLastError() == stale_error);
}

TEST_CASE("CTG-24, CTG-27, CTG-28, UP-28 catalog inspection checks in the documented order", "[api][upcall]")
{
    int error = 0;
    CHECK(WSCEnumProtocols(nullptr, nullptr, nullptr, &error) == SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
    GUID known = built_in_provider();
    GUID unknown = unknown_provider;
    std::array<WCHAR, 512> path{};
    int length = 512;
    CHECK(WSCGetProviderPath(nullptr, path.data(), &length, &error) == SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
    CHECK(WSCGetProviderPath(&known, path.data(), nullptr, &error) == SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
    length = -1;
    CHECK(WSCGetProviderPath(&known, path.data(), &length, &error) == SOCKET_ERROR);
    CHECK(error == WSAEINVAL);
    CHECK(length == -1);
    length = 512;
    CHECK(WSCGetProviderPath(&unknown, nullptr, &length, &error) == SOCKET_ERROR);
    CHECK(error == WSAEINVAL);
    CHECK(length == 512);
    CHECK(WSCGetProviderPath(&known, nullptr, &length, &error) == SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
    length = 1;
    CHECK(WSCGetProviderPath(&known, path.data(), &length, &error) == SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
    length = 1;
    CHECK(WSCGetProviderPath(&known, path.data(), &length, nullptr) == SOCKET_ERROR);
    length = 512;
    REQUIRE(WSCGetProviderPath(&known, path.data(), &length, &error) == 0);
    CHECK(path[static_cast<std::size_t>(length) - 1] == 0);
    CHECK(path[static_cast<std::size_t>(length) - 2] != 0);
    length = 512;
    CHECK(WPUGetProviderPath(&unknown, path.data(), &length, &error) == SOCKET_ERROR);
    CHECK(error == WSAEINVAL);
}

TEST_CASE("MAP-6 the kernel objects refuse handles that are none of theirs", "[api][upcall]")
{
    const winsock started;
    const auto made = tcp();
    const HANDLE closed = CreateEventW(nullptr, TRUE, FALSE, nullptr);
    REQUIRE(closed != nullptr);
    REQUIRE(CloseHandle(closed) != FALSE);
    for (const HANDLE bad : {closed, HANDLE{nullptr}, reinterpret_cast<HANDLE>(forged)}) {
        for (auto* function : {SetEvent, ResetEvent, CloseHandle}) {
            SetLastError(0);
            CHECK(function(bad) == FALSE);
            CHECK(GetLastError() == ERROR_INVALID_HANDLE);
        }
        CHECK(WaitForSingleObject(bad, 0) == WAIT_FAILED);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
        CHECK(WaitForSingleObjectEx(bad, 0, TRUE) == WAIT_FAILED);
    }
    const HANDLE good = CreateEventA(nullptr, FALSE, TRUE, nullptr);
    REQUIRE(good != nullptr);
    const std::vector<HANDLE> many(65, good);
    CHECK(WaitForMultipleObjects(0, many.data(), FALSE, 0) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(WaitForMultipleObjectsEx(65, many.data(), FALSE, 0, FALSE) == WAIT_FAILED);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    // Auto-reset: the first wait takes the signal.
    CHECK(WaitForSingleObject(good, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(good, 0) == WAIT_TIMEOUT);
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(CloseHandle(good) != FALSE);
}

TEST_CASE("MAP-11, MAP-15 WSASendMsg checks startup and handle", "[api][upcall]")
{
    WSAMSG message{};
    DWORD sent = 0;
    CHECK(error_of(WSASendMsg(forged, &message, 0, &sent, nullptr, nullptr)) == WSANOTINITIALISED);
    const winsock started;
    CHECK(error_of(WSASendMsg(forged, &message, 0, &sent, nullptr, nullptr)) == WSAENOTSOCK);
    CHECK(error_of(WSASendMsg(INVALID_SOCKET, nullptr, 0, nullptr, nullptr, nullptr)) == WSAENOTSOCK);
}

TEST_CASE("MAP-8 gai_strerror has a text for every code", "[api][upcall]")
{
    for (const int code : {EAI_NONAME, EAI_AGAIN, EAI_FAMILY, 0, 4711}) {
        CHECK(gai_strerrorA(code) != nullptr);
        CHECK(gai_strerrorW(code) != nullptr);
    }
    // The text stands in one place of the thread.
    const std::string unknown_host = gai_strerrorA(EAI_NONAME);
    CHECK(unknown_host != gai_strerrorA(EAI_AGAIN));
}

TEST_CASE("CP-25, UP-7 WPUCompleteOverlappedRequest is an export", "[api][port][upcall]")
{
    CHECK(dlsym(RTLD_DEFAULT, "WPUCompleteOverlappedRequest") ==
          reinterpret_cast<void*>(&WPUCompleteOverlappedRequest));
}

TEST_CASE("APC-6, UP-13, UP-14, UP-16 WPUQueueApc queues to the thread it is given, in order",
          "[api][upcall]")
{
    const winsock started;
    WSATHREADID thread{};
    int error = 0;
    REQUIRE(WPUOpenCurrentThread(&thread, &error) == 0);
    apc_contexts().clear();
    background_call queueing([&] {
        int failure = 0;
        int result = 0;
        for (DWORD_PTR context = 1; context <= 3; ++context) {
            result += WPUQueueApc(&thread, note_apc, context, &failure);
        }
        return result;
    });
    CHECK(queueing.result() == 0);
    CHECK(apc_contexts().empty());
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    CHECK(apc_contexts() == std::vector<DWORD_PTR>{1, 2, 3});
    WSATHREADID invalid{};
    CHECK(WPUQueueApc(&invalid, note_apc, 4, &error) == SOCKET_ERROR);
    CHECK(error == WSAEFAULT);
    CHECK(WPUCloseThread(&thread, &error) == 0);
}
