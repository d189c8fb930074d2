// What the tests of windows share: classes and windows that go again, and procedures that note what they get. A
// procedure is a plain function, so what it notes belongs to the thread.
#pragma once

#include <functional>
#include <vector>

#include "kernel_fixture.hpp"

namespace spindle::test {

struct received {
    HWND window;
    UINT message;
    WPARAM wparam;
    LPARAM lparam;
};

struct window_notes {
    std::vector<received> messages;
    /// Answers instead of DefWindowProc when it returns true.
    std::function<bool(const received& got, LRESULT& answer)> answer;

    [[nodiscard]] std::vector<UINT> numbers() const
    {
        std::vector<UINT> result;
        for (const auto& each : messages) {
            result.push_back(each.message);
        }
        return result;
    }
};
inline thread_local window_notes notes;

template <WNDPROC Default>
LRESULT CALLBACK noting_procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    const received got{window, message, wparam, lparam};
    notes.messages.push_back(got);
    LRESULT answer = 0;
    return notes.answer && notes.answer(got, answer) ? answer : Default(window, message, wparam, lparam);
}

/// A class whose windows note what they get.
class noting_class {
public:
    explicit noting_class(const char* name = "noting", int window_bytes = 0, int class_bytes = 0)
        : name_(name)
    {
        notes = {};
        WNDCLASSA wanted{};
        wanted.lpfnWndProc = &noting_procedure<&DefWindowProcA>;
        wanted.cbWndExtra = window_bytes;
        wanted.cbClsExtra = class_bytes;
        wanted.lpszClassName = name;
        atom_ = RegisterClassA(&wanted);
        REQUIRE(atom_ >= 0xC000);
    }
    noting_class(const noting_class&) = delete;
    noting_class& operator=(const noting_class&) = delete;
    ~noting_class()
    {
        CHECK(UnregisterClassA(name_, nullptr) == TRUE);
        notes = {};
    }

    [[nodiscard]] const char* name() const { return name_; }
    [[nodiscard]] LPCSTR by_atom() const { return reinterpret_cast<LPCSTR>(std::uintptr_t{atom_}); }
    [[nodiscard]] ATOM atom() const { return atom_; }

    [[nodiscard]] HWND make(HWND parent = HWND_MESSAGE, DWORD style = 0, const char* title = nullptr,
                            void* parameter = nullptr) const
    {
        return CreateWindowExA(0, name_, title, style, 1, 2, 3, 4, parent, nullptr, nullptr, parameter);
    }

private:
    const char* name_;
    ATOM atom_ = 0;
};

/// Owns a window of the calling thread.
class test_window {
public:
    explicit test_window(HWND window) : window_(window) { REQUIRE(window != nullptr); }
    test_window(const test_window&) = delete;
    test_window& operator=(const test_window&) = delete;
    ~test_window()
    {
        if (IsWindow(window_)) {
            DestroyWindow(window_);
        }
    }

    operator HWND() const { return window_; }  // NOLINT: reads like the API it stands for

private:
    HWND window_;
};

/// The next message without waiting; its number, or WM_NULL if there is none.
inline UINT peek(MSG& message, UINT flags = PM_REMOVE, HWND window = nullptr, UINT first = 0, UINT last = 0)
{
    return PeekMessageA(&message, window, first, last, flags) ? message.message : UINT{WM_NULL};
}
inline UINT peek(UINT flags = PM_REMOVE, HWND window = nullptr, UINT first = 0, UINT last = 0)
{
    MSG message{};
    return peek(message, flags, window, first, last);
}
inline void empty_queue()
{
    while (peek() != WM_NULL) {
    }
}

/// Runs the loop until WM_QUIT; its exit code.
inline DWORD run_loop()
{
    MSG message{};
    while (GetMessageA(&message, nullptr, 0, 0) > 0) {
        DispatchMessageA(&message);
    }
    return static_cast<DWORD>(message.wParam);
}

/// A thread that has a window of the class and runs a loop. Ends with WM_CLOSE.
class window_thread {
public:
    explicit window_thread(const noting_class& of_class,
                           std::function<bool(const received&, LRESULT&)> answer = nullptr)
        : ready_(make_event(true)), thread_([this, &of_class, answer = std::move(answer)] {
              notes = {};
              notes.answer = [&](const received& got, LRESULT& result) {
                  if (got.message == WM_DESTROY) {
                      PostQuitMessage(0);
                  }
                  return answer && answer(got, result);
              };
              window_ = of_class.make();
              SetEvent(ready_);
              const DWORD code = run_loop();
              notes = {};
              return code;
          })
    {
        REQUIRE(WaitForSingleObject(ready_, static_cast<DWORD>(patience.count())) == WAIT_OBJECT_0);
        REQUIRE(window_ != nullptr);
    }
    window_thread(const window_thread&) = delete;
    window_thread& operator=(const window_thread&) = delete;
    ~window_thread() { PostMessageA(window_, WM_CLOSE, 0, 0); }

    [[nodiscard]] HWND window() const { return window_; }
    [[nodiscard]] DWORD id() const { return thread_.id(); }
    [[nodiscard]] HANDLE handle() const { return thread_; }

private:
    object_handle ready_;
    HWND window_ = nullptr;
    program_thread thread_;
};

}  // namespace spindle::test
