// Creating and destroying windows, and looking for them. Nothing is drawn: a window is a receiver of messages, as on a
// window station that nobody sees, and has neither place nor size. Answers to the pages "CreateWindowExW",
// "DestroyWindow", "FindWindowExW", "ShowWindow".
#include "host/window_send.hpp"

#include <algorithm>
#include <unistd.h>

using namespace spindle;
using namespace spindle::host;

namespace spindle::host {

namespace {

std::intptr_t destroy_received(const kernel::message& what, bool)
{
    if (const auto target = kernel::find_window(what.window)) {
        destroy_window(*target);
    }
    return 0;
}

void destroy_each(std::uintptr_t handle, bool owned)
{
    std::vector<kernel::object_ref<kernel::window>> below;
    try {
        below = kernel::windows_below(handle, owned);
    } catch (const std::bad_alloc&) {
        return;  // they go with their thread
    }
    for (const auto& each : below) {
        sending how;
        how.act = &destroy_received;
        LRESULT ignored = 0;
        (void)send_to_window(*each, {each->handle()}, how, ignored);
    }
}

// A child's birth and death are told to its parent.
void notify_parent(kernel::window& child, UINT event)
{
    if (child.description.parent == 0 || (child.description.extended_style & WS_EX_NOPARENTNOTIFY) != 0) {
        return;
    }
    if (const auto parent = kernel::find_window(child.description.parent)) {
        const kernel::message told{parent->handle(), WM_PARENTNOTIFY,
                                   MAKEWPARAM(event, LOWORD(child.description.id)),
                                   static_cast<LPARAM>(child.handle()), 0};
        LRESULT ignored = 0;
        (void)send_to_window(*parent, told, {}, ignored);
    }
}

// The last step: no handle, no message, no timer of it is left.
void forget_window(kernel::window& target) noexcept
{
    kernel::remove_window(target);
    target.queue->drop_window(target.handle(), target.alive);
}

}  // namespace

void destroy_window(kernel::window& target)
{
    if (std::exchange(target.ending, true)) {
        return;
    }
    notify_parent(target, WM_DESTROY);
    destroy_each(target.handle(), true);
    call_window(target, WM_DESTROY, 0, 0, true);
    destroy_each(target.handle(), false);
    call_window(target, WM_NCDESTROY, 0, 0, true);
    forget_window(target);
}

}  // namespace spindle::host

