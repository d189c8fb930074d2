// Things of the host alone that a program names by a handle which no other function takes: look-ups in progress, open
// queries. Few at a time, so a list serves.
#pragma once

#include "host/winsock.hpp"

#include <cstdint>
#include <memory>
#include <mutex>

namespace spindle::host {

/// What the list keeps of an item, which derives from it.
template <class Item>
struct listed_item {
    Item* next_listed = nullptr;
    std::uintptr_t handle = 0;
    std::shared_ptr<Item> kept;  // the list's own reference
};

template <class Item>
class handle_list {
public:
    HANDLE add(const std::shared_ptr<Item>& item) noexcept
    {
        std::lock_guard lock(mutex_);
        item->kept = item;
        item->handle = last_handle_ += 4;  // as other handles are
        item->next_listed = first_;
        first_ = item.get();
        return reinterpret_cast<HANDLE>(item->handle);
    }

    /// Null: the handle is none.
    [[nodiscard]] std::shared_ptr<Item> find(HANDLE handle) noexcept
    {
        std::lock_guard lock(mutex_);
        Item* const found = *place_of(reinterpret_cast<std::uintptr_t>(handle));
        return found != nullptr ? found->kept : nullptr;
    }

    /// Any of them; null when there is none.
    [[nodiscard]] std::shared_ptr<Item> first() noexcept
    {
        std::lock_guard lock(mutex_);
        return first_ != nullptr ? first_->kept : nullptr;
    }

    /// The handle is none from here on. Null: it was none before.
    std::shared_ptr<Item> remove(HANDLE handle) noexcept
    {
        std::lock_guard lock(mutex_);
        Item** const place = place_of(reinterpret_cast<std::uintptr_t>(handle));
        Item* const found = *place;
        if (found == nullptr) {
            return nullptr;
        }
        *place = found->next_listed;
        return std::move(found->kept);
    }

    void lock_for_fork() noexcept { mutex_.lock(); }
    /// The child has none: the threads that would go on with them are not there.
    void unlock_after_fork(bool in_child) noexcept
    {
        if (in_child) {
            first_ = nullptr;
        }
        mutex_.unlock();
    }

private:
    Item** place_of(std::uintptr_t handle) noexcept
    {
        Item** place = &first_;
        while (*place != nullptr && (*place)->handle != handle) {
            place = &(*place)->next_listed;
        }
        return place;
    }

    std::mutex mutex_;
    Item* first_ = nullptr;
    std::uintptr_t last_handle_ = 0;
};

}  // namespace spindle::host
