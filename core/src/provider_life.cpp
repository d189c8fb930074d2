// One life of the provider: making sockets, and ending everything in order; see the header.
#include "provider_life.hpp"

#include <algorithm>
#include <charconv>
#include <new>

#include "datagram_socket.hpp"
#include "stream_socket.hpp"
#include "system.hpp"

namespace spindle {
namespace {

std::unique_ptr<transport> make_net(const provider_settings& settings)
{
    return settings.make_transport != nullptr ? settings.make_transport() : make_system_transport();
}

std::chrono::milliseconds effective_stall_limit(const provider_settings& settings)
{
    const auto text = system::trusted_environment("SPINDLE_FLUSH_STALL_MS");
    unsigned value = 0;
    if (text) {
        const auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
        if (parsed.ec == std::errc{} && parsed.ptr == text->data() + text->size()) {
            return std::chrono::milliseconds{value};
        }
    }
    // Far enough to mean never, near enough to be added to any time.
    return std::min<std::chrono::milliseconds>(settings.flush_stall_limit, std::chrono::hours{24 * 365});
}

class default_host final : public host {
public:
    result<socket_handle> create_socket_handle(std::uint32_t, socket_token token) override { return token; }
    void close_socket_handle(std::uint32_t, socket_handle) noexcept override {}
    blocking_hook query_blocking_hook(std::uint32_t) noexcept override { return {}; }
};

}  // namespace

std::shared_ptr<host> make_default_host()
{
    return std::make_shared<default_host>();
}

provider_life::provider_life(provider& owner, const provider_settings& settings, std::shared_ptr<host> services)
    : net(make_net(settings)), waiters(*net), watch_memory(*net), changes(*net),
      stall_limit(effective_stall_limit(settings)), owner_(owner)
{
    use_host(services ? std::move(services) : make_default_host());
}

void provider_life::use_host(std::shared_ptr<host> services)
{
    if (!services) {
        return;
    }
    // Older hosts stay alive: a call may be inside one of their functions.
    const std::scoped_lock lock(hosts_mutex_);
    if (std::find(hosts_.begin(), hosts_.end(), services) == hosts_.end()) {
        hosts_.push_back(services);
    }
    current_host_.store(services.get(), std::memory_order_release);
}

result<std::shared_ptr<basic_socket>> provider_life::make_socket(const socket_request& request,
                                                                 std::unique_ptr<lower_socket>& lower)
{
    const auto token = next_token();
    const bool is_new = lower == nullptr;
    if (is_new) {
        auto opened = net->open(request.kind, (request.creation_flags & creation_flag::no_handle_inherit) == 0);
        if (!opened) {
            return opened.error();
        }
        lower = std::move(opened).value();
    }
    auto& services = this->services();
    auto handle = services.create_socket_handle(request.catalog_entry_id, token);
    if (!handle) {
        return handle.error();
    }
    try {
        auto made = build(request, token, lower);
        made->add_descriptor({handle.value(), request.catalog_entry_id}, false);
        if (is_new) {
            made->apply_default_options();
        }
        if (sockets.insert(handle.value(), made)) {
            return made;
        }
    } catch (const std::bad_alloc&) {
        // as for a handle that the host minted twice: no socket, and the handle goes back (HAND-9)
    }
    services.close_socket_handle(request.catalog_entry_id, handle.value());
    return errc::no_buffer_space;
}

std::shared_ptr<basic_socket> provider_life::build(const socket_request& request, socket_token token,
                                                   std::unique_ptr<lower_socket>& lower)
{
    basic_socket::parts parts{&owner_, this, request, std::move(lower), token};
    if (request.kind.type != socket_type::stream) {
        return std::make_shared<datagram_socket>(std::move(parts));
    }
    return std::make_shared<stream_socket>(std::move(parts));
}

std::shared_ptr<event_loop> provider_life::open_loop(std::function<void()> unattended)
{
    auto loop = net->make_loop(std::move(unattended));
    if (loop) {
        const std::scoped_lock lock(loops_mutex_);
        std::erase_if(loops_, [](const std::weak_ptr<event_loop>& each) { return each.expired(); });
        loops_.push_back(loop);
    }
    return loop;
}

std::shared_ptr<event_loop> provider_life::news_loop()
{
    const std::scoped_lock lock(loops_mutex_);
    if (!news_loop_) {
        news_loop_ = net->make_attended_loop();
        if (news_loop_) {
            loops_.push_back(news_loop_);
            attended_loop_.store(news_loop_.get(), std::memory_order_release);
        }
    }
    return news_loop_;
}

void provider_life::close_loops() noexcept
{
    std::vector<std::weak_ptr<event_loop>> open;
    {
        const std::scoped_lock lock(loops_mutex_);
        open.swap(loops_);
    }
    for (const auto& each : open) {
        if (const auto loop = each.lock()) {
            loop->close();
        }
    }
}

void provider_life::wake_everybody() noexcept
{
    woken_ += watches.end_all(errc::interrupted);
    try {
        for (const auto& socket : all_sockets()) {
            woken_ += socket->end_waiters(errc::interrupted);
        }
    } catch (const std::bad_alloc&) {
        // the caller tries again
    }
}

void provider_life::count_unsent(cleanup_report& report)
{
    for (const auto& socket : all_sockets()) {
        ++report.sockets_open;
        if (socket->is_stream() && socket->has(state::connected) && !socket->has(state::broken)) {
            if (const auto outstanding = socket->lower().unacknowledged_bytes()) {
                report.bytes_in_system += outstanding.value();
            }
        }
    }
    report.calls_woken = woken_;
}

void provider_life::tear_down(cleanup_report& report)
{
    const auto begin = clock::now();
    flushes.start_report();
    duplicates.withdraw_offers();  // DUP-14
    count_unsent(report);
    const auto all = all_sockets();
    for (const auto& socket : all) {
        socket->end_input_for_cleanup();
    }
    for (const auto& socket : all) {
        socket->close_for_cleanup();
    }
    flushes.wait_until_empty();
    flushes.fill(report);
    report.flush_time = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin);
    for (const auto& socket : all) {
        socket->release_handles();
    }
    net->stop();
    changes.close();
    for (const auto& socket : all) {
        socket->abandon_descriptor();
    }
}

