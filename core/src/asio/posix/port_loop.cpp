// Turns of a port's loop and its backstop. Members are named by index and generation, so that an event that was fetched
// before its member left, or that a forked child's copy of the descriptor causes, meets nobody.
#include "asio/posix/port_loop.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace spindle {
namespace {

/// How long a loop may be without a user before the service thread looks after it: long enough to cost nothing beside a
/// busy worker, short enough that nobody waits noticeably for a send that goes on in the background.
constexpr std::chrono::milliseconds look_interval{2};

/// What a turn may take in before its user gets to see any of it. Its data should still be in the processor's cache then: a
/// receive copied it there, and the user's send copies it out again.
constexpr std::size_t bytes_a_turn = 256 * 1024;

struct event_pair {
    std::uint32_t events;
    readiness condition;
};

constexpr std::array<event_pair, 4> event_pairs{{
    {EPOLLIN | EPOLLRDHUP, readiness::readable},
    {EPOLLOUT, readiness::writable},
    {EPOLLPRI, readiness::urgent},
    {EPOLLERR | EPOLLHUP | EPOLLRDHUP, readiness::failed},
}};

readiness from_events(std::uint32_t events) noexcept
{
    auto set = readiness::none;
    for (const auto& pair : event_pairs) {
        set = (events & pair.events) != 0 ? set | pair.condition : set;
    }
    return set;
}

std::uint32_t to_events(readiness interesting) noexcept
{
    std::uint32_t events = EPOLLRDHUP | EPOLLET;
    for (const auto& pair : event_pairs) {
        events |= has_any(interesting, pair.condition) ? pair.events : 0;
    }
    return events;
}

constexpr loop_ticket ticket_of(std::uint32_t index, std::uint32_t generation) noexcept
{
    return (loop_ticket{generation} << 32) | index;
}

constexpr std::uint32_t index_of(loop_ticket ticket) noexcept
{
    return static_cast<std::uint32_t>(ticket);
}

constexpr std::uint32_t generation_of(loop_ticket ticket) noexcept
{
    return static_cast<std::uint32_t>(ticket >> 32);
}

bool watch_descriptor(int epoll, int number, std::uint32_t events, loop_ticket ticket) noexcept
{
    epoll_event event{};
    event.events = events;
    event.data.u64 = ticket;
    return ::epoll_ctl(epoll, EPOLL_CTL_ADD, number, &event) == 0;
}

std::shared_ptr<epoll_loop> make_epoll_loop(const std::shared_ptr<asio_context>& context,
                                            std::function<void()> unattended)
{
    posix::scoped_descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
    posix::scoped_descriptor alarm{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    // Edge-triggered: each write is an edge of its own, so the counter is never read.
    if (epoll.get() == -1 || alarm.get() == -1 ||
        !watch_descriptor(epoll.get(), alarm.get(), EPOLLIN | EPOLLET, ticket_of(0, 0))) {
        return nullptr;
    }
    auto made = std::make_shared<epoll_loop>(context, epoll.get(), alarm.get(), std::move(unattended));
    epoll.release();
    alarm.release();
    return made;
}

}  // namespace

std::shared_ptr<port_loop> make_port_loop(const std::shared_ptr<asio_context>& context,
                                          std::function<void()> unattended)
{
    return make_epoll_loop(context, std::move(unattended));
}

std::shared_ptr<event_loop> make_attended_loop(const std::shared_ptr<asio_context>& context)
{
    auto made = make_epoll_loop(context, [] {});
    if (made) {
        made->attend();
    }
    return made;
}

epoll_loop::epoll_loop(std::shared_ptr<asio_context> context, int epoll, int alarm,
                       std::function<void()> unattended)
    : context_{std::move(context)}, epoll_{epoll}, alarm_{alarm}, unattended_{std::move(unattended)}
{
    reports_.reserve(most_events);
}

epoll_loop::~epoll_loop()
{
    close();
}

bool epoll_loop::turn(int timeout_ms) noexcept
{
    if (attended_) {
        const std::unique_lock lock{turn_mutex_, std::try_to_lock};
        return lock.owns_lock() && look_locked();
    }
    inside_.fetch_add(1, std::memory_order_relaxed);
    turns_.fetch_add(1, std::memory_order_relaxed);
    bool busy = true;
    {
        const std::lock_guard lock{turn_mutex_};
        busy = !closed_.load(std::memory_order_relaxed) && serve(timeout_ms);
    }
    inside_.fetch_sub(1, std::memory_order_relaxed);
    return busy;
}

bool epoll_loop::serve(int timeout_ms) noexcept
{
    const int count = ::epoll_wait(epoll_.get(), events_.data(), next_events_, timeout_ms);
    if (count <= 0) {
        return count < 0;  // a signal: the user looks at its own clock
    }
    {
        const std::lock_guard lock{members_mutex_};
        for (int index = 0; index < count; ++index) {
            const auto& event = events_[static_cast<std::size_t>(index)];
            if (generation_of(event.data.u64) == 0) {
                woken_.store(false, std::memory_order_release);
                continue;
            }
            const auto& known = members_[index_of(event.data.u64)];
            if (known.generation != generation_of(event.data.u64)) {
                continue;
            }
            if (auto sink = known.sink.lock()) {
                reports_.push_back({std::move(sink), from_events(event.events)});
            }
        }
    }
    const auto look = looks_.load(std::memory_order_relaxed);
    std::size_t bytes = 0;
    for (auto& each : reports_) {
        bytes += each.sink->on_ready(each.seen, look);
    }
    measure_turn(reports_.size(), bytes);
    reports_.clear();
    return true;
}

// What is not asked for stays ready in the system, in its order, for the next turn. An attended loop tells of looks, which
// are whole.
void epoll_loop::measure_turn(std::size_t reports, std::size_t bytes) noexcept
{
    if (attended_ || reports == 0) {
        return;
    }
    const std::size_t each = std::max<std::size_t>(bytes / reports, 1);
    next_events_ = static_cast<int>(std::clamp<std::size_t>(bytes_a_turn / each, 1, most_events));
}

void epoll_loop::attend()
{
    attended_ = true;
    attendant_.start([this] { attend_until_closed(); });
}

bool epoll_loop::look_locked() noexcept
{
    looks_.fetch_add(1, std::memory_order_seq_cst);
    return !closed_.load(std::memory_order_relaxed) && serve(0);
}

// Waits first and looks then, so that the number of the look is not older than what it reports.
void epoll_loop::attend_until_closed() noexcept
{
    yield_to_program_threads();
    pollfd something{epoll_.get(), POLLIN, 0};
    while (!closed_.load(std::memory_order_acquire)) {
        (void)::poll(&something, 1, -1);
        const std::lock_guard lock{turn_mutex_};
        look_locked();
    }
}

void epoll_loop::wake() noexcept
{
    if (!woken_.exchange(true, std::memory_order_acq_rel)) {
        const std::uint64_t one = 1;
        posix::restarted([&] { return ::write(alarm_.get(), &one, sizeof(one)); });
    }
}

result<loop_ticket> epoll_loop::add(native::handle socket, const std::weak_ptr<readiness_sink>& sink,
                                    readiness interesting) noexcept
try {
    loop_ticket ticket{};
    {
        const std::lock_guard lock{members_mutex_};
        std::uint32_t index = 0;
        if (free_.empty()) {
            free_.reserve(members_.size() + 1);  // so that remove() needs no memory
            index = static_cast<std::uint32_t>(members_.size());
            members_.emplace_back();
        } else {
            index = free_.back();
            free_.pop_back();
        }
        members_[index].sink = sink;
        ticket = ticket_of(index, members_[index].generation);
    }
    if (watch_descriptor(epoll_.get(), posix::descriptor(socket), to_events(interesting), ticket)) {
        return ticket;
    }
    remove(ticket, native::no_handle);
    return errc::no_buffer_space;
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

void epoll_loop::remove(loop_ticket ticket, native::handle socket) noexcept
{
    if (socket != native::no_handle) {
        epoll_event unused{};
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, posix::descriptor(socket), &unused);
    }
    std::weak_ptr<readiness_sink> dropped;  // released after the lock
    const std::lock_guard lock{members_mutex_};
    auto& known = members_[index_of(ticket)];
    if (known.generation == generation_of(ticket)) {
        known.generation = known.generation + 1 == 0 ? 1 : known.generation + 1;
        dropped.swap(known.sink);
        free_.push_back(index_of(ticket));
    }
}

void epoll_loop::left() noexcept
{
    // The common case under load: the next look is scheduled already.
    if (!scheduled_.load(std::memory_order_relaxed) && !scheduled_.exchange(true, std::memory_order_acq_rel)) {
        schedule_look();
    }
}

void epoll_loop::schedule_look() noexcept
try {
    std::weak_ptr<epoll_loop> self = weak_from_this();
    if (!context_->after(look_interval, [self] {
            if (const auto loop = self.lock()) {
                loop->look_after();
            }
        })) {
        scheduled_.store(false, std::memory_order_release);
    }
} catch (const std::bad_alloc&) {
    scheduled_.store(false, std::memory_order_release);
}

// On the service thread. While users come and go it looks again; when one waits inside, the next left() starts anew;
// when nobody does, the service thread watches the loop's descriptor, which costs nothing until something is ready.
void epoll_loop::look_after() noexcept
{
    if (closed_.load(std::memory_order_acquire)) {
        return;
    }
    const auto turns = turns_.load(std::memory_order_relaxed);
    if (turns != std::exchange(turns_at_look_, turns)) {
        schedule_look();
        return;
    }
    scheduled_.store(false, std::memory_order_seq_cst);
    if (inside_.load(std::memory_order_seq_cst) == 0) {
        unattended_();
        watch();
    }
}

void epoll_loop::watch() noexcept
try {
    std::weak_ptr<epoll_loop> self = weak_from_this();
    lower_socket::wait_handler handler = [self](readiness seen) {
        if (const auto loop = self.lock()) {
            loop->on_watched(seen);
        }
    };
    auto& shard = context_->shard_for(this);
    const std::lock_guard lock{shard.mutex};
    if (shard.open && !closed_.load(std::memory_order_acquire)) {
        // A watch that is pending already is refused and serves as well.
        (void)wait_node::add(*context_, shard, watch_, {static_cast<native::handle>(epoll_.get())},
                             readiness::readable, false, handler);
    }
} catch (const std::bad_alloc&) {
    left();  // look again later
}

void epoll_loop::on_watched(readiness seen) noexcept
{
    if (seen == readiness::none || closed_.load(std::memory_order_acquire) ||
        turns_.load(std::memory_order_relaxed) != turns_at_look_ ||
        inside_.load(std::memory_order_relaxed) != 0) {
        return;  // a user is back; its next left() has the loop looked after again
    }
    {
        const std::lock_guard lock{turn_mutex_};
        if (!closed_.load(std::memory_order_relaxed)) {
            serve(0);
        }
    }
    unattended_();
    watch();
}

void epoll_loop::close() noexcept
{
    if (closed_.exchange(true, std::memory_order_acq_rel)) {
        return;
    }
    wake();
    wait_node::slot cancelled;
    {
        const std::lock_guard lock{context_->shard_for(this).mutex};
        cancelled = wait_node::cancel(watch_);
    }
    wait_node::finish_cancel(std::move(cancelled));
    if (attendant_.started()) {
        attendant_.join();
    }
    // Whoever is inside leaves; the next finds the loop closed.
    const std::lock_guard lock{turn_mutex_};
}

}  // namespace spindle
