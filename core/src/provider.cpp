// Counted startups and cleanups, and the order of the last one (pages WSPStartup, WSPCleanup): refuse new calls, wake
// blocked ones, wait until all have left, flush, give handles back, stop the service thread, free, report.
#include "spindle/provider.hpp"

#include <algorithm>
#include <new>

#include "provider_life.hpp"
#include "spindle/atomic_wait.hpp"
#include "spindle/catalog.hpp"
#include "spindle/trace.hpp"
#include "system.hpp"
#include "trace_state.hpp"

namespace spindle {
namespace {

std::atomic<provider*> fork_watched{nullptr};
void (*fork_watched_also)() noexcept = nullptr;  // written once, before any fork that looks at it

void trace_report(const cleanup_report& report)
{
    const auto severity = report.bytes_lost > 0 || report.sockets_timed_out > 0 ? trace::level::warning
                                                                                : trace::level::info;
    if (!trace::enabled(severity)) {
        return;
    }
    trace::write(severity, "last cleanup",
                 {{"sockets_open", report.sockets_open},
                  {"sockets_closed", report.sockets_closed},
                  {"sockets_flushed", report.sockets_flushed},
                  {"sockets_reset", report.sockets_reset},
                  {"sockets_timed_out", report.sockets_timed_out},
                  {"sockets_failed", report.sockets_failed},
                  {"bytes_unsent", report.bytes_unsent},
                  {"bytes_in_system", report.bytes_in_system},
                  {"bytes_flushed", report.bytes_flushed},
                  {"bytes_lost", report.bytes_lost},
                  {"calls_woken", report.calls_woken},
                  {"flush_ms", report.flush_time.count()},
                  {"total_ms", report.total_time.count()}});
}

}  // namespace

result<version> negotiate(version requested, const version_range& supported) noexcept
{
    if (requested < supported.lowest) {
        return errc::version_not_supported;
    }
    return std::min(requested, supported.highest);
}

provider::~provider()
{
    while (startup_count() > 0) {
        if (!cleanup()) {
            break;
        }
    }
}

void provider::enter_phase(phase next) noexcept
{
    phase_.store(next, std::memory_order_release);
    announce_change(phase_);
}

result<version> provider::startup(version requested, std::shared_ptr<host> services)
{
    for (;;) {
        lifecycle_.lock();
        const auto now = phase_.load(std::memory_order_relaxed);
        if (now == phase::starting || now == phase::stopping) {
            // From a call-out this would wait for a cleanup that waits for the call underneath.
            const bool own = busy_thread_ == std::this_thread::get_id() || call_out::in_progress();
            lifecycle_.unlock();
            if (own) {
                return errc::in_progress;
            }
            wait_for_change(phase_, now, std::memory_order_acquire);
            continue;
        }
        const auto agreed = negotiate(requested, settings_.versions);
        if (!agreed) {
            lifecycle_.unlock();
            return agreed;
        }
        if (now == phase::up) {
            ++count_;
            life_.load(std::memory_order_relaxed)->use_host(std::move(services));
            lifecycle_.unlock();
            return agreed;
        }
        busy_thread_ = std::this_thread::get_id();
        enter_phase(phase::starting);
        lifecycle_.unlock();
        return first_startup(agreed.value(), std::move(services));
    }
}

result<version> provider::first_startup(const version& agreed, std::shared_ptr<host> services)
{
    provider_life* fresh = nullptr;
    try {
        trace::start_from_environment();
        fresh = new provider_life(*this, settings_, std::move(services));
    } catch (...) {
        trace::stop_from_environment();
    }
    lifecycle_.lock();
    busy_thread_.reset();
    if (fresh != nullptr) {
        life_.store(fresh, std::memory_order_release);
        count_ = 1;
        gate_.open();
    }
    enter_phase(fresh != nullptr ? phase::up : phase::down);
    lifecycle_.unlock();
    if (fresh == nullptr) {
        return errc::no_buffer_space;
    }
    trace::write(trace::level::info, "started");
    return agreed;
}

result<cleanup_report> provider::cleanup()
{
    lifecycle_.lock();
    if (count_ == 0) {
        lifecycle_.unlock();
        return errc::not_initialised;
    }
    if (count_ > 1) {
        --count_;
        lifecycle_.unlock();
        return cleanup_report{};
    }
    if (call_out::in_progress()) {
        // CLEAN-24: the call underneath could never leave.
        lifecycle_.unlock();
        return errc::in_progress;
    }
    count_ = 0;
    busy_thread_ = std::this_thread::get_id();
    enter_phase(phase::stopping);
    lifecycle_.unlock();
    const auto report = last_cleanup();
    lifecycle_.lock();
    busy_thread_.reset();
    enter_phase(phase::down);
    lifecycle_.unlock();
    return report;
}

cleanup_report provider::last_cleanup()
{
    const auto begin = clock::now();
    cleanup_report report;
    report.last = true;
    auto* ending = life_.load(std::memory_order_acquire);
    gate_.close();
    ending->begin_stopping();
    ending->close_loops();
    do {
        // Again and again: a call may have been between its entry and its wait.
        ending->wake_everybody();
    } while (!gate_.wait_idle_for(std::chrono::milliseconds{10}));
    ending->close_loops();  // a call that was still in progress may have made one
    ending->tear_down(report);
    life_.store(nullptr, std::memory_order_release);
    delete ending;
    report.total_time = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin);
    trace_report(report);
    trace::stop_from_environment();
    return report;
}

