// Classes and windows. Answers to the pages "RegisterClassExW", "CreateWindowExW", "DestroyWindow", "FindWindowExW",
// "GetWindowLongPtrW", "Window Features".
#include <cstring>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "window_fixture.hpp"

using namespace spindle::test;

namespace {

constexpr const char* no_class = "no such class";

WNDCLASSEXA description(const char* name)
{
    WNDCLASSEXA wanted{};
    wanted.cbSize = sizeof wanted;
    wanted.lpfnWndProc = &DefWindowProcA;
    wanted.lpszClassName = name;
    return wanted;
}

HINSTANCE module_number(std::uintptr_t number)
{
    return reinterpret_cast<HINSTANCE>(number << 16);
}

std::string class_of(HWND window)
{
    char name[300] = "";
    GetClassNameA(window, name, sizeof name);
    return name;
}

}  // namespace

TEST_CASE("a class is registered once for each module, and unregistered when its windows are gone",
          "[kernel][window]")
{
    const noting_class made;
    auto again = description("NOTING");
    CHECK(error_of(RegisterClassExA(&again)) == ERROR_CLASS_ALREADY_EXISTS);
    again.hInstance = module_number(7);
    CHECK(RegisterClassExA(&again) == made.atom());
    CHECK(error_of(UnregisterClassA("noting", module_number(8))) == ERROR_CLASS_DOES_NOT_EXIST);
    CHECK(UnregisterClassA("noting", module_number(7)) == TRUE);
    {
        const test_window window(made.make());
        CHECK(error_of(UnregisterClassA("noting", nullptr)) == ERROR_CLASS_HAS_WINDOWS);
    }
    CHECK(error_of(UnregisterClassA(no_class, nullptr)) == ERROR_CLASS_DOES_NOT_EXIST);
}

TEST_CASE("a program may name itself or not", "[kernel][window]")
{
    const noting_class made;  // without a module
    const HINSTANCE program = GetModuleHandleA(nullptr);
    const test_window window(
        CreateWindowExA(0, "noting", "", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, program, nullptr));
    CHECK(GetWindowLongPtrA(window, GWLP_HINSTANCE) == reinterpret_cast<LONG_PTR>(program));
    auto again = description("noting");
    again.hInstance = program;
    CHECK(error_of(RegisterClassExA(&again)) == ERROR_CLASS_ALREADY_EXISTS);
}

TEST_CASE("global classes serve every module", "[kernel][window]")
{
    auto wanted = description("shared");
    wanted.style = CS_GLOBALCLASS;
    wanted.hInstance = module_number(3);
    REQUIRE(RegisterClassExA(&wanted) != 0);
    {
        const test_window window(CreateWindowExA(0, "shared", "", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr,
                                                 module_number(4), nullptr));
        CHECK(GetWindowLongPtrA(window, GWLP_HINSTANCE) == LONG_PTR{4} << 16);
    }
    CHECK(UnregisterClassA("shared", module_number(3)) == TRUE);
}

TEST_CASE("a class that is no class is not registered", "[kernel][window]")
{
    CHECK(error_of(RegisterClassExA(nullptr)) == ERROR_INVALID_PARAMETER);
    const std::string long_name(257, 'x');
    const std::function<void(WNDCLASSEXA&)> faults[] = {
        [](WNDCLASSEXA& each) { each.cbSize = 1; },
        [](WNDCLASSEXA& each) { each.lpfnWndProc = nullptr; },
        [](WNDCLASSEXA& each) { each.cbClsExtra = -1; },
        [](WNDCLASSEXA& each) { each.cbWndExtra = -1; },
        [](WNDCLASSEXA& each) { each.lpszClassName = nullptr; },
        [](WNDCLASSEXA& each) { each.lpszClassName = ""; },
        [&](WNDCLASSEXA& each) { each.lpszClassName = long_name.c_str(); },
    };
    for (const auto& make_fault : faults) {
        auto wanted = description("faulty");
        make_fault(wanted);
        CHECK(error_of(RegisterClassExA(&wanted)) == ERROR_INVALID_PARAMETER);
    }
}

