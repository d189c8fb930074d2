// WSPSelect, and WSAPoll as an extension function: both translate sets and events into levels and back; waiting is core's
// (spindle/readiness_wait.hpp). Answers to the pages WSPSelect, "WSAPoll"; contract SEL, POL, CLOSE-7, CLOSE-8.
#include <algorithm>
#include <array>

#include "extension_functions.hpp"
#include "extension_table.hpp"
#include "spindle/readiness_wait.hpp"
#include "thunk.hpp"
#include "thunks.hpp"

namespace spindle::spi {

namespace {

constexpr level readable = level::connection | level::data | level::end_of_stream | level::broken;  // SEL-13
constexpr level writable = level::writable;                                                        // SEL-14
constexpr level exceptional = level::connect_failed | level::urgent;                               // SEL-15

/// A set of the call; one that was passed for several roles has the levels of all of them (SEL-9).
struct role {
    fd_set* set = nullptr;
    level wanted = level::none;
};

class roles {
public:
    roles(fd_set* readfds, fd_set* writefds, fd_set* exceptfds) noexcept
        : all_{{{readfds, readable}, {writefds, writable}, {exceptfds, exceptional}}}
    {
        for (std::size_t later = 1; later < all_.size(); ++later) {
            for (std::size_t earlier = 0; earlier < later; ++earlier) {
                if (all_[later].set != nullptr && all_[later].set == all_[earlier].set) {
                    all_[earlier].wanted |= std::exchange(all_[later], role{}).wanted;
                }
            }
        }
    }

    [[nodiscard]] bool empty() const noexcept
    {
        return std::all_of(all_.begin(), all_.end(), [](const role& each) { return size_of(each) == 0; });
    }

    /// Runs visit(role, index within the set) for every member, in one order.
    template <class Visit>
    void for_each_member(Visit&& visit) const
    {
        for (const role& each : all_) {
            for (u_int index = 0, end = size_of(each); index < end; ++index) {
                visit(each, index);
            }
        }
    }

    [[nodiscard]] static u_int size_of(const role& one) noexcept
    {
        return one.set == nullptr ? 0U : load(&one.set->fd_count);
    }
    [[nodiscard]] static SOCKET member(const role& one, u_int index) noexcept
    {
        return load(one.set->fd_array + index);
    }

    /// Leaves the members for which keep(role, n-th of all) is true, each once, and returns how many these are.
    template <class Keep>
    int compact(Keep&& keep)
    {
        int left = 0;
        std::size_t number = 0;
        for (const role& each : all_) {
            const u_int end = size_of(each);
            u_int kept = 0;
            SOCKET highest = 0;  // what is above it is no duplicate; sets are in ascending order more often than not
            for (u_int index = 0; index < end; ++index, ++number) {
                const SOCKET candidate = member(each, index);
                if (keep(each, number) && (candidate > highest || !holds(each, kept, candidate))) {  // SEL-7, SEL-8
                    store(each.set->fd_array + kept, candidate);
                    highest = std::max(highest, candidate);
                    ++kept;
                }
            }
            if (each.set != nullptr) {
                store(&each.set->fd_count, kept);
            }
            left += static_cast<int>(kept);
        }
        return left;
    }

private:
    [[nodiscard]] static bool holds(const role& one, u_int count, SOCKET wanted) noexcept
    {
        for (u_int index = 0; index < count; ++index) {
            if (member(one, index) == wanted) {
                return true;
            }
        }
        return false;
    }