result<socket_ptr> provider::open(const socket_request& request)
{
    const call guard(*this);
    if (!guard) {
        return errc::not_initialised;
    }
    if ((request.creation_flags & ~creation_flag::known) != 0) {
        return errc::invalid_argument;
    }
    std::unique_ptr<lower_socket> lower;
    auto made = life_.load(std::memory_order_acquire)->make_socket(request, lower);
    if (!made) {
        return made.error();
    }
    return socket_ptr(std::move(made).value());
}

bool provider::process_exists(std::uint32_t process) noexcept
{
    // All ones is what a failed look-up leaves behind, and no process anywhere.
    return process != ~std::uint32_t{0} && system::process_exists(process);
}

result<std::uint32_t> provider::duplicate(socket& of, std::uint32_t process)
{
    auto& source = static_cast<basic_socket&>(of);
    const basic_socket::use guard(source);
    if (!guard) {
        return guard.error();
    }
    if (!process_exists(process)) {
        return errc::invalid_argument;
    }
    return source.life().duplicates.issue(*source.life().net, source, process);
}

result<opened_duplicate> provider::open_duplicate(const duplicate_request& request)
{
    const call guard(*this);
    if (!guard) {
        return errc::not_initialised;
    }
    if ((request.creation_flags & ~creation_flag::known) != 0) {
        return errc::invalid_argument;
    }
    return life_.load(std::memory_order_acquire)->open_duplicate(request);
}

socket_ptr provider::find(socket_handle handle) noexcept
{
    const call guard(*this);
    return guard ? look_up(handle) : nullptr;
}

socket_ptr provider::look_up(socket_handle handle) noexcept
{
    return life_.load(std::memory_order_acquire)->sockets.find(handle);
}

std::shared_ptr<event_loop> provider::open_loop(std::function<void()> unattended)
{
    const call guard(*this);
    return guard ? life_.load(std::memory_order_acquire)->open_loop(std::move(unattended)) : nullptr;
}

void provider::look_for_news()
{
    life_.load(std::memory_order_acquire)->look_for_news();
}

void provider::close_loop(event_loop& loop)
{
    const call guard(*this);
    if (guard) {
        for (const auto& socket : life_.load(std::memory_order_acquire)->all_sockets()) {
            socket->leave(loop);
        }
    }
    loop.close();
}

result<void> provider::cancel_blocking_call()
{
    const call guard(*this);
    if (!guard) {
        return errc::not_initialised;
    }
    return cancel_current_call() ? result<void>() : errc::invalid_argument;
}

unsigned provider::startup_count() noexcept
{
    const std::scoped_lock lock(lifecycle_);
    return count_;
}

void provider::set_settings(const provider_settings& settings) noexcept
{
    const std::scoped_lock lock(lifecycle_);
    settings_ = settings;
}

void provider::watch_forks(provider& process_wide, void (*also)() noexcept) noexcept
{
    provider* none = nullptr;
    if (fork_watched.compare_exchange_strong(none, &process_wide)) {
        fork_watched_also = also;
        system::at_fork_in_child([] {
            fork_watched.load()->forget_after_fork();
            trace::forget_after_fork();
            if (fork_watched_also != nullptr) {
                fork_watched_also();
            }
        });
    }
}

// Other threads do not exist here and may have held any lock, so the old life is left alone, memory and all.
void provider::forget_after_fork() noexcept
{
    lifecycle_.reset_after_fork();
    gate_.reset_after_fork();
    phase_.store(phase::down);
    count_ = 0;
    busy_thread_.reset();
    life_.store(nullptr);
}

}  // namespace spindle
