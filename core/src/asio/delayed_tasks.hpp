// Tasks that wait for their time. They are kept here and not in timers of Asio's: its completion port backend makes a thread
// for those and joins it at the end, which nothing can do under the loader's lock.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "spindle/transport.hpp"

namespace spindle {

/// Threads: all members, any time.
class delayed_tasks {
public:
    using clock = std::chrono::steady_clock;
    using shared_task = std::shared_ptr<transport::task>;

    /// Calls wake() when the task is the next one now. Throws bad_alloc and what wake() throws; the task is not kept then.
    template <class Wake>
    void add(clock::time_point due, const shared_task& work, Wake&& wake)
    {
        const std::lock_guard lock{mutex_};
        const auto place = tasks_.emplace(due, work);
        if (place != tasks_.begin()) {
            return;
        }
        try {
            wake();
        } catch (...) {
            tasks_.erase(place);
            throw;
        }
    }

    [[nodiscard]] std::optional<clock::time_point> next_due() const noexcept
    {
        const std::lock_guard lock{mutex_};
        return tasks_.empty() ? std::nullopt : std::optional{tasks_.begin()->first};
    }

    /// The first one, if it is due at `now`; else null.
    [[nodiscard]] shared_task take_due(clock::time_point now) noexcept
    {
        const std::lock_guard lock{mutex_};
        if (tasks_.empty() || tasks_.begin()->first > now) {
            return nullptr;
        }
        return tasks_.extract(tasks_.begin()).mapped();
    }

    /// Destroys them all, without the lock.
    void clear() noexcept
    {
        std::multimap<clock::time_point, shared_task> dropped;  // outlives the lock
        const std::lock_guard lock{mutex_};
        dropped.swap(tasks_);
    }

private:
    mutable std::mutex mutex_;
    std::multimap<clock::time_point, shared_task> tasks_;
};

}  // namespace spindle