TEST_CASE("what was said of a class can be read again, in either form", "[kernel][window]")
{
    auto wanted = description("described");
    wanted.style = CS_DBLCLKS;
    wanted.cbWndExtra = 12;
    wanted.lpszMenuName = "m\xC3\xA4nu";
    wanted.hIconSm = reinterpret_cast<HICON>(std::uintptr_t{0x1234});
    const ATOM atom = RegisterClassExA(&wanted);
    REQUIRE(atom != 0);
    WNDCLASSEXA narrow{};
    narrow.cbSize = sizeof narrow;
    CHECK(GetClassInfoExA(nullptr, "Described", &narrow) == atom);
    CHECK(narrow.lpfnWndProc == &DefWindowProcA);
    CHECK(narrow.hIconSm == wanted.hIconSm);
    CHECK(narrow.cbWndExtra == 12);
    CHECK(std::string(narrow.lpszMenuName) == wanted.lpszMenuName);
    WNDCLASSW wide{};
    CHECK(GetClassInfoW(nullptr, u"described", &wide) != FALSE);
    CHECK(wide.style == CS_DBLCLKS);
    CHECK(std::u16string(wide.lpszMenuName) == u"m\u00E4nu");
    CHECK(wide.lpfnWndProc != &DefWindowProcA);  // wants text in the other form
    CHECK(error_of(GetClassInfoA(nullptr, no_class, nullptr)) == ERROR_NOACCESS);
    WNDCLASSA other{};
    CHECK(error_of(GetClassInfoA(nullptr, no_class, &other)) == ERROR_CLASS_DOES_NOT_EXIST);
    CHECK(UnregisterClassA(reinterpret_cast<LPCSTR>(std::uintptr_t{atom}), nullptr) == TRUE);
}

TEST_CASE("a window is told of its creation and its end in order", "[kernel][window]")
{
    const noting_class made;
    int parameter = 0;
    notes.answer = [&](const received& got, LRESULT&) {
        if (got.message == WM_NCCREATE || got.message == WM_CREATE) {
            const auto& creation = *reinterpret_cast<const CREATESTRUCTA*>(got.lparam);
            CHECK(creation.lpCreateParams == &parameter);
            CHECK(creation.hwndParent == HWND_MESSAGE);
            CHECK(std::string(creation.lpszName) == "title");
            CHECK(std::string(creation.lpszClass) == "noting");
            CHECK(creation.cy == 4);
            CHECK(creation.x == 1);
            CHECK(IsWindow(got.window) == TRUE);
        }
        return false;
    };
    const HWND window = made.make(HWND_MESSAGE, 0, "title", &parameter);
    REQUIRE(window != nullptr);
    CHECK(notes.numbers() == std::vector<UINT>{WM_NCCREATE, WM_CREATE});
    CHECK(class_of(window) == "noting");
    notes.messages.clear();
    CHECK(DestroyWindow(window) == TRUE);
    CHECK(notes.numbers() == std::vector<UINT>{WM_DESTROY, WM_NCDESTROY});
}

TEST_CASE("the procedure can refuse the window in WM_NCCREATE and in WM_CREATE", "[kernel][window]")
{
    const noting_class made;
    HWND refused = nullptr;
    const auto refuse = [&](UINT message, LRESULT with) {
        notes.messages.clear();
        notes.answer = [&refused, message, with](const received& got, LRESULT& answer) {
            refused = got.window;
            answer = with;
            return got.message == message;
        };
        CHECK(made.make() == nullptr);
        CHECK(IsWindow(refused) == FALSE);
        return notes.numbers();
    };
    CHECK(refuse(WM_NCCREATE, FALSE) == std::vector<UINT>{WM_NCCREATE, WM_NCDESTROY});
    CHECK(refuse(WM_CREATE, -1) == std::vector<UINT>{WM_NCCREATE, WM_CREATE, WM_DESTROY, WM_NCDESTROY});
}

