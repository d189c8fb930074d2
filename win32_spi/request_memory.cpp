// See the header. A shard that another thread is using at this moment is passed by rather than waited for.
#include "request_memory.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <new>
#include <utility>

#include "spindle/thread_mark.hpp"

namespace spindle::spi {

namespace {

// A request of a stream or of a datagram with an address; what is larger is rare.
constexpr std::array<std::size_t, 2> block_sizes{256, 384};

// AddressSanitizer is to see each request's end.
#ifdef __SANITIZE_ADDRESS__
constexpr unsigned most_kept = 0;
#else
constexpr unsigned most_kept = 128;
#endif
constexpr std::size_t shard_count = 16;

struct kept_block {
    kept_block* next;
};

struct kept_list {
    kept_block* first = nullptr;
    unsigned count = 0;
};

struct alignas(64) shard {
    std::atomic<bool> busy{false};
    std::array<kept_list, block_sizes.size()> lists{};

    [[nodiscard]] bool enter() noexcept { return !busy.exchange(true, std::memory_order_acquire); }
    void leave() noexcept { busy.store(false, std::memory_order_release); }
};
constinit std::array<shard, shard_count> shards{};

shard& own_shard() noexcept
{
    const auto address = reinterpret_cast<std::uintptr_t>(thread_mark());
    return shards[((address >> 12) ^ (address >> 18) ^ (address >> 24)) % shard_count];
}

/// Which of the block sizes; their number for none.
constexpr std::size_t class_of(std::size_t size) noexcept
{
    std::size_t found = 0;
    while (found < block_sizes.size() && size > block_sizes[found]) {
        ++found;
    }
    return found;
}

}  // namespace

void* take_request_memory(std::size_t size)
{
    const std::size_t kind = class_of(size);
    if (kind == block_sizes.size()) {
        return ::operator new(size);
    }
    auto& own = own_shard();
    kept_block* kept = nullptr;
    if (own.enter()) {
        auto& list = own.lists[kind];
        kept = list.first;
        if (kept != nullptr) {
            list.first = kept->next;
            --list.count;
        }
        own.leave();
    }
    return kept != nullptr ? kept : ::operator new(block_sizes[kind]);
}

void give_request_memory(void* memory, std::size_t size) noexcept
{
    const std::size_t kind = class_of(size);
    auto& own = own_shard();
    if (kind < block_sizes.size() && own.enter()) {
        auto& list = own.lists[kind];
        const bool room = list.count < most_kept;
        if (room) {
            list.first = new (memory) kept_block{list.first};
            ++list.count;
        }
        own.leave();
        if (room) {
            return;
        }
    }
    ::operator delete(memory);
}

void drop_request_memory() noexcept
{
    for (auto& each : shards) {
        while (!each.enter()) {
        }
        const auto kept = std::exchange(each.lists, {});
        each.leave();
        for (const auto& list : kept) {
            for (kept_block* block = list.first; block != nullptr;) {
                ::operator delete(std::exchange(block, block->next));
            }
        }
    }
}

void forget_request_memory_after_fork() noexcept
{
    for (auto& each : shards) {
        each.lists = {};
        each.leave();
    }
}

}  // namespace spindle::spi
