// What a row of the table of control codes says, and the arguments its handler gets. The rows stand in ioctl_*.cpp by
// subject; thunks_ioctl.cpp looks them up and knows what is common.
#pragma once

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

#include "spindle/control.hpp"
#include "spindle/options.hpp"
#include "winsock.hpp"

namespace spindle::spi {

struct ioctl_call {
    const void* in;
    DWORD in_size;
    void* out;
    DWORD out_size;
    DWORD returned = 0;           ///< of a success
    std::optional<DWORD> needed;  ///< goes into the count of a failure that says how much would have been enough

    /// False when the input is null or shorter than the value.
    template <class T>
    [[nodiscard]] bool read(T& value) const noexcept
    {
        if (in == nullptr || in_size < sizeof value) {
            return false;
        }
        std::memcpy(&value, in, sizeof value);
        return true;
    }

    template <class T>
    result<void> write(const T& value) noexcept
    {
        return write_bytes(&value, sizeof value);
    }

    result<void> write_bytes(const void* from, std::size_t size) noexcept
    {
        if (!takes(size)) {
            return errc::fault;
        }
        std::memcpy(out, from, size);
        returned = static_cast<DWORD>(size);
        return {};
    }

    [[nodiscard]] bool takes(std::size_t size) const noexcept { return out != nullptr && out_size >= size; }
};

/// What becomes of a request with a WSAOVERLAPPED.
enum class as_request : unsigned char {
    at_once,  ///< the call itself returns its outcome (CTL-4)
    pends,    ///< it is told later even though it is known already (CTL-34)
    refused,  ///< it pends and ends as not supported (CTL-7)
    faults,   ///< there must be none (LSP-14)
};

/// What a failure does to *lpcbBytesReturned unless it says what is needed.
enum class failed_count : unsigned char { cleared, kept };

struct ioctl_row {
    DWORD code;
    result<void> (*serve)(socket&, ioctl_call&);
    as_request requested = as_request::at_once;
    failed_count on_failure = failed_count::cleared;
    /// Of codes that wait for a change of the network; `serve` is null then.
    std::optional<network_change> waits_for{};
};

[[nodiscard]] std::span<const ioctl_row> basic_ioctls() noexcept;
[[nodiscard]] std::span<const ioctl_row> protocol_ioctls() noexcept;
[[nodiscard]] std::span<const ioctl_row> network_ioctls() noexcept;

inline result<void> set_number(socket& it, int level, int name, int value)
{
    return it.set_option(level, name, {reinterpret_cast<const std::byte*>(&value), sizeof value});
}

inline result<int> get_number(socket& it, int level, int name)
{
    int value = 0;
    const auto got = it.get_option(level, name, {reinterpret_cast<std::byte*>(&value), sizeof value});
    return got ? result<int>(value) : result<int>(got.error());
}

}  // namespace spindle::spi
