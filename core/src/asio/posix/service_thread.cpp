// See the header; sigprocmask(2): a thread inherits the mask of the one that makes it.
#include "service_thread.hpp"

#include <csignal>
#include <pthread.h>
#include <sched.h>
#include <utility>

namespace spindle {
namespace {

/// Blocks all signals of the calling thread while it lives; a thread made meanwhile inherits that.
class signals_blocked {
public:
    signals_blocked() noexcept
    {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    signals_blocked(const signals_blocked&) = delete;
    signals_blocked& operator=(const signals_blocked&) = delete;
    ~signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

}  // namespace

void service_thread::start(std::function<void()> body)
{
    const signals_blocked blocked;
    thread_ = std::thread{std::move(body)};
}

// See sched(7), SCHED_BATCH.
void yield_to_program_threads() noexcept
{
    const sched_param unused{};
    ::pthread_setschedparam(::pthread_self(), SCHED_BATCH, &unused);
}

}  // namespace spindle
