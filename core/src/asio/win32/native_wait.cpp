// Waiting on the caller's thread with select(), which is level-triggered, may be used by several threads on
// one socket and, unlike WSAPoll before Windows 10 2004, reports failed connects. The interrupter is a
// datagram socket connected to itself, so that select() can wait for it.
#include <algorithm>
#include <atomic>
#include <new>
#include <utility>

#include "winsock.hpp"

namespace spindle::win32 {
namespace {

class socket_set {
public:
    socket_set() noexcept { set_.fd_count = 0; }
    void add(SOCKET socket) noexcept { set_.fd_array[set_.fd_count++] = socket; }
    [[nodiscard]] bool has(SOCKET socket) const noexcept
    {
        return std::find(set_.fd_array, set_.fd_array + set_.fd_count, socket) !=
               set_.fd_array + set_.fd_count;
    }
    [[nodiscard]] fd_set* get() noexcept { return set_.fd_count != 0 ? &set_ : nullptr; }

private:
    fd_set set_;
};

/// Winsock's third set means urgent data on a connected socket and a failed attempt on another.
readiness exceptional(SOCKET socket) noexcept
{
    SOCKADDR_STORAGE peer{};
    int size = sizeof(peer);
    const bool connected = ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != SOCKET_ERROR;
    return connected ? readiness::urgent : readiness::failed;
}

}  // namespace

readiness select_once(SOCKET socket, readiness wanted, SOCKET wake, const timeval* timeout) noexcept
{
    socket_set readable;
    socket_set writable;
    socket_set exceptions;
    if (socket != INVALID_SOCKET) {
        if (has_any(wanted, readiness::readable)) {
            readable.add(socket);
        }
        if (has_any(wanted, readiness::writable)) {
            writable.add(socket);
        }
        exceptions.add(socket);
    }
    if (wake != INVALID_SOCKET) {
        readable.add(wake);
    }
    timeval limit = timeout != nullptr ? *timeout : timeval{};
    const int count =
        ::select(0, readable.get(), writable.get(), exceptions.get(), timeout != nullptr ? &limit : nullptr);
    if (count == SOCKET_ERROR) {
        return readiness::failed;  // the socket was closed under the wait
    }
    if (count == 0) {
        return readiness::none;
    }
    auto set = readable.has(socket) ? readiness::readable : readiness::none;
    set = writable.has(socket) ? set | readiness::writable : set;
    set = wake != INVALID_SOCKET && readable.has(wake) ? set | readiness::interrupted : set;
    if (exceptions.has(socket)) {
        const auto what = exceptional(socket);
        set = what == readiness::failed || has_any(wanted, what) ? set | what : set;
    }
    return set;
}

}  // namespace spindle::win32

namespace spindle::native {
namespace {

using win32::select_once;
using win32::to_socket;

class scoped_socket {
public:
    explicit scoped_socket(handle socket) noexcept : socket_{socket} {}
    scoped_socket(const scoped_socket&) = delete;
    scoped_socket& operator=(const scoped_socket&) = delete;
    ~scoped_socket()
    {
        if (socket_ != no_handle) {
            close(socket_);
        }
    }
    [[nodiscard]] handle get() const noexcept { return socket_; }
    handle release() noexcept { return std::exchange(socket_, no_handle); }

private:
    handle socket_;
};

/// select() until the deadline; it may return a little early and knows microseconds only.
readiness select_until(SOCKET socket, readiness wanted, SOCKET wake, clock::time_point deadline) noexcept
{
    if (deadline == clock::time_point::max()) {
        return select_once(socket, wanted, wake, nullptr);
    }
    constexpr std::chrono::microseconds longest = std::chrono::hours{24};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::microseconds>(deadline - clock::now());
        const auto slice = std::clamp(left, std::chrono::microseconds::zero(), longest);
        const timeval timeout{static_cast<long>(slice.count() / 1000000),
                              static_cast<long>(slice.count() % 1000000)};
        const auto state = select_once(socket, wanted, wake, &timeout);
        if (state != readiness::none || clock::now() >= deadline) {
            return state;
        }
    }
}

class socket_interrupter final : public interrupter {
public:
    explicit socket_interrupter(handle self) noexcept : self_{self} {}

    void interrupt() noexcept override
    {
        if (!raised_.exchange(true, std::memory_order_acq_rel)) {
            const char byte = 0;
            ::send(socket(), &byte, 1, 0);
        }
    }

    void reset() noexcept override
    {
        // Waits, if at all, until an interrupt() that is half done has sent.
        if (raised_.load(std::memory_order_acquire)) {
            char byte = 0;
            select_once(INVALID_SOCKET, readiness::none, socket(), nullptr);
            ::recv(socket(), &byte, 1, 0);
            raised_.exchange(false, std::memory_order_acq_rel);
        }
    }

    bool wait(clock::time_point deadline) noexcept override
    {
        return raised_.load(std::memory_order_acquire) ||
               select_until(INVALID_SOCKET, readiness::none, socket(), deadline) != readiness::none;
    }

    [[nodiscard]] SOCKET socket() const noexcept { return to_socket(self_.get()); }

private:
    scoped_socket self_;
    std::atomic<bool> raised_{false};
};

}  // namespace

}  // namespace spindle::native

SOCKET spindle::win32::wake_socket(const interrupter& wake) noexcept
{
    return static_cast<const native::socket_interrupter&>(wake).socket();
}

namespace spindle::native {

std::unique_ptr<interrupter> make_interrupter() noexcept
{
    const socket_kind kind{address_family::ipv4, socket_type::datagram, IPPROTO_UDP};
    const auto opened = open(kind, false);
    if (!opened) {
        return nullptr;
    }
    scoped_socket self{*opened};
    if (!bind(self.get(), kind, socket_address::loopback(address_family::ipv4))) {
        return nullptr;
    }
    const auto name = local_address(self.get());
    if (!name || !connect(self.get(), kind, *name)) {
        return nullptr;
    }
    std::unique_ptr<interrupter> made{new (std::nothrow) socket_interrupter{self.get()}};
    if (made) {
        self.release();
    }
    return made;
}

readiness poll(handle socket, readiness wanted) noexcept
{
    constexpr timeval at_once{0, 0};
    const auto set = select_once(to_socket(socket), wanted, INVALID_SOCKET, &at_once);
    // How a connection ended is what select() does not tell.
    WSAPOLLFD state{to_socket(socket), 0, 0};
    const bool ended = has_any(set, readiness::readable | readiness::failed | readiness::writable) &&
                       ::WSAPoll(&state, 1, 0) > 0;
    return ended ? set | win32::from_events(state.revents) : set;
}

readiness wait(handle socket, readiness wanted, interrupter& wake, clock::time_point deadline) noexcept
{
    return select_until(to_socket(socket), wanted, win32::wake_socket(wake), deadline);
}

}  // namespace spindle::native
