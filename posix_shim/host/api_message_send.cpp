// Posting and sending messages. Answers to the pages "PostMessageW", "PostThreadMessageW", "PostQuitMessage",
// "SendMessageW", "SendMessageTimeoutW", "SendNotifyMessageW", "InSendMessageEx", "ReplyMessage".
#include "host/window_send.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr UINT send_flags = SMTO_BLOCK | SMTO_ABORTIFHUNG | SMTO_NOTIMEOUTIFNOTHUNG | SMTO_ERRORONEXIT;

BOOL done_or_error(int error) noexcept
{
    return error == 0 ? TRUE : fail(FALSE, error);
}

BOOL post_to_thread(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam) noexcept
{
    using result = kernel::message_queue::post_result;
    if (must_be_sent(message)) {
        return fail(FALSE, ERROR_MESSAGE_SYNC_ONLY);
    }
    const auto queue = kernel::message_queue_of(thread);
    switch (queue ? queue->post({0, message, wparam, lparam, GetTickCount()}) : result::closed) {
    case result::done:
        return TRUE;
    case result::full:
        return fail(FALSE, ERROR_NOT_ENOUGH_QUOTA);
    case result::no_memory:
        return fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    case result::closed:
        break;
    }
    return fail(FALSE, ERROR_INVALID_THREAD_ID);
}

BOOL post_message(HWND window, UINT message, WPARAM wparam, LPARAM lparam) noexcept
{
    if (window != nullptr) {
        return done_or_error(post_to_window(window, message, wparam, lparam));
    }
    if (kernel::current_message_queue() == nullptr) {
        return fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    }
    return post_to_thread(GetCurrentThreadId(), message, wparam, lparam);
}

// 0 or why there is no result.
int send_to_one(kernel::window& target, const kernel::message& what, bool wide, UINT flags, UINT milliseconds,
                LRESULT& result)
{
    const bool elsewhere = target.queue.get() != kernel::current_message_queue();
    if ((flags & SMTO_ABORTIFHUNG) != 0 && elsewhere && is_hung(target)) {
        return ERROR_TIMEOUT;
    }
    sending how;
    how.wide = wide;
    how.block = (flags & SMTO_BLOCK) != 0;
    how.deadline = kernel::deadline_after(milliseconds);
    how.extend = (flags & SMTO_NOTIMEOUTIFNOTHUNG) != 0;
    return send_to_window(target, what, how, result);
}

LRESULT send_to_all(const kernel::message& what, bool wide, UINT flags, UINT milliseconds)
{
    std::vector<kernel::object_ref<kernel::window>> windows;
    if (!memory_checked(false, [&] {
            windows = top_level_windows();
            return true;
        })) {
        return 0;
    }
    for (const auto& each : windows) {
        kernel::message addressed = what;
        addressed.window = each->handle();
        LRESULT ignored = 0;
        (void)send_to_one(*each, addressed, wide, flags, milliseconds, ignored);
    }
    return 1;
}

// What the window answers. `sent`: whether there is an answer; otherwise the last error says why not.
LRESULT send_message(HWND window, const kernel::message& what, bool wide, UINT flags, UINT milliseconds,
                     bool& sent)
{
    if (window == HWND_BROADCAST) {
        const LRESULT result = send_to_all(what, wide, flags, milliseconds);
        sent = result != 0;
        return result;
    }
    const auto target = window_of(window);
    LRESULT result = 0;
    const int error =
        target ? send_to_one(*target, what, wide, flags, milliseconds, result) : ERROR_INVALID_WINDOW_HANDLE;
    sent = error == 0;
    return sent ? result : fail(LRESULT{0}, error);
}

LRESULT send_and_wait(HWND window, UINT message, WPARAM wparam, LPARAM lparam, bool wide)
{
    bool sent = false;
    return send_message(window, {window_value(window), message, wparam, lparam}, wide, SMTO_NORMAL, INFINITE,
                        sent);
}