namespace {

bool is_child_style(DWORD style) noexcept
{
    return (style & (WS_CHILD | WS_POPUP)) == WS_CHILD;
}

// Whose window it is to be; 0 or why that is not possible.
int place_window(HWND parent, HMENU menu, kernel::window_description& wanted) noexcept
{
    const bool child = is_child_style(wanted.style);
    if (parent == HWND_MESSAGE) {
        wanted.message_only = true;
    } else if (parent != nullptr) {
        const auto above = window_of(parent);
        if (!above) {
            return ERROR_INVALID_WINDOW_HANDLE;
        }
        wanted.message_only = above->description.message_only;
        (child || wanted.message_only ? wanted.parent : wanted.owner) = above->handle();
    } else if (child) {
        return ERROR_TLW_WITH_WSCHILD;
    }
    wanted.id = reinterpret_cast<std::uintptr_t>(menu);
    return menu != nullptr && !child ? ERROR_INVALID_MENU_HANDLE : 0;
}

// A window with a handle, to which nothing has been said yet. Empty with the last error set.
kernel::object_ref<kernel::window> make_window(std::uint32_t atom,
                                               const kernel::window_description& wanted) noexcept
{
    kernel::object_ref<kernel::window> none;
    auto of_class = kernel::find_class(atom, wanted.instance);
    if (!of_class) {
        return fail(std::move(none), ERROR_CANNOT_FIND_WND_CLASS);
    }
    kernel::message_queue* queue = kernel::current_message_queue();
    std::uint32_t byte_count = 0;
    {
        std::lock_guard lock(kernel::window_class_guard());
        byte_count = of_class->description.window_bytes;
    }
    std::unique_ptr<std::byte[]> bytes(new (std::nothrow) std::byte[byte_count + 1]{});
    if (queue == nullptr || !bytes) {
        return fail(std::move(none), ERROR_NOT_ENOUGH_MEMORY);
    }
    queue->acquire();
    kernel::object_ref<kernel::window> made(
        new (std::nothrow) kernel::window(kernel::object_ref<kernel::message_queue>(queue),
                                          std::move(of_class), wanted, std::move(bytes), byte_count));
    if (!made) {
        return fail(std::move(none), ERROR_NOT_ENOUGH_MEMORY);
    }
    return kernel::add_window(*made) != 0 ? std::move(made)
                                          : fail(std::move(none), ERROR_NO_MORE_USER_HANDLES);
}

BOOL show_window(kernel::window& target, bool visible)
{
    if (target.description.message_only) {
        return FALSE;
    }
    bool was_visible = false;
    {
        std::lock_guard lock(target.mutex);
        was_visible = (target.description.style & WS_VISIBLE) != 0;
    }
    if (visible != was_visible) {
        const kernel::message told{target.handle(), WM_SHOWWINDOW, visible ? WPARAM{1} : WPARAM{0}, 0, 0};
        LRESULT ignored = 0;
        (void)send_to_window(target, told, {}, ignored);
        std::lock_guard lock(target.mutex);
        target.description.style ^= WS_VISIBLE;
    }
    return was_visible ? TRUE : FALSE;
}

// What the window's procedure is told, and whether there is a window in the end.
template <class Structure>
bool introduce_window(kernel::window& made, const Structure& creation)
{
    constexpr bool wide = std::is_same_v<Structure, CREATESTRUCTW>;
    const auto told = reinterpret_cast<LPARAM>(&creation);
    const bool accepted = call_window(made, WM_NCCREATE, 0, told, wide) != FALSE;
    if (!kernel::find_window(made.handle())) {
        return false;
    }
    if (!accepted) {
        made.ending = true;
        call_window(made, WM_NCDESTROY, 0, 0, wide);
        forget_window(made);
        return false;
    }
    if (call_window(made, WM_CREATE, 0, told, wide) == -1) {
        destroy_window(made);
    }
    return static_cast<bool>(kernel::find_window(made.handle()));
}

int coordinate(int wanted) noexcept
{
    return wanted == CW_USEDEFAULT ? 0 : wanted;
}

template <class Structure>
HWND create_window(Structure creation)
{
    kernel::window_description wanted;
    wanted.instance = module_of(creation.hInstance);
    wanted.style = static_cast<DWORD>(creation.style);
    wanted.extended_style = creation.dwExStyle;
    if (const int error = place_window(creation.hwndParent, creation.hMenu, wanted); error != 0) {
        return fail(HWND{nullptr}, error);
    }
    const bool visible = (wanted.style & WS_VISIBLE) != 0;
    wanted.style &= ~static_cast<DWORD>(WS_VISIBLE);  // until it is complete
    const std::uint32_t atom = memory_checked(0u, [&] { return class_atom(creation.lpszClass); });
    const auto made = make_window(atom, wanted);
    if (!made || !introduce_window(*made, creation)) {
        return nullptr;
    }
    notify_parent(*made, WM_CREATE);
    if (visible) {
        show_window(*made, true);
    }
    return kernel::find_window(made->handle()) ? window_handle(made->handle()) : nullptr;
}

template <class Char>
bool is_wanted(const kernel::window& each, std::uint32_t atom, const Char* of_class,
               const std::u16string* title)
{
    if (of_class != nullptr && each.of_class->atom != atom) {
        return false;
    }
    return title == nullptr || kernel::same_name(each.text, *title);
}

// The windows among which a search goes on, see "FindWindowExW": without parent and predecessor the message-only ones
// count too, but not for FindWindow.
std::vector<kernel::object_ref<kernel::window>> searched_windows(HWND parent, bool also_message_only)
{
    if (parent != nullptr && parent != HWND_MESSAGE) {
        return kernel::windows_below(window_value(parent), false);
    }
    auto windows = kernel::all_windows();
    std::erase_if(windows, [&](const auto& each) {
        const bool fits = also_message_only || each->description.message_only == (parent == HWND_MESSAGE);
        return each->description.parent != 0 || !fits;
    });
    return windows;
}

template <class Char>
HWND find_window(HWND parent, HWND after, const Char* of_class, const Char* title,
                 bool also_message_only) noexcept
{
    if (parent != nullptr && parent != HWND_MESSAGE && !window_of(parent)) {
        return fail(HWND{nullptr}, ERROR_INVALID_WINDOW_HANDLE);
    }
    return memory_checked(HWND{nullptr}, [&] {
        const std::uint32_t atom = of_class == nullptr ? 0 : class_atom(of_class);
        const auto text = title == nullptr ? std::u16string() : kept_text(title);
        const auto windows = searched_windows(parent, also_message_only);
        auto next = windows.begin();
        if (after != nullptr) {
            next = std::find_if(windows.begin(), windows.end(),
                                [&](const auto& each) { return each->handle() == window_value(after); });
            if (next == windows.end()) {
                return fail(HWND{nullptr}, ERROR_INVALID_WINDOW_HANDLE);
            }
            ++next;
        }
        const auto found = std::find_if(next, windows.end(), [&](const auto& each) {
            std::lock_guard lock(each->mutex);
            return is_wanted(*each, atom, of_class, title == nullptr ? nullptr : &text);
        });
        return found == windows.end() ? nullptr : window_handle((*found)->handle());
    });
}

}  // namespace

HWND WINAPI CreateWindowExA(DWORD dwExStyle, LPCSTR lpClassName, LPCSTR lpWindowName, DWORD dwStyle, int X,
                            int Y, int nWidth, int nHeight, HWND hWndParent, HMENU hMenu, HINSTANCE hInstance,
                            LPVOID lpParam)
{
    return create_window(CREATESTRUCTA{lpParam, hInstance, hMenu, hWndParent, coordinate(nHeight),
                                       coordinate(nWidth), coordinate(Y), coordinate(X),
                                       static_cast<LONG>(dwStyle), lpWindowName, lpClassName, dwExStyle});
}

