// The packets of a completion port, first in, first out, in a ring that grows and is never given back while the port
// lives. Who waits for them is completion_port.hpp's matter. Answers to the page "I/O Completion Ports".
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace spindle::kernel {

/// What one GetQueuedCompletionStatus gets (CP-7, CP-20). `status`: the request's NTSTATUS, 0 for a posted packet.
struct packet {
    std::uintptr_t key;
    void* overlapped;
    std::uint32_t status;
    std::uint32_t bytes;
};

class packet_queue {
public:
    /// False: no memory.
    [[nodiscard]] bool reserve() noexcept { return capacity_ != 0 || grow(); }

    [[nodiscard]] bool empty() const noexcept { return head_ == tail_; }
    [[nodiscard]] std::size_t size() const noexcept { return tail_ - head_; }

    /// Grows when half full. Without memory for that, packets that a program posts are refused and the other half is
    /// kept for those of finished requests, which nobody could be told of otherwise. False: refused or full.
    [[nodiscard]] bool push(const packet& added, bool posted) noexcept
    {
        if (size() >= capacity_ / 2 && !grow() && (posted || size() == capacity_)) {
            return false;
        }
        ring_[tail_++ & (capacity_ - 1)] = added;
        return true;
    }

    /// Not to be called when empty.
    packet pop() noexcept { return ring_[head_++ & (capacity_ - 1)]; }

    void clear() noexcept { head_ = tail_; }

private:
    static constexpr std::size_t first_capacity = 64;

    [[nodiscard]] bool grow() noexcept
    {
        const std::size_t wider = capacity_ == 0 ? first_capacity : capacity_ * 2;
        std::unique_ptr<packet[]> ring(new (std::nothrow) packet[wider]);
        if (!ring) {
            return false;
        }
        const std::size_t count = size();
        for (std::size_t index = 0; index < count; ++index) {
            ring[index] = pop();
        }
        ring_ = std::move(ring);
        capacity_ = wider;
        head_ = 0;
        tail_ = count;
        return true;
    }

    std::unique_ptr<packet[]> ring_;
    std::size_t capacity_ = 0;  // a power of two
    std::size_t head_ = 0;
    std::size_t tail_ = 0;
};

}  // namespace spindle::kernel
