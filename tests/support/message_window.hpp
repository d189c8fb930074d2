// A message-only window for tests of functions that post messages: what comes is taken from the queue of the thread, no
// procedure is involved.
#pragma once

#include <vector>

#include "support/api_fixture.hpp"
#include "support/catch.hpp"

namespace spindle::test {

class message_window {
public:
    message_window()
    {
        WNDCLASSA wanted{};
        wanted.lpfnWndProc = &DefWindowProcA;
        wanted.lpszClassName = name;
        RegisterClassA(&wanted);
        window_ = CreateWindowA(name, "", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, nullptr, nullptr);
        REQUIRE(window_ != nullptr);
    }
    message_window(const message_window&) = delete;
    message_window& operator=(const message_window&) = delete;
    ~message_window()
    {
        if (IsWindow(window_)) {
            DestroyWindow(window_);
        }
        UnregisterClassA(name, nullptr);
    }

    operator HWND() const { return window_; }  // NOLINT: reads like the API it stands for

    /// Waits for the next message; WM_NULL in it when none comes.
    [[nodiscard]] MSG next() const
    {
        MSG message{};
        if (!eventually([&] { return PeekMessageA(&message, window_, 0, 0, PM_REMOVE) == TRUE; })) {
            message.message = WM_NULL;
        }
        return message;
    }
    [[nodiscard]] bool is_empty() const
    {
        MSG message{};
        return PeekMessageA(&message, window_, 0, 0, PM_NOREMOVE) == FALSE;
    }

private:
    static constexpr const char* name = "message window of a test";
    HWND window_ = nullptr;
};

}  // namespace spindle::test