LRESULT send_with_timeout(HWND window, const kernel::message& what, bool wide, UINT flags, UINT milliseconds,
                          PDWORD_PTR result)
{
    if ((flags & ~send_flags) != 0) {
        return fail(LRESULT{0}, ERROR_INVALID_PARAMETER);
    }
    bool sent = false;
    const LRESULT answer = send_message(window, what, wide, flags, milliseconds, sent);
    if (sent && result != nullptr) {
        *result = static_cast<DWORD_PTR>(answer);
    }
    return sent ? 1 : 0;
}

BOOL send_notification(HWND window, UINT message, WPARAM wparam, LPARAM lparam, bool wide)
{
    if (window != HWND_BROADCAST) {
        const auto target = window_of(window);
        return done_or_error(target
                                 ? notify_window(*target, {target->handle(), message, wparam, lparam}, wide)
                                 : ERROR_INVALID_WINDOW_HANDLE);
    }
    std::vector<kernel::object_ref<kernel::window>> windows;
    const bool known = memory_checked(false, [&] {
        windows = top_level_windows();
        return true;
    });
    for (const auto& each : windows) {
        (void)notify_window(*each, {each->handle(), message, wparam, lparam}, wide);
    }
    return known ? TRUE : FALSE;
}

}  // namespace

BOOL WINAPI PostMessageA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return post_message(hWnd, Msg, wParam, lParam);
}

BOOL WINAPI PostMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return post_message(hWnd, Msg, wParam, lParam);
}

BOOL WINAPI PostThreadMessageA(DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return post_to_thread(idThread, Msg, wParam, lParam);
}

BOOL WINAPI PostThreadMessageW(DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return post_to_thread(idThread, Msg, wParam, lParam);
}

VOID WINAPI PostQuitMessage(int nExitCode)
{
    if (kernel::message_queue* own = kernel::current_message_queue(); own != nullptr) {
        own->post_quit(nExitCode);
    }
}

LRESULT WINAPI SendMessageA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return send_and_wait(hWnd, Msg, wParam, lParam, false);
}

LRESULT WINAPI SendMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return send_and_wait(hWnd, Msg, wParam, lParam, true);
}

LRESULT WINAPI SendMessageTimeoutA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam, UINT fuFlags,
                                   UINT uTimeout, PDWORD_PTR lpdwResult)
{
    return send_with_timeout(hWnd, {window_value(hWnd), Msg, wParam, lParam}, false, fuFlags, uTimeout,
                             lpdwResult);
}

LRESULT WINAPI SendMessageTimeoutW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam, UINT fuFlags,
                                   UINT uTimeout, PDWORD_PTR lpdwResult)
{
    return send_with_timeout(hWnd, {window_value(hWnd), Msg, wParam, lParam}, true, fuFlags, uTimeout,
                             lpdwResult);
}

BOOL WINAPI SendNotifyMessageA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return send_notification(hWnd, Msg, wParam, lParam, false);
}

BOOL WINAPI SendNotifyMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam)
{
    return send_notification(hWnd, Msg, wParam, lParam, true);
}

BOOL WINAPI InSendMessage(void)
{
    return InSendMessageEx(nullptr) != ISMEX_NOSEND ? TRUE : FALSE;
}

DWORD WINAPI InSendMessageEx(LPVOID)
{
    const kernel::message_queue* own = kernel::current_message_queue();
    const kernel::sent_message* sent = own == nullptr ? nullptr : own->innermost_sent();
    if (sent == nullptr) {
        return ISMEX_NOSEND;
    }
    return (sent->wants_reply() ? ISMEX_SEND : ISMEX_NOTIFY) | (sent->finished() ? ISMEX_REPLIED : 0u);
}

BOOL WINAPI ReplyMessage(LRESULT lResult)
{
    const kernel::message_queue* own = kernel::current_message_queue();
    kernel::sent_message* sent = own == nullptr ? nullptr : own->innermost_sent();
    return sent != nullptr && sent->wants_reply() && sent->reply(lResult) ? TRUE : FALSE;
}
