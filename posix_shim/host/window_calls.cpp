// Window procedures and the two forms of text, see window_calls.hpp.
#include "host/window_calls.hpp"

#include "host/modules.hpp"

#include <array>
#include <vector>

namespace spindle::host {

namespace {

// Procedures as handles. They stay: a program may keep the handle for as long as it likes.
constexpr std::size_t most_procedure_handles = 1024;
constexpr std::uintptr_t procedure_handle_prefix = 0xFFFF0000;

struct procedure_handles {
    std::mutex mutex;
    std::size_t count = 0;
    std::array<kernel::window_procedure, most_procedure_handles> known{};
};
constinit procedure_handles procedures;

template <class To, class From>
std::basic_string<To> other_form(const From* text)
{
    return given_text<To>(kept_text(text));
}

struct call {
    WNDPROC procedure;
    HWND window;
    UINT message;
    WPARAM wparam;
    LPARAM lparam;

    [[nodiscard]] LRESULT with(WPARAM w, LPARAM l) const { return procedure(window, message, w, l); }
};

template <class To, class From>
LRESULT call_with_text(const call& made)
{
    const auto* text = reinterpret_cast<const From*>(made.lparam);
    if (text == nullptr) {
        return made.with(made.wparam, 0);
    }
    const auto converted = other_form<To>(text);
    return made.with(made.wparam, reinterpret_cast<LPARAM>(converted.c_str()));
}

// One UTF-16 unit takes up to three bytes of UTF-8.
template <class To>
constexpr std::size_t units_per_unit = is_wide<To> ? 1 : 3;

template <class To, class From>
LRESULT call_for_text(const call& made)
{
    auto* buffer = reinterpret_cast<From*>(made.lparam);
    if (buffer == nullptr || made.wparam == 0) {
        return made.with(made.wparam, made.lparam);
    }
    std::vector<To> text(made.wparam * units_per_unit<To> + 1);
    (void)made.with(text.size() - 1, reinterpret_cast<LPARAM>(text.data()));
    return static_cast<LRESULT>(copy_window_text(other_form<From>(text.data()), buffer, made.wparam));
}

// May be more than the text takes, as the page "WM_GETTEXTLENGTH" warns of mixed forms.
template <class To, class From>
LRESULT call_for_length(const call& made)
{
    return made.with(made.wparam, made.lparam) * static_cast<LRESULT>(units_per_unit<From>);
}

template <class Char>
using create_structure = std::conditional_t<is_wide<Char>, CREATESTRUCTW, CREATESTRUCTA>;

template <class To, class From>
LRESULT call_with_creation(const call& made)
{
    const auto* given = reinterpret_cast<const create_structure<From>*>(made.lparam);
    if (given == nullptr) {
        return made.with(made.wparam, 0);
    }
    const auto name = given->lpszName == nullptr ? std::basic_string<To>() : other_form<To>(given->lpszName);
    const auto of_class =
        is_number(given->lpszClass) ? std::basic_string<To>() : other_form<To>(given->lpszClass);
    create_structure<To> converted{};
    converted.lpCreateParams = given->lpCreateParams;
    converted.hInstance = given->hInstance;
    converted.hMenu = given->hMenu;
    converted.hwndParent = given->hwndParent;
    converted.cy = given->cy;
    converted.cx = given->cx;
    converted.y = given->y;
    converted.x = given->x;
    converted.style = given->style;
    converted.lpszName = given->lpszName == nullptr ? nullptr : name.c_str();
    converted.lpszClass =
        is_number(given->lpszClass) ? reinterpret_cast<const To*>(given->lpszClass) : of_class.c_str();
    converted.dwExStyle = given->dwExStyle;
    return made.with(made.wparam, reinterpret_cast<LPARAM>(&converted));
}

template <class To, class From>
LRESULT call_converted(const call& made)
try {
    switch (made.message) {
    case WM_SETTEXT:
        return call_with_text<To, From>(made);
    case WM_GETTEXT:
        return call_for_text<To, From>(made);
    case WM_GETTEXTLENGTH:
        return call_for_length<To, From>(made);
    case WM_NCCREATE:
    case WM_CREATE:
        return call_with_creation<To, From>(made);
    default:
        return made.with(made.wparam, made.lparam);
    }
} catch (const std::bad_alloc&) {
    return fail(LRESULT{0}, ERROR_NOT_ENOUGH_MEMORY);
}

}  // namespace

std::size_t copy_window_text(std::string text, char* buffer, std::size_t size) noexcept
{
    std::size_t length = std::min(text.size(), size - 1);
    while (length < text.size() && length > 0 && (text[length] & 0xC0) == 0x80) {
        --length;  // not in the middle of a character
    }
    text.resize(length);
    copy_terminated<char>(text, buffer, size);
    return length;
}

std::size_t copy_window_text(const std::u16string& text, WCHAR* buffer, std::size_t size) noexcept
{
    copy_terminated<WCHAR>(text, buffer, size);
    return std::min(text.size(), size - 1);
}

std::uintptr_t module_of(HINSTANCE instance) noexcept
{
    return reinterpret_cast<std::uintptr_t>(instance != nullptr ? instance : modules::program());
}

LONG_PTR seen_procedure(const kernel::window_procedure& procedure, bool wide) noexcept
{
    if (procedure.wide == wide) {
        return reinterpret_cast<LONG_PTR>(procedure.address);
    }
    std::lock_guard lock(procedures.mutex);
    std::size_t index = 0;
    while (index < procedures.count && (procedures.known[index].address != procedure.address ||
                                        procedures.known[index].wide != procedure.wide)) {
        ++index;
    }
    if (index == most_procedure_handles) {
        return 0;
    }
    if (index == procedures.count) {
        procedures.known[procedures.count++] = procedure;
    }
    return static_cast<LONG_PTR>(procedure_handle_prefix + index);
}

kernel::window_procedure meant_procedure(LONG_PTR value, bool wide) noexcept
{
    const std::uintptr_t index = static_cast<std::uintptr_t>(value) - procedure_handle_prefix;
    std::lock_guard lock(procedures.mutex);
    if (index < procedures.count) {
        return procedures.known[index];
    }
    return {reinterpret_cast<kernel::window_procedure::address_type>(value), wide};
}

LRESULT call_procedure(const kernel::window_procedure& procedure, HWND window, UINT message, WPARAM wparam,
                       LPARAM lparam, bool wide)
{
    const call made{reinterpret_cast<WNDPROC>(procedure.address), window, message, wparam, lparam};
    if (procedure.wide == wide) {
        return made.with(wparam, lparam);
    }
    return wide ? call_converted<char, WCHAR>(made) : call_converted<WCHAR, char>(made);
}

kernel::window_procedure procedure_of(kernel::window& target) noexcept
{
    std::lock_guard lock(target.mutex);
    return target.procedure;
}

LRESULT call_window(kernel::window& target, UINT message, WPARAM wparam, LPARAM lparam, bool wide)
{
    return call_procedure(procedure_of(target), window_handle(target.handle()), message, wparam, lparam,
                          wide);
}

}  // namespace spindle::host
