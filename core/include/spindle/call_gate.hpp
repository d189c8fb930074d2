// A gate that counts the calls inside a component and can be shut, so that the component may be torn
// down once everybody has left. Nothing of Winsock's meaning lives here. It serves the obligation that
// WSPCleanup returns only when no thread is left in provider code (Winsock SPI: WSPCleanup).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>

#include "spindle/thread_mark.hpp"

namespace spindle {

/// Counts calls in progress in sharded counters: entering and leaving touch one cache line that is shared only
/// by threads of the same shard, so the gate is no point of contention.
///
/// Threads: enter() and leave() from any thread at any time; open(), close() and the waits are for the one thread
/// that runs the component's startup or teardown. enter() and leave() of one call must be on the same thread.
/// The object is constant-initialised and trivially destructible in effect, so it may be a static of a library
/// that is unloaded.
class call_gate {
public:
    constexpr call_gate() noexcept = default;
    call_gate(const call_gate&) = delete;
    call_gate& operator=(const call_gate&) = delete;

    /// True: the gate was open and the caller is counted until it calls leave(). False: the gate is shut.
    [[nodiscard]] bool enter() noexcept
    {
        auto& count = shards_[shard_index()].count;
        // The increment and the later load of open_ pair with close() and idle(): both sequentially
        // consistent, so either the caller sees the gate shut or the closer sees the caller.
        count.fetch_add(1, std::memory_order_seq_cst);
        if (open_.load(std::memory_order_seq_cst)) {
            return true;
        }
        count.fetch_sub(1, std::memory_order_release);
        return false;
    }

    void leave() noexcept { shards_[shard_index()].count.fetch_sub(1, std::memory_order_release); }

    void open() noexcept { open_.store(true, std::memory_order_seq_cst); }
    void close() noexcept { open_.store(false, std::memory_order_seq_cst); }
    [[nodiscard]] bool is_open() const noexcept { return open_.load(std::memory_order_acquire); }

    /// True when nobody is inside. Meaningful after close() only.
    [[nodiscard]] bool idle() const noexcept
    {
        for (const auto& part : shards_) {
            if (part.count.load(std::memory_order_seq_cst) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Waits until idle() or until the time has passed; true when idle.
    [[nodiscard]] bool wait_idle_for(std::chrono::milliseconds limit) const noexcept
    {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        for (unsigned turn = 0; !idle(); ++turn) {
            if (std::chrono::steady_clock::now() >= deadline) {
                return false;
            }
            if (turn < 64) {
                std::this_thread::yield();
            } else {
                std::this_thread::sleep_for(std::chrono::microseconds(200));
            }
        }
        return true;
    }

    /// Forgets all calls in progress. Only for the child of a fork, whose other threads do not exist.
    void reset_after_fork() noexcept
    {
        for (auto& part : shards_) {
            part.count.store(0, std::memory_order_relaxed);
        }
        open_.store(false, std::memory_order_relaxed);
    }

private:
    static constexpr std::size_t shard_count = 16;

    struct alignas(64) shard {
        std::atomic<std::int64_t> count{0};
    };

    static std::size_t shard_index() noexcept
    {
        // Thread pointers differ above the page offset.
        const auto address = reinterpret_cast<std::uintptr_t>(thread_mark());
        return ((address >> 12) ^ (address >> 18) ^ (address >> 24)) % shard_count;
    }

    std::atomic<bool> open_{false};
    std::array<shard, shard_count> shards_{};
};

}  // namespace spindle
