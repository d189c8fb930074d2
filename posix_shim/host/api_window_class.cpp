// Registering window classes and asking for them. Answers to the pages "RegisterClassExW", "UnregisterClassW",
// "GetClassInfoExW", "GetClassNameW", "RegisterWindowMessageW".
#include "host/window_calls.hpp"

using namespace spindle;
using namespace spindle::host;

namespace {

constexpr std::size_t longest_class_name = 256;
constexpr std::size_t longest_message_name = 255;
constexpr int most_extra_bytes = 0x7FFF;

template <class Char>
using class_structure = std::conditional_t<is_wide<Char>, WNDCLASSEXW, WNDCLASSEXA>;

template <class To, class From>
To copied_class(const From& from) noexcept
{
    To to{};
    to.style = from.style;
    to.lpfnWndProc = from.lpfnWndProc;
    to.cbClsExtra = from.cbClsExtra;
    to.cbWndExtra = from.cbWndExtra;
    to.hInstance = from.hInstance;
    to.hIcon = from.hIcon;
    to.hCursor = from.hCursor;
    to.hbrBackground = from.hbrBackground;
    to.lpszMenuName = from.lpszMenuName;
    to.lpszClassName = from.lpszClassName;
    return to;
}

template <class Char>
kernel::class_description described(const class_structure<Char>& from)
{
    kernel::class_description description;
    description.name = kept_text(from.lpszClassName);
    description.instance = module_of(from.hInstance);
    description.style = from.style;
    description.procedure = meant_procedure(reinterpret_cast<LONG_PTR>(from.lpfnWndProc), is_wide<Char>);
    description.class_bytes = static_cast<std::uint32_t>(from.cbClsExtra);
    description.window_bytes = static_cast<std::uint32_t>(from.cbWndExtra);
    description.icon = reinterpret_cast<std::uintptr_t>(from.hIcon);
    description.small_icon = reinterpret_cast<std::uintptr_t>(from.hIconSm);
    description.cursor = reinterpret_cast<std::uintptr_t>(from.hCursor);
    description.background = reinterpret_cast<std::uintptr_t>(from.hbrBackground);
    if (is_number(from.lpszMenuName)) {
        description.menu_number = reinterpret_cast<std::uintptr_t>(from.lpszMenuName);
    } else {
        description.menu_name = kept_text(from.lpszMenuName);
        description.narrow_menu_name = to_utf8(description.menu_name);
    }
    return description;
}

template <class Char>
bool can_be_class(const class_structure<Char>* wanted) noexcept
{
    const auto in_range = [](int bytes) { return bytes >= 0 && bytes <= most_extra_bytes; };
    return wanted != nullptr && wanted->cbSize == sizeof *wanted && wanted->lpfnWndProc != nullptr &&
           in_range(wanted->cbClsExtra) && in_range(wanted->cbWndExtra) && !is_number(wanted->lpszClassName);
}

template <class Char>
ATOM register_class(const class_structure<Char>* wanted) noexcept
{
    if (!can_be_class<Char>(wanted)) {
        return fail(ATOM{0}, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(ATOM{0}, [&] {
        auto description = described<Char>(*wanted);
        if (description.name.empty() || description.name.size() > longest_class_name) {
            return fail(ATOM{0}, ERROR_INVALID_PARAMETER);
        }
        std::uint32_t atom = 0;
        switch (kernel::register_class(std::move(description), atom)) {
        case kernel::class_result::done:
            return static_cast<ATOM>(atom);
        case kernel::class_result::exists:
            return fail(ATOM{0}, ERROR_CLASS_ALREADY_EXISTS);
        default:
            return fail(ATOM{0}, ERROR_NOT_ENOUGH_MEMORY);
        }
    });
}

template <class Char, class Small>
ATOM register_small_class(const Small* wanted) noexcept
{
    if (wanted == nullptr) {
        return fail(ATOM{0}, ERROR_INVALID_PARAMETER);
    }
    auto whole = copied_class<class_structure<Char>>(*wanted);
    whole.cbSize = sizeof whole;
    return register_class<Char>(&whole);
}

template <class Char>
BOOL unregister_class(const Char* name, HINSTANCE instance) noexcept
{
    return memory_checked(FALSE, [&] {
        const std::uint32_t atom = class_atom(name);
        switch (atom == 0 ? kernel::class_result::unknown
                          : kernel::unregister_class(atom, module_of(instance))) {
        case kernel::class_result::done:
            return TRUE;
        case kernel::class_result::has_windows:
            return fail(FALSE, ERROR_CLASS_HAS_WINDOWS);
        default:
            return fail(FALSE, ERROR_CLASS_DOES_NOT_EXIST);
        }
    });
}

template <class Char>
const Char* menu_name(const kernel::class_description& of_class) noexcept
{
    if (of_class.menu_name.empty()) {
        return reinterpret_cast<const Char*>(of_class.menu_number);
    }
    if constexpr (is_wide<Char>) {
        return of_class.menu_name.c_str();
    } else {
        return of_class.narrow_menu_name.c_str();
    }
}

// What the program said of the class; the name is the caller's own pointer.
template <class Char>
BOOL class_info(HINSTANCE instance, const Char* name, class_structure<Char>& info) noexcept
{
    return memory_checked(FALSE, [&] {
        const std::uint32_t atom = class_atom(name);
        const auto found = kernel::find_class(atom, module_of(instance));
        if (!found) {
            return fail(FALSE, ERROR_CLASS_DOES_NOT_EXIST);
        }
        std::lock_guard lock(kernel::window_class_guard());
        const auto& description = found->description;
        info.style = description.style;
        info.lpfnWndProc = reinterpret_cast<WNDPROC>(seen_procedure(description.procedure, is_wide<Char>));
        info.cbClsExtra = static_cast<int>(description.class_bytes);
        info.cbWndExtra = static_cast<int>(description.window_bytes);
        info.hInstance = instance;
        info.hIcon = reinterpret_cast<HICON>(description.icon);
        info.hCursor = reinterpret_cast<HCURSOR>(description.cursor);
        info.hbrBackground = reinterpret_cast<HBRUSH>(description.background);
        info.lpszMenuName = menu_name<Char>(description);
        info.lpszClassName = name;
        info.hIconSm = reinterpret_cast<HICON>(description.small_icon);
        return static_cast<BOOL>(atom);
    });
}

template <class Char>
BOOL whole_class_info(HINSTANCE instance, const Char* name, class_structure<Char>* info) noexcept
{
    if (info == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    return class_info<Char>(instance, name, *info);
}

template <class Char, class Small>
BOOL small_class_info(HINSTANCE instance, const Char* name, Small* info) noexcept
{
    class_structure<Char> whole{};
    if (info == nullptr) {
        return fail(FALSE, ERROR_NOACCESS);
    }
    const BOOL found = class_info<Char>(instance, name, whole);
    if (found != FALSE) {
        *info = copied_class<Small>(whole);
    }
    return found;
}

template <class Char>
int class_name(HWND window, Char* buffer, int size) noexcept
{
    const auto target = window_of(window);
    if (!target) {
        return fail(0, ERROR_INVALID_WINDOW_HANDLE);
    }
    if (buffer == nullptr || size <= 0) {
        return fail(0, ERROR_INSUFFICIENT_BUFFER);
    }
    return memory_checked(0, [&] {
        return static_cast<int>(copy_window_text(given_text<Char>(target->of_class->name), buffer,
                                                 static_cast<std::size_t>(size)));
    });
}

// The atom is never given back: a message stays registered until the process ends.
template <class Char>
UINT register_message(const Char* name) noexcept
{
    if (is_number(name)) {
        return fail(0u, ERROR_INVALID_PARAMETER);
    }
    return memory_checked(0u, [&] {
        const auto text = kept_text(name);
        if (text.empty()) {
            return fail(0u, ERROR_INVALID_NAME);
        }
        if (text.size() > longest_message_name) {
            return fail(0u, ERROR_INVALID_PARAMETER);
        }
        const std::uint32_t atom = kernel::take_atom(text);
        return atom != 0 ? atom : fail(0u, ERROR_NOT_ENOUGH_MEMORY);
    });
}

}  // namespace

ATOM WINAPI RegisterClassA(const WNDCLASSA* lpWndClass)
{
    return register_small_class<char>(lpWndClass);
}

ATOM WINAPI RegisterClassW(const WNDCLASSW* lpWndClass)
{
    return register_small_class<WCHAR>(lpWndClass);
}

ATOM WINAPI RegisterClassExA(const WNDCLASSEXA* lpwcx)
{
    return register_class<char>(lpwcx);
}

ATOM WINAPI RegisterClassExW(const WNDCLASSEXW* lpwcx)
{
    return register_class<WCHAR>(lpwcx);
}

BOOL WINAPI UnregisterClassA(LPCSTR lpClassName, HINSTANCE hInstance)
{
    return unregister_class(lpClassName, hInstance);
}

BOOL WINAPI UnregisterClassW(LPCWSTR lpClassName, HINSTANCE hInstance)
{
    return unregister_class(lpClassName, hInstance);
}

BOOL WINAPI GetClassInfoA(HINSTANCE hInstance, LPCSTR lpClassName, LPWNDCLASSA lpWndClass)
{
    return small_class_info(hInstance, lpClassName, lpWndClass);
}

BOOL WINAPI GetClassInfoW(HINSTANCE hInstance, LPCWSTR lpClassName, LPWNDCLASSW lpWndClass)
{
    return small_class_info(hInstance, lpClassName, lpWndClass);
}

BOOL WINAPI GetClassInfoExA(HINSTANCE hInstance, LPCSTR lpszClass, LPWNDCLASSEXA lpwcx)
{
    return whole_class_info(hInstance, lpszClass, lpwcx);
}

BOOL WINAPI GetClassInfoExW(HINSTANCE hInstance, LPCWSTR lpszClass, LPWNDCLASSEXW lpwcx)
{
    return whole_class_info(hInstance, lpszClass, lpwcx);
}

int WINAPI GetClassNameA(HWND hWnd, LPSTR lpClassName, int nMaxCount)
{
    return class_name(hWnd, lpClassName, nMaxCount);
}

int WINAPI GetClassNameW(HWND hWnd, LPWSTR lpClassName, int nMaxCount)
{
    return class_name(hWnd, lpClassName, nMaxCount);
}

UINT WINAPI RegisterWindowMessageA(LPCSTR lpString)
{
    return register_message(lpString);
}

UINT WINAPI RegisterWindowMessageW(LPCWSTR lpString)
{
    return register_message(lpString);
}
