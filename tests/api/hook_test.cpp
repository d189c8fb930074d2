// Blocking hooks and WSACancelBlockingCall, as Winsock 1.1 programs use them; over the recording provider for
// the mapping, over real sockets for what a cancelled call leaves behind. Answers to "Blocking hook",
// "WSACancelBlockingCall".
#include <array>

#include "api/recorded_entry.hpp"

using namespace spindle::test;

namespace {

struct hook_state {
    int calls = 0;
    int cancel_after = 0;  ///< cancels in this call of the hook, 0: never
    int cancel_code = 0;
    BOOL blocking_inside = FALSE;
    void (*inside)() = nullptr;
};
thread_local hook_state hook;

BOOL WSAAPI on_block()
{
    ++hook.calls;
    hook.blocking_inside = WSAIsBlocking();
    if (hook.inside != nullptr) {
        hook.inside();
    }
    if (hook.cancel_after != 0 && hook.calls >= hook.cancel_after) {
        hook.cancel_code = error_of(WSACancelBlockingCall());
    }
    return FALSE;
}

class installed_hook {
public:
    explicit installed_hook(int cancel_after)
    {
        hook = hook_state{};
        hook.cancel_after = cancel_after;
        REQUIRE(WSASetBlockingHook(reinterpret_cast<FARPROC>(reinterpret_cast<void (*)()>(&on_block))) !=
                nullptr);
    }
    ~installed_hook() { WSAUnhookBlockingHook(); }
    installed_hook(const installed_hook&) = delete;
    installed_hook& operator=(const installed_hook&) = delete;
};

}  // namespace

TEST_CASE("MAP-1, BLK-9 WSACancelBlockingCall arrives at the provider the thread waits in", "[api][hook]")
{
    recorded_entry entry;
    const winsock started;
    const auto made = recorded_socket();
    entry.record().run_hook = true;
    entry.record().calls = 0;
    const installed_hook installed(1);
    char one = 0;
    CHECK(error_of(recv(made, &one, 1, 0)) == WSAEINTR);
    CHECK(hook.calls == 1);
    CHECK(hook.cancel_code == 0);
    CHECK(entry.record().calls == 2);
    CHECK(entry.record().last == slot::cancel_blocking_call);
}

TEST_CASE("BLK-10 WSACancelBlockingCall without a blocking call gives WSAEINVAL", "[api][hook]")
{
    const winsock started;
    CHECK(error_of(WSACancelBlockingCall()) == WSAEINVAL);
    CHECK(WSAIsBlocking() == FALSE);
    CHECK(WSAUnhookBlockingHook() == 0);
    CHECK(WSASetBlockingHook(nullptr) == nullptr);
}

TEST_CASE("BLK-5, BLK-6 the hook runs while a call waits and its FALSE does not end the call", "[api][hook]")
{
    const winsock started;
    static thread_local SOCKET other = INVALID_SOCKET;
    const tcp_pair pair;
    other = pair.client;
    const installed_hook installed(0);
    hook.inside = [] {
        if (hook.calls == 3) {
            send(other, "x", 1, 0);
        }
    };
    char one = 0;
    CHECK(recv(pair.server, &one, 1, 0) == 1);
    CHECK(hook.calls >= 3);
    CHECK(hook.blocking_inside == TRUE);
    CHECK(WSAIsBlocking() == FALSE);
}

TEST_CASE("BLK-7 the hook does not run for a call that need not wait", "[api][hook]")
{
    const winsock started;
    const tcp_pair pair;
    send_text(pair.client, "ready");
    REQUIRE(wait_readable(pair.server, 5));
    const installed_hook installed(1);
    CHECK(receive_text(pair.server, 5) == "ready");
    set_nonblocking(pair.server);
    char one = 0;
    CHECK(error_of(recv(pair.server, &one, 1, 0)) == WSAEWOULDBLOCK);
    CHECK(hook.calls == 0);
}

