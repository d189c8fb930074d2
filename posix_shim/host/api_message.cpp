// The message loop: taking messages, dispatching them, waiting for them. Answers to the pages "GetMessageW",
// "PeekMessageW", "DispatchMessageW", "TranslateMessage", "WaitMessage", "GetQueueStatus".
#include "host/window_send.hpp"

#include "kernel/wait.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr UINT queue_flags = QS_ALLINPUT | QS_ALLPOSTMESSAGE;
constexpr UINT peek_flags = PM_REMOVE | PM_NOYIELD;
constexpr unsigned queue_flags_shift = 16;

/// GetMessage's filter for messages of the thread alone: the window handle -1.
const HWND thread_messages = reinterpret_cast<HWND>(std::intptr_t{-1});

constinit thread_local DWORD last_message_time __attribute__((tls_model("initial-exec"))) = 0;

// A filter together with the handles that it looks at.
class wanted_messages {
public:
    /// Throws std::bad_alloc.
    wanted_messages(HWND window, UINT first, UINT last)
    {
        filter_.first = first;
        filter_.last = last;
        filter_.any_window = window == nullptr;
        if (window == thread_messages) {
            windows_.push_back(0);
        } else if (window != nullptr) {
            windows_ = kernel::family_of(window_value(window));
        }
        filter_.windows = windows_;
    }
    wanted_messages(const wanted_messages&) = delete;
    wanted_messages& operator=(const wanted_messages&) = delete;
    ~wanted_messages() = default;

    void only(UINT types) noexcept
    {
        filter_.posted = (types & QS_POSTMESSAGE) != 0;
        filter_.timers = (types & QS_TIMER) != 0;
    }
    [[nodiscard]] const kernel::message_filter& filter() const noexcept { return filter_; }

private:
    std::vector<std::uintptr_t> windows_;
    kernel::message_filter filter_;
};

// 0, or why the calling thread gets no messages of this window.
int window_error(HWND window, const kernel::message_queue* own) noexcept
{
    if (own == nullptr) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    if (window == nullptr || window == thread_messages) {
        return 0;
    }
    const auto target = window_of(window);
    return target && target->queue.get() == own ? 0 : ERROR_INVALID_WINDOW_HANDLE;
}

void give(const kernel::message& taken, MSG& target) noexcept
{
    target.hwnd = window_handle(taken.window);
    target.message = taken.id;
    target.wParam = taken.wparam;
    target.lParam = taken.lparam;
    target.time = taken.id == WM_TIMER || taken.id == WM_QUIT ? GetTickCount() : taken.time;
    target.pt = {};
    last_message_time = target.time;
}

BOOL peek_message(LPMSG message, HWND window, UINT first, UINT last, UINT flags)
{
    kernel::message_queue* own = kernel::current_message_queue();
    const UINT types = flags >> queue_flags_shift == 0 ? queue_flags : flags >> queue_flags_shift;
    if (message == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    if ((flags & 0xFFFF & ~peek_flags) != 0 || (types & ~queue_flags) != 0) {
        return fail(FALSE, ERROR_INVALID_FLAGS);
    }
    if (const int error = window_error(window, own); error != 0) {
        return fail(FALSE, error);
    }
    if ((types & QS_SENDMESSAGE) != 0) {
        receive_sent(*own);
    }
    return memory_checked(FALSE, [&] {
        kernel::message taken;
        wanted_messages wanted(window, first, last);
        wanted.only(types);
        if (!own->take(wanted.filter(), (flags & PM_REMOVE) != 0, taken)) {
            return FALSE;
        }
        give(taken, *message);
        return TRUE;
    });
}

struct awaited_message {
    kernel::message_queue& own;
    const kernel::message_filter& filter;
};

bool message_has_come(const void* context)
{
    const auto& wait = *static_cast<const awaited_message*>(context);
    return wait.own.has_sent() || wait.own.has(wait.filter);
}

constexpr BOOL get_failure = -1;

BOOL get_message(LPMSG message, HWND window, UINT first, UINT last)
try {
    kernel::message_queue* own = kernel::current_message_queue();
    if (message == nullptr) {
        return fail(get_failure, ERROR_NOACCESS);
    }
    if (const int error = window_error(window, own); error != 0) {
        return fail(get_failure, error);
    }
    kernel::message taken;
    for (;;) {
        receive_sent(*own);
        const wanted_messages wanted(window, first, last);  // what was sent may have made windows
        if (own->take(wanted.filter(), true, taken)) {
            give(taken, *message);
            return taken.id != WM_QUIT ? TRUE : FALSE;
        }
        const awaited_message wait{*own, wanted.filter()};
        (void)kernel::wait_until(*own, &message_has_come, &wait, kernel::no_deadline, false);
    }
} catch (const std::bad_alloc&) {
    return fail(get_failure, ERROR_NOT_ENOUGH_MEMORY);
}

constexpr std::uint32_t loop_bits =
    kernel::queue_bits::posted | kernel::queue_bits::all_posted | kernel::queue_bits::timer;

bool news_have_come(const void* context)
{
    auto& own = *static_cast<kernel::message_queue*>(const_cast<void*>(context));
    return own.has_sent() || own.is_new(loop_bits, false);
}

// Only if a timer of the thread has this procedure: the number in the message may be anybody's (see "SetTimer").
LRESULT call_timer(const MSG& message)
{
    const auto call = reinterpret_cast<TIMERPROC>(message.lParam);
    kernel::message_queue* own = kernel::current_message_queue();
    if (own != nullptr && own->calls_for_timer(reinterpret_cast<kernel::timer_procedure>(call))) {
        call(message.hwnd, WM_TIMER, message.wParam, GetTickCount());
    }
    return 0;
}

LRESULT dispatch_message(const MSG* message, bool wide)
{
    if (message == nullptr) {
        return fail(LRESULT{0}, ERROR_NOACCESS);
    }
    if (message->message == WM_TIMER && message->lParam != 0) {
        return call_timer(*message);
    }
    if (message->hwnd == nullptr) {
        return 0;
    }
    kernel::window_procedure procedure;
    {
        // Not held during the call, which may end the thread without unwinding it.
        const auto target = window_of(message->hwnd);
        if (!target) {
            return fail(LRESULT{0}, ERROR_INVALID_WINDOW_HANDLE);
        }
        if (target->queue.get() != kernel::current_message_queue()) {
            return fail(LRESULT{0}, ERROR_ACCESS_DENIED);
        }
        procedure = procedure_of(*target);
    }
    return call_procedure(procedure, message->hwnd, message->message, message->wParam, message->lParam, wide);
}

}  // namespace

