// Stream sockets: receiving (pages WSPRecv, WSPRecvFrom), urgent data, and what can be read at once.
#include <algorithm>
#include <array>

#include "provider_life.hpp"
#include "stream_socket.hpp"

namespace spindle {
namespace {

constexpr unsigned known_flags = message_flag::out_of_band | message_flag::peek | message_flag::wait_all |
                                 message_flag::push_immediate | message_flag::partial | message_flag::always_wait;


// The part of the buffers between `skip` and `skip + limit` bytes.
std::vector<mutable_buffer> slice(mutable_buffers buffers, std::size_t skip, std::size_t limit)
{
    std::vector<mutable_buffer> part;
    for (const auto& buffer : buffers) {
        const std::size_t passed = std::min(skip, buffer.size);
        skip -= passed;
        const std::size_t taken = std::min(buffer.size - passed, limit);
        if (taken > 0) {
            part.push_back({static_cast<std::byte*>(buffer.data) + passed, taken});
            limit -= taken;
        }
    }
    return part;
}

void store_byte(mutable_buffers buffers, std::byte value)
{
    for (const auto& buffer : buffers) {
        if (buffer.size > 0) {
            *static_cast<std::byte*>(buffer.data) = value;
            return;
        }
    }
}

// Where the system does not tell, a short read proves its buffer empty. Neither knows of urgent bytes in the stream.
bool has_drained(const receive_outcome& got, mutable_buffers buffers, unsigned flags)
{
    if ((flags & message_flag::peek) != 0) {
        return false;
    }
    return got.unread ? *got.unread == 0 : got.bytes < total_size(buffers);
}

// Counts the threads that could still take incoming data (SHUT-8, D-12).
struct receiver_count {
    explicit receiver_count(std::atomic<unsigned>& counter) noexcept : counted(counter) { ++counted; }
    receiver_count(const receiver_count&) = delete;
    receiver_count& operator=(const receiver_count&) = delete;
    ~receiver_count() { --counted; }
    std::atomic<unsigned>& counted;
};

}  // namespace

errc stream_socket::check_receive(unsigned flags)
{
    update_connect_state();
    if (!has(state::connected)) {
        return errc::not_connected;
    }
    if (has(state::receive_shut)) {
        return errc::shut_down;
    }
    if ((flags & ~known_flags) != 0) {
        return errc::operation_not_supported;
    }
    constexpr unsigned not_with_wait_all = message_flag::out_of_band | message_flag::peek | message_flag::partial;
    if ((flags & message_flag::wait_all) != 0 &&
        ((flags & not_with_wait_all) != 0 || !waits(flags))) {
        return errc::operation_not_supported;
    }
    if ((flags & message_flag::out_of_band) != 0 && options().oob_inline.load(std::memory_order_relaxed)) {
        return errc::invalid_argument;
    }
    return errc::success;
}

transfer_flags stream_socket::lower_flags(unsigned flags) const noexcept
{
    if ((flags & message_flag::peek) != 0) {
        return transfer_flags::peek;
    }
    return has_events() || has(state::tells_unread) ? transfer_flags::tell_unread : transfer_flags::none;
}

// MSG-1.
result<receive_outcome> stream_socket::receive_message(mutable_buffers, unsigned, socket_address*, message_control&)
{
    const use guard(*this);
    return guard ? errc::operation_not_supported : guard.error();
}

result<receive_outcome> stream_socket::receive(mutable_buffers buffers, unsigned flags, socket_address*)
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    if (buffers.empty()) {
        return errc::invalid_argument;
    }
    if (const auto code = check_receive(flags); code != errc::success) {
        return code;
    }
    if ((flags & message_flag::out_of_band) != 0) {
        set_state(state::urgent_interest);
    }
    if (!has_events()) {
        return receive_checked(buffers, flags);
    }
    const auto news_before = news_so_far();
    auto got = receive_checked(buffers, flags);
    const bool drained = got ? has_drained(*got, buffers, flags) : is_would_block(got.error());
    note_receive(flags, got ? std::error_code() : got.error(), drained && !has(state::urgent_interest),
                 news_before);
    return got;
}

