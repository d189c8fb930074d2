// Heaps: blocks of libc's allocator behind a header that knows its heap and its size. A private heap keeps its
// blocks in a list, so that destroying it frees them all; the heap of the process keeps none. The functions
// programs call are in host/api_heap.cpp. Answers to the page "Heap Functions".
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace spindle::kernel {

/// Threads: any, at any time; a private heap is locked for the time of a call, HEAP_NO_SERIALIZE or not.
class heap {
public:
    /// `maximum` bounds the bytes of all blocks with their headers, 0 does not.
    constexpr heap(bool is_private, std::size_t maximum) noexcept : private_(is_private), maximum_(maximum) {}
    heap(const heap&) = delete;
    heap& operator=(const heap&) = delete;

    /// A new private heap, or nullptr when memory is short.
    [[nodiscard]] static heap* create(std::size_t maximum) noexcept;
    /// Frees a private heap with all its blocks; false when there is no such private heap.
    [[nodiscard]] static bool destroy(const void* handle) noexcept;
    /// The heap behind a handle; nullptr when the handle is none.
    [[nodiscard]] static heap* from_handle(void* handle) noexcept;

    /// nullptr when memory is short or the maximum would be passed. Aligned for any type.
    [[nodiscard]] void* allocate(std::size_t size, bool zero) noexcept;
    /// The block with its new size, perhaps elsewhere; nullptr, and the block untouched, when that cannot be.
    /// What is added is zero on request. In place a block only shrinks.
    [[nodiscard]] void* resize(void* memory, std::size_t size, bool zero, bool in_place) noexcept;
    void free(void* memory) noexcept;

    /// Does the block belong to this heap? Reads what lies before it.
    [[nodiscard]] bool owns(const void* memory) const noexcept;
    [[nodiscard]] static std::size_t size_of(const void* memory) noexcept;

    /// Is the list of blocks whole, and, when a block is named, is it one of them?
    [[nodiscard]] bool validate(const void* memory) noexcept;

private:
    struct alignas(16) block;
    friend struct heap_fork_handlers;

    static block* block_of(void* memory) noexcept;
    static const block* block_of(const void* memory) noexcept;
    void link(block& added) noexcept;
    void unlink(const block& removed) noexcept;
    [[nodiscard]] bool fits(std::size_t before, std::size_t after) const noexcept;
    [[nodiscard]] bool consistent_locked() const noexcept;
    void free_all() noexcept;

    static constexpr std::uint64_t live_mark = 0x70616568'6C6E6470;

    std::uint64_t mark_ = live_mark;
    const bool private_;
    const std::size_t maximum_;
    std::mutex mutex_;
    std::size_t used_ = 0;
    block* first_ = nullptr;
    heap* next_ = nullptr;  // in the list of private heaps
};

extern constinit heap process_heap;

}  // namespace spindle::kernel
