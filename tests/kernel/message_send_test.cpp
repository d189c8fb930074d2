// Messages between threads that are waited for, and waits for messages and objects. Answers to the pages "SendMessageW",
// "SendMessageTimeoutW", "InSendMessageEx", "ReplyMessage", "MsgWaitForMultipleObjectsEx".
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

#include "window_fixture.hpp"

using namespace spindle::test;

namespace {

constexpr UINT ask = WM_USER + 10;
constexpr DWORD long_enough = 20'000;

DWORD wait_for_messages(const std::vector<HANDLE>& objects, DWORD milliseconds, DWORD flags = 0,
                        DWORD mask = QS_ALLINPUT)
{
    return MsgWaitForMultipleObjectsEx(static_cast<DWORD>(objects.size()), objects.data(), milliseconds, mask,
                                       flags);
}

VOID CALLBACK note_call(ULONG_PTR context)
{
    ++*reinterpret_cast<int*>(context);
}

}  // namespace

TEST_CASE("SendMessage calls the procedure on the window's thread and brings its result", "[kernel][send]")
{
    const noting_class made;
    std::atomic<DWORD> thread{0};
    std::atomic<DWORD> in_send{99};
    const window_thread other(made, [&](const received& got, LRESULT& answer) {
        thread = GetCurrentThreadId();
        in_send = InSendMessageEx(nullptr);
        answer = static_cast<LRESULT>(got.wparam) * 2;
        return got.message == ask;
    });
    CHECK(SendMessageA(other.window(), ask, 21, 0) == 42);
    CHECK(thread == other.id());
    CHECK(in_send == ISMEX_SEND);
    CHECK(SendNotifyMessageA(other.window(), ask, 1, 0) == TRUE);
    CHECK(eventually([&] { return in_send == ISMEX_NOTIFY; }));
    CHECK(error_of(SendNotifyMessageA(other.window(), WM_SETTEXT, 0, 0)) == ERROR_MESSAGE_SYNC_ONLY);
    // On the own thread it is a call.
    const test_window mine(made.make());
    notes.answer = [](const received& got, LRESULT& answer) {
        answer = InSendMessage() ? 1 : 7;
        return got.message == ask;
    };
    CHECK(SendMessageW(mine, ask, 0, 0) == 7);
    CHECK(SendMessageA(other.window(), WM_SETTEXT, 0, reinterpret_cast<LPARAM>("across")) == TRUE);
    char text[16] = "";
    CHECK(GetWindowTextA(other.window(), text, sizeof text) == 6);
    CHECK(std::string(text) == "across");
}

TEST_CASE("sent messages come before posted ones", "[kernel][send]")
{
    const noting_class made;
    const test_window window(made.make());
    empty_queue();
    PostMessageA(window, WM_USER, 0, 0);
    const HWND target = window;
    const program_thread sender([target] { return static_cast<DWORD>(SendMessageA(target, ask, 0, 0)); });
    REQUIRE(eventually([] { return HIWORD(GetQueueStatus(QS_SENDMESSAGE)) != 0; }));
    notes.messages.clear();
    CHECK(peek(PM_REMOVE | PM_QS_POSTMESSAGE) == WM_USER);
    CHECK(notes.messages.empty());
    CHECK(peek() == WM_NULL);
    CHECK(notes.numbers() == std::vector<UINT>{ask});
}

TEST_CASE("a thread that waits for an answer acts on what is sent to it", "[kernel][send]")
{
    const noting_class made;
    const test_window mine(made.make());
    notes.answer = [](const received& got, LRESULT& answer) {
        answer = 5;
        return got.message == ask;
    };
    const HWND back = mine;
    const window_thread other(made, [back](const received& got, LRESULT& answer) {
        answer = got.message == ask ? SendMessageA(back, ask, 0, 0) + 1 : 0;
        return got.message == ask;
    });
    CHECK(SendMessageA(other.window(), ask, 0, 0) == 6);
}

TEST_CASE("ReplyMessage lets the sender go on", "[kernel][send]")
{
    const noting_class made;
    const auto go_on = make_event();
    std::atomic<DWORD> state{0};
    const HANDLE gate = go_on;
    const window_thread other(made, [&, gate](const received& got, LRESULT& answer) {
        if (got.message == ask) {
            const bool once = ReplyMessage(11) == TRUE && ReplyMessage(12) == FALSE;
            WaitForSingleObject(gate, INFINITE);
            state = once ? InSendMessageEx(nullptr) : 0;
            answer = 13;
        }
        return got.message == ask;
    });
    CHECK(SendMessageA(other.window(), ask, 0, 0) == 11);
    SetEvent(go_on);
    CHECK(eventually([&] { return state == (ISMEX_SEND | ISMEX_REPLIED); }));
    CHECK(ReplyMessage(1) == FALSE);
}

