// State, names, binding and the closing discipline that all sockets share; see the header.
#include "basic_socket.hpp"

#include <algorithm>
#include <array>

#include "option_table.hpp"
#include "provider_life.hpp"

namespace spindle {
namespace {

constexpr std::uint32_t finalized = 1U << 30;

constexpr std::array carried_options{lower_option::unicast_hops, lower_option::type_of_service,
                                     lower_option::share_port};

}  // namespace

void socket_options::inherit(const socket_options& listener)
{
    linger = listener.linger;
    linger_ever_set = listener.linger_ever_set;
    debug = listener.debug;
    keep_alive = listener.keep_alive;
    dont_route = listener.dont_route;
    no_delay = listener.no_delay;
    expedited_1122 = listener.expedited_1122;
    v6_only = listener.v6_only;
    mode = listener.mode;
    receive_buffer = listener.receive_buffer;
    group_priority = listener.group_priority;
    keep_alive_idle = listener.keep_alive_idle;
    keep_alive_interval = listener.keep_alive_interval;
    keep_alive_count = listener.keep_alive_count;
    send_buffer = listener.send_buffer.load();
    receive_timeout_ms = listener.receive_timeout_ms.load();
    send_timeout_ms = listener.send_timeout_ms.load();
    oob_inline = listener.oob_inline.load();
}

basic_socket::use::use(const basic_socket& target, bool counted) noexcept
    : call_(counted ? provider::call(nullptr) : provider::call(*target.owner_))
{
    enter(target, counted);
    if (target.shares() && error_ == errc::success) {
        const_cast<basic_socket&>(target).learn_shared();
        shares_ = true;
    }
}

basic_socket::use::use(const basic_socket& target, locked) noexcept : call_(*target.owner_)
{
    enter(target, false);
}

void basic_socket::use::enter(const basic_socket& target, bool counted) noexcept
{
    if (!counted && !call_) {
        error_ = errc::not_initialised;
        return;
    }
    const auto before = target.users_.fetch_add(1, std::memory_order_acq_rel);
    target_ = &target;
    if ((before & retired) != 0) {
        error_ = errc::not_socket;
    }
}

basic_socket::use::~use()
{
    if (target_ != nullptr) {
        auto& used = const_cast<basic_socket&>(*target_);
        if (shares_) {
            used.tell_shared();
        }
        used.drop_descriptor();
    }
}

basic_socket::basic_socket(parts made_of) noexcept
    : owner_(made_of.owner), life_(made_of.life), lower_(std::move(made_of.lower)), token_(made_of.token),
      request_(made_of.request)
{
}

basic_socket::~basic_socket() = default;

void basic_socket::release_users(std::uint64_t count) noexcept
{
    const auto before = static_cast<std::uint32_t>(users_.fetch_sub(count, std::memory_order_acq_rel));
    if ((before & ~finalized) != (retired | 1U)) {
        return;
    }
    // A late caller may pass here again after it was turned away; only the first closes.
    close_once(finalized);
}

void basic_socket::close_once(std::uint32_t marks) noexcept
{
    if ((users_.fetch_or(marks, std::memory_order_acq_rel) & finalized) == 0) {
        lower_->close();
        lower_.reset();
    }
}

void basic_socket::abandon_descriptor() noexcept
{
    close_once(retired | finalized);
}

bool basic_socket::retire() noexcept
{
    const auto before = users_.fetch_or(retired, std::memory_order_seq_cst);
    if ((before & retired) != 0) {
        return false;
    }
    if (before >= one_watcher) {
        life_->watches.keep(shared_from_this());
    }
    {
        const std::scoped_lock lock(state_mutex_);
        descriptors_.each([this](const socket_descriptor& each) { life_->sockets.erase(each.handle, this); });
    }
    life_->ports.remove(this);
    end_waiters(std::nullopt);
    levels_changed();
    close_events();
    return true;
}

void basic_socket::wake_watchers() noexcept
{
    life_->watches.wake(*this);
}

errc basic_socket::add_waiter(waiter& who) noexcept
{
    const std::scoped_lock lock(state_mutex_);
    if (life_->stopping()) {
        return errc::interrupted;
    }
    if ((users_.load(std::memory_order_acquire) & retired) != 0) {
        return who.close_code;
    }
    waiters_.push_back(&who);
    return errc::success;
}

void basic_socket::remove_waiter(waiter& who) noexcept
{
    const std::scoped_lock lock(state_mutex_);
    std::erase(waiters_, &who);
}

std::size_t basic_socket::end_waiters(std::optional<errc> reason) noexcept
{
    const std::scoped_lock lock(state_mutex_);
    return static_cast<std::size_t>(std::count_if(waiters_.begin(), waiters_.end(), [&](waiter* waiting) {
        return waiting->end(reason.value_or(waiting->close_code));
    }));
}

void basic_socket::nudge_waiters() noexcept
{
    const std::scoped_lock lock(state_mutex_);
    for (auto* waiting : waiters_) {
        waiting->nudge();
    }
}

errc basic_socket::check_family(const socket_address& address) const noexcept
{
    return address.family() == kind().family ? errc::success : errc::address_family_not_supported;
}

std::chrono::milliseconds basic_socket::receive_timeout() const noexcept
{
    return std::chrono::milliseconds{options_.receive_timeout_ms.load(std::memory_order_relaxed)};
}

std::chrono::milliseconds basic_socket::send_timeout() const noexcept
{
    return std::chrono::milliseconds{options_.send_timeout_ms.load(std::memory_order_relaxed)};
}

void basic_socket::break_connection(errc why) noexcept
{
    auto none = errc::success;
    failure_.compare_exchange_strong(none, why, std::memory_order_acq_rel);
    set_state(state::broken);
    levels_changed();
}

result<void> basic_socket::bind(const socket_address& local)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    auto bound = bind_unbound(local);
    if (bound) {
        note_progress();
    }
    return bound;
}

