// Numbers of windows and classes by index. Answers to the pages "GetWindowLongPtrW", "SetWindowLongPtrW",
// "GetClassLongPtrW", "SetClassLongPtrW".
#include "host/window_send.hpp"

#include <cstring>
#include <optional>

using namespace spindle;
using namespace spindle::host;

namespace {

/// What a function reads and writes at an index of extra bytes.
enum class number_size : std::size_t { half = sizeof(LONG), whole = sizeof(LONG_PTR) };

// The part of the extra bytes that an index names; nullptr if they do not reach that far.
std::byte* extra_at(std::byte* bytes, std::uint32_t count, int index, number_size size) noexcept
{
    const auto length = static_cast<std::size_t>(size);
    const bool inside = index >= 0 && length <= count && static_cast<std::size_t>(index) <= count - length;
    return inside ? bytes + index : nullptr;
}

LONG_PTR read_extra(const std::byte* place, number_size size) noexcept
{
    if (size == number_size::half) {
        LONG value = 0;
        std::memcpy(&value, place, sizeof value);
        return value;
    }
    LONG_PTR value = 0;
    std::memcpy(&value, place, sizeof value);
    return value;
}

void write_extra(std::byte* place, number_size size, LONG_PTR value) noexcept
{
    std::memcpy(place, &value, static_cast<std::size_t>(size));  // little-endian: the low half comes first
}

struct change {
    int index = 0;
    number_size size = number_size::whole;
    bool wide = false;
    bool write = false;
    LONG_PTR value = 0;
};

// On a 64-bit system the functions for LONG have no pointers.
bool is_pointer_index(int index) noexcept
{
    return index == GWLP_WNDPROC || index == GWLP_HINSTANCE || index == GWLP_HWNDPARENT;
}

template <class Field>
LONG_PTR exchange_field(Field& field, const change& how) noexcept
{
    const auto before = static_cast<LONG_PTR>(field);
    if (how.write) {
        field = static_cast<Field>(how.value);
    }
    return before;
}

LONG_PTR exchange_procedure(kernel::window_procedure& procedure, const change& how) noexcept
{
    const LONG_PTR before = seen_procedure(procedure, how.wide);
    if (how.write) {
        procedure = meant_procedure(how.value, how.wide);
    }
    return before;
}

// The number before; nothing if there is none at this index. Under the window's lock.
std::optional<LONG_PTR> exchange_number(kernel::window& target, const change& how) noexcept
{
    auto& description = target.description;
    switch (how.index) {
    case GWLP_WNDPROC:
        return exchange_procedure(target.procedure, how);
    case GWLP_HINSTANCE:
        return exchange_field(description.instance, how);
    case GWLP_HWNDPARENT:
        kernel::expect_owned_windows();
        // Another parent would be SetParent's affair.
        return description.parent == 0 ? std::optional(exchange_field(description.owner, how)) : std::nullopt;
    case GWLP_ID:
        return exchange_field(description.id, how);
    case GWLP_USERDATA:
        return exchange_field(target.user_data, how);
    case GWL_STYLE:
        return exchange_field(description.style, how);
    case GWL_EXSTYLE:
        return exchange_field(description.extended_style, how);
    default:
        break;
    }
    std::byte* const place = extra_at(target.extra.get(), target.extra_bytes, how.index, how.size);
    if (place == nullptr) {
        return std::nullopt;
    }
    const LONG_PTR before = read_extra(place, how.size);
    if (how.write) {
        write_extra(place, how.size, how.value);
    }
    return before;
}

void tell_style(kernel::window& target, UINT message, int index, STYLESTRUCT& styles, bool wide)
{
    sending how;
    how.wide = wide;
    LRESULT ignored = 0;
    (void)send_to_window(
        target, {target.handle(), message, static_cast<WPARAM>(index), reinterpret_cast<LPARAM>(&styles)},
        how, ignored);
}

// The window is told before, and may change what is to be, and after.
LONG_PTR change_style(kernel::window& target, change how)
{
    change query = how;
    query.write = false;
    STYLESTRUCT styles{};
    {
        std::lock_guard lock(target.mutex);
        styles.styleOld = static_cast<DWORD>(exchange_number(target, query).value_or(0));
    }
    styles.styleNew = static_cast<DWORD>(how.value);
    tell_style(target, WM_STYLECHANGING, how.index, styles, how.wide);
    how.value = static_cast<LONG_PTR>(styles.styleNew);
    {
        std::lock_guard lock(target.mutex);
        (void)exchange_number(target, how);
    }
    tell_style(target, WM_STYLECHANGED, how.index, styles, how.wide);
    return static_cast<LONG_PTR>(styles.styleOld);
}

LONG_PTR window_number(HWND window, const change& how)
{
    const auto target = window_of(window);
    if (!target) {
        return fail(LONG_PTR{0}, ERROR_INVALID_WINDOW_HANDLE);
    }
    if (how.size != number_size::whole && is_pointer_index(how.index)) {
        return fail(LONG_PTR{0}, ERROR_INVALID_INDEX);
    }
    if (how.write && (how.index == GWL_STYLE || how.index == GWL_EXSTYLE)) {
        return change_style(*target, how);
    }
    std::lock_guard lock(target->mutex);
    const auto before = exchange_number(*target, how);
    return before ? *before : fail(LONG_PTR{0}, ERROR_INVALID_INDEX);
}

bool is_class_pointer_index(int index) noexcept
{
    return index == GCLP_MENUNAME || index == GCLP_HBRBACKGROUND || index == GCLP_HCURSOR ||
           index == GCLP_HICON || index == GCLP_HMODULE || index == GCLP_WNDPROC || index == GCLP_HICONSM;
}

LONG_PTR menu_name(const kernel::class_description& of_class, bool wide) noexcept
{
    if (of_class.menu_name.empty()) {
        return static_cast<LONG_PTR>(of_class.menu_number);
    }
    return wide ? reinterpret_cast<LONG_PTR>(of_class.menu_name.c_str())
                : reinterpret_cast<LONG_PTR>(of_class.narrow_menu_name.c_str());
}

// Under window_class_guard(). The atom stays what it is, and so does the menu, of which there are none.
std::optional<LONG_PTR> exchange_number(kernel::window_class& target, const change& how) noexcept
{
    auto& description = target.description;
    switch (how.index) {
    case GCW_ATOM:
        return how.write ? std::nullopt : std::optional<LONG_PTR>(target.atom);
    case GCLP_MENUNAME:
        return how.write ? std::nullopt : std::optional(menu_name(description, how.wide));
    case GCLP_WNDPROC:
        return exchange_procedure(description.procedure, how);
    case GCLP_HMODULE:
        return exchange_field(description.instance, how);
    case GCLP_HBRBACKGROUND:
        return exchange_field(description.background, how);
    case GCLP_HCURSOR:
        return exchange_field(description.cursor, how);
    case GCLP_HICON:
        return exchange_field(description.icon, how);
    case GCLP_HICONSM:
        return exchange_field(description.small_icon, how);
    case GCL_STYLE:
        return exchange_field(description.style, how);
    case GCL_CBWNDEXTRA:
        return exchange_field(description.window_bytes, how);
    case GCL_CBCLSEXTRA:
        return how.write ? std::nullopt : std::optional<LONG_PTR>(description.class_bytes);
    default:
        break;
    }
    std::byte* const place = extra_at(target.extra.get(), description.class_bytes, how.index, how.size);
    if (place == nullptr) {
        return std::nullopt;
    }
    const LONG_PTR before = read_extra(place, how.size);
    if (how.write) {
        write_extra(place, how.size, how.value);
    }
    return before;
}

LONG_PTR class_number(HWND window, const change& how) noexcept
{
    const auto target = window_of(window);
    if (!target) {
        return fail(LONG_PTR{0}, ERROR_INVALID_WINDOW_HANDLE);
    }
    if (how.size != number_size::whole && is_class_pointer_index(how.index)) {
        return fail(LONG_PTR{0}, ERROR_INVALID_INDEX);
    }
    std::lock_guard lock(kernel::window_class_guard());
    const auto before = exchange_number(*target->of_class, how);
    return before ? *before : fail(LONG_PTR{0}, ERROR_INVALID_INDEX);
}

constexpr auto half = number_size::half;
constexpr auto whole = number_size::whole;

}  // namespace

