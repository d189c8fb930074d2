// Network events of a socket: who wants them, and when to look for them. News come as edges from a loop: the one of the
// completion port the socket belongs to, or the provider's own, which the service thread turns; or, on a system without
// such loops, from one-shot waits for what has not been recorded. What the edges mean is decided by looking at the
// conditions, so nothing is recorded that a receive has taken meanwhile. Answers to WSPEventSelect, WSPAsyncSelect and
// WSPEnumNetworkEvents; contract EVT, FDC, ASY-2 to ASY-6, LNX-32, LNX-33.
#include <array>
#include <new>

#include "basic_socket.hpp"
#include "provider_life.hpp"

namespace spindle {
namespace {

namespace fd = network_event;
using form = network_event_target::form;

/// What comes in.
constexpr unsigned input_events = fd::read | fd::out_of_band | fd::accept | fd::close;
/// Told of by room to send: an attempt has ended, a full buffer has drained.
constexpr unsigned output_events = fd::write | fd::connect;

/// In this order a client hears of what comes up together.
constexpr std::array telling_order{fd::connect,
                                   fd::accept,
                                   fd::out_of_band,
                                   fd::read,
                                   fd::write,
                                   fd::close,
                                   fd::quality_of_service,
                                   fd::group_quality_of_service,
                                   fd::routing_interface_change,
                                   fd::address_list_change};

}  // namespace

socket_events* basic_socket::make_events()
{
    const std::scoped_lock lock(state_mutex_);
    if (events_.get() == nullptr) {
        if (is_retired()) {
            return nullptr;
        }
        auto made = std::make_unique<socket_events>([this](const network_event_target& target, const network_events& news) {
            tell_network_events(target, news);
        });
        made->attempt = attempts_.load(std::memory_order_acquire);
        events_.set(std::move(made));
    }
    return events_.get();
}

void basic_socket::tell_network_events(const network_event_target& target, const network_events& news)
{
    const provider::call told(*owner_);
    if (!told) {
        return;  // CLEAN-7
    }
    if (registration_is_over()) {
        return;  // DUP-10
    }
    auto& services = life().services();
    if (target.told_by == form::event) {
        services.set_event(target);
    } else if (target.told_by == form::message) {
        for (const unsigned event : telling_order) {
            if ((news.events & event) != 0) {
                services.post_network_event(target, target.socket != 0 ? target.socket : handle(), event, news.code_of(event));
            }
        }
    }
}

// After retire(): EVT-7, EVT-35, CLOSE-9.
void basic_socket::close_events() noexcept
{
    socket_events* events = nullptr;
    {
        const std::scoped_lock lock(state_mutex_);
        events = events_.get();
    }
    if (events != nullptr) {
        events->notifier.close();
        ignore_news();
    }
}

result<void> basic_socket::select_network_events(const network_event_target& target, unsigned events)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    const bool nobody = target.told_by == form::none || target.object == 0;
    if ((events & ~fd::all) != 0 || (events != 0 && nobody)) {
        return errc::invalid_argument;
    }
    auto* mine = make_events();
    if (mine == nullptr) {
        return errc::not_socket;
    }
    set_state(state::nonblocking);
    if ((events & fd::out_of_band) != 0) {
        set_state(state::urgent_interest);  // so that no receive loses an urgent byte before it was told of
    }
    if (auto* part = shared_.load(std::memory_order_acquire)) {
        part->registration.store(part->memory.begin_registration(events), std::memory_order_release);
    }
    if ((events & input_events) != 0) {
        if (auto watched = watch_news(); !watched) {
            return watched;
        }
    }
    mine->notifier.look([&](network_event_record& record) {
        begin_attempt(*mine, record);
        return 0U;
    });
    mine->notifier.select(target, events, [&] {
        const unsigned which = mine->awaits_room ? events & ~fd::write : events;
        return events == 0 ? network_events{} : events_that_hold(which, target.told_by, std::nullopt);
    });
    if (events == 0) {
        ignore_news();
    } else {
        note_progress();  // waits for what does not hold
    }
    return {};
}

