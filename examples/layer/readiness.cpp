// select, network events, and messages of WSAAsyncSelect, which name the provider's socket below: a window of the
// layer's gets them and passes them on with the program's socket. Answers to the pages "LPWSPSELECT",
// "LPWSPEVENTSELECT", "LPWSPASYNCSELECT" and "WPUPostMessage".
#include "layer.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <thread>

namespace layer {

namespace {

constexpr UINT network_event = WM_USER + 1;
constexpr WCHAR class_name[] = {'C', 'o', 'u', 'n', 't', 'i', 'n', 'g', 'L', 'a', 'y', 'e', 'r', 0};

struct early_message {
    SOCKET below;
    LPARAM event;
};

struct window_state {
    std::mutex mutex;
    std::condition_variable changed;
    std::thread thread;
    HWND window = nullptr;
    bool made = false;
    std::vector<early_message> early;
};

window_state& state()
{
    static window_state it;
    return it;
}

void pass_on(socket_context& context, LPARAM event)
{
    HWND window = nullptr;
    unsigned message = 0;
    {
        const std::lock_guard<std::mutex> lock(context.mutex);
        window = context.window;
        message = context.message;
    }
    if (window != nullptr) {
        upcalls().lpWPUPostMessage(window, message, static_cast<WPARAM>(context.above), event);
    }
}

LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM wParam, LPARAM lParam)
{
    if (message == WM_CLOSE) {
        DestroyWindow(window);
        PostQuitMessage(0);
        return 0;
    }
    if (message != network_event) {
        return DefWindowProcW(window, message, wParam, lParam);
    }
    // An accepted socket's first message may be here before WSPAccept has returned.
    std::unique_lock<std::mutex> lock(state().mutex);
    const context_ptr context = find_by_lower(static_cast<SOCKET>(wParam));
    if (!context) {
        state().early.push_back({static_cast<SOCKET>(wParam), lParam});
        return 0;
    }
    lock.unlock();
    pass_on(*context, lParam);
    return 0;
}

// Classes of different libraries may have one name; another layer made from this source has this one.
HMODULE this_library()
{
    HMODULE found = nullptr;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       reinterpret_cast<LPCWSTR>(&on_message), &found);
    return found;
}

void serve_window()
{
    const HMODULE module = this_library();
    WNDCLASSW window_class{};
    window_class.lpfnWndProc = on_message;
    window_class.hInstance = module;
    window_class.lpszClassName = class_name;
    RegisterClassW(&window_class);
    const HWND made =
        CreateWindowExW(0, class_name, nullptr, 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, module, nullptr);
    {
        const std::lock_guard<std::mutex> lock(state().mutex);
        state().window = made;
        state().made = true;
        state().changed.notify_all();
    }
    MSG message{};
    while (made != nullptr && GetMessageW(&message, nullptr, 0, 0) > 0) {
        DispatchMessageW(&message);
    }
    UnregisterClassW(class_name, module);
}

// Made when first needed.
HWND layer_window()
{
    std::unique_lock<std::mutex> lock(state().mutex);
    if (!state().thread.joinable()) {
        state().thread = std::thread(serve_window);
    }
    state().changed.wait(lock, [] { return state().made; });
    return state().window;
}

// A set with the sockets below in place of this layer's; others stay. fd_set's array begins where a second SOCKET would.
static_assert(offsetof(fd_set, fd_array) == sizeof(SOCKET));
class lower_set {
public:
    explicit lower_set(fd_set* above) : above_(above), memory_(above != nullptr ? above->fd_count + 1 : 1)
    {
        for (u_int index = 0; above != nullptr && index < above->fd_count; ++index) {
            const context_ptr known = find_socket(above->fd_array[index]);
            memory_[index + 1] = known ? known->below : above->fd_array[index];
            found_ = found_ ? found_ : known;
        }
        if (above != nullptr) {
            get()->fd_count = above->fd_count;
        }
        all_ = memory_;
    }

    fd_set* get() { return above_ != nullptr ? reinterpret_cast<fd_set*>(memory_.data()) : nullptr; }
    const context_ptr& first_of_layer() const { return found_; }

