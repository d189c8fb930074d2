// WSAAsyncSelect with real windows. What is posted when is tested below the API, in tests/spi/async_select_test.cpp.
// Answers to the page "WSAAsyncSelect".
#include <thread>

#include <winsock2.h>

#include "support/message_window.hpp"

using namespace spindle::test;

namespace {

constexpr UINT told = WM_USER + 5;

MSG await(const message_window& window, long event)
{
    MSG message = window.next();
    while (message.message == told && WSAGETSELECTEVENT(message.lParam) != event) {
        message = window.next();
    }
    return message;
}

}  // namespace

TEST_CASE("ASY-1 what is no window is refused, a mask of 0 needs none", "[api][async]")
{
    const winsock started;
    const auto made = udp();
    HWND gone = nullptr;
    {
        const message_window window;
        gone = window;
        CHECK(error_of(WSAAsyncSelect(made, window, told, FD_READ)) == 0);
    }
    CHECK(error_of(WSAAsyncSelect(made, gone, told, FD_READ)) == WSAEINVAL);
    CHECK(error_of(WSAAsyncSelect(made, nullptr, told, FD_READ)) == WSAEINVAL);
    CHECK(error_of(WSAAsyncSelect(made, nullptr, 0, 0)) == 0);
    CHECK(error_of(WSAAsyncSelect(INVALID_SOCKET, gone, told, FD_READ)) == WSAENOTSOCK);
}

TEST_CASE("ASY-2, ASY-4, UP-26 an echo by messages to a message-only window", "[api][async]")
{
    const winsock started;
    const message_window window;
    const auto listening = listener();
    REQUIRE(error_of(WSAAsyncSelect(listening, window, told, FD_ACCEPT)) == 0);
    auto client = connect_to_listener(listening);
    const MSG accepted = await(window, FD_ACCEPT);
    REQUIRE(accepted.message == told);
    CHECK(accepted.wParam == listening.get());
    CHECK(WSAGETSELECTERROR(accepted.lParam) == 0);
    const auto server = accept_from(listening);
    REQUIRE(error_of(WSAAsyncSelect(server, window, told, FD_READ | FD_CLOSE)) == 0);
    send_text(client, "hello");
    const MSG readable = await(window, FD_READ);
    REQUIRE(readable.message == told);
    CHECK(readable.wParam == server.get());
    CHECK(receive_text(server, 5) == "hello");
    client.reset();
    const MSG closed = await(window, FD_CLOSE);
    CHECK(closed.wParam == server.get());
    CHECK(WSAGETSELECTERROR(closed.lParam) == 0);
}

TEST_CASE("ASY-4 messages go to the thread of the window, whoever selects", "[api][async]")
{
    const winsock started;
    const message_window window;
    const tcp_pair pair;
    std::thread([&] { WSAAsyncSelect(pair.server, window, told, FD_READ); }).join();
    send_text(pair.client, "x");
    CHECK(await(window, FD_READ).wParam == pair.server.get());
}

TEST_CASE("UP-26 posting to a window that has gone is ignored, and the last error kept", "[api][async]")
{
    const winsock started;
    const tcp_pair pair;
    {
        const message_window window;
        REQUIRE(error_of(WSAAsyncSelect(pair.server, window, told, FD_READ)) == 0);
    }
    send_text(pair.client, "x");
    REQUIRE(wait_readable(pair.server));
    WSASetLastError(stale_error);
    CHECK(receive_text(pair.server, 1) == "x");
    CHECK(WSAGetLastError() == stale_error);
}