result<network_events> basic_socket::take_network_events(const std::function<bool()>& reset)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    auto* events = events_.get();
    if (events != nullptr && !registration_is_over()) {
        return events->notifier.take(reset);
    }
    return !reset || reset() ? result<network_events>(network_events{}) : errc::invalid_argument;
}

// EVT-8. A listener's window or event and mask; what holds already is told now (ACC-4).
result<void> basic_socket::inherit_network_events(basic_socket& listener)
try {
    auto* theirs = listener.events_.get();
    if (theirs == nullptr) {
        return {};
    }
    auto [target, wanted] = theirs->notifier.registration();
    target.socket = 0;
    return wanted == 0 || listener.registration_is_over() ? result<void>() : select_network_events(target, wanted);
} catch (const std::bad_alloc&) {
    return errc::no_buffer_space;
}

// --- where news come from ---

result<void> basic_socket::watch_news()
{
    auto* mine = events_.get();
    const std::scoped_lock lock(input_.mutex);
    if (mine->has_loop || (loop_ && !left_loop_)) {
        return {};
    }
    const auto loop = life().news_loop();
    if (!loop) {
        return {};
    }
    mine->settling.store(true, std::memory_order_release);
    auto joined = lower().join(loop, weak_from_this(), readiness::readable | readiness::urgent);
    mine->has_loop = static_cast<bool>(joined);
    if (is_stream()) {
        (void)lower().set_option(lower_option::report_unread, 1);  // without it receives that fill their buffer look again
    }
    return joined;
}

// The port whose loop told of them is gone, or could not be joined.
void basic_socket::resume_news() noexcept
{
    auto* mine = events_.get();
    if (mine != nullptr && (mine->notifier.registration().second & input_events) != 0) {
        (void)watch_news();
    }
}

void basic_socket::ignore_news() noexcept
{
    auto* mine = events_.get();
    const std::scoped_lock lock(input_.mutex);
    if (mine != nullptr && mine->has_loop.exchange(false)) {
        lower().leave();
    }
}

// Waits for what no loop tells of: room always, and everything where there are none. A wait is armed only for what is
// neither recorded nor told.
void basic_socket::arm_for_events(unsigned open)
{
    const auto& mine = *events_.get();
    if ((open & output_events) != 0 && (has(state::connecting) || mine.awaits_room)) {
        watch_room();
    }
    if (mine.has_loop || input_.joined || (open & input_events) == 0) {
        return;
    }
    // What holds already would end a wait at once, again and again; the receive or accept that changes it comes back here.
    constexpr unsigned readable = fd::read | fd::accept | fd::close;
    const bool waits = (events_that_hold(readable, form::event, std::nullopt).events & ~open) == 0;
    const std::scoped_lock lock(input_.mutex);
    if (waits) {
        (void)arm_input(readiness::readable);
    }
    if ((open & fd::out_of_band) != 0) {
        (void)arm_input(readiness::urgent);
    }
}

// The first report of a loop is of what held when the socket joined it, and was looked at then.
readiness basic_socket::settled(readiness reported) noexcept
{
    auto* mine = events_.get();
    const bool first =
        mine != nullptr && mine->settling.load(std::memory_order_relaxed) && mine->settling.exchange(false);
    return first ? readiness::none : reported;
}

// --- what news mean ---

void basic_socket::look_for_network_events(readiness seen, std::uint64_t look) noexcept
try {
    auto* mine = events_.get();
    if (mine == nullptr || is_retired()) {
        return;
    }
    before_look(seen);
    unsigned open = 0;
    mine->notifier.look([&](network_event_record& record) {
        mine->looks.fetch_add(1, std::memory_order_release);
        begin_attempt(*mine, record);
        if (has_any(seen, readiness::writable | readiness::failed)) {
            mine->awaits_room = false;
        }
        const unsigned told = record.wanted() == 0 ? 0 : record.occurred(news_of(seen, look, record));
        open = record.open();
        return told;
    });
    if (open != 0) {
        arm_for_events(open);
    }
} catch (const std::bad_alloc&) {
    return;  // the next news bring another look
}