BOOL WINAPI GetMessageA(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax)
{
    return get_message(lpMsg, hWnd, wMsgFilterMin, wMsgFilterMax);
}

BOOL WINAPI GetMessageW(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax)
{
    return get_message(lpMsg, hWnd, wMsgFilterMin, wMsgFilterMax);
}

BOOL WINAPI PeekMessageA(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax, UINT wRemoveMsg)
{
    return peek_message(lpMsg, hWnd, wMsgFilterMin, wMsgFilterMax, wRemoveMsg);
}

BOOL WINAPI PeekMessageW(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax, UINT wRemoveMsg)
{
    return peek_message(lpMsg, hWnd, wMsgFilterMin, wMsgFilterMax, wRemoveMsg);
}

// There is no keyboard, and so no character to post; what it returns for key messages that a program makes itself does
// not depend on that.
BOOL WINAPI TranslateMessage(const MSG* lpMsg)
{
    if (lpMsg == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    switch (lpMsg->message) {
    case WM_KEYDOWN:
    case WM_KEYUP:
    case WM_SYSKEYDOWN:
    case WM_SYSKEYUP:
        return TRUE;
    default:
        return FALSE;
    }
}

LRESULT WINAPI DispatchMessageA(const MSG* lpMsg)
{
    return dispatch_message(lpMsg, false);
}

LRESULT WINAPI DispatchMessageW(const MSG* lpMsg)
{
    return dispatch_message(lpMsg, true);
}

BOOL WINAPI WaitMessage(void)
{
    kernel::message_queue* own = kernel::current_message_queue();
    if (own == nullptr) {
        return fail(FALSE, ERROR_NOT_ENOUGH_MEMORY);
    }
    while (!own->is_new(loop_bits, true)) {
        receive_sent(*own);
        (void)kernel::wait_until(*own, &news_have_come, own, kernel::no_deadline, false);
    }
    return TRUE;
}

DWORD WINAPI GetQueueStatus(UINT flags)
{
    if ((flags & ~queue_flags) != 0) {
        return fail(DWORD{0}, ERROR_INVALID_FLAGS);
    }
    kernel::message_queue* own = kernel::current_message_queue();
    if (own == nullptr) {
        return fail(DWORD{0}, ERROR_NOT_ENOUGH_MEMORY);
    }
    const auto status = own->status(flags);
    return static_cast<DWORD>(MAKELONG(status.changed, status.present));
}

LONG WINAPI GetMessageTime(void)
{
    return static_cast<LONG>(last_message_time);
}

// There is no pointer: messages come from the corner of the screen.
DWORD WINAPI GetMessagePos(void)
{
    return 0;
}
