// A system socket that several processes hold (clauses DUP-8 to DUP-11, CLEAN-21): every call first takes over what other
// processes have told of the socket and in the end tells what it has changed. The last process that holds it ends it.
#include <algorithm>
#include <new>

#include "provider_life.hpp"

namespace spindle {
namespace {

/// The facts about the connection; the rest of the state concerns this process alone.
constexpr std::uint32_t common_state = state::bound | state::listening | state::connecting | state::connected |
                                       state::connect_failed | state::send_shut | state::receive_shut |
                                       state::nonblocking | state::broken | state::leaf | state::discarding |
                                       state::default_context;

constexpr std::uint32_t active_state = state::listening | state::connecting | state::connected;

template <class Options, class Visit>
void each_number(Options& options, Visit&& visit)
{
    visit(options.linger_ever_set);
    visit(options.debug);
    visit(options.keep_alive);
    visit(options.dont_route);
    visit(options.broadcast);
    visit(options.conditional_accept);
    visit(options.pause_accept);
    visit(options.no_delay);
    visit(options.expedited_1122);
    visit(options.v6_only);
    visit(options.report_reset);
    visit(options.report_expired);
    visit(options.mode);
    visit(options.receive_buffer);
    visit(options.group_priority);
    visit(options.keep_alive_idle);
    visit(options.keep_alive_interval);
    visit(options.keep_alive_count);
    visit(options.send_buffer);
    visit(options.receive_timeout_ms);
    visit(options.send_timeout_ms);
    visit(options.oob_inline);
    visit(options.control_wanted);
}

template <class Value>
std::uint32_t to_number(const Value& value) noexcept
{
    return static_cast<std::uint32_t>(value);
}
template <class Value>
std::uint32_t to_number(const std::atomic<Value>& value) noexcept
{
    return static_cast<std::uint32_t>(value.load(std::memory_order_relaxed));
}
template <class Value>
void from_number(Value& value, std::uint32_t number) noexcept
{
    value = static_cast<Value>(number);
}
template <class Value>
void from_number(std::atomic<Value>& value, std::uint32_t number) noexcept
{
    value.store(static_cast<Value>(number), std::memory_order_relaxed);
}

shared_values::name to_name(const socket_address& address) noexcept
{
    shared_values::name name;
    name.size = static_cast<std::uint32_t>(address.size());
    std::copy(address.bytes().begin(), address.bytes().end(), name.bytes.begin());
    return name;
}

/// Empty for what is none: the memory is anybody's who holds the socket.
socket_address from_name(const shared_values::name& name) noexcept
{
    if (name.size > name.bytes.size()) {
        return {};
    }
    const auto address = socket_address::from_bytes(name.bytes.data(), name.size);
    return address ? *address : socket_address{};
}

}  // namespace

// With the state mutex.
shared_values basic_socket::values_now() const
{
    shared_values values;
    values.layout = shared_values::present_layout;
    values.creation_flags = request_.creation_flags;
    values.state = state_.load(std::memory_order_acquire) & common_state;
    values.linger = options_.linger;
    std::size_t index = 0;
    each_number(options_, [&](const auto& value) { values.numbers[index++] = to_number(value); });
    if (const auto* rare = options_.rare_if_any()) {
        for (std::size_t name = 0; name < shared_values::kept_count; ++name) {
            const auto which = static_cast<kept>(name);
            if (rare->numbers.has(which)) {
                values.kept_present |= 1U << name;
                values.kept_numbers[name] = rare->numbers.get(which, 0);
            }
        }
    }
    values.pending_error = static_cast<std::int32_t>(pending_error_);
    values.failure = static_cast<std::int32_t>(failure_.load(std::memory_order_acquire));
    values.connect_failure = static_cast<std::int32_t>(connect_failure_.load(std::memory_order_relaxed));
    values.bound = bound_ ? to_name(*bound_) : shared_values::name{};
    values.peer = to_name(peer_);
    return values;
}

// With the state mutex. Throws bad_alloc.
void basic_socket::take_values(const shared_values& values)
{
    const auto before = state_.load(std::memory_order_acquire);
    const auto began = values.state & ~before;
    options_.linger = values.linger;
    std::size_t index = 0;
    each_number(options_, [&](auto& value) { from_number(value, values.numbers[index++]); });
    for (std::size_t name = 0; name < shared_values::kept_count; ++name) {
        if ((values.kept_present >> name & 1U) != 0) {
            options_.rare().numbers.put(static_cast<kept>(name), values.kept_numbers[name]);
        }
    }
    pending_error_ = static_cast<errc>(values.pending_error);
    failure_.store(static_cast<errc>(values.failure), std::memory_order_release);
    connect_failure_.store(static_cast<errc>(values.connect_failure), std::memory_order_relaxed);
    peer_ = from_name(values.peer);
    if (const auto bound = from_name(values.bound); !bound.empty() && (!bound_ || *bound_ != bound)) {
        bound_ = std::make_unique<socket_address>(bound);
        if (kind().family != address_family::local && kind().type != socket_type::raw) {
            book_port({this, kind().type, bound, options_.mode, !options_.v6_only});
        }
    }
    if ((began & state::connected) != 0) {
        connected_since_ = clock::now();
    }
    if (is_stream() && (began & active_state) != 0) {
        lower_->note_activity();
    }
    set_state(values.state & common_state);
    clear_state(~values.state & common_state);
    levels_changed();
}

result<socket_share*> basic_socket::begin_sharing()
{
    const std::scoped_lock lock(state_mutex_);
    if (shared_.load(std::memory_order_acquire) != nullptr) {
        return shared_owner_->share.get();
    }
    auto share = life_->net->share(*lower_);
    if (!share) {
        return share.error();
    }
    auto made = std::make_unique<shared_part>(std::move(share).value());
    made->before = std::move(shared_owner_);
    shared_owner_ = std::move(made);
    auto& part = *shared_owner_;
    part.agreed = values_now();
    part.memory.write(part.agreed);
    part.generation.store(part.memory.generation(), std::memory_order_relaxed);
    if (auto* events = events_.get()) {
        part.registration = part.memory.begin_registration(events->notifier.wanted());
    }
    shared_.store(&part, std::memory_order_release);
    return part.share.get();
}

void basic_socket::join_share(std::unique_ptr<socket_share> share)
{
    const std::scoped_lock lock(state_mutex_);
    shared_owner_ = std::make_unique<shared_part>(std::move(share));
    shared_owner_->agreed = values_now();
    learn_locked(*shared_owner_);
    request_.creation_flags = shared_owner_->agreed.creation_flags;
    shared_.store(shared_owner_.get(), std::memory_order_release);
}

void basic_socket::learn_locked(shared_part& part)
{
    const auto generation = part.memory.generation();
    const auto theirs = part.memory.read();
    if (theirs.layout != shared_values::present_layout) {
        return;
    }
    take_values(merge(part.agreed, values_now(), theirs));
    part.agreed = theirs;
    part.generation.store(generation, std::memory_order_relaxed);
}

void basic_socket::learn_shared() noexcept
try {
    auto* part = shared_.load(std::memory_order_acquire);
    if (part == nullptr || part->generation.load(std::memory_order_relaxed) == part->memory.generation()) {
        return;
    }
    const std::scoped_lock lock(state_mutex_);
    learn_locked(*part);
} catch (const std::bad_alloc&) {
    // at the next call
}

void basic_socket::tell_shared() noexcept
try {
    const std::scoped_lock lock(state_mutex_);
    auto* part = shared_.load(std::memory_order_acquire);
    // What the end of the socket changes here is no news to those that go on.
    if (part == nullptr || is_retired()) {
        return;
    }
    const auto mine = values_now();
    if (mine == part->agreed) {
        return;
    }
    part->share->lock();
    const auto both = merge(part->agreed, mine, part->memory.read());
    part->memory.write(both);
    const auto generation = part->memory.generation();
    part->share->unlock();
    part->agreed = both;
    part->generation.store(generation, std::memory_order_relaxed);
    if (!(both == mine)) {
        take_values(both);
    }
} catch (const std::bad_alloc&) {
    // at the next call
}

bool basic_socket::leave_share() noexcept
{
    shared_part* part = nullptr;
    {
        const std::scoped_lock lock(state_mutex_);
        part = shared_.exchange(nullptr, std::memory_order_acq_rel);
    }
    if (part == nullptr) {
        return true;
    }
    part->memory.end_registration(part->registration.load(std::memory_order_relaxed));
    return part->share->leave();
}

bool basic_socket::registration_is_over() const noexcept
{
    const auto* part = shared_.load(std::memory_order_acquire);
    return part != nullptr && part->registration.load(std::memory_order_acquire) != part->memory.registration();
}

}  // namespace spindle
