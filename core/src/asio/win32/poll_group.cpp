// See the header. The interrupter's socket also stands in for sockets on which nothing can happen: asked for nothing it
// tells nothing, while WSAPoll() calls a missing socket invalid.
#include "poll_group.hpp"

#include <algorithm>
#include <array>

#include "winsock.hpp"

namespace spindle::win32 {
namespace {

struct poll_pair {
    readiness condition;
    SHORT wanted;
    SHORT reported;
};

// A peer that closed, or reset the connection, is POLLHUP here.
constexpr std::array<poll_pair, 6> poll_pairs{{
    {readiness::readable, POLLRDNORM, POLLRDNORM | POLLHUP},
    {readiness::writable, POLLWRNORM, POLLWRNORM},
    {readiness::urgent, POLLRDBAND, POLLRDBAND},
    {readiness::peer_closed, 0, POLLHUP},
    {readiness::failed, 0, POLLERR | POLLNVAL},
    {readiness::error, 0, POLLERR | POLLNVAL},
}};

}  // namespace

SHORT to_events(readiness wanted) noexcept
{
    int events = 0;
    for (const auto& pair : poll_pairs) {
        events |= has_any(wanted, pair.condition) ? pair.wanted : 0;
    }
    return static_cast<SHORT>(events);
}

readiness from_events(SHORT events) noexcept
{
    auto set = readiness::none;
    for (const auto& pair : poll_pairs) {
        set = (events & pair.reported) != 0 ? set | pair.condition : set;
    }
    return set;
}

}  // namespace spindle::win32

namespace spindle::native {

void poll_group::add(handle socket, readiness wanted)
{
    entries_.push_back({win32::to_socket(socket), win32::to_events(wanted), 0});
}

result<readiness> poll_group::wait(interrupter& wake, clock::time_point deadline) noexcept
{
    const SOCKET own = win32::wake_socket(wake);
    entries_.front() = {own, POLLRDNORM, 0};
    for (auto& each : entries_) {
        if (each.fd == INVALID_SOCKET) {
            each = {own, 0, 0};
        }
    }
    constexpr std::chrono::milliseconds longest = std::chrono::hours{24};
    for (;;) {
        const bool limited = deadline != clock::time_point::max();
        const auto left = limited ? std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()) : longest;
        const auto slice = std::clamp(left, std::chrono::milliseconds::zero(), longest);
        const int found = ::WSAPoll(entries_.data(), static_cast<ULONG>(entries_.size()),
                                    limited ? static_cast<INT>(slice.count()) : -1);
        if (found == SOCKET_ERROR) {
            return win32::last_error();
        }
        if (found > 0 || (limited && clock::now() >= deadline)) {
            return entries_.front().revents != 0 ? readiness::interrupted : readiness::none;
        }
    }
}

std::size_t poll_group::next_seen(std::size_t from) const noexcept
{
    const auto first = std::find_if(entries_.begin() + 1 + static_cast<std::ptrdiff_t>(from), entries_.end(),
                                    [](const WSAPOLLFD& each) { return each.revents != 0; });
    return static_cast<std::size_t>(first - entries_.begin()) - 1;
}

readiness poll_group::seen(std::size_t index) const noexcept
{
    return win32::from_events(entries_[index + 1].revents);
}

}  // namespace spindle::native
