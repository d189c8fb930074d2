// The handle table, see handle_table.hpp. Reading a socket is a sequence lock on the slot's value: a slot is
// written only while its value is 0, and the value that comes back differs from every earlier one in its
// generation.
#include "kernel/handle_table.hpp"

#include <new>
#include <utility>

namespace spindle::kernel {

constinit handle_table handles;

namespace {

constexpr std::uint64_t ifs_bit = 0x100;
constexpr std::uint64_t hidden_bit = 0x200;
constexpr std::uint64_t inherited_bit = 0x400;
constexpr std::uint64_t kept_bit = 0x800;

constexpr std::uint64_t info_of(object_kind kind, bool ifs, std::uint32_t entry_id) noexcept
{
    return static_cast<std::uint64_t>(kind) | (ifs ? ifs_bit : 0) | (std::uint64_t{entry_id} << 32);
}

}  // namespace

handle_table::slot* handle_table::slot_of(std::uintptr_t handle) const noexcept
{
    constexpr std::uintptr_t bits_in_use = ((std::uintptr_t{1} << (index_bits + generation_bits)) - 1) << 2;
    if (handle == 0 || (handle & ~bits_in_use) != 0) {
        return nullptr;
    }
    const auto index = static_cast<std::uint32_t>(handle >> 2) & ((1u << index_bits) - 1);
    slot* page = pages_[index >> page_bits].load(std::memory_order_acquire);
    return page == nullptr ? nullptr : page + (index & (page_size - 1));
}

handle_table::slot& handle_table::slot_at(std::uint32_t index) const noexcept
{
    return pages_[index >> page_bits].load(std::memory_order_acquire)[index & (page_size - 1)];
}

std::uint32_t handle_table::used_indexes() noexcept
{
    std::lock_guard lock(allocation_);
    return fresh_;
}

std::uint32_t handle_table::take_index() noexcept
{
    std::lock_guard lock(allocation_);
    if (free_count_ < reuse_delay && fresh_ < page_size * page_count) {
        auto& page = pages_[fresh_ >> page_bits];
        if (page.load(std::memory_order_relaxed) == nullptr) {
            slot* made = new (std::nothrow) slot[page_size];
            if (made == nullptr) {
                return no_index;
            }
            page.store(made, std::memory_order_release);
        }
        return fresh_++;
    }
    const std::uint32_t index = first_free_;
    if (index != no_index) {
        first_free_ = slot_at(index).next_free;
        if (first_free_ == no_index) {
            last_free_ = no_index;
        }
        --free_count_;
    }
    return index;
}

void handle_table::give_index(std::uint32_t index) noexcept
{
    std::lock_guard lock(allocation_);
    slot_at(index).next_free = no_index;
    if (last_free_ == no_index) {
        first_free_ = index;
    } else {
        slot_at(last_free_).next_free = index;
    }
    last_free_ = index;
    ++free_count_;
}

std::uint32_t handle_table::publish(std::uint64_t info, void* target, std::uintptr_t context) noexcept
{
    const std::uint32_t index = take_index();
    if (index == no_index) {
        return 0;
    }
    slot& entry = slot_at(index);
    // Generation 0 is left out, so that no handle is 0 and small integers are never sockets.
    entry.generation = entry.generation % ((1u << generation_bits) - 1) + 1;
    entry.holders = 1;
    const std::uint32_t value = ((entry.generation << index_bits) | index) << 2;
    // Release on the fields too: a reader that sees a new field must see that the old value is gone.
    entry.info.store(info, std::memory_order_release);
    entry.target.store(target, std::memory_order_release);
    entry.context.store(context, std::memory_order_release);
    entry.value.store(value, std::memory_order_release);
    return value;
}

std::uint32_t handle_table::add(const socket_entry& entry) noexcept
{
    return publish(info_of(object_kind::socket, entry.ifs, entry.catalog_entry_id), entry.owner,
                   entry.context);
}

std::uint32_t handle_table::add(object& target, std::uintptr_t tag) noexcept
{
    target.acquire();
    const std::uint32_t handle = publish(info_of(target.kind(), false, 0), &target, tag);
    if (handle == 0) {
        target.release();
    } else {
        target.handle_added();
    }
    return handle;
}

bool handle_table::find_socket(std::uintptr_t handle, socket_entry& found) const noexcept
{
    return find_socket(handle, found, 0);
}

bool handle_table::find_hidden_socket(std::uintptr_t handle, socket_entry& found) const noexcept
{
    return find_socket(handle, found, hidden_bit);
}

bool handle_table::find_socket(std::uintptr_t handle, socket_entry& found,
                               std::uint64_t hidden) const noexcept
{
    const slot* entry = slot_of(handle);
    if (entry == nullptr || entry->value.load(std::memory_order_acquire) != handle) {
        return false;
    }
    const std::uint64_t info = entry->info.load(std::memory_order_acquire);
    found.owner = entry->target.load(std::memory_order_acquire);
    found.context = entry->context.load(std::memory_order_acquire);
    found.catalog_entry_id = static_cast<std::uint32_t>(info >> 32);
    found.ifs = (info & ifs_bit) != 0;
    return entry->value.load(std::memory_order_relaxed) == handle && kind_of(info) == object_kind::socket &&
           (info & hidden_bit) == hidden;
}

bool handle_table::set_hidden(std::uintptr_t handle, bool hidden) noexcept
{
    slot* entry = slot_of(handle);
    if (entry == nullptr) {
        return false;
    }
    std::lock_guard lock(stripe_of(static_cast<std::uint32_t>(handle >> 2)));
    const std::uint64_t info = entry->info.load(std::memory_order_relaxed);
    if (entry->value.load(std::memory_order_acquire) != handle || kind_of(info) != object_kind::socket ||
        ((info & hidden_bit) != 0) == hidden) {
        return false;
    }
    entry->info.store(info ^ hidden_bit, std::memory_order_release);
    return true;
}

object_ref<file_object> handle_table::file_of(std::uintptr_t socket) noexcept
{
    return file_of(socket, true);
}

object_ref<file_object> handle_table::existing_file_of(std::uintptr_t socket) noexcept
{
    return file_of(socket, false);
}

template <class Value, class Act>
Value handle_table::with_socket(std::uintptr_t socket, Value otherwise, Act&& act) noexcept
{
    slot* entry = slot_of(socket);
    if (entry == nullptr) {
        return otherwise;
    }
    std::lock_guard lock(stripe_of(static_cast<std::uint32_t>(socket >> 2)));
    if (entry->value.load(std::memory_order_acquire) != socket ||
        kind_of(entry->info.load(std::memory_order_relaxed)) != object_kind::socket) {
        return otherwise;
    }
    return act(*entry);
}

object_ref<file_object> handle_table::file_of(std::uintptr_t socket, bool make) noexcept
{
    auto* const found = with_socket<file_object*>(socket, nullptr, [make](slot& entry) {
        file_object* file = entry.file.load(std::memory_order_relaxed);
        if (file == nullptr && make) {
            file = new (std::nothrow) file_object;
            entry.file.store(file, std::memory_order_relaxed);
        }
        if (file != nullptr) {
            file->acquire();
        }
        return file;
    });
    return object_ref<file_object>(found);
}

void handle_table::share_file(std::uintptr_t socket, file_object& file) noexcept
{
    with_socket(socket, false, [&file](slot& entry) {
        if (entry.file.load(std::memory_order_relaxed) == nullptr) {
            file.acquire();
            entry.file.store(&file, std::memory_order_relaxed);
        }
        return true;
    });
}

bool handle_table::add_holder(std::uintptr_t socket) noexcept
{
    return with_socket(socket, false, [](slot& entry) { return entry.holders != 0 && ++entry.holders != 0; });
}

bool handle_table::has_other_holders(std::uintptr_t socket) noexcept
{
    return with_socket(socket, false, [](const slot& entry) { return entry.holders > 1; });
}

bool handle_table::drop_holder(std::uintptr_t socket) noexcept
{
    return with_socket(socket, true, [](slot& entry) {
        if (entry.holders != 0) {
            --entry.holders;
        }
        return entry.holders == 0;
    });
}

void handle_table::restore_holder(std::uintptr_t socket) noexcept
{
    with_socket(socket, false, [](slot& entry) {
        entry.holders = entry.holders == 0 ? 1 : entry.holders;
        return true;
    });
}

bool handle_table::stands_for(std::uintptr_t handle, const object& target) const noexcept
{
    // The caller's reference keeps the address from standing for another object, and an object's handles are all of
    // the object's kind: both fields matching the value is enough.
    const slot* entry = slot_of(handle);
    return entry != nullptr && entry->value.load(std::memory_order_acquire) == handle &&
           entry->target.load(std::memory_order_acquire) == &target &&
           entry->value.load(std::memory_order_relaxed) == handle;
}

bool handle_table::retarget(std::uintptr_t handle, const socket_entry& entry) noexcept
{
    slot* target = slot_of(handle);
    if (target == nullptr) {
        return false;
    }
    std::lock_guard lock(stripe_of(static_cast<std::uint32_t>(handle >> 2)));
    if (target->value.load(std::memory_order_acquire) != handle ||
        kind_of(target->info.load(std::memory_order_relaxed)) != object_kind::socket) {
        return false;
    }
    target->info.store(info_of(object_kind::socket, entry.ifs, entry.catalog_entry_id),
                       std::memory_order_release);
    target->target.store(entry.owner, std::memory_order_release);
    target->context.store(entry.context, std::memory_order_release);
    return true;
}

object* handle_table::object_in(const slot& entry, std::uintptr_t handle, object_kind kind) noexcept
{
    if (entry.value.load(std::memory_order_acquire) != handle) {
        return nullptr;
    }
    const object_kind actual = kind_of(entry.info.load(std::memory_order_relaxed));
    if (actual == object_kind::socket || (kind != object_kind::none && kind != actual)) {
        return nullptr;
    }
    return static_cast<object*>(entry.target.load(std::memory_order_relaxed));
}

object_ref<object> handle_table::find(std::uintptr_t handle, object_kind kind, std::uintptr_t* tag) noexcept
{
    slot* entry = slot_of(handle);
    if (entry == nullptr) {
        return {};
    }
    std::lock_guard lock(stripe_of(static_cast<std::uint32_t>(handle >> 2)));
    object* const target = object_in(*entry, handle, kind);
    if (target == nullptr) {
        return {};
    }
    target->acquire();
    if (tag != nullptr) {
        *tag = entry->context.load(std::memory_order_relaxed);
    }
    return object_ref<object>(target);
}

object_ref<object> handle_table::look_ups::find(std::uintptr_t handle) noexcept
{
    slot* const entry = table_.slot_of(handle);
    if (entry == nullptr) {
        return {};
    }
    static_mutex& wanted = table_.stripe_of(static_cast<std::uint32_t>(handle >> 2));
    if (held_ != &wanted) {
        pause();
        wanted.lock();
        held_ = &wanted;
    }
    object* const target = object_in(*entry, handle, object_kind::none);
    if (target != nullptr) {
        target->acquire();
    }
    return object_ref<object>(target);
}

void handle_table::look_ups::pause() noexcept
{
    if (held_ != nullptr) {
        std::exchange(held_, nullptr)->unlock();
    }
}

bool handle_table::remove(std::uintptr_t handle, object_kind kind) noexcept
{
    slot* entry = slot_of(handle);
    if (entry == nullptr) {
        return false;
    }
    const auto index = static_cast<std::uint32_t>(handle >> 2) & ((1u << index_bits) - 1);
    object* released = nullptr;
    file_object* file = nullptr;
    {
        std::lock_guard lock(stripe_of(index));
        const object_kind actual = kind_of(entry->info.load(std::memory_order_relaxed));
        const bool wanted = kind == object_kind::none ? actual != object_kind::socket : actual == kind;
        if (entry->value.load(std::memory_order_acquire) != handle || !wanted) {
            return false;
        }
        entry->value.store(0, std::memory_order_release);
        if (actual != object_kind::socket) {
            released = static_cast<object*>(entry->target.load(std::memory_order_relaxed));
        }
        file = entry->file.exchange(nullptr, std::memory_order_relaxed);
    }
    give_index(index);
    if (released != nullptr) {
        released->handle_removed();
        released->release();
    }
    if (file != nullptr) {
        file->release();
    }
    return true;
}

template <class Value, class Act>
Value handle_table::with_object(std::uintptr_t handle, Value otherwise, Act&& act) noexcept
{
    slot* entry = slot_of(handle);
    if (entry == nullptr) {
        return otherwise;
    }
    std::lock_guard lock(stripe_of(static_cast<std::uint32_t>(handle >> 2)));
    if (entry->value.load(std::memory_order_acquire) != handle ||
        kind_of(entry->info.load(std::memory_order_relaxed)) == object_kind::socket) {
        return otherwise;
    }
    return act(entry->info);
}

std::optional<handle_flags> handle_table::flags_of(std::uintptr_t handle) noexcept
{
    return with_object(handle, std::optional<handle_flags>(), [](const std::atomic<std::uint64_t>& info) {
        const std::uint64_t bits = info.load(std::memory_order_relaxed);
        return std::optional(handle_flags{(bits & inherited_bit) != 0, (bits & kept_bit) != 0});
    });
}

bool handle_table::set_flags(std::uintptr_t handle, handle_flags flags) noexcept
{
    return with_object(handle, false, [flags](std::atomic<std::uint64_t>& info) {
        const std::uint64_t others = info.load(std::memory_order_relaxed) & ~(inherited_bit | kept_bit);
        info.store(others | (flags.inherited ? inherited_bit : 0) | (flags.kept_from_closing ? kept_bit : 0),
                   std::memory_order_release);
        return true;
    });
}

void handle_table::forget_after_fork(object_kind kind) noexcept
{
    for_each(kind, [this](std::uint32_t handle, std::uintptr_t) {
        slot_of(handle)->value.store(0, std::memory_order_release);
        give_index(static_cast<std::uint32_t>(handle >> 2) & ((1u << index_bits) - 1));
    });
}

void handle_table::lock_for_fork() noexcept
{
    for (auto& stripe : stripes_) {
        stripe.lock();
    }
    allocation_.lock();
}

void handle_table::unlock_after_fork() noexcept
{
    allocation_.unlock();
    for (auto& stripe : stripes_) {
        stripe.unlock();
    }
}

}  // namespace spindle::kernel