TEST_CASE("a window that cannot be created says why", "[kernel][window]")
{
    const noting_class made;
    const auto create = [&](const char* name, DWORD style, HWND parent, HMENU menu) {
        return error_of(CreateWindowExA(0, name, "", style, 0, 0, 0, 0, parent, menu, nullptr, nullptr) !=
                        nullptr);
    };
    CHECK(create(no_class, 0, nullptr, nullptr) == ERROR_CANNOT_FIND_WND_CLASS);
    CHECK(create(nullptr, 0, nullptr, nullptr) == ERROR_CANNOT_FIND_WND_CLASS);
    CHECK(create("noting", WS_CHILD, nullptr, nullptr) == ERROR_TLW_WITH_WSCHILD);
    CHECK(create("noting", 0, reinterpret_cast<HWND>(std::uintptr_t{0x10020}), nullptr) ==
          ERROR_INVALID_WINDOW_HANDLE);
    CHECK(create("noting", 0, nullptr, reinterpret_cast<HMENU>(std::uintptr_t{5})) ==
          ERROR_INVALID_MENU_HANDLE);
}

TEST_CASE("a process has 10000 windows at most", "[kernel][window]")
{
    const noting_class made;
    std::vector<HWND> windows;
    HWND window = nullptr;
    while (windows.size() <= 10'000 && (window = made.make()) != nullptr) {
        windows.push_back(window);
        notes.messages.clear();
    }
    CHECK(GetLastError() == ERROR_NO_MORE_USER_HANDLES);
    CHECK(windows.size() == 10'000);
    for (const HWND each : windows) {
        DestroyWindow(each);
    }
    CHECK(IsWindow(windows.front()) == FALSE);
}

TEST_CASE("the handle of a destroyed window is no window to any function", "[kernel][window]")
{
    const noting_class made;
    const HWND gone = made.make();
    DestroyWindow(gone);
    const test_window next(made.make());
    CHECK(next != gone);
    MSG message{};
    const DWORD errors[] = {
        error_of(IsWindow(gone)),
        error_of(DestroyWindow(gone)),
        error_of(PostMessageA(gone, WM_USER, 0, 0)),
        error_of(SendMessageA(gone, WM_USER, 0, 0) != 0),
        error_of(SendNotifyMessageA(gone, WM_USER, 0, 0)),
        error_of(GetWindowThreadProcessId(gone, nullptr) != 0),
        error_of(GetWindowLongPtrA(gone, GWLP_USERDATA) != 0),
        error_of(SetTimer(gone, 1, 10, nullptr) != 0),
        error_of(KillTimer(gone, 1)),
        error_of(GetParent(gone) != nullptr),
        error_of(ShowWindow(gone, SW_SHOW)),
        error_of(UpdateWindow(gone)),
        error_of(FindWindowExA(gone, nullptr, nullptr, nullptr) != nullptr),
        error_of(PeekMessageA(&message, gone, 0, 0, PM_REMOVE)),
        error_of(GetMessageA(&message, gone, 0, 0) != -1 ? TRUE : FALSE),
        error_of(DefWindowProcA(gone, WM_SETTEXT, 0, 0) != 0),
        error_of(GetClassNameA(gone, nullptr, 0) != 0),
    };
    for (const DWORD error : errors) {
        CHECK(error == ERROR_INVALID_WINDOW_HANDLE);
    }
}

TEST_CASE("a window belongs to its thread and ends with it", "[kernel][window]")
{
    const noting_class made;
    HWND window = nullptr;
    const test_window mine(made.make());
    const auto ready = make_event();
    const auto end = make_event();
    {
        const program_thread owner([&] {
            notes = {};
            window = made.make();
            SetEvent(ready);
            WaitForSingleObject(end, INFINITE);
            notes = {};
            return DWORD{0};
        });
        REQUIRE(WaitForSingleObject(ready, static_cast<DWORD>(patience.count())) == WAIT_OBJECT_0);
        DWORD process = 0;
        CHECK(GetWindowThreadProcessId(window, &process) == owner.id());
        CHECK(process == GetCurrentProcessId());
        CHECK(GetWindowThreadProcessId(mine, nullptr) == GetCurrentThreadId());
        CHECK(error_of(DestroyWindow(window)) == ERROR_ACCESS_DENIED);
        CHECK(error_of(SetTimer(window, 1, 10, nullptr) != 0) == ERROR_ACCESS_DENIED);
        CHECK(IsWindow(window) == TRUE);
        SetEvent(end);
    }
    CHECK(IsWindow(window) == FALSE);
    CHECK(IsWindow(mine) == TRUE);
}

TEST_CASE("children and owned windows end with the window above them", "[kernel][window]")
{
    const noting_class made;
    const HWND parent = made.make();
    const HWND child = made.make(parent, WS_CHILD);
    const HWND below = made.make(child, WS_CHILD);
    const HWND top = made.make(nullptr);
    const HWND owned = made.make(top, WS_POPUP);
    CHECK(GetParent(below) == child);
    CHECK(GetParent(owned) == top);
    CHECK(IsChild(parent, below) == TRUE);
    CHECK(IsChild(top, owned) == FALSE);
    notes.messages.clear();
    CHECK(DestroyWindow(parent) == TRUE);
    std::vector<std::pair<HWND, UINT>> ends;
    for (const auto& each : notes.messages) {
        if (each.message == WM_DESTROY || each.message == WM_NCDESTROY) {
            ends.emplace_back(each.window, each.message);
        }
    }
    CHECK(ends == std::vector<std::pair<HWND, UINT>>{{parent, WM_DESTROY},
                                                     {child, WM_DESTROY},
                                                     {below, WM_DESTROY},
                                                     {below, WM_NCDESTROY},
                                                     {child, WM_NCDESTROY},
                                                     {parent, WM_NCDESTROY}});
    DestroyWindow(top);
    for (const HWND each : {child, below, owned}) {
        CHECK(IsWindow(each) == FALSE);
    }
}

TEST_CASE("a parent is told of its children's birth and death", "[kernel][window]")
{
    const noting_class made;
    const test_window parent(made.make());
    notes.messages.clear();
    const HWND child = CreateWindowExA(0, "noting", "", WS_CHILD, 0, 0, 0, 0, parent,
                                       reinterpret_cast<HMENU>(std::uintptr_t{9}), nullptr, nullptr);
    REQUIRE(child != nullptr);
    CHECK(GetWindowLongPtrA(child, GWLP_ID) == 9);
    DestroyWindow(child);
    std::vector<received> told;
    for (const auto& each : notes.messages) {
        if (each.message == WM_PARENTNOTIFY) {
            told.push_back(each);
        }
    }
    REQUIRE(told.size() == 2);
    CHECK(told[0].wparam == MAKEWPARAM(WM_CREATE, 9));
    CHECK(told[1].wparam == MAKEWPARAM(WM_DESTROY, 9));
    CHECK(told[1].lparam == reinterpret_cast<LPARAM>(child));
}

TEST_CASE("windows are found by class and title", "[kernel][window]")
{
    const noting_class made;
    const noting_class other("other");
    const test_window first(made.make(HWND_MESSAGE, 0, "one"));
    const test_window second(made.make(HWND_MESSAGE, 0, "two"));
    const test_window top(made.make(nullptr, 0, "one"));
    const test_window child(made.make(first, WS_CHILD, "inner"));
    CHECK(FindWindowExA(HWND_MESSAGE, nullptr, "noting", "ONE") == first);
    CHECK(FindWindowExA(HWND_MESSAGE, nullptr, made.by_atom(), nullptr) == second);
    CHECK(FindWindowExW(HWND_MESSAGE, second, u"noting", nullptr) == first);
    CHECK(FindWindowExA(HWND_MESSAGE, first, "noting", nullptr) == nullptr);
    CHECK(FindWindowExA(HWND_MESSAGE, nullptr, "other", nullptr) == nullptr);
    CHECK(FindWindowExA(first, nullptr, nullptr, "inner") == child);
    CHECK(FindWindowExA(nullptr, nullptr, "noting", "two") == second);
    CHECK(FindWindowA("noting", "two") == nullptr);
    CHECK(FindWindowW(nullptr, u"one") == top);
    CHECK(error_of(FindWindowExA(HWND_MESSAGE, child, nullptr, nullptr) != nullptr) ==
          ERROR_INVALID_WINDOW_HANDLE);
}

TEST_CASE("windows and classes keep numbers by index", "[kernel][window]")
{
    const noting_class made("numbers", 20, 8);
    const test_window window(made.make());
    const test_window other(made.make());
    constexpr LONG_PTR large = 0x123456789ABCDEF0;
    CHECK(SetWindowLongPtrA(window, GWLP_USERDATA, large) == 0);
    CHECK(SetWindowLongPtrW(window, 4, large + 1) == 0);
    CHECK(SetWindowLongA(window, 16, 7) == 0);
    CHECK(GetWindowLongPtrW(window, GWLP_USERDATA) == large);
    CHECK(GetWindowLongPtrA(window, 4) == large + 1);
    CHECK(GetWindowLongW(window, 16) == 7);
    CHECK(GetWindowLongPtrA(other, 4) == 0);
    CHECK(SetClassLongPtrA(window, 0, large) == 0);
    CHECK(GetClassLongPtrA(other, 0) == ULONG_PTR{large});
    CHECK(GetClassLongA(window, GCL_CBWNDEXTRA) == 20);
    CHECK(GetClassLongPtrW(window, GCW_ATOM) == made.atom());
    SetLastError(0);
    const DWORD errors[] = {
        error_of(GetWindowLongPtrA(window, 16) != 0),
        error_of(GetWindowLongPtrA(window, -1) != 0),
        error_of(SetWindowLongA(window, 17, 1) != 0),
        error_of(GetWindowLongA(window, GWLP_WNDPROC) != 0),
        error_of(GetClassLongPtrA(window, 1) != 0),
        error_of(GetClassLongA(window, GCLP_WNDPROC) != 0),
        error_of(SetClassLongA(window, GCW_ATOM, 1) != 0),
    };
    for (const DWORD error : errors) {
        CHECK(error == ERROR_INVALID_INDEX);
    }
}

TEST_CASE("the window is asked before its style changes and told after", "[kernel][window]")
{
    const noting_class made;
    const test_window window(made.make(nullptr, WS_POPUP));
    notes.messages.clear();
    notes.answer = [](const received& got, LRESULT&) {
        if (got.message == WM_STYLECHANGING) {
            reinterpret_cast<STYLESTRUCT*>(got.lparam)->styleNew |= WS_DISABLED;
        }
        return false;
    };
    CHECK(static_cast<DWORD>(SetWindowLongA(window, GWL_STYLE, WS_GROUP)) == WS_POPUP);
    CHECK(notes.numbers() == std::vector<UINT>{WM_STYLECHANGING, WM_STYLECHANGED});
    CHECK(GetWindowLongA(window, GWL_STYLE) == (WS_GROUP | WS_DISABLED));
}

TEST_CASE("windows are shown and hidden without being drawn", "[kernel][window]")
{
    const noting_class made;
    const test_window window(made.make(nullptr, WS_OVERLAPPEDWINDOW | WS_VISIBLE));
    CHECK(notes.numbers() == std::vector<UINT>{WM_NCCREATE, WM_CREATE, WM_SHOWWINDOW});
    CHECK(IsWindowVisible(window) == TRUE);
    CHECK(ShowWindow(window, SW_HIDE) == TRUE);
    CHECK(IsWindowVisible(window) == FALSE);
    CHECK(ShowWindow(window, SW_SHOWNORMAL) == FALSE);
    notes.messages.clear();
    CHECK(UpdateWindow(window) == TRUE);
    const test_window message_only(made.make());
    CHECK(ShowWindow(message_only, SW_SHOW) == FALSE);
    CHECK(IsWindowVisible(message_only) == FALSE);
}

TEST_CASE("text arrives in the form that the procedure wants", "[kernel][window]")
{
    const noting_class made;
    const test_window window(
        CreateWindowExW(0, u"noting", u"gr\u00FCn", 0, 0, 0, 0, 0, HWND_MESSAGE, nullptr, nullptr, nullptr));
    CHECK(IsWindowUnicode(window) == FALSE);
    char narrow[16] = "";
    CHECK(GetWindowTextA(window, narrow, sizeof narrow) == 5);
    CHECK(std::string(narrow) == "gr\xC3\xBCn");
    CHECK(GetWindowTextA(window, narrow, 4) == 2);  // a character is not cut
    CHECK(SetWindowTextW(window, u"10 \u20AC") == TRUE);
    WCHAR wide[16] = {};
    CHECK(GetWindowTextW(window, wide, 16) == 4);
    CHECK(std::u16string(wide) == u"10 \u20AC");
    CHECK(GetWindowTextLengthA(window) == 6);
    CHECK(GetWindowTextLengthW(window) >= 4);
    CHECK(GetWindowTextA(window, narrow, 0) == 0);
}

namespace {

LONG_PTR previous = 0;
std::u16string seen;

LRESULT CALLBACK wide_subclass(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    if (message == WM_SETTEXT) {
        seen = reinterpret_cast<const WCHAR*>(lparam);
    }
    return CallWindowProcW(reinterpret_cast<WNDPROC>(previous), window, message, wparam, lparam);
}

}  // namespace

TEST_CASE("a window is subclassed across the forms of text", "[kernel][window]")
{
    const noting_class made;
    const test_window window(made.make());
    std::string inner;
    notes.answer = [&](const received& got, LRESULT&) {
        if (got.message == WM_SETTEXT) {
            inner = reinterpret_cast<const char*>(got.lparam);
        }
        return false;
    };
    const auto address = GetWindowLongPtrA(window, GWLP_WNDPROC);
    CHECK(reinterpret_cast<WNDPROC>(address) == &noting_procedure<&DefWindowProcA>);
    previous = SetWindowLongPtrW(window, GWLP_WNDPROC, reinterpret_cast<LONG_PTR>(&wide_subclass));
    CHECK(previous != address);
    CHECK(IsWindowUnicode(window) == TRUE);
    SetWindowTextA(window, "\xC3\xA4");
    CHECK(seen == u"\u00E4");
    CHECK(inner == "\xC3\xA4");
    CHECK(SetWindowLongPtrW(window, GWLP_WNDPROC, previous) == reinterpret_cast<LONG_PTR>(&wide_subclass));
    CHECK(IsWindowUnicode(window) == FALSE);
    CHECK(GetWindowLongPtrA(window, GWLP_WNDPROC) == address);
}

TEST_CASE("the child of a fork has the classes and none of the windows", "[kernel][window][fork]")
{
    const noting_class made;
    const test_window window(made.make());
    PostMessageA(window, WM_USER, 0, 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const bool gone = IsWindow(window) == FALSE && peek() == WM_NULL;
        const HWND own = made.make();
        const bool works = own != nullptr && PostMessageA(own, WM_USER, 0, 0) == TRUE && peek() == WM_USER &&
                           DestroyWindow(own) == TRUE;
        _exit(gone && works ? 0 : 1);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(peek() == WM_USER);
}
