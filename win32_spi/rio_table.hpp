// The objects behind Registered I/O's ids. An object keeps its place in memory until the last cleanup and is used again
// under another id, so that an id that is stale or made up is recognised instead of followed. Answers to the pages
// "RIO_BUFFERID", "RIO_CQ", "RIO_RQ".
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace spindle::spi {

/// What a table keeps in its objects.
struct rio_entry {
    std::uint32_t place = 0;
    std::uint32_t generation = 0;
    rio_entry* next_free = nullptr;
};

/// An id is generation, kind and place; never null and never RIO_INVALID_BUFFERID. Threads: every member from every thread.
template <class Object, std::uintptr_t Kind>
class rio_table {
public:
    /// The object at the id's place, or null when there is none. Whether it still has this id, it must be asked itself.
    [[nodiscard]] Object* at(std::uintptr_t id) const noexcept
    {
        const bool own_kind = ((id >> place_bits) & kind_mask) == Kind;
        const auto place = static_cast<std::uint32_t>(id & place_mask);
        return own_kind && place < most_places ? at_place(place) : nullptr;
    }

    struct taken {
        Object& object;
        std::uintptr_t id;
    };
    /// An object that nobody uses and the id it is to have. Throws bad_alloc, also when no ids are left.
    [[nodiscard]] taken take()
    {
        const std::scoped_lock lock(mutex_);
        Object& object = free_ != nullptr ? reused() : fresh();
        object.generation = object.generation % most_generations + 1;
        return {object, (std::uintptr_t{object.generation} << (place_bits + kind_bits)) |
                            (Kind << place_bits) | object.place};
    }

    /// The object has given up its id.
    void put_back(Object& object) noexcept
    {
        const std::scoped_lock lock(mutex_);
        object.next_free = std::exchange(free_, &object);
    }

private:
    static constexpr unsigned place_bits = 20;
    static constexpr unsigned kind_bits = 2;
    static constexpr std::uintptr_t place_mask = (std::uintptr_t{1} << place_bits) - 1;
    static constexpr std::uintptr_t kind_mask = (std::uintptr_t{1} << kind_bits) - 1;
    static constexpr std::uint32_t most_generations = static_cast<std::uint32_t>(
        std::min<std::uintptr_t>(std::numeric_limits<std::uint32_t>::max(),
                                 std::numeric_limits<std::uintptr_t>::max() >> (place_bits + kind_bits)));
    static_assert(Kind > 0 && Kind <= kind_mask);

    // Each block is twice as long as the one before it.
    static constexpr std::uint32_t first_block = 64;
    static constexpr unsigned block_count = 14;
    static constexpr std::uint32_t most_places = first_block * ((1U << block_count) - 1);
    static_assert(most_places < place_mask);

    static constexpr unsigned block_of(std::uint32_t place) noexcept
    {
        return static_cast<unsigned>(std::bit_width((place + first_block) / first_block)) - 1;
    }

    [[nodiscard]] Object* at_place(std::uint32_t place) const noexcept
    {
        const unsigned block = block_of(place);
        Object* objects = visible_[block].load(std::memory_order_acquire);
        return objects == nullptr ? nullptr : objects + (place + first_block - (first_block << block));
    }

    Object& reused() noexcept
    {
        auto& object = static_cast<Object&>(*free_);
        free_ = object.next_free;
        return object;
    }

    Object& fresh()
    {
        if (used_ == most_places) {
            throw std::bad_alloc();
        }
        const unsigned block = block_of(used_);
        if (!blocks_[block]) {
            blocks_[block] = std::make_unique<Object[]>(std::size_t{first_block} << block);
            visible_[block].store(blocks_[block].get(), std::memory_order_release);
        }
        Object& object = *at_place(used_);
        object.place = used_++;
        return object;
    }

    std::mutex mutex_;
    std::array<std::unique_ptr<Object[]>, block_count> blocks_;  // under mutex_
    std::array<std::atomic<Object*>, block_count> visible_{};
    rio_entry* free_ = nullptr;  // under mutex_
    std::uint32_t used_ = 0;     // under mutex_
};

}  // namespace spindle::spi
