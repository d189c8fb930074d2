// The name table, see names.hpp: a chained hash table in constant-initialised storage.
#include "kernel/names.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <new>
#include <string>

namespace spindle::kernel {

struct name_entry {
    std::u16string name;
    nameable* target;
    unsigned handles;  // and reservations
    name_entry* next;
};

namespace {

struct name_table {
    std::mutex mutex;
    std::array<name_entry*, 64> chains{};
};
constinit name_table names;

name_entry*& chain_of(std::u16string_view name) noexcept
{
    return names.chains[std::hash<std::u16string_view>{}(name) % names.chains.size()];
}

void drop(name_entry* entry) noexcept
{
    {
        std::lock_guard lock(names.mutex);
        if (--entry->handles > 0) {
            return;
        }
        name_entry** link = &chain_of(entry->name);
        while (*link != entry) {
            link = &(*link)->next;
        }
        *link = entry->next;
    }
    delete entry;
}

}  // namespace

void nameable::handle_added() noexcept
{
    if (name_ != nullptr) {
        std::lock_guard lock(names.mutex);
        ++name_->handles;
    }
}

void nameable::handle_removed() noexcept
{
    if (name_ != nullptr) {
        drop(name_);
    }
}

void name_reservation::find_locked(std::u16string_view name, object_kind kind) noexcept
{
    for (name_entry* entry = chain_of(name); entry != nullptr; entry = entry->next) {
        if (entry->name != name) {
            continue;
        }
        if (entry->target->kind() != kind) {
            outcome_ = outcome::other_kind;
            return;
        }
        // Alive: an entry leaves the table before the last handle's reference is given up.
        entry->target->acquire();
        ++entry->handles;
        target_ = object_ref<nameable>(entry->target);
        outcome_ = outcome::found;
        return;
    }
}

name_reservation::name_reservation(std::u16string_view name, object_kind kind) noexcept
{
    std::lock_guard lock(names.mutex);
    find_locked(name, kind);
}

name_reservation::name_reservation(std::u16string_view name, object_ref<nameable> made) noexcept
{
    std::lock_guard lock(names.mutex);
    find_locked(name, made->kind());
    if (outcome_ != outcome::not_found) {
        return;
    }
    try {
        name_entry*& chain = chain_of(name);
        made->name_ = new name_entry{std::u16string(name), made.get(), 1, chain};
        chain = made->name_;
        target_ = std::move(made);
        outcome_ = outcome::created;
    } catch (const std::bad_alloc&) {
        outcome_ = outcome::no_memory;
    }
}

name_reservation::~name_reservation()
{
    if (target_) {
        drop(target_->name_);
    }
}

void lock_names_for_fork() noexcept
{
    names.mutex.lock();
}

void unlock_names_after_fork() noexcept
{
    names.mutex.unlock();
}

}  // namespace spindle::kernel