TEST_CASE("SendMessageTimeout gives up on a thread that does not look at its queue", "[kernel][send]")
{
    const noting_class made;
    const auto go_on = make_event();
    const auto ready = make_event();
    HWND window = nullptr;
    const program_thread busy([&] {
        notes = {};
        window = made.make();
        SetEvent(ready);
        WaitForSingleObject(go_on, INFINITE);
        notes.messages.clear();
        const bool nothing = peek() == WM_NULL && notes.messages.empty();
        DestroyWindow(window);
        notes = {};
        return DWORD{nothing ? 1u : 0u};
    });
    REQUIRE(WaitForSingleObject(ready, long_enough) == WAIT_OBJECT_0);
    DWORD_PTR result = 77;
    for (const auto flags : {SMTO_NORMAL, SMTO_BLOCK, SMTO_ABORTIFHUNG}) {
        CHECK(error_of(SendMessageTimeoutA(window, ask, 0, 0, static_cast<UINT>(flags), 20, &result) != 0) ==
              ERROR_TIMEOUT);
    }
    CHECK(error_of(SendMessageTimeoutA(window, ask, 0, 0, 0x100, 20, &result) != 0) ==
          ERROR_INVALID_PARAMETER);
    CHECK(result == 77);
    SetEvent(go_on);
    REQUIRE(busy.ended());
    CHECK(busy.exit_code() == 1);  // what was given up is not delivered later
    const window_thread other(made);
    CHECK(SendMessageTimeoutW(other.window(), WM_QUERYENDSESSION, 0, 0, SMTO_NORMAL, long_enough, &result) !=
          0);
    CHECK(result == TRUE);
}

TEST_CASE("who waits for an answer is told when the window or its thread ends", "[kernel][send]")
{
    const noting_class made;
    for (const bool end_thread : {false, true}) {
        const auto ready = make_event();
        const auto sent = make_event();
        HWND window = nullptr;
        const program_thread owner([&] {
            notes = {};
            window = made.make();
            SetEvent(ready);
            WaitForSingleObject(sent, INFINITE);
            if (!end_thread) {
                DestroyWindow(window);
            }
            notes = {};
            return DWORD{0};
        });
        REQUIRE(WaitForSingleObject(ready, long_enough) == WAIT_OBJECT_0);
        background_call waiting([window] { return error_of(SendMessageA(window, ask, 0, 0) != 0); });
        REQUIRE(waiting.blocks());
        SetEvent(sent);
        CHECK(waiting.result() == ERROR_INVALID_WINDOW_HANDLE);
    }
    // In the middle of the message.
    HWND window = nullptr;
    const auto ready = make_event();
    const program_thread owner([&] {
        notes = {};
        notes.answer = [](const received& got, LRESULT&) {
            if (got.message == ask) {
                ExitThread(3);
            }
            return false;
        };
        window = made.make();
        SetEvent(ready);
        return run_loop();
    });
    REQUIRE(WaitForSingleObject(ready, long_enough) == WAIT_OBJECT_0);
    CHECK(error_of(SendMessageA(window, ask, 0, 0) != 0) == ERROR_INVALID_WINDOW_HANDLE);
    CHECK(IsWindow(window) == FALSE);
}

TEST_CASE("a wait ends with an object or with a message", "[kernel][send][wait]")
{
    const noting_class made;
    const test_window window(made.make());
    const auto first = make_event();
    const auto second = make_event();
    const std::vector<HANDLE> both{first, second};
    empty_queue();
    CHECK(wait_for_messages(both, 0) == WAIT_TIMEOUT);
    SetEvent(second);
    PostMessageA(window, WM_USER, 0, 0);
    CHECK(wait_for_messages(both, long_enough) == WAIT_OBJECT_0 + 1);
    CHECK(wait_for_messages(both, long_enough) == WAIT_OBJECT_0 + 2);
    // Seen, though not taken: no longer new.
    CHECK(wait_for_messages(both, 0) == WAIT_TIMEOUT);
    CHECK(wait_for_messages(both, 0, MWMO_INPUTAVAILABLE) == WAIT_OBJECT_0 + 2);
    CHECK(wait_for_messages({}, 0, MWMO_INPUTAVAILABLE) == WAIT_OBJECT_0);
    CHECK(wait_for_messages(both, 0, MWMO_INPUTAVAILABLE, QS_TIMER | QS_SENDMESSAGE) == WAIT_TIMEOUT);
    PostMessageA(window, WM_USER, 0, 0);
    CHECK(peek(PM_NOREMOVE) == WM_USER);
    CHECK(wait_for_messages(both, 0) == WAIT_TIMEOUT);
    empty_queue();
    SetTimer(window, 1, USER_TIMER_MINIMUM, nullptr);
    CHECK(wait_for_messages(both, long_enough, 0, QS_TIMER) == WAIT_OBJECT_0 + 2);
    KillTimer(window, 1);
    CHECK(wait_for_messages(both, 0, 0, QS_TIMER) == WAIT_TIMEOUT);
    const HANDLE event = first;
    const HWND target = window;
    SetEvent(second);
    const program_thread poster([event, target] {
        PostMessageA(target, WM_USER, 0, 0);
        SetEvent(event);
        return DWORD{0};
    });
    CHECK(wait_for_messages(both, long_enough, MWMO_WAITALL) == WAIT_OBJECT_0);
    CHECK(poll(first) == WAIT_TIMEOUT);
    const program_thread sender([target] { return static_cast<DWORD>(SendMessageA(target, ask, 0, 0)); });
    CHECK(MsgWaitForMultipleObjects(2, both.data(), FALSE, long_enough, QS_SENDMESSAGE) == WAIT_OBJECT_0 + 2);
    empty_queue();
}

