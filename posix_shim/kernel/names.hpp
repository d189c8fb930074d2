// Names of kernel objects: one table for events, mutexes, semaphores and timers, since on Windows they share a
// name space. The names are known within this process only. A name lives as long as its object has handles.
// Answers to the page "Object Names".
#pragma once

#include "kernel/object.hpp"

#include <string_view>

namespace spindle::kernel {

struct name_entry;

/// An object that can have a name.
class nameable : public waitable {
public:
    void handle_added() noexcept override;
    void handle_removed() noexcept override;

protected:
    using waitable::waitable;

private:
    friend class name_reservation;
    name_entry* name_ = nullptr;  // set before the first handle exists, or never
};

/// The object of a name, kept in the table while this exists although it may have no handle yet.
class name_reservation {
public:
    enum class outcome : std::uint8_t { created, found, other_kind, not_found, no_memory };

    /// Enters `made` under the name, or finds the object that has the name already.
    name_reservation(std::u16string_view name, object_ref<nameable> made) noexcept;
    /// Finds the object of the name.
    name_reservation(std::u16string_view name, object_kind kind) noexcept;
    name_reservation(const name_reservation&) = delete;
    name_reservation& operator=(const name_reservation&) = delete;
    ~name_reservation();

    [[nodiscard]] outcome result() const noexcept { return outcome_; }
    /// For `created` and `found`.
    [[nodiscard]] nameable& target() const noexcept { return *target_; }

private:
    void find_locked(std::u16string_view name, object_kind kind) noexcept;

    object_ref<nameable> target_;
    outcome outcome_ = outcome::not_found;
};

/// Around fork: no other thread may be in the middle of a change when the child's copy is taken.
void lock_names_for_fork() noexcept;
void unlock_names_after_fork() noexcept;

}  // namespace spindle::kernel
