// Window classes and the names of user32: class names and registered messages share one set of atoms. Names differ by
// more than the case of ASCII letters. Answers to the pages "About Window Classes", "RegisterClassExW",
// "RegisterWindowMessageW".
#pragma once

#include "kernel/object.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace spindle::kernel {

/// A number from 0xC000 for the name, the same for the same name; 0: all are taken or memory is short. Every call wants
/// one release_atom(), but for names that are to stay.
[[nodiscard]] std::uint32_t take_atom(std::u16string_view name) noexcept;
/// 0: no such name.
[[nodiscard]] std::uint32_t find_atom(std::u16string_view name) noexcept;
void release_atom(std::uint32_t atom) noexcept;

/// The same but for the case of ASCII letters.
[[nodiscard]] bool same_name(std::u16string_view left, std::u16string_view right) noexcept;

/// The procedure of a window or class, whose true type the host knows, and whether it wants text as UTF-16.
struct window_procedure {
    using address_type = void (*)();
    address_type address = nullptr;
    bool wide = false;
};

inline constexpr std::uint32_t global_class_style = 0x4000;

/// What a program says of a class. Handles of icons and the like are kept as they are.
struct class_description {
    std::u16string name;
    std::uintptr_t instance = 0;
    std::uint32_t style = 0;
    window_procedure procedure;
    std::uint32_t class_bytes = 0;
    std::uint32_t window_bytes = 0;
    std::uintptr_t icon = 0;
    std::uintptr_t small_icon = 0;
    std::uintptr_t cursor = 0;
    std::uintptr_t background = 0;
    std::uintptr_t menu_number = 0;  // of a menu that is named by a number
    std::u16string menu_name;        // otherwise
    std::string narrow_menu_name;
};

class window_class final : public object {
public:
    window_class(class_description&& wanted, std::uint32_t taken_atom,
                 std::unique_ptr<std::byte[]> bytes) noexcept
        : object(object_kind::none), name(std::move(wanted.name)), atom(taken_atom),
          description(std::move(wanted)), extra(std::move(bytes))
    {}

    const std::u16string name;
    const std::uint32_t atom;

    // Under window_class_guard(). The description's name is empty.
    class_description description;
    std::unique_ptr<std::byte[]> extra;

    std::atomic<std::uint32_t> windows{0};

private:
    ~window_class() override { release_atom(atom); }
};

/// Guards what classes say. No other lock is taken while it is held, and no reference to a class given up.
[[nodiscard]] std::mutex& window_class_guard() noexcept;

enum class class_result : std::uint8_t { done, exists, unknown, has_windows, no_memory };

/// On success `atom` is the class's.
[[nodiscard]] class_result register_class(class_description&& wanted, std::uint32_t& atom) noexcept;

/// The class of this atom that windows of the module get: its own, or any module's global one. Empty: there is none.
[[nodiscard]] object_ref<window_class> find_class(std::uint32_t atom, std::uintptr_t instance) noexcept;

/// Unknown also for a class of another module. Refused while windows of the class exist.
[[nodiscard]] class_result unregister_class(std::uint32_t atom, std::uintptr_t instance) noexcept;

/// Around fork. The child has no windows, but the classes.
void lock_window_classes_for_fork() noexcept;
void unlock_window_classes_after_fork(bool in_child) noexcept;

}  // namespace spindle::kernel
