// Look-ups beside their callers, see background_look_up.hpp.
#include "host/background_look_up.hpp"

#include "host/testing.hpp"

namespace spindle::host {

namespace {

struct gate_for_tests {
    kernel::static_mutex mutex;
    kernel::condition changed;
    bool held = false;
};
constinit gate_for_tests test_gate;

void pass_test_gate() noexcept
{
    std::unique_lock lock(test_gate.mutex);
    while (test_gate.held) {
        test_gate.changed.wait(lock);
    }
}

// Deletes itself when it has run.
class time_watch final : public pool_task {
public:
    time_watch(std::shared_ptr<background_look_up> target, kernel::clock::time_point deadline) noexcept
        : target_(std::move(target)), deadline_(deadline)
    {}

private:
    void run(const kernel::packet&) noexcept override
    {
        if (!target_->wait_until(deadline_)) {
            target_->end(WSATRY_AGAIN);
        }
        delete this;
    }

    const std::shared_ptr<background_look_up> target_;
    const kernel::clock::time_point deadline_;
};

}  // namespace

bool background_look_up::start(const std::shared_ptr<background_look_up>& target) noexcept
{
    target->self_ = target;
    if (!run_in_pool(*target)) {
        target->self_.reset();
        return false;
    }
    return true;
}

bool background_look_up::limit(const std::shared_ptr<background_look_up>& target,
                               kernel::clock::time_point deadline) noexcept
{
    auto* const watch = new (std::nothrow) time_watch(target, deadline);
    if (watch == nullptr || !run_in_pool(*watch)) {
        delete watch;
        return false;
    }
    return true;
}

bool background_look_up::wait_until(kernel::clock::time_point deadline) noexcept
{
    std::unique_lock lock(mutex_);
    while (!ended_ && kernel::clock::now() < deadline) {
        changed_.wait_until(lock, deadline);
    }
    return ended_;
}

bool background_look_up::claim(int code, resolver::answer&& found) noexcept
{
    std::lock_guard lock(mutex_);
    if (claimed_) {
        return false;
    }
    claimed_ = true;
    code_ = code;
    answer_ = std::move(found);
    return true;
}

void background_look_up::announce() noexcept
{
    std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

bool background_look_up::end(int code, resolver::answer&& found) noexcept
{
    if (!claim(code, std::move(found))) {
        return false;
    }
    ended();
    announce();
    return true;
}

bool background_look_up::abandon() noexcept
{
    const bool claimed = claim(WSA_E_CANCELLED, {});
    if (claimed) {
        announce();
    }
    return claimed;
}

void background_look_up::run(const kernel::packet&) noexcept
{
    const std::shared_ptr<background_look_up> kept = std::move(self_);
    pass_test_gate();
    try {
        resolver::answer found;
        const int code = code_of(answer_request(request_, found));
        end(code, std::move(found));
    } catch (const std::bad_alloc&) {
        end(WSA_NOT_ENOUGH_MEMORY);
    }
}

}  // namespace spindle::host

void spindle_test_hold_look_ups(int held)
{
    std::lock_guard lock(spindle::host::test_gate.mutex);
    spindle::host::test_gate.held = held != 0;
    spindle::host::test_gate.changed.notify_all();
}
