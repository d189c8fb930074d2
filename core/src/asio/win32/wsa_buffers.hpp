// Our buffers as the base provider wants them.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <vector>

#include "winsock.hpp"

namespace spindle::win32 {

/// WSABUFs of our buffers. A few are converted in place; streams are content with those, datagrams get them
/// all.
class wsa_buffers {
public:
    template <class Buffers>
    wsa_buffers(const Buffers& buffers, bool all)
    {
        count_ = buffers.size();
        if (count_ > few_.size() && all) {
            many_.resize(count_);
            data_ = many_.data();
        }
        count_ = many_.empty() ? std::min(count_, few_.size()) : count_;
        for (std::size_t index = 0; index < count_; ++index) {
            constexpr std::size_t longest = std::numeric_limits<ULONG>::max();
            data_[index].len = static_cast<ULONG>(std::min(buffers[index].size, longest));
            data_[index].buf =
                static_cast<char*>(const_cast<void*>(static_cast<const void*>(buffers[index].data)));
        }
    }
    wsa_buffers(const wsa_buffers&) = delete;
    wsa_buffers& operator=(const wsa_buffers&) = delete;

    /// Takes the first bytes away, and buffers of which nothing is left.
    void skip(std::size_t bytes) noexcept
    {
        for (; count_ != 0 && data_->len <= bytes; ++data_, --count_) {
            bytes -= data_->len;
        }
        if (count_ != 0) {
            data_->buf += bytes;
            data_->len -= static_cast<ULONG>(bytes);
        }
    }

    [[nodiscard]] WSABUF* data() noexcept { return data_; }
    [[nodiscard]] DWORD count() const noexcept { return static_cast<DWORD>(count_); }

private:
    std::array<WSABUF, 16> few_;
    std::vector<WSABUF> many_;
    WSABUF* data_ = few_.data();
    std::size_t count_ = 0;
};

}  // namespace spindle::win32