    // What is left below is left above.
    void hand_back()
    {
        u_int kept = 0;
        for (u_int index = 0; above_ != nullptr && index < above_->fd_count; ++index) {
            const SOCKET* const begin = memory_.data() + 1;
            const SOCKET* const end = begin + get()->fd_count;
            const SOCKET* const before = all_.data() + 1;
            const bool repeated = std::find(before, before + index, all_[index + 1]) != before + index;
            if (!repeated && std::find(begin, end, all_[index + 1]) != end) {
                above_->fd_array[kept++] = above_->fd_array[index];
            }
        }
        if (above_ != nullptr) {
            above_->fd_count = kept;
        }
    }

private:
    fd_set* above_;
    std::vector<SOCKET> memory_;
    std::vector<SOCKET> all_;
    context_ptr found_;
};

}  // namespace

void deliver_early_messages(SOCKET below)
{
    std::vector<early_message> mine;
    {
        const std::lock_guard<std::mutex> lock(state().mutex);
        auto& early = state().early;
        const auto first = std::stable_partition(
            early.begin(), early.end(), [below](const early_message& each) { return each.below != below; });
        mine.assign(first, early.end());
        early.erase(first, early.end());
    }
    const context_ptr context = mine.empty() ? nullptr : find_by_lower(below);
    for (const early_message& each : mine) {
        pass_on(*context, each.event);
    }
}

void stop_window()
{
    {
        const std::lock_guard<std::mutex> lock(state().mutex);
        if (!state().thread.joinable()) {
            return;
        }
        PostMessageW(state().window, WM_CLOSE, 0, 0);
    }
    state().thread.join();
    state().window = nullptr;
    state().made = false;
    state().early.clear();
}

}  // namespace layer

namespace layer::spi {

int WSPAPI WSPSelect(int nfds, fd_set* readfds, fd_set* writefds, fd_set* exceptfds, select_timeout timeout,
                     LPINT lpErrno)
{
    const call_in_progress entered;
    std::array<lower_set, 3> sets{lower_set(readfds), lower_set(writefds), lower_set(exceptfds)};
    const auto own = std::find_if(sets.begin(), sets.end(),
                                  [](const lower_set& each) { return each.first_of_layer() != nullptr; });
    if (!entered || own == sets.end()) {
        *lpErrno = entered ? WSAENOTSOCK : WSANOTINITIALISED;
        return SOCKET_ERROR;
    }
    const lower_provider& below = *own->first_of_layer()->where->below;
    const blocked_in mark(below);
    write_log("select\n");
    const int ready =
        below.table.lpWSPSelect(nfds, sets[0].get(), sets[1].get(), sets[2].get(), timeout, lpErrno);
    if (ready == SOCKET_ERROR) {
        *lpErrno = is_stopping() ? WSAEINTR : *lpErrno;
        return SOCKET_ERROR;
    }
    std::for_each(sets.begin(), sets.end(), [](lower_set& each) { each.hand_back(); });
    return ready;
}

int WSPAPI WSPEventSelect(SOCKET s, WSAEVENT hEventObject, long lNetworkEvents, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPEventSelect(it.below, hEventObject, lNetworkEvents, lpErrno);
    });
}

int WSPAPI WSPEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS lpNetworkEvents,
                                LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        return table.lpWSPEnumNetworkEvents(it.below, hEventObject, lpNetworkEvents, lpErrno);
    });
}

int WSPAPI WSPAsyncSelect(SOCKET s, HWND hWnd, unsigned int wMsg, long lEvent, LPINT lpErrno)
{
    return on_socket(s, SOCKET_ERROR, lpErrno, [&](socket_context& it, const WSPPROC_TABLE& table) {
        if (lEvent != 0 && !IsWindow(hWnd)) {
            *lpErrno = WSAEINVAL;
            return SOCKET_ERROR;
        }
        const HWND between = layer_window();
        {
            const std::lock_guard<std::mutex> lock(it.mutex);
            it.window = hWnd;
            it.message = wMsg;
        }
        return table.lpWSPAsyncSelect(it.below, between, network_event, lEvent, lpErrno);
    });
}

}  // namespace layer::spi
