// Windows and their handles, see window.hpp. A handle is [generation][index * 2 + base], as on Windows: it fits in 31
// bits, never looks like a pseudo handle, and its low half is not used again at once for the same window.
#include "kernel/window.hpp"

#include "kernel/fork.hpp"
#include "kernel/thread.hpp"

#include <algorithm>
#include <array>
#include <new>

namespace spindle::kernel {

namespace {

constexpr std::size_t most_windows = 10000;  // the quota of USER handles of a process
constexpr std::uintptr_t first_low_half = 0x20;
constexpr std::uint16_t last_generation = 0x7FFF;

struct slot {
    window* target = nullptr;
    std::uint16_t generation = 0;
};

}  // namespace

struct window_list {
    std::mutex mutex;
    std::array<slot, most_windows> slots{};
    std::size_t next = 0;  // where to look for a free slot
    window* newest = nullptr;

    [[nodiscard]] std::uintptr_t add(window& made) noexcept;
    /// The newest window of the thread with this queue; nullptr if there is none.
    [[nodiscard]] window* newest_of(const message_queue& queue) noexcept;
    void remove(window& ended) noexcept;
    [[nodiscard]] slot* slot_of(std::uintptr_t handle) noexcept;

    template <class Wanted>
    void collect(std::vector<object_ref<window>>& found, Wanted&& wanted)
    {
        std::lock_guard lock(mutex);
        for (window* each = newest; each != nullptr; each = each->older_) {
            if (wanted(*each)) {
                each->acquire();
                object_ref<window> held(each);
                found.push_back(std::move(held));
            }
        }
    }

    void forget_all() noexcept;
};

namespace {

constinit window_list list;
/// How many windows have a parent: most programs have none.
constinit std::atomic<std::size_t> children{0};
constinit std::atomic<bool> some_are_owned{false};

}  // namespace

std::uintptr_t window_list::add(window& made) noexcept
{
    for (std::size_t tried = 0; tried < most_windows; ++tried) {
        const std::size_t index = (next + tried) % most_windows;
        slot& entry = slots[index];
        if (entry.target == nullptr) {
            next = index + 1;
            entry.generation = static_cast<std::uint16_t>(entry.generation % last_generation + 1);
            entry.target = &made;
            made.acquire();
            made.handle_ = (std::uintptr_t{entry.generation} << 16) | (first_low_half + index * 2);
            made.older_ = newest;
            (newest != nullptr ? newest->newer_ : newest) = &made;
            newest = &made;
            made.of_class->windows.fetch_add(1);
            children.fetch_add(made.description.parent != 0 ? 1 : 0);
            return made.handle_;
        }
    }
    return 0;
}

window* window_list::newest_of(const message_queue& queue) noexcept
{
    window* each = newest;
    while (each != nullptr && each->queue.get() != &queue) {
        each = each->older_;
    }
    return each;
}

slot* window_list::slot_of(std::uintptr_t handle) noexcept
{
    const std::uintptr_t low = handle & 0xFFFF;
    const std::size_t index = (low - first_low_half) / 2;
    if (low < first_low_half || (low & 1) != 0 || index >= most_windows || handle >> 31 != 0) {
        return nullptr;
    }
    slot& entry = slots[index];
    return entry.target != nullptr && entry.generation == handle >> 16 ? &entry : nullptr;
}

void window_list::remove(window& ended) noexcept
{
    slot* entry = slot_of(ended.handle_);
    if (entry == nullptr || entry->target != &ended) {
        return;
    }
    entry->target = nullptr;
    (ended.newer_ != nullptr ? ended.newer_->older_ : newest) = ended.older_;
    if (ended.older_ != nullptr) {
        ended.older_->newer_ = ended.newer_;
    }
    children.fetch_sub(ended.description.parent != 0 ? 1 : 0);
    ended.of_class->windows.fetch_sub(1);
    ended.release();
}

// The windows stay as they are: threads that the child does not have may have been in the middle of changing them.
void window_list::forget_all() noexcept
{
    for (slot& entry : slots) {
        entry.target = nullptr;
    }
    newest = nullptr;
}

window::window(object_ref<message_queue> owning, object_ref<window_class> kind_of_window,
               const window_description& wanted, std::unique_ptr<std::byte[]> bytes,
               std::uint32_t byte_count) noexcept
    : object(object_kind::none), queue(std::move(owning)), of_class(std::move(kind_of_window)),
      extra_bytes(byte_count), description(wanted), extra(std::move(bytes))
{
    {
        std::lock_guard lock(window_class_guard());
        procedure = of_class->description.procedure;
    }
    if (description.owner != 0) {
        expect_owned_windows();
    }
}

void expect_owned_windows() noexcept
{
    some_are_owned = true;
}

std::uintptr_t add_window(window& made) noexcept
{
    watch_forks();
    std::lock_guard lock(list.mutex);
    return list.add(made);
}

void remove_window(window& ended) noexcept
{
    std::lock_guard lock(list.mutex);
    list.remove(ended);
}

object_ref<window> find_window(std::uintptr_t handle) noexcept
{
    std::lock_guard lock(list.mutex);
    slot* entry = list.slot_of(handle);
    if (entry == nullptr) {
        return {};
    }
    entry->target->acquire();
    return object_ref<window>(entry->target);
}

std::vector<object_ref<window>> all_windows()
{
    std::vector<object_ref<window>> found;
    list.collect(found, [](const window&) { return true; });
    return found;
}

std::vector<object_ref<window>> windows_below(std::uintptr_t handle, bool owned)
{
    std::vector<object_ref<window>> found;
    if (owned ? some_are_owned.load() : children.load() != 0) {
        list.collect(found, [&](window& each) {
            std::lock_guard lock(each.mutex);
            return (owned ? each.description.owner : each.description.parent) == handle;
        });
    }
    return found;
}

std::vector<std::uintptr_t> family_of(std::uintptr_t handle)
{
    std::vector<std::uintptr_t> family{handle};
    for (std::size_t index = 0; index < family.size(); ++index) {
        for (const auto& each : windows_below(family[index], false)) {
            family.push_back(each->handle());
        }
    }
    return family;
}

message_queue* current_message_queue() noexcept
{
    thread* self = current_thread_object();
    if (self != nullptr && self->messages() == nullptr) {
        if (auto* made = new (std::nothrow) message_queue(current_thread_number()); made != nullptr) {
            self->adopt_messages(*made);
        }
    }
    return self == nullptr ? nullptr : self->messages();
}

object_ref<message_queue> message_queue_of(std::uint32_t thread_id) noexcept
{
    const auto found = find_thread(thread_id);
    message_queue* queue = found ? found->messages() : nullptr;
    if (queue != nullptr) {
        queue->acquire();
    }
    return object_ref<message_queue>(queue);
}

void end_messages(message_queue& queue) noexcept
{
    for (;;) {
        object_ref<window> last;
        {
            std::lock_guard lock(list.mutex);
            window* newest = list.newest_of(queue);
            if (newest == nullptr) {
                break;
            }
            newest->acquire();
            last = object_ref<window>(newest);
            list.remove(*newest);
        }
        queue.drop_window(last->handle(), last->alive);
    }
    queue.close();
}

void lock_windows_for_fork() noexcept
{
    list.mutex.lock();
}

void unlock_windows_after_fork(bool in_child) noexcept
{
    if (in_child) {
        list.forget_all();
        children = 0;
    }
    list.mutex.unlock();
}

}  // namespace spindle::kernel
