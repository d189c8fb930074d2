// The rules of the record; see the header. The event form keeps a record that the client takes; the message form has
// told as soon as it has posted.
#include "network_events.hpp"

namespace spindle {
namespace {

using form = network_event_target::form;

/// Each occurrence counts, although the last one has not been dealt with (EVT-16).
constexpr unsigned repeatable = network_event::read | network_event::accept | network_event::out_of_band;

/// Conditions that can be looked at whenever the client asks for them. The others are changes: they are kept when
/// they happen, wanted or not (EVT-15).
constexpr unsigned lasting =
    repeatable | network_event::write | network_event::connect | network_event::close;

}  // namespace

void network_event_record::keep_codes(unsigned events, const network_events& from) noexcept
{
    for (std::size_t bit = 0; bit < network_event::count; ++bit) {
        if ((events >> bit & 1U) != 0) {
            codes_.errors[bit] = from.errors[bit];
        }
    }
}

unsigned network_event_record::record(unsigned events, const network_events& from) noexcept
{
    keep_codes(events, from);
    recorded_ |= events;
    return events & wanted_;
}

unsigned network_event_record::post(unsigned events, const network_events& from) noexcept
{
    keep_codes(events, from);
    recorded_ &= ~events;
    told_ |= events;
    return events;
}

unsigned network_event_record::select(const network_event_target& target, unsigned wanted,
                                      const network_events& holding) noexcept
{
    const auto before = target_.told_by;
    target_ = wanted == 0 || target.told_by == form::none ? network_event_target{} : target;
    wanted_ = target_.told_by == form::none ? 0 : wanted;
    if (target_.told_by == form::none) {
        return 0;
    }
    if (by_event()) {
        if (before == form::message) {
            told_ = 0;  // by messages, which this registration replaces
        }
        // What the client has taken is not told again (EVT-17), what it has not is (EVT-19).
        record(holding.events & wanted_ & ~told_, holding);
        return recorded_ & wanted_;
    }
    // EVT-18, EVT-25: each call tells anew what holds, but for an attempt that has ended well. One that failed before
    // anybody was told of it would otherwise never be heard of.
    const bool unheard = holding.code_of(network_event::connect) != errc::success &&
                         ((recorded_ | told_) & network_event::connect) == 0;
    const unsigned again = unheard ? lasting : lasting & ~network_event::connect;
    const unsigned changes = recorded_ & ~lasting & wanted_;
    told_ = (told_ & (network_event::connect | ~lasting)) | (holding.events & ~again);
    return post(holding.events & wanted_ & again, holding) | post(changes, codes_);
}

unsigned network_event_record::occurred(const network_events& news) noexcept
{
    if (by_event()) {
        const unsigned first = news.events & ~recorded_ & ~told_;
        return record(first | (news.events & repeatable), news);
    }
    record(news.events & ~lasting & ~told_, news);
    return post(news.events & wanted_ & ~told_, news);
}

unsigned network_event_record::enable(unsigned events, const network_events& holding) noexcept
{
    forget(events);
    const unsigned still = holding.events & events;
    return by_event() ? record(still & wanted_, holding) : post(still & wanted_, holding);
}

network_events network_event_record::take() noexcept
{
    network_events taken = codes_;
    taken.events = recorded_ & wanted_;
    recorded_ &= ~taken.events;
    told_ |= taken.events;
    return taken;
}

void network_event_record::forget(unsigned events) noexcept
{
    recorded_ &= ~events;
    told_ &= ~events;
}

}  // namespace spindle