result<void> basic_socket::bind_unbound(const socket_address& local)
{
    if (const auto code = check_family(local); code != errc::success) {
        return code;
    }
    const std::scoped_lock lock(life_->bind_mutex, state_mutex_);
    if (has(state::bound | state::connected | state::connecting | state::listening | state::accepting)) {
        return errc::invalid_argument;
    }
    if (local.is_limited_broadcast() && !options_.broadcast) {
        return errc::access_denied;
    }
    if (auto renewed = renew_if_needed(); !renewed) {
        return renewed;
    }
    return bind_checked(local);
}

result<void> basic_socket::bind_checked(const socket_address& local)
{
    bound_port candidate{this, kind().type, local, options_.mode_of_bind(), !options_.v6_only};
    const bool has_port = kind().family != address_family::local && kind().type != socket_type::raw;
    auto name = std::make_unique<socket_address>();  // before anything is bound
    if (has_port) {
        const auto verdict = life_->ports.check(candidate);
        if (verdict.code != errc::success) {
            return verdict.code;
        }
        share_port_with(verdict.share_with);
    }
    const bool restartable = has_port && is_stream();
    if (restartable && local.port() != 0) {
        (void)lower_->set_option(lower_option::restart_bind, 1);
    }
    if (auto done = lower_->bind(local); !done) {
        // Bound in the meantime by another thread's sendto, or an address that is not local (LNX-7).
        const auto present = lower_->local_address();
        const bool taken = present && present->port() != 0;
        return done.error() == make_error_code(errc::invalid_argument) && has_port && !taken
                   ? result<void>(errc::address_not_available)
                   : done;
    }
    if (restartable && local.port() == 0) {
        // Only now: the system must not choose a port that somebody holds.
        (void)lower_->set_option(lower_option::restart_bind, 1);
    }
    const auto actual = lower_->local_address();
    *name = actual ? without_foreign_port(actual.value()) : local;
    bound_ = std::move(name);
    set_state(state::bound);
    if (has_port) {
        candidate.address = *bound_;
        book_port(candidate);
    }
    return {};
}

void basic_socket::book_port(const bound_port& port)
{
    life_->ports.add(port);
    if (is_retired()) {
        life_->ports.remove(this);  // closed by another thread meanwhile, which found nothing to remove
    }
}