HWND WINAPI CreateWindowExW(DWORD dwExStyle, LPCWSTR lpClassName, LPCWSTR lpWindowName, DWORD dwStyle, int X,
                            int Y, int nWidth, int nHeight, HWND hWndParent, HMENU hMenu, HINSTANCE hInstance,
                            LPVOID lpParam)
{
    return create_window(CREATESTRUCTW{lpParam, hInstance, hMenu, hWndParent, coordinate(nHeight),
                                       coordinate(nWidth), coordinate(Y), coordinate(X),
                                       static_cast<LONG>(dwStyle), lpWindowName, lpClassName, dwExStyle});
}

BOOL WINAPI DestroyWindow(HWND hWnd)
{
    const auto target = window_of(hWnd);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_WINDOW_HANDLE);
    }
    if (target->queue.get() != kernel::current_message_queue()) {
        return fail(FALSE, ERROR_ACCESS_DENIED);
    }
    destroy_window(*target);
    return TRUE;
}

BOOL WINAPI IsWindow(HWND hWnd)
{
    return window_of(hWnd) ? TRUE : fail(FALSE, ERROR_INVALID_WINDOW_HANDLE);
}

BOOL WINAPI IsWindowUnicode(HWND hWnd)
{
    const auto target = window_of(hWnd);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_WINDOW_HANDLE);
    }
    std::lock_guard lock(target->mutex);
    return target->procedure.wide ? TRUE : FALSE;
}

BOOL WINAPI IsWindowVisible(HWND hWnd)
{
    auto target = window_of(hWnd);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_WINDOW_HANDLE);
    }
    for (; target; target = kernel::find_window(target->description.parent)) {
        std::lock_guard lock(target->mutex);
        if ((target->description.style & WS_VISIBLE) == 0) {
            return FALSE;
        }
    }
    return TRUE;
}

BOOL WINAPI IsChild(HWND hWndParent, HWND hWnd)
{
    for (auto each = window_of(hWnd); each; each = kernel::find_window(each->description.parent)) {
        if (each->description.parent != 0 && each->description.parent == window_value(hWndParent)) {
            return TRUE;
        }
    }
    return FALSE;
}

HWND WINAPI GetParent(HWND hWnd)
{
    const auto target = window_of(hWnd);
    if (!target) {
        return fail(HWND{nullptr}, ERROR_INVALID_WINDOW_HANDLE);
    }
    std::lock_guard lock(target->mutex);
    const auto& description = target->description;
    const bool popup = (description.style & WS_POPUP) != 0;
    return window_handle(description.parent != 0 ? description.parent : popup ? description.owner : 0);
}

BOOL WINAPI ShowWindow(HWND hWnd, int nCmdShow)
{
    const auto target = window_of(hWnd);
    if (!target) {
        return fail(FALSE, ERROR_INVALID_WINDOW_HANDLE);
    }
    return show_window(*target, nCmdShow != SW_HIDE);
}

// Nothing makes a part of a window invalid, so that no WM_PAINT is due.
BOOL WINAPI UpdateWindow(HWND hWnd)
{
    return window_of(hWnd) ? TRUE : fail(FALSE, ERROR_INVALID_WINDOW_HANDLE);
}

DWORD WINAPI GetWindowThreadProcessId(HWND hWnd, LPDWORD lpdwProcessId)
{
    const auto target = window_of(hWnd);
    if (!target) {
        return fail(DWORD{0}, ERROR_INVALID_WINDOW_HANDLE);
    }
    if (lpdwProcessId != nullptr) {
        *lpdwProcessId = static_cast<DWORD>(getpid());
    }
    return target->queue->thread_id();
}

HWND WINAPI FindWindowA(LPCSTR lpClassName, LPCSTR lpWindowName)
{
    return find_window(nullptr, nullptr, lpClassName, lpWindowName, false);
}

HWND WINAPI FindWindowW(LPCWSTR lpClassName, LPCWSTR lpWindowName)
{
    return find_window(nullptr, nullptr, lpClassName, lpWindowName, false);
}

HWND WINAPI FindWindowExA(HWND hWndParent, HWND hWndChildAfter, LPCSTR lpszClass, LPCSTR lpszWindow)
{
    return find_window(hWndParent, hWndChildAfter, lpszClass, lpszWindow,
                       hWndParent == nullptr && hWndChildAfter == nullptr);
}

HWND WINAPI FindWindowExW(HWND hWndParent, HWND hWndChildAfter, LPCWSTR lpszClass, LPCWSTR lpszWindow)
{
    return find_window(hWndParent, hWndChildAfter, lpszClass, lpszWindow,
                       hWndParent == nullptr && hWndChildAfter == nullptr);
}
