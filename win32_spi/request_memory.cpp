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

constexpr std::size_t block_size = 384;
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

struct alignas(64) shard {
    std::atomic<bool> busy{false};
    kept_block* first = nullptr;
    unsigned count = 0;

    [[nodiscard]] bool enter() noexcept { return !busy.exchange(true, std::memory_order_acquire); }
    void leave() noexcept { busy.store(false, std::memory_order_release); }
};
constinit std::array<shard, shard_count> shards{};

shard& own_shard() noexcept
{
    const auto address = reinterpret_cast<std::uintptr_t>(thread_mark());
    return shards[((address >> 12) ^ (address >> 18) ^ (address >> 24)) % shard_count];
}

}  // namespace

void* take_request_memory(std::size_t size)
{
    if (size > block_size) {
        return ::operator new(size);
    }
    auto& own = own_shard();
    kept_block* kept = nullptr;
    if (own.enter()) {
        kept = own.first;
        if (kept != nullptr) {
            own.first = kept->next;
            --own.count;
        }
        own.leave();
    }
    return kept != nullptr ? kept : ::operator new(block_size);
}

void give_request_memory(void* memory, std::size_t size) noexcept
{
    if (size <= block_size) {
        auto& own = own_shard();
        if (own.enter()) {
            const bool room = own.count < most_kept;
            if (room) {
                own.first = new (memory) kept_block{own.first};
                ++own.count;
            }
            own.leave();
            if (room) {
                return;
            }
        }
    }
    ::operator delete(memory);
}

void drop_request_memory() noexcept
{
    for (auto& each : shards) {
        while (!each.enter()) {
        }
        kept_block* kept = std::exchange(each.first, nullptr);
        each.count = 0;
        each.leave();
        while (kept != nullptr) {
            ::operator delete(std::exchange(kept, kept->next));
        }
    }
}

void forget_request_memory_after_fork() noexcept
{
    for (auto& each : shards) {
        each.first = nullptr;
        each.count = 0;
        each.leave();
    }
}

}  // namespace spindle::spi
