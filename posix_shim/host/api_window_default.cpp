// What a window does of itself, and its text. Answers to the pages "DefWindowProcW", "CallWindowProcW", "SetWindowTextW",
// "GetWindowTextW".
#include "host/window_send.hpp"

#include <limits>

using namespace spindle;
using namespace spindle::host;

namespace {

template <class Char>
void set_text(kernel::window& target, const Char* text)
{
    auto kept = text == nullptr ? std::u16string() : kept_text(text);
    std::lock_guard lock(target.mutex);
    target.text = std::move(kept);
}

template <class Char>
std::basic_string<Char> text_of(kernel::window& target)
{
    std::u16string kept;
    {
        std::lock_guard lock(target.mutex);
        kept = target.text;
    }
    return given_text<Char>(kept);
}

template <class Char>
LRESULT copy_text(kernel::window& target, Char* buffer, std::size_t size)
{
    return buffer == nullptr || size == 0
               ? 0
               : static_cast<LRESULT>(copy_window_text(text_of<Char>(target), buffer, size));
}

template <class Char>
LRESULT accept_creation(kernel::window& target, LPARAM creation)
{
    using structure = std::conditional_t<is_wide<Char>, CREATESTRUCTW, CREATESTRUCTA>;
    if (creation != 0) {
        set_text(target, reinterpret_cast<const structure*>(creation)->lpszName);
    }
    return TRUE;
}

template <class Char>
LRESULT text_message(kernel::window& target, UINT message, WPARAM wparam, LPARAM lparam) noexcept
{
    return memory_checked(LRESULT{0}, [&]() -> LRESULT {
        switch (message) {
        case WM_NCCREATE:
            return accept_creation<Char>(target, lparam);
        case WM_SETTEXT:
            set_text(target, reinterpret_cast<const Char*>(lparam));
            return TRUE;
        case WM_GETTEXT:
            return copy_text(target, reinterpret_cast<Char*>(lparam), wparam);
        default:
            return static_cast<LRESULT>(text_of<Char>(target).size());
        }
    });
}

template <class Char>
LRESULT default_procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    const auto target = window_of(window);
    if (!target) {
        return fail(LRESULT{0}, ERROR_INVALID_WINDOW_HANDLE);
    }
    switch (message) {
    case WM_NCCREATE:
    case WM_SETTEXT:
    case WM_GETTEXT:
    case WM_GETTEXTLENGTH:
        return text_message<Char>(*target, message, wparam, lparam);
    case WM_CLOSE:
        DestroyWindow(window);
        return 0;
    case WM_QUERYENDSESSION:
    case WM_QUERYOPEN:
        return TRUE;
    default:
        return 0;
    }
}

// 0 with the last error set, or what the window answers.
LRESULT ask(HWND window, UINT message, WPARAM wparam, LPARAM lparam, bool wide)
{
    const auto target = window_of(window);
    if (!target) {
        return fail(LRESULT{0}, ERROR_INVALID_WINDOW_HANDLE);
    }
    sending how;
    how.wide = wide;
    LRESULT result = 0;
    const int error = send_to_window(*target, {target->handle(), message, wparam, lparam}, how, result);
    return error == 0 ? result : fail(LRESULT{0}, error);
}

int length_from(LRESULT length) noexcept
{
    return static_cast<int>(std::min<LRESULT>(length, std::numeric_limits<int>::max()));
}

template <class Char>
int get_text(HWND window, Char* buffer, int size)
{
    if (buffer == nullptr || size <= 0) {
        return 0;
    }
    buffer[0] = 0;
    return length_from(
        ask(window, WM_GETTEXT, static_cast<WPARAM>(size), reinterpret_cast<LPARAM>(buffer), is_wide<Char>));
}

}  // namespace

LRESULT WINAPI DefWindowProcA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return default_procedure<char>(hWnd, Msg, wParam, lParam);
}

LRESULT WINAPI DefWindowProcW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return default_procedure<WCHAR>(hWnd, Msg, wParam, lParam);
}

LRESULT WINAPI CallWindowProcA(WNDPROC lpPrevWndFunc, HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    const auto procedure = meant_procedure(reinterpret_cast<LONG_PTR>(lpPrevWndFunc), false);
    return call_procedure(procedure, hWnd, Msg, wParam, lParam, false);
}

LRESULT WINAPI CallWindowProcW(WNDPROC lpPrevWndFunc, HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    const auto procedure = meant_procedure(reinterpret_cast<LONG_PTR>(lpPrevWndFunc), true);
    return call_procedure(procedure, hWnd, Msg, wParam, lParam, true);
}

BOOL WINAPI SetWindowTextA(HWND hWnd, LPCSTR lpString)
{
    return ask(hWnd, WM_SETTEXT, 0, reinterpret_cast<LPARAM>(lpString), false) != 0 ? TRUE : FALSE;
}

BOOL WINAPI SetWindowTextW(HWND hWnd, LPCWSTR lpString)
{
    return ask(hWnd, WM_SETTEXT, 0, reinterpret_cast<LPARAM>(lpString), true) != 0 ? TRUE : FALSE;
}

int WINAPI GetWindowTextA(HWND hWnd, LPSTR lpString, int nMaxCount)
{
    return get_text(hWnd, lpString, nMaxCount);
}

int WINAPI GetWindowTextW(HWND hWnd, LPWSTR lpString, int nMaxCount)
{
    return get_text(hWnd, lpString, nMaxCount);
}

int WINAPI GetWindowTextLengthA(HWND hWnd)
{
    return length_from(ask(hWnd, WM_GETTEXTLENGTH, 0, 0, false));
}

int WINAPI GetWindowTextLengthW(HWND hWnd)
{
    return length_from(ask(hWnd, WM_GETTEXTLENGTH, 0, 0, true));
}
