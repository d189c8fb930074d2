// See the header. WSAPoll() calls a missing socket invalid and says so at every look, but does not count it: what is told of
// sockets on which nothing can happen is dropped.
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

result<readiness> poll_group::wait(interrupter* wake, clock::time_point deadline) noexcept
{
    entries_.front() = {wake != nullptr ? win32::wake_socket(*wake) : INVALID_SOCKET, POLLRDNORM, 0};
    const bool any = std::any_of(entries_.begin(), entries_.end(),
                                 [](const WSAPOLLFD& each) { return each.fd != INVALID_SOCKET; });
    if (!any) {
        return readiness::none;  // a look at nothing, which WSAPoll() refuses
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
        for (auto& each : entries_) {
            each.revents = each.fd != INVALID_SOCKET ? each.revents : SHORT{0};
        }
        if (found > 0 || (limited && clock::now() >= deadline)) {
            const bool interrupted = entries_.front().revents != 0;
            return (interrupted ? readiness::interrupted : readiness::none) |
                   (found > (interrupted ? 1 : 0) ? readiness::readable : readiness::none);
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
