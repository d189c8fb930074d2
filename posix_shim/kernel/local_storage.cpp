// Thread-local values, see local_storage.hpp. An index that is taken again must be null in every thread; instead
// of going through the threads each value carries the number of the taking for which it was set.
#include "kernel/local_storage.hpp"

#include "kernel/thread.hpp"

#include <array>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace spindle::kernel {

namespace {

struct tls_index {
    bool taken = false;                    // under the lock
    std::atomic<std::uint32_t> taking{0};  // how often it was taken
};

struct fls_index {
    bool taken = false;
    fls_callback callback = nullptr;
};

struct tls_entry {
    void* value = nullptr;
    std::uint32_t taking = 0;
};

constexpr std::uint32_t chunk_size = 64;
using tls_chunk = std::array<tls_entry, chunk_size>;

// What one thread has set. FLS values are looked at by other threads when an index is given back.
struct thread_values {
    std::array<std::unique_ptr<tls_chunk>, tls_index_count / chunk_size> tls{};
    std::array<std::atomic<void*>, fls_index_count> fls{};
    thread_values* next = nullptr;
    thread_values* previous = nullptr;
};

struct registry {
    std::mutex mutex;
    std::array<tls_index, tls_index_count> tls{};
    std::array<fls_index, fls_index_count> fls{};
    thread_values* threads = nullptr;
};
constinit registry indexes;

constinit thread_local thread_values* mine __attribute__((tls_model("initial-exec"))) = nullptr;

thread_values* own_values() noexcept
{
    // The thread's object is what ends them.
    if (mine == nullptr && current_thread_object() != nullptr) {
        mine = new (std::nothrow) thread_values;
        if (mine != nullptr) {
            std::lock_guard lock(indexes.mutex);
            mine->next = indexes.threads;
            if (mine->next != nullptr) {
                mine->next->previous = mine;
            }
            indexes.threads = mine;
        }
    }
    return mine;
}

void unlink_own_values() noexcept
{
    std::lock_guard lock(indexes.mutex);
    (mine->previous != nullptr ? mine->previous->next : indexes.threads) = mine->next;
    if (mine->next != nullptr) {
        mine->next->previous = mine->previous;
    }
}

struct owed_call {
    fls_callback callback = nullptr;
    void* value = nullptr;
};

// Whoever takes the value away, the end of the thread or of the index, owes the call.
owed_call take_own_fls_value(std::uint32_t index) noexcept
{
    std::lock_guard lock(indexes.mutex);
    return {indexes.fls[index].callback, mine->fls[index].exchange(nullptr)};
}

std::size_t count_threads_locked() noexcept
{
    std::size_t count = 0;
    for (const thread_values* each = indexes.threads; each != nullptr; each = each->next) {
        ++count;
    }
    return count;
}

}  // namespace

std::uint32_t take_tls_index() noexcept
{
    std::lock_guard lock(indexes.mutex);
    for (std::uint32_t index = 0; index < tls_index_count; ++index) {
        if (!std::exchange(indexes.tls[index].taken, true)) {
            indexes.tls[index].taking.fetch_add(1, std::memory_order_relaxed);
            return index;
        }
    }
    return no_index;
}

bool give_tls_index(std::uint32_t index) noexcept
{
    std::lock_guard lock(indexes.mutex);
    return index < tls_index_count && std::exchange(indexes.tls[index].taken, false);
}

void* tls_value(std::uint32_t index) noexcept
{
    const tls_chunk* chunk = mine == nullptr ? nullptr : mine->tls[index / chunk_size].get();
    if (chunk == nullptr) {
        return nullptr;
    }
    const tls_entry& entry = (*chunk)[index % chunk_size];
    return entry.taking == indexes.tls[index].taking.load(std::memory_order_relaxed) ? entry.value : nullptr;
}

bool set_tls_value(std::uint32_t index, void* value) noexcept
{
    thread_values* own = own_values();
    if (own == nullptr) {
        return false;
    }
    auto& chunk = own->tls[index / chunk_size];
    if (!chunk) {
        chunk.reset(new (std::nothrow) tls_chunk);
    }
    if (!chunk) {
        return false;
    }
    (*chunk)[index % chunk_size] = {value, indexes.tls[index].taking.load(std::memory_order_relaxed)};
    return true;
}

std::uint32_t take_fls_index(fls_callback callback) noexcept
{
    std::lock_guard lock(indexes.mutex);
    for (std::uint32_t index = 1; index < fls_index_count; ++index) {
        if (!std::exchange(indexes.fls[index].taken, true)) {
            indexes.fls[index].callback = callback;
            return index;
        }
    }
    return no_index;
}

bool is_fls_index(std::uint32_t index) noexcept
{
    return index > 0 && index < fls_index_count;
}

bool give_fls_index(std::uint32_t index)
{
    fls_callback callback = nullptr;
    std::vector<void*> values;
    {
        std::lock_guard lock(indexes.mutex);
        if (!is_fls_index(index) || !indexes.fls[index].taken) {
            return false;
        }
        values.reserve(count_threads_locked());  // throws before anything has changed
        callback = std::exchange(indexes.fls[index].callback, nullptr);
        for (thread_values* each = indexes.threads; each != nullptr; each = each->next) {
            if (void* value = each->fls[index].exchange(nullptr); value != nullptr && callback != nullptr) {
                values.push_back(value);
            }
        }
        indexes.fls[index].taken = false;
    }
    for (void* value : values) {
        callback(value);
    }
    return true;
}

void* fls_value(std::uint32_t index) noexcept
{
    return mine == nullptr ? nullptr : mine->fls[index].load();
}

bool set_fls_value(std::uint32_t index, void* value) noexcept
{
    thread_values* own = own_values();
    if (own != nullptr) {
        own->fls[index].store(value);
    }
    return own != nullptr;
}

void end_local_storage()
{
    if (mine == nullptr) {
        return;
    }
    for (std::uint32_t index = 1; index < fls_index_count; ++index) {
        const owed_call owed = take_own_fls_value(index);
        if (owed.callback != nullptr && owed.value != nullptr) {
            owed.callback(owed.value);
        }
    }
    unlink_own_values();
    delete std::exchange(mine, nullptr);
}

void lock_local_storage_for_fork() noexcept
{
    indexes.mutex.lock();
}

void unlock_local_storage_after_fork(bool in_child) noexcept
{
    if (in_child && mine != nullptr) {
        mine->next = nullptr;
        mine->previous = nullptr;
    }
    if (in_child) {
        indexes.threads = mine;
    }
    indexes.mutex.unlock();
}

}  // namespace spindle::kernel
