// Message queues, see message_queue.hpp. A queue's lock is never held together with another queue's: messages between
// threads are finished, which wakes the sender, after the receiver's lock has been given up.
#include "kernel/message_queue.hpp"

#include <algorithm>
#include <new>

namespace spindle::kernel {

namespace {

bool is_open(bool closed, const bool* alive) noexcept
{
    return !closed && (alive == nullptr || *alive);
}

}  // namespace

sent_message::sent_message(const message& content, bool in_wide_form, action what_to_do,
                           message_queue* sender) noexcept
    : object(object_kind::none), what(content), wide(in_wide_form), act(what_to_do)
{
    if (sender != nullptr) {
        sender->acquire();
        sender_ = object_ref<message_queue>(sender);
    }
}

bool sent_message::finish(state final_state, std::intptr_t result) noexcept
{
    state expected = state::waiting;
    if (!state_.compare_exchange_strong(expected, state::finishing, std::memory_order_acq_rel)) {
        return false;
    }
    result_ = result;
    state_.store(final_state, std::memory_order_release);
    if (sender_) {
        sender_->poke();
    }
    return true;
}

bool sent_message::reply(std::intptr_t result) noexcept
{
    return finish(state::replied, result);
}

bool sent_message::fail() noexcept
{
    return finish(state::failed, 0);
}

bool message_filter::matches(std::uintptr_t window, std::uint32_t id) const noexcept
{
    const bool in_range = (first == 0 && last == 0) || id == quit_message || (id >= first && id <= last);
    return in_range && (any_window || std::find(windows.begin(), windows.end(), window) != windows.end());
}

message_queue::post_result message_queue::post(const message& content, const bool* alive) noexcept
{
    std::lock_guard lock(mutex_);
    if (!is_open(closed_, alive)) {
        return post_result::closed;
    }
    if (posted_.size() >= most_posted_messages) {
        return post_result::full;
    }
    try {
        posted_.push_back(content);
    } catch (const std::bad_alloc&) {
        return post_result::no_memory;
    }
    changed_locked(queue_bits::posted | queue_bits::all_posted);
    return post_result::done;
}

void message_queue::post_quit(int code) noexcept
{
    std::lock_guard lock(mutex_);
    quit_ = true;
    quit_code_ = code;
    changed_locked(queue_bits::posted | queue_bits::all_posted);
}

void message_queue::changed_locked(std::uint32_t bits) noexcept
{
    changed_ |= bits;
    poke_waiters_locked();
}

std::deque<message>::iterator message_queue::find_posted_locked(const message_filter& filter) noexcept
{
    return filter.posted
               ? std::find_if(posted_.begin(), posted_.end(),
                              [&](const message& each) { return filter.matches(each.window, each.id); })
               : posted_.end();
}

message_queue::queue_timer* message_queue::find_timer_locked(const message_filter& filter) noexcept
{
    catch_up_locked();
    queue_timer* earliest = nullptr;
    for (queue_timer& each : timers_) {
        if (filter.timers && each.pending && filter.matches(each.window, timer_message) &&
            (earliest == nullptr || each.due < earliest->due)) {
            earliest = &each;
        }
    }
    return earliest;
}

bool message_queue::take(const message_filter& filter, bool remove, message& taken) noexcept
{
    std::lock_guard lock(mutex_);
    last_look_ = clock::now();
    const auto found = find_posted_locked(filter);
    const bool is_posted = found != posted_.end();
    const bool is_quit = !is_posted && quit_ && filter.posted;
    queue_timer* timer = is_posted || is_quit ? nullptr : find_timer_locked(filter);
    const bool unfiltered = filter.any_window && filter.first == 0 && filter.last == 0;
    changed_ &= ~((filter.posted ? queue_bits::posted : 0u) | (filter.timers ? queue_bits::timer : 0u) |
                  (filter.posted && unfiltered ? queue_bits::all_posted : 0u));
    if (is_posted) {
        taken = *found;
        if (remove) {
            posted_.erase(found);
        }
    } else if (is_quit) {
        taken = {0, quit_message, static_cast<std::uintptr_t>(quit_code_), 0, 0};
        quit_ = !remove;
    } else if (timer != nullptr) {
        taken = {timer->window, timer_message, timer->id, reinterpret_cast<std::intptr_t>(timer->call), 0};
        if (remove) {
            // What was missed does not come later: the next one is due at the next multiple of the period.
            timer->pending = false;
            timer->due += timer->period * ((clock::now() - timer->due) / timer->period + 1);
        }
    } else {
        return false;
    }
    return true;
}

bool message_queue::has(const message_filter& filter) noexcept
{
    std::lock_guard lock(mutex_);
    return find_posted_locked(filter) != posted_.end() || (quit_ && filter.posted) ||
           find_timer_locked(filter) != nullptr;
}

bool message_queue::send(sent_message& sent, const bool* alive) noexcept
{
    std::lock_guard lock(mutex_);
    if (!is_open(closed_, alive)) {
        return false;
    }
    sent.acquire();
    object_ref<sent_message> held(&sent);
    try {
        sent_.push_back(std::move(held));
    } catch (const std::bad_alloc&) {
        return false;
    }
    changed_locked(queue_bits::sent);
    return true;
}

void message_queue::withdraw(sent_message& sent) noexcept
{
    object_ref<sent_message> taken;  // given up after the lock
    std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(sent_.begin(), sent_.end(), [&](const auto& each) { return each.get() == &sent; });
    if (found != sent_.end()) {
        taken = std::move(*found);
        sent_.erase(found);
    }
}

sent_message* message_queue::begin_sent() noexcept
{
    std::lock_guard lock(mutex_);
    last_look_ = clock::now();
    changed_ &= ~queue_bits::sent;
    if (sent_.empty()) {
        return nullptr;
    }
    sent_message* const begun = sent_.front().detach();
    sent_.pop_front();
    begun->outer_ = std::exchange(innermost_, begun);
    return begun;
}

void message_queue::end_sent(sent_message& sent) noexcept
{
    innermost_ = sent.outer_;
    sent.release();
}

bool message_queue::has_sent() noexcept
{
    std::lock_guard lock(mutex_);
    return !sent_.empty();
}

void message_queue::poke() noexcept
{
    std::lock_guard lock(mutex_);
    poke_waiters_locked();
}

std::vector<message_queue::queue_timer>::iterator message_queue::timer_of_locked(std::uintptr_t window,
                                                                                 std::uintptr_t id) noexcept
{
    return std::find_if(timers_.begin(), timers_.end(),
                        [&](const queue_timer& each) { return each.window == window && each.id == id; });
}

bool message_queue::set_timer(std::uintptr_t window, std::uintptr_t id, clock::duration period,
                              timer_procedure call) noexcept
{
    std::lock_guard lock(mutex_);
    const queue_timer wanted{window, id, call, period, clock::now() + period, false};
    const auto found = timer_of_locked(window, id);
    if (found != timers_.end()) {
        *found = wanted;
    } else {
        try {
            timers_.push_back(wanted);
        } catch (const std::bad_alloc&) {
            return false;
        }
    }
    poke_waiters_locked();  // they sleep until a time that may no longer be right
    return true;
}

std::uintptr_t message_queue::unused_timer_id() noexcept
{
    std::lock_guard lock(mutex_);
    do {
        ++last_timer_id_;
    } while (last_timer_id_ == 0 || timer_of_locked(0, last_timer_id_) != timers_.end());
    return last_timer_id_;
}

bool message_queue::has_timer(std::uintptr_t window, std::uintptr_t id) noexcept
{
    std::lock_guard lock(mutex_);
    return timer_of_locked(window, id) != timers_.end();
}

bool message_queue::kill_timer(std::uintptr_t window, std::uintptr_t id) noexcept
{
    std::lock_guard lock(mutex_);
    const auto found = timer_of_locked(window, id);
    const bool exists = found != timers_.end();
    if (exists) {
        timers_.erase(found);
    }
    return exists;
}

bool message_queue::calls_for_timer(timer_procedure call) noexcept
{
    std::lock_guard lock(mutex_);
    return std::any_of(timers_.begin(), timers_.end(),
                       [&](const queue_timer& each) { return each.call == call; });
}

void message_queue::drop_window(std::uintptr_t window, bool& alive) noexcept
{
    for (object_ref<sent_message> dropped;;) {
        {
            std::lock_guard lock(mutex_);
            alive = false;
            std::erase_if(posted_, [&](const message& each) { return each.window == window; });
            std::erase_if(timers_, [&](const queue_timer& each) { return each.window == window; });
            const auto found = std::find_if(sent_.begin(), sent_.end(),
                                            [&](const auto& each) { return each->what.window == window; });
            if (found == sent_.end()) {
                return;
            }
            dropped = std::move(*found);
            sent_.erase(found);
        }
        dropped->fail();
    }
}

void message_queue::close() noexcept
{
    std::deque<object_ref<sent_message>> unread;
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        posted_.clear();
        timers_.clear();
        unread.swap(sent_);
    }
    for (const auto& each : unread) {
        each->fail();
    }
    // The thread was ended in the middle of these.
    while (innermost_ != nullptr) {
        sent_message& unfinished = *innermost_;
        unfinished.fail();
        end_sent(unfinished);
    }
}