result<receive_outcome> stream_socket::receive_checked(mutable_buffers buffers, unsigned flags)
{
    if ((flags & message_flag::wait_all) != 0) {
        return receive_all(buffers, flags);
    }
    const bool may_wait = waits(flags);
    if (has_input_requests()) {
        // What comes in is theirs first (OVL-16).
        if (!may_wait) {
            return errc::would_block;
        }
        if (auto served = wait_until_finished([this] { return !has_input_requests(); }, cancelling::yes); !served) {
            return served.error();
        }
    }
    if (!may_wait || habit_.tries_first()) {
        auto got = receive_once(buffers, flags);
        if (got) {
            habit_.found();
        }
        if (got || got.error() != make_error_code(errc::would_block) || !may_wait) {
            return got;
        }
        habit_.found_nothing();
    }
    const receiver_count counted(receivers_);
    blocking_call call(*this, errc::connection_aborted, receive_timeout());
    return receive_waiting(buffers, flags, &call);
}

result<receive_outcome> stream_socket::receive_waiting(mutable_buffers buffers, unsigned flags, blocking_call* call)
{
    const bool urgent_wanted = (flags & message_flag::out_of_band) != 0;
    const auto wanted = urgent_wanted                 ? readiness::urgent
                        : has(state::urgent_interest) ? readiness::readable | readiness::urgent
                                                      : readiness::readable;
    for (;;) {
        if (auto waited = call->wait(wanted); !waited) {
            return waited.error();
        }
        auto got = receive_once(buffers, flags);
        if (got || got.error() != make_error_code(errc::would_block)) {
            return got;
        }
        if (urgent_wanted && has_any(call->seen(), readiness::failed)) {
            // Nothing urgent can come any more: the connection failed, or both ends have finished.
            if (const auto alive = lower().connect_result(); !alive) {
                lose_connection(to_errc(alive.error()));
                return failure();
            }
            return receive_outcome{};
        }
    }
}

// MSG_WAITALL: what has arrived is never lost to a time-out or an end of the stream; an error then comes with the
// next call.
result<receive_outcome> stream_socket::receive_all(mutable_buffers buffers, unsigned flags)
{
    const receiver_count counted(receivers_);
    const std::size_t total = total_size(buffers);
    std::optional<blocking_call> call;
    std::size_t done = 0;
    for (;;) {
        auto got = receive_some(buffers, done, flags);
        if (!got && got.error() == make_error_code(errc::would_block)) {
            if (!call) {
                call.emplace(*this, errc::connection_aborted, receive_timeout());
            }
            if (auto waited = call->wait(readiness::readable); waited) {
                continue;
            } else {
                got = waited.error();
            }
        }
        if (!got || got->bytes == 0) {
            return done > 0 ? result<receive_outcome>(receive_outcome{done, false}) : got;
        }
        done += got->bytes;
        if (done == total) {
            return receive_outcome{done, false};
        }
    }
}

result<receive_outcome> stream_socket::receive_some(mutable_buffers buffers, std::size_t done, unsigned flags)
{
    return done == 0 ? receive_once(buffers, flags)
                     : receive_once(slice(buffers, done, total_size(buffers) - done), flags);
}

result<receive_outcome> stream_socket::receive_once(mutable_buffers buffers, unsigned flags)
{
    auto got = has(state::urgent_interest) ? receive_urgent(buffers, flags)
                                           : lower().receive(buffers, lower_flags(flags), nullptr);
    if (got) {
        if (got->bytes != 0 || !has(state::broken)) {
            return got;
        }
        // The send side met the reset first; the system reports it once only.
        return total_size(buffers) == 0 ? got : result<receive_outcome>(failure());
    }
    if (got.error() == make_error_code(errc::would_block)) {
        return got;
    }
    const auto code = to_errc(got.error());
    if (is_call_failure(code)) {
        return got;
    }
    lose_connection(code == errc::timed_out ? errc::connection_aborted : code);
    return failure();
}

