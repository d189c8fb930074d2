// Winsock's argument structures <-> core's values: addresses and buffer arrays. No calls into sockets here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "spindle/address.hpp"
#include "spindle/buffer.hpp"
#include "spindle/result.hpp"
#include "thunk.hpp"
#include "winsock.hpp"

namespace spindle::spi {

/// Errors: fault (null or short), address_family_not_supported.
[[nodiscard]] inline result<socket_address> read_address(const sockaddr* name, int namelen) noexcept
{
    return socket_address::from_bytes(name, namelen < 0 ? 0U : static_cast<std::size_t>(namelen));
}

/// Whether the client's buffer can take `size` bytes of address.
[[nodiscard]] inline bool takes_address(const sockaddr* name, const int* namelen, std::size_t size) noexcept
{
    if (name == nullptr || namelen == nullptr) {
        return false;
    }
    const int room = load(namelen);
    return room >= 0 && static_cast<std::size_t>(room) >= size;
}

/// Copies the address and sets *namelen to its size. Errors: fault, with both arguments untouched.
[[nodiscard]] inline result<void> write_address(const socket_address& from, sockaddr* name,
                                                LPINT namelen) noexcept
{
    if (!takes_address(name, namelen, from.size())) {
        return errc::fault;
    }
    std::memcpy(static_cast<void*>(name), from.data(), from.size());
    store(namelen, static_cast<int>(from.size()));
    return {};
}

/// Whether a buffer of the client can exist: not null unless empty, not wrapping the address space. A length
/// of all ones is the -1 of a BSD call and counts as wrapping on 64-bit systems, too (XFR-10).
[[nodiscard]] inline bool is_plausible(const WSABUF& buffer) noexcept
{
    const auto start = reinterpret_cast<std::uintptr_t>(buffer.buf);
    return buffer.len == 0 ||
           (buffer.buf != nullptr && buffer.len != ~ULONG{0} && start + buffer.len > start);
}

/// A client's WSABUF array as core's buffers; up to 16 of them without the heap. Buffer is const_buffer or
/// mutable_buffer.
template <class Buffer>
class buffer_list {
public:
    buffer_list() noexcept = default;
    buffer_list(const buffer_list&) = delete;
    buffer_list& operator=(const buffer_list&) = delete;

    /// Errors: fault. Throws bad_alloc.
    result<void> assign(const WSABUF* buffers, DWORD count)
    {
        if (buffers == nullptr && count != 0) {
            return errc::fault;
        }
        Buffer* target = reserve(count);
        for (DWORD index = 0; index < count; ++index) {
            const WSABUF buffer = load(buffers + index);
            if (!is_plausible(buffer)) {
                return errc::fault;
            }
            std::construct_at(target + index, Buffer{buffer.buf, buffer.len});
        }
        view_ = {target, count};
        return {};
    }

    [[nodiscard]] std::span<const Buffer> view() const noexcept { return view_; }

private:
    static constexpr std::size_t inline_count = 16;

    Buffer* reserve(std::size_t count)
    {
        if (count <= inline_count) {
            return reinterpret_cast<Buffer*>(inline_);
        }
        more_.resize(count);
        return more_.data();
    }

    alignas(Buffer)
        std::byte inline_[inline_count * sizeof(Buffer)];  // uninitialised: most calls use one element
    std::vector<Buffer> more_;
    std::span<const Buffer> view_;
};

}  // namespace spindle::spi
