// Heaps, see heap.hpp.
#include "kernel/heap.hpp"

#include <pthread.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace spindle::kernel {

constinit heap process_heap(false, 0);

namespace {

constinit std::mutex list_mutex;
constinit heap* private_heaps = nullptr;
constinit bool fork_handlers_registered = false;

}  // namespace

struct alignas(16) heap::block {
    const heap* owner;
    std::size_t size;
    block* previous;
    block* next;
};

// No heap may be in the middle of a change when the child's copy of the memory is taken.
struct heap_fork_handlers {
    static void prepare() noexcept
    {
        list_mutex.lock();
        for (heap* each = private_heaps; each != nullptr; each = each->next_) {
            each->mutex_.lock();
        }
    }
    static void release() noexcept
    {
        for (heap* each = private_heaps; each != nullptr; each = each->next_) {
            each->mutex_.unlock();
        }
        list_mutex.unlock();
    }
};

heap* heap::create(std::size_t maximum) noexcept
{
    heap* made = new (std::nothrow) heap(true, maximum);
    if (made == nullptr) {
        return nullptr;
    }
    std::lock_guard lock(list_mutex);
    if (!fork_handlers_registered) {
        fork_handlers_registered = pthread_atfork(&heap_fork_handlers::prepare, &heap_fork_handlers::release,
                                                  &heap_fork_handlers::release) == 0;
    }
    made->next_ = private_heaps;
    private_heaps = made;
    return made;
}

bool heap::destroy(const void* handle) noexcept
{
    heap* found = nullptr;
    {
        std::lock_guard lock(list_mutex);
        heap** link = &private_heaps;
        while (*link != nullptr && *link != handle) {
            link = &(*link)->next_;
        }
        found = *link;
        if (found == nullptr) {
            return false;
        }
        *link = found->next_;
    }
    found->free_all();
    found->mark_ = 0;
    delete found;
    return true;
}

heap* heap::from_handle(void* handle) noexcept
{
    if (handle == nullptr || reinterpret_cast<std::uintptr_t>(handle) % alignof(heap) != 0) {
        return nullptr;
    }
    auto* candidate = static_cast<heap*>(handle);
    return candidate->mark_ == live_mark ? candidate : nullptr;
}

heap::block* heap::block_of(void* memory) noexcept
{
    return static_cast<block*>(memory) - 1;
}

const heap::block* heap::block_of(const void* memory) noexcept
{
    return static_cast<const block*>(memory) - 1;
}

bool heap::fits(std::size_t before, std::size_t after) const noexcept
{
    if (after > PTRDIFF_MAX - sizeof(block)) {
        return false;
    }
    return maximum_ == 0 || after <= before || used_ + (after - before) <= maximum_;
}

void heap::link(block& added) noexcept
{
    added.previous = nullptr;
    added.next = first_;
    if (first_ != nullptr) {
        first_->previous = &added;
    }
    first_ = &added;
    used_ += sizeof(block) + added.size;
}

void heap::unlink(const block& removed) noexcept
{
    (removed.previous != nullptr ? removed.previous->next : first_) = removed.next;
    if (removed.next != nullptr) {
        removed.next->previous = removed.previous;
    }
    used_ -= sizeof(block) + removed.size;
}

void* heap::allocate(std::size_t size, bool zero) noexcept
{
    std::unique_lock lock(mutex_, std::defer_lock);
    if (private_) {
        lock.lock();
    }
    if (!fits(0, size) || !fits(0, size + sizeof(block))) {
        return nullptr;
    }
    void* raw = zero ? std::calloc(1, sizeof(block) + size) : std::malloc(sizeof(block) + size);
    if (raw == nullptr) {
        return nullptr;
    }
    auto* made = new (raw) block{this, size, nullptr, nullptr};
    if (private_) {
        link(*made);
    }
    return made + 1;
}

void* heap::resize(void* memory, std::size_t size, bool zero, bool in_place) noexcept
{
    std::unique_lock lock(mutex_, std::defer_lock);
    if (private_) {
        lock.lock();
    }
    block* old = block_of(memory);
    const std::size_t before = old->size;
    if (!fits(before, size) || (in_place && size > before)) {
        return nullptr;
    }
    if (private_) {
        unlink(*old);
    }
    block* moved = in_place ? old : static_cast<block*>(std::realloc(old, sizeof(block) + size));
    block* kept = moved != nullptr ? moved : old;
    if (moved != nullptr) {
        kept->size = size;
    }
    if (private_) {
        link(*kept);
    }
    if (moved == nullptr) {
        return nullptr;
    }
    if (zero && size > before) {
        std::memset(reinterpret_cast<char*>(kept + 1) + before, 0, size - before);
    }
    return kept + 1;
}

void heap::free(void* memory) noexcept
{
    block* freed = block_of(memory);
    {
        std::unique_lock lock(mutex_, std::defer_lock);
        if (private_) {
            lock.lock();
            unlink(*freed);
        }
        freed->owner = nullptr;
    }
    std::free(freed);
}

void heap::free_all() noexcept
{
    std::lock_guard lock(mutex_);
    while (first_ != nullptr) {
        block* next = first_->next;
        std::free(first_);
        first_ = next;
    }
}

bool heap::owns(const void* memory) const noexcept
{
    return memory != nullptr && reinterpret_cast<std::uintptr_t>(memory) % alignof(block) == 0 &&
           block_of(memory)->owner == this;
}

std::size_t heap::size_of(const void* memory) noexcept
{
    return block_of(memory)->size;
}

bool heap::consistent_locked() const noexcept
{
    const block* previous = nullptr;
    for (const block* each = first_; each != nullptr; each = each->next) {
        if (each->owner != this || each->previous != previous) {
            return false;
        }
        previous = each;
    }
    return true;
}

bool heap::validate(const void* memory) noexcept
{
    if (!private_) {
        return memory == nullptr || owns(memory);
    }
    std::lock_guard lock(mutex_);
    if (memory == nullptr) {
        return consistent_locked();
    }
    for (const block* each = first_; each != nullptr; each = each->next) {
        if (each + 1 == memory) {
            return each->owner == this;
        }
    }
    return false;
}

}  // namespace spindle::kernel