// EVT-29, CONN-9: what was told of an earlier attempt or connection says nothing of this one.
void basic_socket::begin_attempt(socket_events& mine, network_event_record& record) noexcept
{
    const auto now = attempts_.load(std::memory_order_acquire);
    if (std::exchange(mine.attempt, now) != now) {
        record.forget(input_events | output_events);
        mine.awaits_room = false;
    }
}

network_events basic_socket::news_of(readiness seen, std::uint64_t look, const network_event_record& record)
{
    // Data alone are new data. With other news they may be what was there before, and count only if nobody was told.
    const bool urgent = has_any(seen, readiness::urgent);
    const bool plain = has_any(seen, readiness::readable) && !urgent && !has_any(seen, readiness::failed);
    const bool in_line = urgent && options_.oob_inline.load(std::memory_order_relaxed);
    const unsigned renewed =
        (plain || in_line ? fd::read | fd::accept : 0U) | (urgent ? fd::out_of_band : 0U);
    auto& mine = *events_.get();
    unsigned which = (renewed & record.wanted()) | record.open();
    which &= mine.awaits_room ? ~fd::write : fd::all;
    which &= has(state::deferring) ? ~fd::accept : fd::all;  // ACC-16
    // Input alone, of which nothing was taken since the loop looked: the system need not be asked again.
    const auto known = look > mine.taken_at && seen == readiness::readable ? std::optional(seen) : std::nullopt;
    auto news = which != 0 ? events_that_hold(which, record.target().told_by, known) : network_events{};
    const bool lively =
        has(state::connected) && !has(state::broken | state::send_shut) && !has_any(seen, readiness::failed);
    if ((which & fd::write & ~news.events) != 0 && lively) {
        mine.awaits_room = true;
    }
    return news;
}

// --- the re-enabling functions (T-FD) ---

// `drained_before`: the call proved that nothing is left, as long as no news were looked at since this count of looks;
// they may be of what the call did not see.
void basic_socket::enable_network_event(unsigned event, std::optional<unsigned> drained_before)
{
    auto& mine = *events_.get();
    unsigned open = 0;
    mine.notifier.look([&](network_event_record& record) {
        mine.taken_at = life().news_look();
        const bool empty = drained_before == mine.looks.load(std::memory_order_relaxed);
        const bool asked = !empty && (record.wanted() & event) != 0;
        const unsigned told =
            record.enable(event, asked ? events_that_hold(event, record.target().told_by, std::nullopt) : network_events{});
        open = record.open();
        return told;
    });
    if (open != 0) {
        arm_for_events(open);
    }
}

void basic_socket::note_receive(unsigned flags, std::error_code outcome, bool drained, unsigned news_before)
{
    if (outcome == make_error_code(errc::fault)) {
        note_refused_receive();
    } else if (events_.get() != nullptr) {
        enable_network_event((flags & message_flag::out_of_band) != 0 ? fd::out_of_band : fd::read,
                             drained ? std::optional(news_before) : std::nullopt);
    }
}

// EVT-13.
void basic_socket::note_refused_receive()
{
    const use guard(*this);
    auto* mine = events_.get();
    if (guard && mine != nullptr && mine->notifier.registration().first.told_by == form::message) {
        enable_network_event(fd::read, std::nullopt);
    }
}

void basic_socket::note_accept()
{
    if (events_.get() != nullptr) {
        enable_network_event(fd::accept, std::nullopt);
    }
}

void basic_socket::note_blocked_send()
{
    auto* mine = events_.get();
    if (mine == nullptr) {
        return;
    }
    unsigned open = 0;
    mine->notifier.look([&](network_event_record& record) {
        record.forget(fd::write);
        mine->awaits_room = true;
        open = record.open();
        return 0U;
    });
    arm_for_events(open & fd::write);
}

void basic_socket::await_network_change(unsigned event)
{
    if (auto* mine = make_events()) {
        mine->notifier.look([&](network_event_record& record) { return record.enable(event, {}); });
    }
}

void basic_socket::note_network_change(unsigned event, errc code)
{
    if (auto* mine = make_events()) {
        network_events news;
        news.events = event;
        news.errors.fill(code);
        mine->notifier.look([&](network_event_record& record) { return record.occurred(news); });
    }
}

}  // namespace spindle
