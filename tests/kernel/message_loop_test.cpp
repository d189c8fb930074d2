// Messages of a thread: order, filters, limits, timers. Answers to the pages "PeekMessageW", "GetMessageW",
// "PostThreadMessageW", "GetQueueStatus", "SetTimer", "RegisterWindowMessageW".
#include <atomic>

#include "window_fixture.hpp"

using namespace spindle::test;

namespace {

constexpr UINT shortest = USER_TIMER_MINIMUM;

// Waits until the queue holds something of this kind.
bool holds(UINT bits)
{
    return eventually([&] { return (HIWORD(GetQueueStatus(bits)) & bits) != 0; });
}

thread_local int timer_calls = 0;

VOID CALLBACK count_timer(HWND, UINT message, UINT_PTR, DWORD)
{
    timer_calls += message == WM_TIMER ? 1 : 100;
}

}  // namespace

TEST_CASE("posted messages come in order, before the end and before timers", "[kernel][message]")
{
    const noting_class made;
    const test_window window(made.make());
    SetTimer(window, 5, shortest, nullptr);
    PostQuitMessage(42);
    REQUIRE(holds(QS_TIMER));
    CHECK(PostMessageA(window, WM_USER + 1, 1, 2) == TRUE);
    CHECK(PostMessageW(nullptr, WM_USER + 2, 0, 0) == TRUE);
    MSG message{};
    CHECK(GetMessageA(&message, nullptr, 0, 0) > 0);
    CHECK(message.hwnd == window);
    CHECK(message.message == WM_USER + 1);
    CHECK(message.wParam == 1);
    CHECK(message.lParam == 2);
    CHECK(message.time == static_cast<DWORD>(GetMessageTime()));
    CHECK(GetTickCount() - message.time < 60'000);
    CHECK(GetMessagePos() == 0);
    CHECK(GetMessageW(&message, nullptr, 0, 0) > 0);
    CHECK(message.hwnd == nullptr);
    CHECK(GetMessageA(&message, nullptr, 0, 0) == 0);
    CHECK(message.message == WM_QUIT);
    CHECK(message.wParam == 42);
    CHECK(GetMessageA(&message, nullptr, 0, 0) > 0);
    CHECK(message.message == WM_TIMER);
    CHECK(message.wParam == 5);
    CHECK(message.hwnd == window);
}

TEST_CASE("messages are taken by range and by window", "[kernel][message]")
{
    const noting_class made;
    const test_window first(made.make());
    const test_window second(made.make());
    const test_window child(made.make(first, WS_CHILD));
    empty_queue();
    PostMessageA(second, WM_USER, 0, 0);
    PostMessageA(child, WM_USER + 1, 0, 0);
    PostMessageA(nullptr, WM_USER + 2, 0, 0);
    PostMessageA(first, WM_USER + 3, 0, 0);
    const HWND of_thread = reinterpret_cast<HWND>(std::intptr_t{-1});
    CHECK(peek(PM_REMOVE, nullptr, WM_USER + 3, WM_USER + 5) == WM_USER + 3);
    CHECK(peek(PM_NOREMOVE, first) == WM_USER + 1);
    CHECK(peek(PM_REMOVE, first) == WM_USER + 1);
    CHECK(peek(PM_REMOVE, first) == WM_NULL);
    CHECK(peek(PM_REMOVE, of_thread) == WM_USER + 2);
    PostQuitMessage(0);
    CHECK(peek(PM_NOREMOVE, first, WM_USER + 9, WM_USER + 9) == WM_QUIT);
    CHECK(peek(PM_REMOVE, nullptr, WM_USER + 9, WM_USER + 9) == WM_QUIT);
    CHECK(peek() == WM_USER);
    CHECK(peek() == WM_NULL);
}

TEST_CASE("PeekMessage looks at the kinds that its flags name", "[kernel][message]")
{
    const noting_class made;
    const test_window window(made.make());
    empty_queue();
    PostMessageA(window, WM_USER, 0, 0);
    CHECK(peek(PM_REMOVE | PM_QS_SENDMESSAGE) == WM_NULL);
    CHECK(peek(PM_REMOVE | PM_QS_INPUT) == WM_NULL);
    CHECK(peek(PM_REMOVE | PM_NOYIELD | PM_QS_POSTMESSAGE) == WM_USER);
    MSG message{};
    CHECK(error_of(PeekMessageA(&message, nullptr, 0, 0, 8)) == ERROR_INVALID_FLAGS);
    CHECK(error_of(PeekMessageA(nullptr, nullptr, 0, 0, 0)) == ERROR_NOACCESS);
    CHECK(GetMessageA(nullptr, nullptr, 0, 0) == -1);
    CHECK(GetLastError() == ERROR_NOACCESS);
}

TEST_CASE("only key messages count as translated", "[kernel][message]")
{
    MSG message{};
    for (const auto key : {WM_KEYDOWN, WM_KEYUP, WM_SYSKEYDOWN, WM_SYSKEYUP}) {
        message.message = static_cast<UINT>(key);
        CHECK(TranslateMessage(&message) == TRUE);
    }
    message.message = WM_USER;
    CHECK(TranslateMessage(&message) == FALSE);
    CHECK(peek() == WM_NULL);
}

TEST_CASE("messages are dispatched to the procedure of their window", "[kernel][message]")
{
    const noting_class made;
    HWND gone = nullptr;
    MSG message{};
    message.message = WM_USER;
    {
        const test_window window(made.make());
        gone = window;
        notes.answer = [](const received& got, LRESULT& answer) {
            answer = static_cast<LRESULT>(got.wparam) + got.lparam;
            return got.message == WM_USER;
        };
        message.hwnd = window;
        message.wParam = 3;
        message.lParam = 4;
        CHECK(DispatchMessageA(&message) == 7);
        message.hwnd = nullptr;
        CHECK(DispatchMessageW(&message) == 0);
    }
    message.hwnd = gone;
    CHECK(error_of(DispatchMessageA(&message) != 0) == ERROR_INVALID_WINDOW_HANDLE);
    CHECK(error_of(DispatchMessageA(nullptr) != 0) == ERROR_NOACCESS);
}

TEST_CASE("a queue holds 10000 posted messages", "[kernel][message]")
{
    const noting_class made;
    const test_window window(made.make());
    empty_queue();
    int posted = 0;
    while (posted <= 10'000 && PostMessageA(window, WM_USER, 0, 0) == TRUE) {
        ++posted;
    }
    CHECK(GetLastError() == ERROR_NOT_ENOUGH_QUOTA);
    CHECK(posted == 10'000);
    CHECK(error_of(PostThreadMessageA(GetCurrentThreadId(), WM_USER, 0, 0)) == ERROR_NOT_ENOUGH_QUOTA);
    CHECK(peek() == WM_USER);
    CHECK(PostMessageA(window, WM_USER, 0, 0) == TRUE);
}

TEST_CASE("a window takes its messages and timers with it", "[kernel][message]")
{
    const noting_class made;
    const HWND window = made.make();
    const test_window other(made.make());
    empty_queue();
    PostMessageA(window, WM_USER, 0, 0);
    PostMessageA(other, WM_USER + 1, 0, 0);
    SetTimer(window, 1, shortest, nullptr);
    REQUIRE(holds(QS_TIMER));
    DestroyWindow(window);
    CHECK(peek() == WM_USER + 1);
    CHECK(peek() == WM_NULL);
    CHECK(GetQueueStatus(QS_TIMER) == 0);
}

TEST_CASE("messages with pointers cannot be posted", "[kernel][message]")
{
    const noting_class made;
    const test_window window(made.make());
    for (const auto message : {WM_SETTEXT, WM_GETTEXT, WM_CREATE, WM_NCCREATE, WM_COPYDATA}) {
        CHECK(error_of(PostMessageA(window, static_cast<UINT>(message), 0, 0)) == ERROR_MESSAGE_SYNC_ONLY);
    }
}

TEST_CASE("messages are posted to threads that have a queue", "[kernel][message]")
{
    const auto begun = make_event();
    const auto go_on = make_event();
    const auto has_queue = make_event();
    const program_thread target([&] {
        SetEvent(begun);
        WaitForSingleObject(go_on, INFINITE);
        const bool empty = peek(PM_NOREMOVE) == WM_NULL;
        SetEvent(has_queue);
        MSG message{};
        const BOOL got = GetMessageA(&message, nullptr, 0, 0);
        return DWORD{empty && got > 0 && message.message == WM_USER && message.hwnd == nullptr ? 1u : 0u};
    });
    REQUIRE(poll(begun) != WAIT_FAILED);
    CHECK(error_of(PostThreadMessageA(target.id(), WM_USER, 0, 0)) == ERROR_INVALID_THREAD_ID);
    SetEvent(go_on);
    REQUIRE(WaitForSingleObject(has_queue, static_cast<DWORD>(patience.count())) == WAIT_OBJECT_0);
    CHECK(PostThreadMessageW(target.id(), WM_USER, 0, 0) == TRUE);
    REQUIRE(target.ended());
    CHECK(target.exit_code() == 1);
    CHECK(error_of(PostThreadMessageA(target.id(), WM_USER, 0, 0)) == ERROR_INVALID_THREAD_ID);
    CHECK(error_of(PostThreadMessageA(0, WM_USER, 0, 0)) == ERROR_INVALID_THREAD_ID);
}

TEST_CASE("a broadcast reaches top-level windows and no others", "[kernel][message]")
{
    const noting_class made;
    const test_window top(made.make(nullptr));
    const test_window hidden(made.make());
    const test_window child(made.make(top, WS_CHILD));
    empty_queue();
    CHECK(PostMessageA(HWND_BROADCAST, WM_USER, 0, 0) == TRUE);
    MSG message{};
    CHECK(peek(message) == WM_USER);
    CHECK(message.hwnd == top);
    CHECK(peek() == WM_NULL);
    notes.messages.clear();
    CHECK(SendMessageA(HWND_BROADCAST, WM_USER, 0, 0) != 0);
    CHECK(SendNotifyMessageA(HWND_BROADCAST, WM_USER + 1, 0, 0) == TRUE);
    CHECK(notes.numbers() == std::vector<UINT>{WM_USER, WM_USER + 1});
}

TEST_CASE("a registered message has one number for each name", "[kernel][message]")
{
    const UINT number = RegisterWindowMessageA("spindle.test.\xC3\xA4");
    CHECK(number >= 0xC000);
    CHECK(RegisterWindowMessageW(u"Spindle.Test.\u00E4") == number);
    CHECK(RegisterWindowMessageA("spindle.test") != number);
    CHECK(error_of(RegisterWindowMessageA(nullptr) != 0) == ERROR_INVALID_PARAMETER);
    CHECK(error_of(RegisterWindowMessageA("") != 0) == ERROR_INVALID_NAME);
}

TEST_CASE("GetQueueStatus tells what is there and what is new", "[kernel][message]")
{
    const noting_class made;
    const test_window window(made.make());
    empty_queue();
    CHECK(GetQueueStatus(QS_ALLINPUT) == 0);
    PostMessageA(window, WM_USER, 0, 0);
    CHECK(GetQueueStatus(QS_ALLINPUT) == static_cast<DWORD>(MAKELONG(QS_POSTMESSAGE, QS_POSTMESSAGE)));
    CHECK(GetQueueStatus(QS_ALLINPUT) == static_cast<DWORD>(MAKELONG(0, QS_POSTMESSAGE)));
    CHECK(GetQueueStatus(QS_ALLPOSTMESSAGE) ==
          static_cast<DWORD>(MAKELONG(QS_ALLPOSTMESSAGE, QS_ALLPOSTMESSAGE)));
    empty_queue();
    CHECK(GetQueueStatus(QS_ALLINPUT | QS_ALLPOSTMESSAGE) == 0);
    CHECK(error_of(GetQueueStatus(0x8000) != 0) == ERROR_INVALID_FLAGS);
}

TEST_CASE("WM_TIMER comes again and again, once however late, until the timer is killed",
          "[kernel][message][timer]")
{
    const noting_class made;
    const test_window window(made.make());
    empty_queue();
    CHECK(SetTimer(window, 3, shortest, nullptr) == 3);
    MSG message{};
    for (int count = 0; count < 3; ++count) {
        REQUIRE(GetMessageA(&message, window, 0, 0) > 0);
        CHECK(message.message == WM_TIMER);
        CHECK(message.wParam == 3);
        CHECK(message.lParam == 0);
    }
    Sleep(5 * shortest);
    CHECK(SetTimer(window, 3, 60'000, nullptr) == 3);  // begins anew
    CHECK(peek() == WM_NULL);
    CHECK(SetTimer(window, 3, shortest, nullptr) == 3);
    Sleep(5 * shortest);
    CHECK(peek() == WM_TIMER);
    CHECK(SetTimer(window, 3, 60'000, nullptr) == 3);
    CHECK(peek() == WM_NULL);
    CHECK(KillTimer(window, 3) == TRUE);
    CHECK(error_of(KillTimer(window, 3)) == ERROR_INVALID_PARAMETER);
}

TEST_CASE("timers without a window get an id, and a procedure is called in DispatchMessage",
          "[kernel][message][timer]")
{
    empty_queue();
    timer_calls = 0;
    const UINT_PTR first = SetTimer(nullptr, 77, shortest, &count_timer);
    const UINT_PTR second = SetTimer(nullptr, 0, 60'000, nullptr);
    REQUIRE(first != 0);
    CHECK(first != second);
    CHECK(SetTimer(nullptr, first, shortest, &count_timer) == first);
    MSG message{};
    REQUIRE(GetMessageA(&message, nullptr, 0, 0) > 0);
    CHECK(message.message == WM_TIMER);
    CHECK(message.hwnd == nullptr);
    CHECK(message.wParam == first);
    CHECK(message.lParam == reinterpret_cast<LPARAM>(&count_timer));
    CHECK(DispatchMessageA(&message) == 0);
    CHECK(timer_calls == 1);
    CHECK(KillTimer(nullptr, first) == TRUE);
    CHECK(KillTimer(nullptr, second) == TRUE);
    // No timer has this procedure any more: whoever made up such a message calls nothing with it.
    CHECK(DispatchMessageA(&message) == 0);
    CHECK(timer_calls == 1);
}

TEST_CASE("GetMessage and WaitMessage wait for what other threads post", "[kernel][message]")
{
    const noting_class made;
    std::atomic<int> got{0};
    {
        const window_thread other(made, [&](const received& each, LRESULT&) {
            got += each.message == WM_USER ? 1 : 0;
            return false;
        });
        for (int count = 0; count < 100; ++count) {
            CHECK(PostMessageA(other.window(), WM_USER, 0, 0) == TRUE);
        }
        CHECK(eventually([&] { return got == 100; }));
    }
    const test_window window(made.make());
    empty_queue();
    const program_thread poster([to = HWND(window)] {
        PostMessageA(to, WM_USER, 0, 0);
        return DWORD{0};
    });
    CHECK(WaitMessage() == TRUE);
    CHECK(peek(PM_NOREMOVE) == WM_USER);
    PostMessageA(window, WM_USER + 1, 0, 0);
    CHECK(WaitMessage() == TRUE);  // the second one is new
}