void flush_ledger::begin() noexcept
{
    const std::scoped_lock lock(mutex_);
    ++running_;
}

void flush_ledger::end(flush_outcome outcome, std::uint64_t bytes_flushed, std::uint64_t bytes_lost) noexcept
{
    // Notified under the lock: the waiter destroys the ledger as soon as it may go on.
    const std::scoped_lock lock(mutex_);
    --running_;
    count(outcome);
    flushed_ += bytes_flushed;
    lost_ += bytes_lost;
    empty_.notify_all();
}

void flush_ledger::note(flush_outcome outcome) noexcept
{
    const std::scoped_lock lock(mutex_);
    count(outcome);
}

void flush_ledger::lose(std::uint64_t bytes) noexcept
{
    const std::scoped_lock lock(mutex_);
    lost_ += bytes;
}

void flush_ledger::count(flush_outcome outcome) noexcept
{
    ++outcomes_[static_cast<std::size_t>(outcome)];
}

void flush_ledger::wait_until_empty()
{
    std::unique_lock lock(mutex_);
    empty_.wait(lock, [this] { return running_ == 0; });
}

void flush_ledger::start_report() noexcept
{
    const std::scoped_lock lock(mutex_);
    std::fill(std::begin(outcomes_), std::end(outcomes_), 0);
    flushed_ = 0;
    lost_ = 0;
}

void flush_ledger::fill(cleanup_report& report) const noexcept
{
    const std::scoped_lock lock(mutex_);
    report.sockets_flushed = outcomes_[static_cast<std::size_t>(flush_outcome::flushed)];
    report.sockets_reset = outcomes_[static_cast<std::size_t>(flush_outcome::reset_as_asked)];
    report.sockets_timed_out = outcomes_[static_cast<std::size_t>(flush_outcome::timed_out)];
    report.sockets_failed = outcomes_[static_cast<std::size_t>(flush_outcome::failed)];
    report.sockets_closed = outcomes_[static_cast<std::size_t>(flush_outcome::closed)];
    report.bytes_flushed = flushed_;
    report.bytes_lost = lost_;
    report.bytes_unsent = flushed_ + lost_;
}

}  // namespace spindle
