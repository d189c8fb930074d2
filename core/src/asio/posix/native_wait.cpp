// Waiting on the caller's thread: poll() on the socket, or on many, and on the interrupter's event descriptor. Waiting in
// the background is in event_source.hpp.
#include <algorithm>
#include <array>
#include <atomic>
#include <ctime>
#include <new>
#include <sys/eventfd.h>
#include <unistd.h>

#include "asio/posix/descriptor.hpp"
#include "asio/posix/poll_group.hpp"

namespace spindle::native {
namespace {

struct poll_pair {
    readiness condition;
    short wanted;
    short reported;
};

constexpr std::array<poll_pair, 6> poll_pairs{{
    {readiness::readable, POLLIN | POLLRDHUP, POLLIN | POLLRDHUP},
    {readiness::writable, POLLOUT, POLLOUT},
    {readiness::urgent, POLLPRI, POLLPRI},
    {readiness::peer_closed, POLLRDHUP, POLLRDHUP},
    {readiness::failed, 0, POLLERR | POLLHUP | POLLNVAL},
    {readiness::error, 0, POLLERR | POLLNVAL},
}};

constexpr auto events_of_sets = [] {
    std::array<short, 128> all{};
    for (std::size_t set = 0; set < all.size(); ++set) {
        for (const auto& pair : poll_pairs) {
            const bool asked = has_any(static_cast<readiness>(set), pair.condition);
            all[set] = static_cast<short>(all[set] | (asked ? pair.wanted : 0));
        }
    }
    return all;
}();

short to_events(readiness wanted) noexcept
{
    return events_of_sets[static_cast<std::size_t>(wanted) % events_of_sets.size()];
}

readiness from_events(short events) noexcept
{
    auto set = readiness::none;
    for (const auto& pair : poll_pairs) {
        set = (events & pair.reported) != 0 ? set | pair.condition : set;
    }
    return set;
}

/// The time left, never negative; false for a wait without end.
bool time_left(clock::time_point deadline, timespec& left) noexcept
{
    if (deadline == clock::time_point::max()) {
        return false;
    }
    const auto remaining = deadline - clock::now();
    const auto positive = std::max(remaining, clock::duration::zero());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(positive);
    const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(positive - seconds);
    left.tv_sec = static_cast<std::time_t>(seconds.count());
    left.tv_nsec = static_cast<long>(rest.count());
    return true;
}

/// poll() until the deadline, whatever signals arrive. ppoll() because its time-out is not rounded to
/// milliseconds.
int poll_until(pollfd* descriptors, nfds_t count, clock::time_point deadline) noexcept
{
    return posix::restarted([&] {
        timespec left{};
        const bool limited = time_left(deadline, left);
        return ::ppoll(descriptors, count, limited ? &left : nullptr, nullptr);
    });
}

class eventfd_interrupter final : public interrupter {
public:
    explicit eventfd_interrupter(int number) noexcept : number_{number} {}

    void interrupt() noexcept override
    {
        if (!raised_.exchange(true, std::memory_order_acq_rel)) {
            const std::uint64_t one = 1;
            posix::restarted([&] { return ::write(number_.get(), &one, sizeof(one)); });
        }
    }

    void reset() noexcept override
    {
        // The read blocks, if at all, until an interrupt() that is half done has written; so the descriptor
        // and the flag cannot come to disagree.
        if (raised_.load(std::memory_order_acquire)) {
            std::uint64_t count = 0;
            posix::restarted([&] { return ::read(number_.get(), &count, sizeof(count)); });
            raised_.exchange(false, std::memory_order_acq_rel);
        }
    }

    bool wait(clock::time_point deadline) noexcept override
    {
        pollfd event{number_.get(), POLLIN, 0};
        return raised_.load(std::memory_order_acquire) || poll_until(&event, 1, deadline) > 0;
    }

    [[nodiscard]] int number() const noexcept { return number_.get(); }

private:
    posix::scoped_descriptor number_;
    std::atomic<bool> raised_{false};
};

}  // namespace

std::unique_ptr<interrupter> make_interrupter() noexcept
{
    posix::scoped_descriptor number{::eventfd(0, EFD_CLOEXEC)};
    if (number.get() == -1) {
        return nullptr;
    }
    std::unique_ptr<interrupter> made{new (std::nothrow) eventfd_interrupter{number.get()}};
    if (made) {
        number.release();
    }
    return made;
}

readiness poll(handle socket, readiness wanted) noexcept
{
    pollfd state{posix::descriptor(socket), to_events(wanted), 0};
    posix::restarted([&] { return ::poll(&state, 1, 0); });
    return from_events(state.revents);
}

readiness wait(handle socket, readiness wanted, interrupter& wake, clock::time_point deadline) noexcept
{
    // A negative descriptor (no_handle) is one that poll() leaves out.
    const auto& event = static_cast<const eventfd_interrupter&>(wake);
    std::array<pollfd, 2> states{{
        {posix::descriptor(socket), to_events(wanted), 0},
        {event.number(), POLLIN, 0},
    }};
    poll_until(states.data(), states.size(), deadline);
    const auto interrupted = states[1].revents != 0 ? readiness::interrupted : readiness::none;
    return from_events(states[0].revents) | interrupted;
}

void poll_group::add(handle socket, readiness wanted)
{
    entries_.push_back({posix::descriptor(socket), to_events(wanted), 0});
}

result<readiness> poll_group::wait(interrupter* wake, clock::time_point deadline) noexcept
{
    auto& own = entries_.front();
    own = {wake != nullptr ? static_cast<const eventfd_interrupter*>(wake)->number() : -1, POLLIN, 0};
    const int found = poll_until(entries_.data(), entries_.size(), deadline);
    if (found == -1) {
        return errc_from_errno(errno);
    }
    const bool interrupted = own.revents != 0;
    return (interrupted ? readiness::interrupted : readiness::none) |
           (found > (interrupted ? 1 : 0) ? readiness::readable : readiness::none);
}

std::size_t poll_group::next_seen(std::size_t from) const noexcept
{
    const auto first = std::find_if(entries_.begin() + 1 + static_cast<std::ptrdiff_t>(from), entries_.end(),
                                    [](const pollfd& each) { return each.revents != 0; });
    return static_cast<std::size_t>(first - entries_.begin()) - 1;
}

readiness poll_group::seen(std::size_t index) const noexcept
{
    return from_events(entries_[index + 1].revents);
}

}  // namespace spindle::native