    std::array<role, 3> all_;
};

/// CLOSE-7: a socket that is closed meanwhile is ready where it was to be read from, and nowhere else.
bool shows(const role& one, level holds) noexcept
{
    return holds == level::not_socket ? has_any(one.wanted, level::data) : holds != level::none;
}

result<std::optional<std::chrono::nanoseconds>> duration_of(select_timeout timeout) noexcept
{
    if (timeout == nullptr) {
        return std::optional<std::chrono::nanoseconds>{};
    }
    const timeval given = load(timeout);
    if (given.tv_sec < 0 || given.tv_usec < 0) {
        return errc::invalid_argument;
    }
    return std::optional<std::chrono::nanoseconds>{std::chrono::seconds{given.tv_sec} +
                                                   std::chrono::microseconds{given.tv_usec}};
}

result<int> select_sockets(roles sets, select_timeout timeout)
{
    readiness_wait sockets(the_provider());
    if (!sockets) {
        return errc::not_initialised;
    }
    if (sets.empty()) {
        return errc::invalid_argument;
    }
    bool known = true;
    sets.for_each_member([&](const role& each, u_int index) {
        known = sockets.add(static_cast<socket_handle>(roles::member(each, index)), each.wanted) && known;
    });
    if (!known) {
        return errc::not_socket;
    }
    const auto duration = duration_of(timeout);
    if (!duration) {
        return duration.error();
    }
    const auto ready = sockets.wait(*duration);
    if (!ready) {
        return ready.error();
    }
    std::size_t number = 0;
    std::size_t shown = 0;
    sets.for_each_member([&](const role& each, u_int) { shown += shows(each, sockets.holds(number++)) ? 1U : 0U; });
    if (shown == 0 && *ready > 0) {
        return errc::not_socket;  // closed meanwhile; the sets keep their content
    }
    return sets.compact([&](const role& each, std::size_t index) { return shows(each, sockets.holds(index)); });
}

struct poll_event {
    SHORT event;
    level levels;
};

/// What may be asked for (POL-3).
constexpr std::array<poll_event, 3> poll_requests{{
    {POLLRDNORM, level::connection | level::data},
    {POLLRDBAND, level::urgent},
    {POLLWRNORM, level::writable},
}};
/// What is told though nobody asked (POL-11, POL-13, POL-14, POL-16).
constexpr std::array<poll_event, 4> poll_reports{{
    {POLLHUP, level::end_of_stream},
    {POLLERR | POLLHUP, level::broken},
    {POLLERR | POLLHUP | POLLWRNORM, level::connect_failed},
    {POLLNVAL, level::not_socket},
}};
constexpr int requested_events = POLLRDNORM | POLLRDBAND | POLLWRNORM;
constexpr int always_told = POLLERR | POLLHUP | POLLNVAL;

level levels_of(SHORT events) noexcept
{
    auto wanted = level::none;
    for (const auto& each : poll_requests) {
        wanted |= (events & each.event) != 0 ? each.levels : level::none;
    }
    for (const auto& each : poll_reports) {
        wanted |= each.levels;
    }
    return wanted;
}

SHORT events_of(level holds, SHORT asked) noexcept
{
    int events = 0;
    for (const auto& each : poll_requests) {
        events |= has_any(holds, each.levels) ? each.event : 0;
    }
    for (const auto& each : poll_reports) {
        events |= has_any(holds, each.levels) ? each.event : 0;
    }
    return static_cast<SHORT>(events & (asked | always_told));
}

result<int> poll_sockets(LPWSAPOLLFD sockets, ULONG count, INT timeout)
{
    if (count == 0) {
        return errc::invalid_argument;
    }
    if (sockets == nullptr) {
        return errc::fault;
    }
    readiness_wait wait(the_provider());
    if (!wait) {
        return errc::not_initialised;
    }
    ULONG valid = 0;
    for (ULONG index = 0; index < count; ++index) {
        const WSAPOLLFD each = load(sockets + index);
        if (!wait.add(static_cast<socket_handle>(each.fd), levels_of(each.events))) {
            continue;  // POL-4, POL-5
        }
        ++valid;
        if ((each.events & ~requested_events) != 0) {
            return errc::invalid_argument;
        }
    }
    const auto write_back = [&] {
        for (ULONG index = 0; index < count; ++index) {
            WSAPOLLFD each = load(sockets + index);
            each.revents = events_of(wait.holds(index), each.events);
            store(sockets + index, each);
        }
    };
    if (valid == 0) {
        write_back();  // POL-6
        return errc::not_socket;
    }
    const auto ready = wait.wait(timeout < 0 ? std::optional<std::chrono::nanoseconds>{}
                                             : std::optional<std::chrono::nanoseconds>{std::chrono::milliseconds{timeout}});
    if (!ready) {
        return ready.error();
    }
    write_back();
    return static_cast<int>(*ready);
}

}  // namespace

int WSPAPI WSPSelect(int, fd_set* readfds, fd_set* writefds, fd_set* exceptfds, select_timeout timeout,
                     LPINT lpErrno) noexcept
{
    return guarded_call(call_failed, lpErrno, [&] { return select_sockets({readfds, writefds, exceptfds}, timeout); });
}

int PASCAL WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout) noexcept
{
    int error = 0;
    const int ready = guarded_call(call_failed, &error, [&] { return poll_sockets(fdArray, fds, timeout); });
    if (ready == call_failed) {
        set_last_error(error);
    }
    return ready;
}

}  // namespace spindle::spi