TEST_CASE("a wait for messages can be alertable, and refuses what cannot be waited for",
          "[kernel][send][wait]")
{
    empty_queue();
    int calls = 0;
    QueueUserAPC(&note_call, GetCurrentThread(), reinterpret_cast<ULONG_PTR>(&calls));
    CHECK(wait_for_messages({}, 0) == WAIT_TIMEOUT);
    CHECK(calls == 0);
    CHECK(wait_for_messages({}, long_enough, MWMO_ALERTABLE) == WAIT_IO_COMPLETION);
    CHECK(calls == 1);
    const auto event = make_event();
    const std::vector<HANDLE> too_many(64, event);
    const auto error_of_wait = [](DWORD result) { return result == WAIT_FAILED ? GetLastError() : 0; };
    CHECK(error_of_wait(wait_for_messages(too_many, 0)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of_wait(wait_for_messages({no_such_handle()}, 0)) == ERROR_INVALID_HANDLE);
    CHECK(error_of_wait(wait_for_messages({}, 0, 0x80)) == ERROR_INVALID_PARAMETER);
    CHECK(error_of_wait(MsgWaitForMultipleObjects(1, nullptr, FALSE, 0, QS_ALLINPUT)) ==
          ERROR_INVALID_PARAMETER);
}

TEST_CASE("threads that post and send to one another lose nothing", "[kernel][send][threads]")
{
    constexpr std::size_t thread_count = 4;
    constexpr int rounds = 150;
    const noting_class made;
    std::array<std::atomic<HWND>, thread_count> windows{};
    std::atomic<int> posted{0};
    std::atomic<int> sent{0};
    std::atomic<std::size_t> done{0};
    const auto work = [&](std::size_t self) {
        notes = {};
        notes.answer = [&](const received& got, LRESULT& answer) {
            posted += got.message == WM_USER ? 1 : 0;
            sent += got.message == ask ? 1 : 0;
            answer = static_cast<LRESULT>(got.wparam) + 1;
            return got.message == ask;
        };
        const HWND window = made.make();
        windows[self] = window;
        bool right = eventually([&] {
            return std::all_of(windows.begin(), windows.end(),
                               [](const auto& each) { return each != nullptr; });
        });
        for (int round = 0; right && round < rounds; ++round) {
            const HWND target = windows[(self + 1 + static_cast<std::size_t>(round) % 3) % thread_count];
            right = PostMessageA(target, WM_USER, 0, 0) == TRUE &&
                    SendMessageA(target, ask, static_cast<WPARAM>(round), 0) == round + 1;
            MSG message{};
            while (PeekMessageA(&message, nullptr, 0, 0, PM_REMOVE)) {
                DispatchMessageA(&message);
            }
            notes.messages.clear();
        }
        ++done;
        MSG message{};
        while (done < thread_count || HIWORD(GetQueueStatus(QS_ALLINPUT)) != 0) {
            MsgWaitForMultipleObjects(0, nullptr, FALSE, 5, QS_ALLINPUT);
            while (PeekMessageA(&message, nullptr, 0, 0, PM_REMOVE)) {
                DispatchMessageA(&message);
            }
        }
        DestroyWindow(window);
        notes = {};
        return DWORD{right ? 1u : 0u};
    };
    {
        std::vector<std::unique_ptr<program_thread>> threads;
        for (std::size_t index = 0; index < thread_count; ++index) {
            threads.push_back(std::make_unique<program_thread>([&work, index] { return work(index); }));
        }
        for (const auto& each : threads) {
            REQUIRE(each->ended());
            CHECK(each->exit_code() == 1);
        }
    }
    CHECK(posted == rounds * static_cast<int>(thread_count));
    CHECK(sent == rounds * static_cast<int>(thread_count));
}