TEST_CASE("ACC-18, BLK-9, BLK-12 a cancelled accept leaves the listener unharmed", "[api][hook]")
{
    const winsock started;
    const auto listening = listener();
    {
        const installed_hook installed(2);
        CHECK(error_of(accept(listening, nullptr, nullptr)) == WSAEINTR);
        CHECK(hook.calls == 2);
        CHECK(hook.cancel_code == 0);
    }
    const auto client = connect_to_listener(listening);
    CHECK(peer_of(accept_from(listening)) == local_of(client));
}

TEST_CASE("CONN-12, BLK-9 a cancelled connect gives WSAEINTR and can be closed", "[api][hook]")
{
    const winsock started;
    const stuck_connect full;
    auto client = tcp();
    {
        const installed_hook installed(2);
        CHECK(connect_to(client, full.where) == WSAEINTR);
        CHECK(hook.cancel_code == 0);
    }
    CHECK(error_of(closesocket(client.release())) == 0);
}

TEST_CASE("BLK-9 a cancelled receive gives WSAEINTR, other threads wait on", "[api][hook]")
{
    const winsock started;
    const tcp_pair pair;
    const tcp_pair other;
    char elsewhere = 0;
    background_call waiting([&] { return recv(other.server, &elsewhere, 1, 0); });
    REQUIRE(waiting.blocks());
    {
        const installed_hook installed(1);
        char one = 0;
        CHECK(error_of(recv(pair.server, &one, 1, 0)) == WSAEINTR);
    }
    CHECK_FALSE(waiting.done());
    send_text(other.client, "x");
    CHECK(waiting.result() == 1);
}

TEST_CASE("BLK-15, CLEAN-24 inside the hook the last cleanup is refused", "[api][hook]")
{
    const winsock started;
    const tcp_pair pair;
    static thread_local int code = 0;
    const installed_hook installed(1);
    hook.inside = [] { code = error_of(WSACleanup()); };
    char one = 0;
    CHECK(error_of(recv(pair.server, &one, 1, 0)) == WSAEINTR);
    CHECK(code == WSAEINPROGRESS);
}

namespace {

constexpr UINT wake_up = WM_USER + 1;
thread_local SOCKET to_wake = INVALID_SOCKET;
thread_local FARPROC default_hook = nullptr;

LRESULT CALLBACK send_when_told(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    if (message == wake_up) {
        send(to_wake, "x", 1, 0);
    }
    return DefWindowProcA(window, message, wparam, lparam);
}

}  // namespace

TEST_CASE("MAP-7, BLK-5 the hook before the first one takes a message and dispatches it", "[api][hook]")
{
    const winsock started;
    const tcp_pair pair;
    to_wake = pair.client;
    WNDCLASSA wanted{};
    wanted.lpfnWndProc = &send_when_told;
    wanted.lpszClassName = "hooked";
    REQUIRE(RegisterClassA(&wanted) != 0);
    const HWND window = CreateWindowA("hooked", "", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, nullptr, nullptr);
    REQUIRE(window != nullptr);
    {
        const installed_hook installed(0);
        WSAUnhookBlockingHook();
        default_hook = WSASetBlockingHook(reinterpret_cast<FARPROC>(reinterpret_cast<void (*)()>(&on_block)));
        REQUIRE(default_hook != nullptr);
        CHECK(default_hook() == FALSE);
        hook.inside = [] { default_hook(); };
        REQUIRE(PostMessageA(window, wake_up, 0, 0) == TRUE);
        char one = 0;
        CHECK(recv(pair.server, &one, 1, 0) == 1);
        // Installed as the program's own it does the same.
        REQUIRE(WSASetBlockingHook(default_hook) != nullptr);
        REQUIRE(PostMessageA(window, wake_up, 0, 0) == TRUE);
        CHECK(recv(pair.server, &one, 1, 0) == 1);
    }
    DestroyWindow(window);
    CHECK(UnregisterClassA("hooked", nullptr) == TRUE);
}
