// The waits, see wait.hpp. A waiter attaches itself to every object first and looks at them afterwards, so
// that no signal can fall between the look and the sleep.
#include "kernel/wait.hpp"

#include "kernel/port_thread.hpp"
#include "kernel/thread.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace spindle::kernel {

namespace {

using wait_nodes = std::array<wait_node, maximum_wait_objects>;

take_result take_any(std::span<waitable* const> objects, wait_nodes& nodes, std::size_t& index) noexcept
{
    for (index = 0; index < objects.size(); ++index) {
        if (const auto taken = objects[index]->try_take(nodes[index]); taken != take_result::none) {
            return taken;
        }
    }
    index = 0;
    return take_result::none;
}

take_result take_all(std::span<waitable* const> objects, wait_nodes& nodes) noexcept
{
    std::array<waitable*, maximum_wait_objects> sorted{};
    const auto end = std::copy(objects.begin(), objects.end(), sorted.begin());
    std::sort(sorted.begin(), end, std::less<>{});
    std::for_each(sorted.begin(), end, [](waitable* each) { each->guard().lock(); });
    bool all = true;
    for (std::size_t index = 0; index < objects.size(); ++index) {
        all = objects[index]->ready_locked(nodes[index]) && all;
    }
    take_result result = all ? take_result::taken : take_result::none;
    for (std::size_t index = 0; index < objects.size(); ++index) {
        if (all && objects[index]->accept_locked(nodes[index]) == take_result::taken_abandoned) {
            result = take_result::taken_abandoned;
        }
        nodes[index].pulsed = false;  // a pulse that does not complete the set is lost
    }
    std::for_each(sorted.begin(), end, [](waitable* each) { each->guard().unlock(); });
    return result;
}

bool take(std::span<waitable* const> objects, wait_nodes& nodes, wait_mode mode, wait_result& result) noexcept
{
    if (objects.empty()) {
        return false;
    }
    const take_result taken =
        mode == wait_mode::any ? take_any(objects, nodes, result.index) : take_all(objects, nodes);
    result.status = taken == take_result::taken_abandoned ? wait_status::abandoned : wait_status::signalled;
    return taken != take_result::none;
}

// Attached to all objects, and to the thread's APC queue if the wait is alertable, for as long as it exists.
class attachment {
public:
    attachment(std::span<waitable* const> objects, wait_nodes& nodes, waiter& owner,
               thread* alertable) noexcept
        : objects_(objects), nodes_(nodes), alertable_(alertable)
    {
        for (std::size_t index = 0; index < objects.size(); ++index) {
            nodes_[index].owner = &owner;
            objects[index]->attach(nodes_[index]);
        }
        if (alertable != nullptr) {
            bool pending = false;
            outer_ = alertable->listen(&owner, pending);
        }
    }
    attachment(const attachment&) = delete;
    attachment& operator=(const attachment&) = delete;
    ~attachment()
    {
        if (alertable_ != nullptr) {
            bool pending = false;
            alertable_->listen(outer_, pending);
        }
        for (std::size_t index = 0; index < objects_.size(); ++index) {
            objects_[index]->detach(nodes_[index]);
        }
    }

    [[nodiscard]] bool apcs_pending(waiter& owner) noexcept
    {
        bool pending = false;
        if (alertable_ != nullptr) {
            alertable_->listen(&owner, pending);
        }
        return pending;
    }

    /// When something may happen of which nobody tells: a timer that is due.
    [[nodiscard]] clock::time_point next_change() noexcept
    {
        auto earliest = alertable_ != nullptr ? alertable_->next_timed_call() : no_deadline;
        for (waitable* each : objects_) {
            earliest = std::min(earliest, each->next_change());
        }
        return earliest;
    }

private:
    std::span<waitable* const> objects_;
    wait_nodes& nodes_;
    thread* alertable_;
    waiter* outer_ = nullptr;
};

wait_result wait_attached(std::span<waitable* const> objects, wait_nodes& nodes, wait_mode mode,
                          clock::time_point deadline, thread* alertable) noexcept
{
    sleeper owner;
    attachment attached(objects, nodes, owner, alertable);
    blocking_elsewhere not_running;
    wait_result result;
    for (bool in_time = true;;) {
        if (take(objects, nodes, mode, result)) {
            return result;
        }
        if (attached.apcs_pending(owner)) {
            result.status = wait_status::apcs_ran;
            return result;
        }
        if (!in_time) {
            result.status = wait_status::timed_out;
            return result;
        }
        not_running.begin();
        const auto until = std::min(deadline, attached.next_change());
        in_time = owner.sleep_until(until) || until < deadline;
    }
}

}  // namespace

wait_result wait(std::span<waitable* const> objects, wait_mode mode, clock::time_point deadline,
                 bool alertable, look_function look)
{
    wait_result result;
    wait_nodes nodes;
    if (take(objects, nodes, mode, result)) {
        return result;
    }
    if (look != nullptr) {
        look();
        if (take(objects, nodes, mode, result)) {
            return result;
        }
    }
    if (!alertable && deadline != no_deadline && clock::now() >= deadline) {
        result.status = wait_status::timed_out;
        return result;  // one that only looks need not be told of anything
    }
    thread* self = alertable ? current_thread_object() : nullptr;
    result = wait_attached(objects, nodes, mode, deadline, self);
    if (result.status == wait_status::apcs_ran) {
        // Detached by now: an APC may itself wait, and it may wait alertably.
        self->run_queued();
    }
    return result;
}

wait_status wait_until(waitable& source, done_function done, const void* context, clock::time_point deadline,
                       bool alertable)
{
    thread* self = alertable ? current_thread_object() : nullptr;
    wait_status status = wait_status::timed_out;
    {
        sleeper owner;
        wait_nodes nodes;
        waitable* const sources[] = {&source};
        attachment attached(sources, nodes, owner, self);
        blocking_elsewhere not_running;
        for (bool in_time = true; !done(context);) {
            if (attached.apcs_pending(owner)) {
                status = wait_status::apcs_ran;
                break;
            }
            if (!in_time) {
                return wait_status::timed_out;
            }
            not_running.begin();
            const auto until = std::min(deadline, attached.next_change());
            in_time = owner.sleep_until(until) || until < deadline;
        }
        if (status != wait_status::apcs_ran) {
            return wait_status::signalled;
        }
    }
    self->run_queued();
    return status;
}

}  // namespace spindle::kernel
