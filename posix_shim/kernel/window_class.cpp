// Window classes and atoms, see window_class.hpp.
#include "kernel/window_class.hpp"

#include "kernel/fork.hpp"

#include <algorithm>
#include <array>
#include <new>

namespace spindle::kernel {

namespace {

constexpr std::uint32_t first_atom = 0xC000;
constexpr std::size_t atom_count = 0x4000;

struct atom_entry {
    std::u16string name;
    std::uint32_t uses = 1;
};

struct registry {
    std::mutex mutex;  // guards all of it
    std::array<atom_entry*, atom_count> atoms{};
    std::size_t atoms_end = 0;  // no atom at this index or behind
    std::array<window_class*, atom_count> classes{};
    std::size_t classes_end = 0;
};
constinit registry names;

char16_t folded(char16_t letter) noexcept
{
    return letter >= u'A' && letter <= u'Z' ? static_cast<char16_t>(letter + (u'a' - u'A')) : letter;
}

// The index of the name's atom; atom_count if there is none.
std::size_t find_name_locked(std::u16string_view name) noexcept
{
    for (std::size_t index = 0; index < names.atoms_end; ++index) {
        if (names.atoms[index] != nullptr && same_name(names.atoms[index]->name, name)) {
            return index;
        }
    }
    return atom_count;
}

// The class's place, or the end of those in use.
std::size_t find_class_locked(std::uint32_t atom, std::uintptr_t instance, bool also_global) noexcept
{
    std::size_t found = names.classes_end;
    for (std::size_t index = 0; index < names.classes_end; ++index) {
        window_class* each = names.classes[index];
        if (each == nullptr || each->atom != atom) {
            continue;
        }
        if (each->description.instance == instance) {
            return index;
        }
        if (also_global && (each->description.style & global_class_style) != 0) {
            found = index;
        }
    }
    return found;
}

// Enters the class if there is none of its name yet; takes over the caller's reference then.
class_result add_class(window_class& made) noexcept
{
    std::lock_guard lock(names.mutex);
    const bool global = (made.description.style & global_class_style) != 0;
    if (find_class_locked(made.atom, made.description.instance, global) != names.classes_end) {
        return class_result::exists;
    }
    const auto end = names.classes.begin() + static_cast<std::ptrdiff_t>(names.classes_end);
    const auto free = std::find(names.classes.begin(), end, nullptr);
    if (free == names.classes.end()) {
        return class_result::no_memory;
    }
    names.classes_end += free == end ? 1 : 0;
    *free = &made;
    return class_result::done;
}

}  // namespace

bool same_name(std::u16string_view left, std::u16string_view right) noexcept
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char16_t a, char16_t b) { return folded(a) == folded(b); });
}

std::uint32_t take_atom(std::u16string_view name) noexcept
try {
    watch_forks();
    std::lock_guard lock(names.mutex);
    std::size_t index = find_name_locked(name);
    if (index != atom_count) {
        ++names.atoms[index]->uses;
        return first_atom + static_cast<std::uint32_t>(index);
    }
    const auto free = std::find(names.atoms.begin(), names.atoms.end(), nullptr);
    if (free == names.atoms.end()) {
        return 0;
    }
    *free = new atom_entry{std::u16string(name)};
    index = static_cast<std::size_t>(free - names.atoms.begin());
    names.atoms_end = std::max(names.atoms_end, index + 1);
    return first_atom + static_cast<std::uint32_t>(index);
} catch (const std::bad_alloc&) {
    return 0;
}

std::uint32_t find_atom(std::u16string_view name) noexcept
{
    std::lock_guard lock(names.mutex);
    const std::size_t index = find_name_locked(name);
    return index == atom_count ? 0 : first_atom + static_cast<std::uint32_t>(index);
}

void release_atom(std::uint32_t atom) noexcept
{
    std::lock_guard lock(names.mutex);
    atom_entry*& entry = names.atoms[atom - first_atom];
    if (--entry->uses == 0) {
        delete std::exchange(entry, nullptr);
    }
}

std::mutex& window_class_guard() noexcept
{
    return names.mutex;
}

class_result register_class(class_description&& wanted, std::uint32_t& atom) noexcept
{
    atom = take_atom(wanted.name);
    if (atom == 0) {
        return class_result::no_memory;
    }
    std::unique_ptr<std::byte[]> bytes(new (std::nothrow) std::byte[wanted.class_bytes + 1]{});
    object_ref<window_class> made(
        bytes ? new (std::nothrow) window_class(std::move(wanted), atom, std::move(bytes)) : nullptr);
    if (!made) {
        release_atom(atom);
        return class_result::no_memory;
    }
    const class_result result = add_class(*made);
    if (result == class_result::done) {
        (void)made.detach();
    }
    return result;
}

object_ref<window_class> find_class(std::uint32_t atom, std::uintptr_t instance) noexcept
{
    std::lock_guard lock(names.mutex);
    const std::size_t index = find_class_locked(atom, instance, true);
    if (index == names.classes_end) {
        return {};
    }
    names.classes[index]->acquire();
    return object_ref<window_class>(names.classes[index]);
}

class_result unregister_class(std::uint32_t atom, std::uintptr_t instance) noexcept
{
    object_ref<window_class> removed;  // given up after the lock
    std::lock_guard lock(names.mutex);
    const std::size_t index = find_class_locked(atom, instance, false);
    if (index == names.classes_end) {
        return class_result::unknown;
    }
    if (names.classes[index]->windows.load() != 0) {
        return class_result::has_windows;
    }
    removed = object_ref<window_class>(std::exchange(names.classes[index], nullptr));
    return class_result::done;
}

void lock_window_classes_for_fork() noexcept
{
    names.mutex.lock();
}

void unlock_window_classes_after_fork(bool in_child) noexcept
{
    for (std::size_t index = 0; in_child && index < names.classes_end; ++index) {
        if (names.classes[index] != nullptr) {
            names.classes[index]->windows = 0;
        }
    }
    names.mutex.unlock();
}

}  // namespace spindle::kernel