LONG WINAPI GetWindowLongA(HWND hWnd, int nIndex)
{
    return static_cast<LONG>(window_number(hWnd, {nIndex, half, false}));
}

LONG WINAPI GetWindowLongW(HWND hWnd, int nIndex)
{
    return static_cast<LONG>(window_number(hWnd, {nIndex, half, true}));
}

LONG WINAPI SetWindowLongA(HWND hWnd, int nIndex, LONG dwNewLong)
{
    return static_cast<LONG>(window_number(hWnd, {nIndex, half, false, true, dwNewLong}));
}

LONG WINAPI SetWindowLongW(HWND hWnd, int nIndex, LONG dwNewLong)
{
    return static_cast<LONG>(window_number(hWnd, {nIndex, half, true, true, dwNewLong}));
}

DWORD WINAPI GetClassLongA(HWND hWnd, int nIndex)
{
    return static_cast<DWORD>(class_number(hWnd, {nIndex, half, false}));
}

DWORD WINAPI GetClassLongW(HWND hWnd, int nIndex)
{
    return static_cast<DWORD>(class_number(hWnd, {nIndex, half, true}));
}

DWORD WINAPI SetClassLongA(HWND hWnd, int nIndex, LONG dwNewLong)
{
    return static_cast<DWORD>(class_number(hWnd, {nIndex, half, false, true, dwNewLong}));
}

