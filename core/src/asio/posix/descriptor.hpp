// Small helpers that every file of this folder uses: the handle as a descriptor, calls restarted after EINTR,
// and socket addresses between Winsock's layout and the kernel's.
#pragma once

#include <cerrno>
#include <sys/socket.h>

#include "asio/errno_map.hpp"
#include "asio/native.hpp"

namespace spindle::posix {

[[nodiscard]] inline int descriptor(native::handle socket) noexcept
{
    return static_cast<int>(socket);
}

/// Repeats the call until a signal is not what ended it.
template <class Call>
auto restarted(Call&& call) noexcept
{
    for (;;) {
        const auto outcome = call();
        if (outcome != -1 || errno != EINTR) {
            return outcome;
        }
    }
}

[[nodiscard]] inline result<void> to_result(int outcome, failed_call call = failed_call::other) noexcept
{
    return outcome == -1 ? result<void>{errc_from_errno(errno, call)} : result<void>{};
}

[[nodiscard]] int domain_of(address_family family) noexcept;
[[nodiscard]] int type_of(socket_type type) noexcept;

/// The kernel's form of an address. Layouts agree but for the number of AF_INET6 (10 here, 23 there) and
/// AF_UNIX lengths, which Winsock programs always give as 110.
struct kernel_address {
    kernel_address() noexcept = default;
    explicit kernel_address(const socket_address& address) noexcept;

    [[nodiscard]] sockaddr* data() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] const sockaddr* data() const noexcept
    {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    /// Winsock's form; empty when the kernel gave none.
    [[nodiscard]] socket_address to_winsock() const noexcept;

    sockaddr_storage storage;  // deliberately not zeroed: the kernel fills it on the data path
    socklen_t size = sizeof(sockaddr_storage);
};

/// Closes unless released.
class scoped_descriptor {
public:
    explicit scoped_descriptor(int number) noexcept : number_{number} {}
    scoped_descriptor(const scoped_descriptor&) = delete;
    scoped_descriptor& operator=(const scoped_descriptor&) = delete;
    ~scoped_descriptor();
    [[nodiscard]] int get() const noexcept { return number_; }
    int release() noexcept
    {
        const int number = number_;
        number_ = -1;
        return number;
    }

private:
    int number_;
};

}  // namespace spindle::posix
