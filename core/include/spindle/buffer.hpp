// Scatter/gather buffers. Memory belongs to the caller and must stay valid for the call; the arrays of buffers
// are consumed before the call returns.
#pragma once

#include <cstddef>
#include <span>

namespace spindle {

struct const_buffer {
    const void* data = nullptr;
    std::size_t size = 0;
};

struct mutable_buffer {
    void* data = nullptr;
    std::size_t size = 0;
};

using const_buffers = std::span<const const_buffer>;
using mutable_buffers = std::span<const mutable_buffer>;

template <class Buffers>
[[nodiscard]] constexpr std::size_t total_size(const Buffers& buffers) noexcept
{
    std::size_t total = 0;
    for (const auto& buffer : buffers) {
        total += buffer.size;
    }
    return total;
}

}  // namespace spindle
