// The waits, see wait.hpp. A waiter attaches itself to every object first and looks at them afterwards, so
// that no signal can fall between the look and the sleep.
#include "kernel/wait.hpp"

#include "kernel/port_thread.hpp"
#include "kernel/thread.hpp"

#include <algorithm>
#include <array>

namespace spindle::kernel {

namespace {

bool take_any(std::span<waitable* const> objects, std::size_t& index) noexcept
{
    for (index = 0; index < objects.size(); ++index) {
        if (objects[index]->try_take()) {
            return true;
        }
    }
    return false;
}

bool take_all(std::span<waitable* const> objects) noexcept
{
    std::array<waitable*, maximum_wait_objects> sorted{};
    const auto end = std::copy(objects.begin(), objects.end(), sorted.begin());
    std::sort(sorted.begin(), end, std::less<>{});
    for (auto each = sorted.begin(); each != end; ++each) {
        (*each)->guard().lock();
    }
    const bool all =
        std::all_of(sorted.begin(), end, [](waitable* each) { return each->signalled_locked(); });
    for (auto each = sorted.begin(); each != end; ++each) {
        if (all) {
            (*each)->take_locked();
        }
        (*each)->guard().unlock();
    }
    return all;
}

bool take(std::span<waitable* const> objects, wait_mode mode, wait_result& result) noexcept
{
    const bool taken =
        mode == wait_mode::any ? take_any(objects, result.index) : !objects.empty() && take_all(objects);
    if (taken) {
        result.status = wait_status::signalled;
    }
    return taken;
}

// Attached to all objects, and to the thread's APC queue if the wait is alertable, for as long as it exists.
class attachment {
public:
    attachment(std::span<waitable* const> objects, waiter& owner, thread* alertable) noexcept
        : objects_(objects), alertable_(alertable)
    {
        for (std::size_t index = 0; index < objects.size(); ++index) {
            nodes_[index].owner = &owner;
            objects[index]->attach(nodes_[index]);
        }
        if (alertable != nullptr) {
            bool pending = false;
            outer_ = alertable->listen(&owner, pending);
            if (pending) {
                owner.poke();
            }
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

private:
    std::span<waitable* const> objects_;
    thread* alertable_;
    waiter* outer_ = nullptr;
    std::array<wait_node, maximum_wait_objects> nodes_;
};

wait_result wait_attached(std::span<waitable* const> objects, wait_mode mode, clock::time_point deadline,
                          thread* alertable) noexcept
{
    waiter owner;
    attachment attached(objects, owner, alertable);
    blocking_elsewhere not_running;
    wait_result result;
    for (bool in_time = true;; in_time = owner.sleep_until(deadline)) {
        if (take(objects, mode, result)) {
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
    }
}

}  // namespace

wait_result wait(std::span<waitable* const> objects, wait_mode mode, clock::time_point deadline,
                 bool alertable) noexcept
{
    wait_result result;
    if (take(objects, mode, result)) {
        return result;
    }
    thread* self = alertable ? current_thread().object : nullptr;
    result = wait_attached(objects, mode, deadline, self);
    if (result.status == wait_status::apcs_ran) {
        // Detached by now: an APC may itself wait, and it may wait alertably.
        self->run_queued();
    }
    return result;
}

wait_status wait_until(waitable& source, done_function done, const void* context, clock::time_point deadline,
                       bool alertable) noexcept
{
    thread* self = alertable ? current_thread().object : nullptr;
    wait_status status = wait_status::timed_out;
    {
        waiter owner;
        waitable* const sources[] = {&source};
        attachment attached(sources, owner, self);
        blocking_elsewhere not_running;
        for (bool in_time = true; !done(context); in_time = owner.sleep_until(deadline)) {
            if (attached.apcs_pending(owner)) {
                status = wait_status::apcs_ran;
                break;
            }
            if (!in_time) {
                return wait_status::timed_out;
            }
            not_running.begin();
        }
        if (status != wait_status::apcs_ran) {
            return wait_status::signalled;
        }
    }
    self->run_queued();
    return status;
}

}  // namespace spindle::kernel
