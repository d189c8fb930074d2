// Waiting for many sockets; see the header. Each turn asks core what it knows, then the system in one call, and stops when
// something that is wanted holds. Changes that the system does not announce interrupt the wait (readiness_watch.hpp).
#include "spindle/readiness_wait.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "basic_socket.hpp"
#include "provider_life.hpp"

namespace spindle {
namespace {

/// Waits in the poll set, with everything that blocking calls do beside.
class readiness_call final : public waiting_call {
public:
    readiness_call(provider_life& life, const watched_sockets& memory, clock::time_point deadline)
        : waiting_call(life, deadline), polls_(*memory.polls), watch_{memory.sockets, waiter_.get()}
    {
        routines_first_ = false;
        if (waiter_) {
            life.watches.add(watch_);
        }
        const auto first = std::find_if(memory.sockets.begin(), memory.sockets.end(),
                                        [](const basic_socket* each) { return each != nullptr; });
        begin(first != memory.sockets.end() ? (*first)->catalog_entry_id() : 0, cancelling::yes);
    }
    ~readiness_call() override { life_.watches.remove(watch_); }

    /// Interrupted: core has news. Errors: timed_out, or the reason of the wake-up.
    result<readiness> wait()
    {
        const auto waited = wait_until(readiness::readable, deadline_);
        if (failure_) {
            return failure_;
        }
        return waited ? result<readiness>(seen_) : result<readiness>(waited.error());
    }

private:
    readiness wait_once(readiness, clock::time_point until) noexcept override
    {
        const auto seen = polls_.wait(waiter_->wake.get(), until);
        if (!seen) {
            failure_ = seen.error();
            return readiness::failed;
        }
        return *seen;
    }

    poll_set& polls_;
    readiness_watch watch_;
    std::error_code failure_;
};

/// What core knows by itself, and what the system is to be asked. Returns of how many indexes something holds already.
std::size_t ask_core(watched_sockets& memory)
{
    std::size_t known = 0;
    memory.polls->clear();
    memory.polled.clear();
    for (std::uint32_t index = 0; index < memory.sockets.size(); ++index) {
        auto* const socket = memory.sockets[index];
        auto& state = memory.states[index];
        if (socket == nullptr) {
            continue;
        }
        if (socket->is_retired()) {
            state.holds = level::not_socket;
            ++known;
            continue;
        }
        state.holds = socket->knows_levels(state.wanted)
                          ? socket->levels(readiness::none, state.wanted).holds & state.wanted
                          : level::none;
        known += state.holds != level::none ? 1 : 0;
        const auto interest = state.left_out ? readiness::none : socket->system_interest(state.wanted);
        if (interest != readiness::none) {
            memory.polls->add(socket->lower(), interest);
            memory.polled.push_back(index);
        }
    }
    return known;
}

/// What the system told. Returns of how many more indexes something holds.
std::size_t read_answers(watched_sockets& memory)
{
    std::size_t found = 0;
    for (std::size_t at = memory.polls->next_seen(0); at < memory.polled.size(); at = memory.polls->next_seen(at + 1)) {
        const auto index = memory.polled[at];
        auto& state = memory.states[index];
        const auto seen = memory.polls->seen(at);
        const auto now = memory.sockets[index]->levels(seen, state.wanted).holds;
        const auto holds = now & state.wanted;
        found += state.holds == level::none && holds != level::none ? 1 : 0;
        state.holds |= holds;
        // An end that nobody asked for, or input that pending requests take: the system would tell of it again and again.
        state.left_out = holds == level::none && (has_any(seen, readiness::failed) || has_any(now, level::requested));
    }
    return found;
}

clock::time_point deadline_of(const std::optional<std::chrono::nanoseconds>& timeout)
{
    const auto now = clock::now();
    return timeout && *timeout < clock::time_point::max() - now ? now + *timeout : clock::time_point::max();
}

}  // namespace

std::unique_ptr<watched_sockets> watched_sockets_pool::take()
{
    {
        const std::scoped_lock lock(mutex_);
        if (!idle_.empty()) {
            auto ready = std::move(idle_.back());
            idle_.pop_back();
            return ready;
        }
    }
    auto fresh = std::make_unique<watched_sockets>();
    fresh->polls = net_.make_poll_set();
    return fresh;
}

void watched_sockets_pool::give_back(std::unique_ptr<watched_sockets> idle) noexcept
{
    idle->sockets.clear();
    idle->states.clear();
    try {
        const std::scoped_lock lock(mutex_);
        idle_.push_back(std::move(idle));
    } catch (const std::bad_alloc&) {
        // without memory to keep it, it goes
    }
}

readiness_wait::readiness_wait(provider& owner) : call_(owner)
{
    if (call_) {
        life_ = owner.life_.load(std::memory_order_acquire);
        memory_ = life_->watch_memory.take();
        life_->watches.enter();
    }
}

readiness_wait::~readiness_wait()
{
    if (memory_) {
        for (auto* each : memory_->sockets) {
            if (each != nullptr) {
                each->end_watch();
            }
        }
        life_->watches.leave();
        life_->watch_memory.give_back(std::move(memory_));
    }
}

bool readiness_wait::add(socket_handle handle, level wanted)
{
    auto& memory = *memory_;
    memory.states.push_back({wanted, level::not_socket, false});
    memory.sockets.push_back(nullptr);
    memory.sockets.back() = life_->sockets.find_to_watch(handle);
    return memory.sockets.back() != nullptr;
}

result<std::size_t> readiness_wait::wait(std::optional<std::chrono::nanoseconds> timeout)
{
    auto& memory = *memory_;
    const auto look = [&](std::size_t known) -> result<std::size_t> {
        const auto seen = memory.polls->wait(nullptr, clock::time_point{});
        return seen ? result<std::size_t>(known + read_answers(memory)) : seen.error();
    };
    if (timeout && *timeout <= timeout->zero()) {
        return look(ask_core(memory));  // BLK-8: no hook
    }
    readiness_call call(*life_, memory, deadline_of(timeout));
    for (;;) {
        if (const auto known = ask_core(memory); known > 0) {
            return look(known);
        }
        const auto waited = call.wait();
        if (!waited) {
            return waited.error() == make_error_code(errc::timed_out) ? std::size_t{0}
                                                                      : result<std::size_t>(waited.error());
        }
        if (const auto found = read_answers(memory); found > 0) {
            return found;
        }
        if (has_any(*waited, readiness::interrupted)) {
            for (auto& each : memory.states) {
                each.left_out = false;
            }
        }
    }
}

std::size_t readiness_wait::size() const noexcept
{
    return memory_->states.size();
}

level readiness_wait::holds(std::size_t index) const noexcept
{
    return memory_->states[index].holds;
}

}  // namespace spindle
