// Children and their end, see process.hpp. Each has a thread that waits for it: the system wakes nobody else, and a
// process has few children.
#include "kernel/process.hpp"

#include <cerrno>
#include <csignal>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

namespace spindle::kernel {

namespace {

// What Windows calls the end by an exception that nobody handles, by abort() and by Ctrl-C. Other signals have the code
// that a shell gives them.
struct signal_code {
    int signal;
    std::uint32_t code;
};
constexpr signal_code signal_codes[] = {{SIGSEGV, 0xC0000005}, {SIGBUS, 0xC0000006}, {SIGILL, 0xC000001D},
                                        {SIGFPE, 0xC0000094},  {SIGABRT, 3},         {SIGINT, 0xC000013A}};

std::uint32_t code_of_signal(int signal) noexcept
{
    for (const signal_code& each : signal_codes) {
        if (each.signal == signal) {
            return each.code;
        }
    }
    return 128 + static_cast<std::uint32_t>(signal);
}

// Somebody else took the status: the program waits for any child, or lets the system do so.
constexpr std::uint32_t unknown_code = 0xFFFFFFFF;

std::uint32_t wait_for(int child, std::optional<std::uint32_t> demanded) noexcept
{
    int status = 0;
    int ended = 0;
    while ((ended = waitpid(child, &status, 0)) < 0 && errno == EINTR) {
    }
    if (ended < 0) {
        return unknown_code;
    }
    if (WIFEXITED(status)) {
        return static_cast<std::uint32_t>(WEXITSTATUS(status));
    }
    return demanded && WTERMSIG(status) == SIGKILL ? *demanded : code_of_signal(WTERMSIG(status));
}

// A thread that takes no signal of the program's.
bool start_detached(void* (*routine)(void*), void* argument) noexcept
{
    constexpr std::size_t stack = 256 * 1024;
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, stack);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(&thread, &attributes, routine, argument) == 0;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    return started;
}

}  // namespace

process::process() noexcept : waitable(static_kind), id_(getpid()), child_(false) {}

bool process::begin(int id) noexcept
{
    id_ = id;
    acquire();  // the thread's own
    if (start_detached(&wait_for_end, this)) {
        return true;
    }
    kill(id_, SIGKILL);
    collect();
    release();
    return false;
}

void* process::wait_for_end(void* self) noexcept
{
    object_ref<process> watched(static_cast<process*>(self));
    siginfo_t ended;
    // The id stays the child's until the status is taken, under the lock: terminate() kills nobody else.
    while (waitid(P_PID, static_cast<id_t>(watched->id_), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    watched->collect();
    return nullptr;
}

void process::collect() noexcept
{
    std::lock_guard lock(mutex_);
    exit_code_ = wait_for(id_, demanded_code_);
    poke_waiters_locked();
}

std::optional<std::uint32_t> process::exit_code() noexcept
{
    std::lock_guard lock(mutex_);
    return exit_code_;
}

bool process::terminate(std::uint32_t code) noexcept
{
    std::lock_guard lock(mutex_);
    if (exit_code_) {
        return false;
    }
    if (!demanded_code_) {
        demanded_code_ = code;
    }
    return kill(id_, SIGKILL) == 0;
}

}  // namespace spindle::kernel
