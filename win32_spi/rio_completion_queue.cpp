// See the header.
#include "rio_completion_queue.hpp"

#include "rio_port.hpp"
#include "rio_request_queue.hpp"
#include "spindle/atomic_wait.hpp"
#include "thunk.hpp"
#include "upcall_host.hpp"

namespace spindle::spi {

result<rio_notification> rio_notification::read(const RIO_NOTIFICATION_COMPLETION* from) noexcept
{
    rio_notification made;
    if (from == nullptr) {
        return made;
    }
    const RIO_NOTIFICATION_COMPLETION wanted = load(from);
    if (wanted.Type == RIO_EVENT_COMPLETION) {
        made.event_ = wanted.Event.EventHandle;
        made.reset_ = wanted.Event.NotifyReset != 0;
        return made.event_ == nullptr ? result<rio_notification>(errc::invalid_argument) : made;
    }
    if (wanted.Type != RIO_IOCP_COMPLETION || wanted.Iocp.IocpHandle == nullptr ||
        wanted.Iocp.Overlapped == nullptr) {
        return errc::invalid_argument;
    }
    made.port_ = wanted.Iocp.IocpHandle;
    made.key_ = wanted.Iocp.CompletionKey;
    made.overlapped_ = wanted.Iocp.Overlapped;
    return has_ports() ? result<rio_notification>(made)
                       : result<rio_notification>(errc::operation_not_supported);
}

void rio_notification::reset_event() const noexcept
{
    if (reset_) {
        upcalls_of_provider()->reset_event(event_);
    }
}

void rio_notification::fire() const noexcept
{
    if (event_ != nullptr) {
        upcalls_of_provider()->set_event(event_);
    } else {
        post_to_port(port_, key_, overlapped_);
    }
}

void rio_completion_queue::open(std::uintptr_t id, DWORD size, const rio_notification& notification) noexcept
{
    const std::scoped_lock lock(mutex_);
    size_ = size;
    reserved_ = 0;
    notification_ = notification;
    notifying_results_ = 0;
    armed_ = false;
    id_.store(id, std::memory_order_release);
}

result<void> rio_completion_queue::close(std::uintptr_t id) noexcept
{
    rio_request_list untaken;
    {
        const std::scoped_lock lock(mutex_);
        if (!is(id)) {
            return errc::invalid_argument;
        }
        id_.store(0, std::memory_order_release);
        untaken.append(results_);
    }
    wait_until_fired();  // the event is the client's alone from now on
    rio_request_queue::give_back_all(untaken);
    return {};
}

result<void> rio_completion_queue::resize(std::uintptr_t id, DWORD size) noexcept
{
    const std::scoped_lock lock(mutex_);
    if (!is(id)) {
        return errc::invalid_argument;
    }
    if (size < reserved_) {
        return errc::too_many_references;
    }
    size_ = size;
    return {};
}

result<void> rio_completion_queue::reserve(std::uintptr_t id, DWORD count) noexcept
{
    const std::scoped_lock lock(mutex_);
    if (!is(id)) {
        return errc::invalid_argument;
    }
    if (count > size_ - reserved_) {
        return errc::no_buffer_space;
    }
    reserved_ += count;
    return {};
}

void rio_completion_queue::release(std::uintptr_t id, DWORD count) noexcept
{
    const std::scoped_lock lock(mutex_);
    if (is(id)) {
        reserved_ -= count;
    }
}

bool rio_completion_queue::add(std::uintptr_t id, rio_request& request) noexcept
{
    rio_notification notification;
    {
        const std::scoped_lock lock(mutex_);
        if (!is(id)) {
            return false;
        }
        results_.push_back(request);
        notifying_results_ += request.notifies ? 1 : 0;
        if (!request.notifies || !armed_) {
            return true;
        }
        armed_ = false;
        firing_.fetch_add(1, std::memory_order_relaxed);
        notification = notification_;
    }
    fire_counted(notification);
    return true;
}

result<ULONG> rio_completion_queue::take(std::uintptr_t id, RIORESULT* results, ULONG room) noexcept
{
    rio_request_list taken;
    ULONG count = 0;
    {
        const std::scoped_lock lock(mutex_);
        if (!is(id)) {
            return errc::invalid_argument;
        }
        for (; count < room && !results_.empty(); ++count) {
            rio_request& request = results_.pop_front();
            store(results + count, request.result);
            notifying_results_ -= request.notifies ? 1 : 0;
            taken.push_back(request);
        }
    }
    rio_request_queue::give_back_all(taken);
    return count;
}

result<void> rio_completion_queue::notify(std::uintptr_t id) noexcept
{
    rio_notification notification;
    {
        const std::scoped_lock lock(mutex_);
        if (!is(id) || notification_.none()) {
            return errc::invalid_argument;
        }
        if (armed_) {
            return errc::already;
        }
        notification = notification_;
    }
    // An event that is still to be set for an earlier result must not look like one for this notification.
    wait_until_fired();
    notification.reset_event();
    {
        const std::scoped_lock lock(mutex_);
        if (!is(id)) {
            return errc::invalid_argument;
        }
        if (armed_) {
            return errc::already;
        }
        if (notifying_results_ == 0) {
            armed_ = true;
            return {};
        }
        firing_.fetch_add(1, std::memory_order_relaxed);
    }
    fire_counted(notification);
    return {};
}

void rio_completion_queue::fire_counted(const rio_notification& notification) noexcept
{
    notification.fire();
    firing_.fetch_sub(1, std::memory_order_acq_rel);
    announce_change(firing_);
}

void rio_completion_queue::wait_until_fired() const noexcept
{
    for (auto count = firing_.load(std::memory_order_acquire); count != 0;
         count = firing_.load(std::memory_order_acquire)) {
        wait_for_change(firing_, count, std::memory_order_acquire);
    }
}

}  // namespace spindle::spi