void stream_socket::lose_connection(errc why)
{
    const std::scoped_lock lock(send_mutex_);
    break_connection(why);
    drop_queue();
}

// What the system had announced it announces no more.
urgent_data& stream_socket::pulled_urgent()
{
    if (!urgent_) {
        urgent_ = std::make_unique<urgent_data>();
    }
    if (urgent_->pull(lower())) {
        levels_changed();
    }
    return *urgent_;
}

// A byte that the system merged back into the stream at this place was delivered as an urgent one.
result<void> stream_socket::skip_duplicates(urgent_data& pending)
{
    while (pending.duplicate_ahead()) {
        std::byte dropped{};
        const std::array<mutable_buffer, 1> one{{{&dropped, 1}}};
        if (auto skipped = lower().receive(one, transfer_flags::none, nullptr); !skipped) {
            return skipped.error();
        }
        pending.skipped_duplicate();
    }
    return {};
}

result<receive_outcome> stream_socket::receive_urgent(mutable_buffers buffers, unsigned flags)
{
    const std::scoped_lock lock(receive_mutex_);
    auto& pending = pulled_urgent();
    const bool peek = (flags & message_flag::peek) != 0;
    const auto take_urgent = [&]() -> result<receive_outcome> {
        store_byte(buffers, pending.front());
        if (!peek) {
            pending.pop();
        }
        return receive_outcome{1, false};
    };
    if ((flags & message_flag::out_of_band) != 0) {
        return pending.empty() ? result<receive_outcome>(errc::would_block) : take_urgent();
    }
    const bool is_inline = options().oob_inline.load(std::memory_order_relaxed);
    if (is_inline && pending.oldest_is_due() && total_size(buffers) > 0) {
        return take_urgent();
    }
    if (auto skipped = skip_duplicates(pending); !skipped) {
        return skipped.error();
    }
    // A read that ends at an urgent position must not look like a short one to the client (OOB-1) unless it is to
    // be delivered in line (OOB-5).
    const auto distance = pending.distance();
    const std::size_t limit =
        distance && *distance > 0 ? static_cast<std::size_t>(*distance) : total_size(buffers);
    const auto part = slice(buffers, 0, limit);
    auto got = part.empty() ? lower().receive(buffers, lower_flags(flags), nullptr)
                            : lower().receive(part, lower_flags(flags), nullptr);
    if (!got || peek) {
        return got;
    }
    pending.advance(got->bytes);
    if (!is_inline && got->bytes == limit && limit < total_size(buffers)) {
        const auto rest = slice(buffers, got->bytes, total_size(buffers) - got->bytes);
        if (auto more = lower().receive(rest, transfer_flags::none, nullptr); more) {
            pending.advance(more->bytes);
            got->bytes += more->bytes;
        }
    }
    return got;
}

result<std::size_t> stream_socket::readable_bytes()
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    update_connect_state();
    if (!has(state::connected)) {
        return std::size_t{0};
    }
    const std::scoped_lock lock(receive_mutex_);
    const auto& pending = pulled_urgent();
    if (!pending.empty()) {
        set_state(state::urgent_interest);
    }
    auto plain = pending.readable_bytes(lower());
    if (!plain || !options().oob_inline.load(std::memory_order_relaxed)) {
        return plain;
    }
    return plain.value() + pending.size();
}

result<bool> stream_socket::at_urgent_mark()
{
    const use guard(*this);
    if (!guard) {
        return guard.error();
    }
    update_connect_state();
    if (!has(state::connected)) {
        return true;
    }
    set_state(state::urgent_interest);
    const std::scoped_lock lock(receive_mutex_);
    const auto& pending = pulled_urgent();
    if (pending.empty()) {
        return true;
    }
    return options().oob_inline.load(std::memory_order_relaxed) && pending.oldest_is_due();
}

}  // namespace spindle
