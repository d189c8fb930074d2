// The queue of calls, see apc_queue.hpp. A timer has at most one call in the queue, as the timer object of
// Windows owns one APC: a period that passes before the thread took the last call adds none.
#include "kernel/apc_queue.hpp"

#include "kernel/file_time.hpp"

#include <algorithm>

namespace spindle::kernel {

void apc_queue::make_room(std::size_t timers)
{
    // Twice the calls that wait, so that append() seldom has to move them.
    const std::size_t needed = 2 * (calls_.size() - first_) + timers + 1;
    if (calls_.capacity() < needed) {
        calls_.reserve(2 * needed);
    }
}

void apc_queue::append(const apc& call) noexcept
{
    if (calls_.size() == calls_.capacity()) {
        calls_.erase(calls_.begin(), waiting());
        first_ = 0;
    }
    calls_.push_back(call);
}

void apc_queue::push(const apc& call)
{
    make_room(timed_.size());
    queue_due_calls();  // they came first
    append(call);
}

bool apc_queue::pop(apc& call) noexcept
{
    if (empty()) {
        return false;
    }
    call = calls_[first_++];
    if (first_ == calls_.size()) {
        calls_.clear();
        first_ = 0;
    }
    return true;
}

bool apc_queue::empty() noexcept
{
    queue_due_calls();
    return first_ == calls_.size();
}

void apc_queue::erase(decltype(apc::invoke) invoke) noexcept
{
    calls_.erase(
        std::remove_if(waiting(), calls_.end(), [=](const apc& call) { return call.invoke == invoke; }),
        calls_.end());
}

void apc_queue::clear() noexcept
{
    calls_.clear();
    first_ = 0;
    timed_.clear();
}

void apc_queue::arm(const timed_apc& call)
{
    timed_.reserve(timed_.size() + 1);
    make_room(timed_.size() + 1);
    timed_.push_back(call);
}

void apc_queue::disarm(const void* timer) noexcept
{
    std::erase_if(timed_, [=](const timed_apc& each) { return each.call.timer == timer; });
    calls_.erase(
        std::remove_if(waiting(), calls_.end(), [=](const apc& call) { return call.timer == timer; }),
        calls_.end());
}

clock::time_point apc_queue::next_due() const noexcept
{
    clock::time_point earliest = no_deadline;
    for (const timed_apc& each : timed_) {
        earliest = std::min(earliest, each.due);
    }
    return earliest;
}

bool apc_queue::holds_call_of(const void* timer) noexcept
{
    return std::any_of(waiting(), calls_.end(), [=](const apc& call) { return call.timer == timer; });
}

void apc_queue::queue_due_calls() noexcept
{
    if (timed_.empty()) {
        return;
    }
    std::sort(timed_.begin(), timed_.end(),
              [](const timed_apc& left, const timed_apc& right) { return left.due < right.due; });
    const auto now = clock::now();
    for (timed_apc& each : timed_) {
        if (each.due > now) {
            break;
        }
        if (!holds_call_of(each.call.timer)) {
            apc call = each.call;
            const auto late = std::chrono::duration_cast<file_time_units>(now - each.due);
            call.due_file_time = static_cast<std::uint64_t>((file_time_now() - late).count());
            append(call);
        }
        each.due = each.period.count() == 0 ? no_deadline
                                            : each.due + each.period * ((now - each.due) / each.period + 1);
    }
    std::erase_if(timed_, [](const timed_apc& each) { return each.due == no_deadline; });
}

}  // namespace spindle::kernel
