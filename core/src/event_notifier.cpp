// One thread at a time tells; see the header.
#include "event_notifier.hpp"

#include <thread>
#include <utility>

namespace spindle {

// Upcalls are short, so whoever has to wait for one gives way.
std::unique_lock<constant_mutex> event_notifier::lock_when_quiet() noexcept
{
    std::unique_lock lock(mutex_);
    while (telling_) {
        lock.unlock();
        std::this_thread::yield();
        lock.lock();
    }
    return lock;
}

void event_notifier::tell(std::unique_lock<constant_mutex>& lock, unsigned events)
{
    untold_ |= closed_ ? 0 : events;
    if (untold_ != 0 && !telling_) {
        telling_ = true;
        tell_untold(lock);
        telling_ = false;
    }
}

void event_notifier::tell_untold(std::unique_lock<constant_mutex>& lock)
{
    while (untold_ != 0) {
        auto news = record_.codes();
        news.events = std::exchange(untold_, 0);
        const auto target = record_.target();
        lock.unlock();
        tell_(target, news);
        lock.lock();
    }
}

result<network_events> event_notifier::take(const std::function<bool()>& reset)
{
    auto lock = lock_when_quiet();
    telling_ = true;  // until the record is copied nobody sets the event
    lock.unlock();
    const bool done = !reset || reset();
    lock.lock();
    network_events taken;
    if (done) {
        taken = record_.take();
        untold_ &= ~taken.events;
    }
    tell_untold(lock);
    telling_ = false;
    return done ? result<network_events>(taken) : result<network_events>(errc::invalid_argument);
}

void event_notifier::close() noexcept
{
    const auto lock = lock_when_quiet();
    record_.select({}, 0, {});
    untold_ = 0;
    closed_ = true;
}

}  // namespace spindle