void basic_socket::share_port_with(const std::vector<const void*>& owners) noexcept
{
    if (owners.empty()) {
        return;
    }
    for (const auto& other : life_->all_sockets()) {
        if (std::find(owners.begin(), owners.end(), static_cast<const void*>(other.get())) != owners.end()) {
            if (const use guard(*other, use::locked{}); guard) {
                (void)other->lower().set_option(lower_option::share_port, 1);
            }
        }
    }
    (void)lower_->set_option(lower_option::share_port, 1);
}

void basic_socket::apply_default_options() noexcept
{
    if (kind().family == address_family::ipv6) {
        (void)lower_->set_option(lower_option::v6_only, options_.v6_only ? 1 : 0);
    }
    if (kind().type == socket_type::datagram) {
        (void)lower_->set_option(lower_option::report_unreachable, 1);
    }
    if (!is_stream()) {
        (void)lower_->set_option(lower_option::fragment, 1);
    }
}

result<void> basic_socket::renew_if_needed()
{
    if (!has(state::needs_renewal)) {
        return {};
    }
    if (shares()) {
        clear_state(state::needs_renewal);  // a fresh one would not be the others'
        return {};
    }
    // What only the system's socket knows goes over from the old descriptor.
    std::array<result<int>, carried_options.size()> carried{errc::no_protocol_option, errc::no_protocol_option,
                                                            errc::no_protocol_option};
    std::transform(carried_options.begin(), carried_options.end(), carried.begin(),
                   [this](lower_option option) { return lower_->get_option(option); });
    if (auto renewed = lower_->renew(); !renewed) {
        return renewed;
    }
    clear_state(state::needs_renewal);
    apply_default_options();
    reapply_client_options(*this);
    for (std::size_t index = 0; index < carried.size(); ++index) {
        if (carried[index]) {
            (void)lower_->set_option(carried_options[index], *carried[index]);
        }
    }
    if (bound_) {
        (void)lower_->set_option(lower_option::restart_bind, 1);
        return lower_->bind(*bound_);
    }
    return {};
}

result<socket_address> basic_socket::local_address() const
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (!has(state::bound | state::connected | state::connecting) || has(state::default_context)) {
        return errc::invalid_argument;
    }
    const std::scoped_lock lock(state_mutex_);
    if (has(state::broken | state::needs_renewal | state::connect_failed) && bound_) {
        return *bound_;
    }
    const auto name = lower_->local_address();
    return name ? result<socket_address>(without_foreign_port(*name)) : name;
}

// Raw sockets have no ports; some systems keep the protocol there.
socket_address basic_socket::without_foreign_port(socket_address name) const noexcept
{
    if (kind().type == socket_type::raw) {
        name.set_port(0);
    }
    return name;
}

result<socket_address> basic_socket::peer_address() const
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    const_cast<basic_socket*>(this)->update_connect_state();
    if (!has(state::connected | state::connecting) || has(state::default_context)) {
        return errc::not_connected;
    }
    const std::scoped_lock lock(state_mutex_);
    if (connect_requested_ && has(state::connecting)) {
        return errc::not_connected;  // CNX-6
    }
    return peer_;
}

result<void> basic_socket::set_blocking(bool blocking)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    auto* events = events_.get();
    const auto* part = shared_.load(std::memory_order_acquire);
    const bool selected = part != nullptr ? part->memory.wanted() != 0
                                          : events != nullptr && events->notifier.wanted() != 0;
    if (blocking && selected) {
        return errc::invalid_argument;  // EVT-2
    }
    blocking ? clear_state(state::nonblocking) : set_state(state::nonblocking);
    return {};
}

result<void> basic_socket::set_option(int level, int name, std::span<const std::byte> value)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    const bool context = name == socket_option::update_accept_context || name == socket_option::update_connect_context;
    auto done = level == option_level::socket && context ? update_context(name, value)
                                                         : set_socket_option(*this, level, name, value);
    levels_changed();  // SO_OOBINLINE moves urgent bytes, SO_SNDBUF makes room
    return done;
}

result<void> basic_socket::update_context(int, std::span<const std::byte>)
{
    return errc::not_connected;
}

result<std::size_t> basic_socket::get_option(int level, int name, std::span<std::byte> value)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    update_connect_state();
    return get_socket_option(*this, level, name, value);
}

}  // namespace spindle