void message_queue::catch_up_locked() noexcept
{
    const auto now = clock::now();
    for (queue_timer& each : timers_) {
        if (!each.pending && each.due <= now) {
            each.pending = true;
            changed_ |= queue_bits::timer;
        }
    }
}

std::uint32_t message_queue::present_locked() noexcept
{
    catch_up_locked();
    std::uint32_t bits = 0;
    if (!posted_.empty() || quit_) {
        bits |= queue_bits::posted | queue_bits::all_posted;
    }
    if (std::any_of(timers_.begin(), timers_.end(), [](const queue_timer& each) { return each.pending; })) {
        bits |= queue_bits::timer;
    }
    if (!sent_.empty()) {
        bits |= queue_bits::sent;
    }
    return bits;
}

message_queue::contents message_queue::status(std::uint32_t bits) noexcept
{
    std::lock_guard lock(mutex_);
    const contents result{present_locked() & bits, changed_ & bits};
    changed_ &= ~bits;
    return result;
}

bool message_queue::is_new(std::uint32_t bits, bool take) noexcept
{
    std::lock_guard lock(mutex_);
    const bool result = (present_locked() & changed_ & bits) != 0;
    changed_ &= result && take ? ~bits : ~0u;
    return result;
}

clock::time_point message_queue::last_look() noexcept
{
    if (has_waiters()) {
        return clock::now();
    }
    std::lock_guard lock(mutex_);
    return last_look_;
}

message_queue::wake_condition message_queue::wake_for(wake_condition wanted) noexcept
{
    std::lock_guard lock(mutex_);
    return std::exchange(wake_, wanted);
}

bool message_queue::signalled_locked() noexcept
{
    const std::uint32_t present = present_locked();
    // Something new that has been taken since wakes nobody.
    return (wake_.bits & present & (wake_.present ? ~0u : changed_)) != 0;
}

take_result message_queue::take_locked() noexcept
{
    changed_ &= ~wake_.bits;
    return take_result::taken;
}

clock::time_point message_queue::next_change() noexcept
{
    std::lock_guard lock(mutex_);
    catch_up_locked();
    auto next = no_deadline;
    for (const queue_timer& each : timers_) {
        next = each.pending ? next : std::min(next, each.due);
    }
    return next;
}

}  // namespace spindle::kernel
