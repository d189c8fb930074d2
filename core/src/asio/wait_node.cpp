// The life of pending waits: adding, waking, cancelling and dropping them, each exactly once. How a platform
// watches a socket is in event_source.hpp.
#include "asio/wait_node.hpp"

#include <asio/post.hpp>
#include <exception>
#include <mutex>
#include <utility>

#include "spindle/trace.hpp"

namespace spindle {
namespace {

constexpr std::array<readiness, 3> conditions{readiness::readable, readiness::writable, readiness::urgent};

std::size_t index_of(readiness condition) noexcept
{
    std::size_t index = 0;
    while (index < conditions.size() && conditions[index] != condition) {
        ++index;
    }
    return index;
}

void call(lower_socket::wait_handler& handler, readiness outcome) noexcept
{
    const auto once = std::move(handler);
    handler = nullptr;
    if (!once) {
        return;
    }
    try {
        once(outcome);
    } catch (const std::exception& error) {
        trace::write(trace::level::critical, "exception from a wait handler", {{"what", error.what()}});
    } catch (...) {
        trace::write(trace::level::critical, "exception from a wait handler");
    }
}

}  // namespace

wait_node::wait_node(asio_context& context, wait_shard& shard, slot& owner, watched_socket socket)
    : context_{context}, shard_{shard}, owner_{&owner}, source_{context.loop(), socket}
{
    next_ = shard_.first;
    if (next_ != nullptr) {
        next_->previous_ = this;
    }
    shard_.first = this;
}

wait_node::~wait_node() = default;

result<void> wait_node::add(asio_context& context, wait_shard& shard, slot& owner, watched_socket socket,
                            readiness condition, bool parked, lower_socket::wait_handler& handler)
{
    const auto index = index_of(condition);
    if (index == conditions.size()) {
        return errc::invalid_argument;
    }
    if (!owner) {
        owner = std::make_shared<wait_node>(context, shard, owner, socket);
    }
    auto& node = *owner;
    if (node.handlers_[index]) {
        return errc::invalid_argument;
    }
    if (!parked && !node.arm(index)) {
        if (node.pending() == readiness::none) {
            const auto unused = node.detach();
        }
        return errc::no_buffer_space;
    }
    node.handlers_[index] = std::move(handler);
    return {};
}

readiness wait_node::pending() const noexcept
{
    auto set = readiness::none;
    for (std::size_t index = 0; index < condition_count; ++index) {
        set = handlers_[index] ? set | conditions[index] : set;
    }
    return set;
}

bool wait_node::arm(std::size_t condition) noexcept
{
    const auto source_slot = event_source::slot_of(conditions[condition]);
    if (!armed_[source_slot]) {
        armed_[source_slot] = source_.arm(conditions[condition], wait_event{shared_from_this(), source_slot});
        return armed_[source_slot];
    }
    return true;
}

bool wait_node::arm_pending() noexcept
{
    bool all = true;
    for (std::size_t index = 0; index < condition_count; ++index) {
        all = (!handlers_[index] || arm(index)) && all;
    }
    return all;
}

wait_node::slot wait_node::detach() noexcept
{
    source_.release();
    (previous_ != nullptr ? previous_->next_ : shard_.first) = next_;
    if (next_ != nullptr) {
        next_->previous_ = previous_;
    }
    next_ = previous_ = nullptr;
    return std::exchange(*std::exchange(owner_, nullptr), nullptr);
}

void wait_node::on_event(std::size_t source_slot, readiness known) noexcept
{
    handlers due;
    auto outcome = readiness::none;
    {
        const std::lock_guard lock{shard_.mutex};
        armed_[source_slot] = false;
        if (owner_ == nullptr) {
            return;
        }
        source_.acknowledge(source_slot);
        outcome = known != readiness::none ? known : source_.look(pending());
        for (std::size_t index = 0; index < condition_count; ++index) {
            if (has_any(outcome, conditions[index] | readiness::failed)) {
                due[index] = std::exchange(handlers_[index], nullptr);
            }
        }
        if (!arm_pending()) {
            outcome = outcome | readiness::failed;
            for (std::size_t index = 0; index < condition_count; ++index) {
                due[index] =
                    handlers_[index] ? std::exchange(handlers_[index], nullptr) : std::move(due[index]);
            }
        }
    }
    for (std::size_t index = 0; index < condition_count; ++index) {
        const auto reported = static_cast<readiness>(
            static_cast<unsigned>(outcome) & static_cast<unsigned>(conditions[index] | readiness::failed));
        call(due[index], reported);
    }
    // A handler that waits again keeps the registration; only then would ending it have been a waste.
    slot ended;
    const std::lock_guard lock{shard_.mutex};
    if (owner_ != nullptr && pending() == readiness::none) {
        ended = detach();
    }
}

wait_node::slot wait_node::unpark() noexcept
{
    if (arm_pending()) {
        return nullptr;
    }
    // What cannot be watched is reported as failed, rather than never.
    undelivered_ = !post_outcome(readiness::failed);
    return detach();
}

wait_node::slot wait_node::cancel(slot& owner) noexcept
{
    if (!owner) {
        return nullptr;
    }
    auto node = owner->detach();
    if (node->pending() != readiness::none) {
        node->undelivered_ = !node->post_outcome(readiness::none);
    }
    return node;
}

void wait_node::finish_cancel(slot cancelled) noexcept
{
    // Out of memory is the one case in which a handler runs on the thread that cancels.
    if (cancelled && cancelled->undelivered_) {
        cancelled->deliver(readiness::none);
    }
}

bool wait_node::post_outcome(readiness outcome) noexcept
try {
    asio::post(context_.loop(), [self = shared_from_this(), outcome] { self->deliver(outcome); });
    return true;
} catch (...) {
    return false;
}

void wait_node::deliver(readiness outcome) noexcept
{
    // Detached: only this call and the destructor know the handlers now.
    for (auto& handler : handlers_) {
        call(handler, outcome);
    }
}

wait_node::slot wait_node::detach_for_good(wait_node& node, slot chain) noexcept
{
    auto detached = node.detach();
    detached->chain_ = std::move(chain);
    return detached;
}

wait_node::slot wait_node::drop_handlers() noexcept
{
    const auto dropped = std::exchange(handlers_, handlers{});
    return std::move(chain_);
}

void wait_event::operator()() const
{
    node->on_event(source_slot);
}

// An error is looked at: it may be the wait's own.
void wait_event::operator()(const asio::error_code& error, std::size_t) const
{
    node->on_event(source_slot, error ? readiness::none : readiness::readable);
}

}  // namespace spindle