DWORD WINAPI SetClassLongW(HWND hWnd, int nIndex, LONG dwNewLong)
{
    return static_cast<DWORD>(class_number(hWnd, {nIndex, half, true, true, dwNewLong}));
}

#if __SIZEOF_POINTER__ == 8  // otherwise these names are the ones above

LONG_PTR WINAPI GetWindowLongPtrA(HWND hWnd, int nIndex)
{
    return window_number(hWnd, {nIndex, whole, false});
}

LONG_PTR WINAPI GetWindowLongPtrW(HWND hWnd, int nIndex)
{
    return window_number(hWnd, {nIndex, whole, true});
}

LONG_PTR WINAPI SetWindowLongPtrA(HWND hWnd, int nIndex, LONG_PTR dwNewLong)
{
    return window_number(hWnd, {nIndex, whole, false, true, dwNewLong});
}

LONG_PTR WINAPI SetWindowLongPtrW(HWND hWnd, int nIndex, LONG_PTR dwNewLong)
{
    return window_number(hWnd, {nIndex, whole, true, true, dwNewLong});
}

ULONG_PTR WINAPI GetClassLongPtrA(HWND hWnd, int nIndex)
{
    return static_cast<ULONG_PTR>(class_number(hWnd, {nIndex, whole, false}));
}

ULONG_PTR WINAPI GetClassLongPtrW(HWND hWnd, int nIndex)
{
    return static_cast<ULONG_PTR>(class_number(hWnd, {nIndex, whole, true}));
}

ULONG_PTR WINAPI SetClassLongPtrA(HWND hWnd, int nIndex, LONG_PTR dwNewLong)
{
    return static_cast<ULONG_PTR>(class_number(hWnd, {nIndex, whole, false, true, dwNewLong}));
}

ULONG_PTR WINAPI SetClassLongPtrW(HWND hWnd, int nIndex, LONG_PTR dwNewLong)
{
    return static_cast<ULONG_PTR>(class_number(hWnd, {nIndex, whole, true, true, dwNewLong}));
}

#endif
