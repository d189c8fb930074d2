// Calling window procedures, of either text form, on the thread that owns the window. What queues hold is in
// kernel/message_queue.hpp. Answers to the pages "Window Procedures", "CallWindowProcW".
#pragma once

#include "host/text_arguments.hpp"
#include "kernel/window.hpp"

namespace spindle::host {

template <class Char>
inline constexpr bool is_wide = !std::is_same_v<Char, char>;

inline std::uintptr_t window_value(HWND window) noexcept
{
    return reinterpret_cast<std::uintptr_t>(window);
}
inline HWND window_handle(std::uintptr_t value) noexcept
{
    return reinterpret_cast<HWND>(value);
}
inline kernel::object_ref<kernel::window> window_of(HWND window) noexcept
{
    return kernel::find_window(window_value(window));
}

/// Text of either form as the kernel keeps it. Throws std::bad_alloc.
inline std::u16string kept_text(const char* text)
{
    return to_wide(std::string_view(text));
}
inline std::u16string kept_text(const WCHAR* text)
{
    return text;
}
/// The same in the form asked for. Throws std::bad_alloc.
template <class Char>
std::basic_string<Char> given_text(const std::u16string& kept)
{
    if constexpr (is_wide<Char>) {
        return kept;
    } else {
        return to_utf8(kept);
    }
}

/// Copies the text, cut to whole characters, and terminates it; the length that was copied. size > 0.
[[nodiscard]] std::size_t copy_window_text(std::string text, char* buffer, std::size_t size) noexcept;
[[nodiscard]] std::size_t copy_window_text(const std::u16string& text, WCHAR* buffer,
                                           std::size_t size) noexcept;

/// Class names may be atoms, menu names numbers.
template <class Char>
bool is_number(const Char* name) noexcept
{
    return reinterpret_cast<std::uintptr_t>(name) >> 16 == 0;
}

/// The atom of a class name; 0: there is no class of that name. Throws std::bad_alloc.
template <class Char>
std::uint32_t class_atom(const Char* name)
{
    return is_number(name) ? static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(name))
                           : kernel::find_atom(kept_text(name));
}

/// How the module is known to classes: without one, the program is meant.
[[nodiscard]] std::uintptr_t module_of(HINSTANCE instance) noexcept;

/// The procedure as a caller of this form may see it: its address, or a handle that CallWindowProc knows if it wants
/// text in the other form; 0 when such handles are short.
[[nodiscard]] LONG_PTR seen_procedure(const kernel::window_procedure& procedure, bool wide) noexcept;
/// The procedure that a caller of this form means.
[[nodiscard]] kernel::window_procedure meant_procedure(LONG_PTR value, bool wide) noexcept;

/// Calls the procedure with arguments of one form; texts are converted if it wants the other.
LRESULT call_procedure(const kernel::window_procedure& procedure, HWND window, UINT message, WPARAM wparam,
                       LPARAM lparam, bool wide);

/// The window's own procedure at this moment.
[[nodiscard]] kernel::window_procedure procedure_of(kernel::window& target) noexcept;

/// Calls it. On the thread that owns the window.
LRESULT call_window(kernel::window& target, UINT message, WPARAM wparam, LPARAM lparam, bool wide);

/// On the thread that owns the window: the window and what belongs to it are no more on return.
void destroy_window(kernel::window& target);

}  // namespace spindle::host
